const N_KEPT = 120;

// Os quadros guardados, em ordem e espaçados; ao encher, fica um de cada dois.
export class Film {
  constructor() {
    this.frames = [];
    this.stride = 1;
    this.nOffered = 0;
  }

  add(frame) {
    if (this.nOffered++ % this.stride === 0) this.frames.push(frame);
    if (this.frames.length > N_KEPT) {
      this.frames = this.frames.filter((_, i) => i % 2 === 0);
      this.stride *= 2;
    }
  }
}
