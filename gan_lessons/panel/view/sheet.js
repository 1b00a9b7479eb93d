// Imagens, lado a lado: uma linha de reais e, debaixo dela, as falsas.
export class Sheet {
  constructor(plan) {
    this.what = "imagens reais, numa linha, e falsas, debaixo dela";
    [this.imageHeight, this.imageWidth] = plan.shape;
    this.nPixels = plan.n_features;
    const [low, high] = plan.range;
    this.real = Uint8Array.from(plan.data, (value) => (255 * (value - low)) / (high - low));
  }

  draw(context, { width, height }, frame, palette) {
    const nColumns = 10;
    const count = (pixels) => Math.ceil(pixels.length / this.nPixels / nColumns);
    const nRows = count(this.real) + count(frame.fake);
    const gap = 3;
    const side = Math.min((width - 8) / nColumns, (height - 40) / nRows) - gap;
    context.imageSmoothingEnabled = false;
    let top = 2;
    for (const [name, pixels, color] of [
      ["reais", this.real, palette.real], ["falsas", frame.fake, palette.fake],
    ]) {
      context.fillStyle = color;
      context.textAlign = "left";
      context.textBaseline = "top";
      context.fillText(name, 4, top);
      top += 17;
      for (let i = 0; i * this.nPixels < pixels.length; i++) {
        const x = 4 + (i % nColumns) * (side + gap);
        const y = top + Math.floor(i / nColumns) * (side + gap);
        const image = pixels.subarray(i * this.nPixels, (i + 1) * this.nPixels);
        context.drawImage(this.picture(image), x, y, side, side);
        context.strokeStyle = color;
        context.lineWidth = 1;
        context.strokeRect(x, y, side, side);
      }
      top += count(pixels) * (side + gap);
    }
  }

  // De 0, preto, a 255, branco.
  picture(pixels) {
    const canvas = document.createElement("canvas");
    canvas.width = this.imageWidth;
    canvas.height = this.imageHeight;
    const context = canvas.getContext("2d");
    const image = context.createImageData(this.imageWidth, this.imageHeight);
    pixels.forEach((value, i) => image.data.set([value, value, value, 255], 4 * i));
    context.putImageData(image, 0, 0);
    return canvas;
  }
}
