// Sorteios com semente: a mesma semente repete o mesmo treino.
// Fonte: Blackman & Vigna (2018), xoshiro128**; normais pelo método polar de Marsaglia.

export class Random {
  constructor(seed) {
    this.state = new Uint32Array(4);
    let word = seed >>> 0;
    for (let i = 0; i < 4; i++) {
      // Sementes vizinhas não podem dar começos parecidos.
      word = (word + 0x9e3779b9) >>> 0;
      let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
      mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
      this.state[i] = mixed ^ (mixed >>> 16);
    }
    this.spare = NaN;
  }

  // 32 bits.
  next() {
    const s = this.state;
    const scrambled = Math.imul(s[1], 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
    return result;
  }

  // Entre 0 e 1, sem o 1.
  uniform() {
    return this.next() / 4294967296;
  }

  // Um inteiro de 0 a n − 1.
  below(n) {
    return Math.floor(this.uniform() * n);
  }

  normal() {
    if (!Number.isNaN(this.spare)) {
      const spare = this.spare;
      this.spare = NaN;
      return spare;
    }
    let x, y, square;
    do {
      x = 2 * this.uniform() - 1;
      y = 2 * this.uniform() - 1;
      square = x * x + y * y;
    } while (square >= 1 || square === 0);
    const scale = Math.sqrt((-2 * Math.log(square)) / square);
    this.spare = y * scale;
    return x * scale;
  }

  // Enche com o ruído latente que a receita pede: "normal" ou "bits".
  fillNoise(place, kind) {
    if (kind === "bits") {
      for (let i = 0; i < place.length; i++) place[i] = this.next() >>> 31;
    } else {
      for (let i = 0; i < place.length; i++) place[i] = this.normal();
    }
  }

  shuffle(order) {
    for (let i = order.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
    return order;
  }
}
