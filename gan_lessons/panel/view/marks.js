// O que se põe por cima de uma cena: círculos, cruzes, setas e curvas.

const N_ARROWS = 40;

export function circles(context, color, points, radius) {
  context.fillStyle = color;
  context.globalAlpha = 0.75;
  context.beginPath();
  for (const [x, y] of points) {
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 2 * Math.PI);
  }
  context.fill();
  context.globalAlpha = 1;
}

export function crosses(context, color, points, radius) {
  context.strokeStyle = color;
  context.lineWidth = 1.8;
  context.beginPath();
  for (const [x, y] of points) {
    context.moveTo(x - radius, y - radius);
    context.lineTo(x + radius, y + radius);
    context.moveTo(x - radius, y + radius);
    context.lineTo(x + radius, y - radius);
  }
  context.stroke();
}

// `pushes` diz, em pontos da tela, para onde cada seta aponta; o comprimento cresce com o empurrão,
// mas nunca passa de `reach`. `sizes` são os empurrões antes de irem para a tela.
export function arrows(context, color, starts, directions, sizes, reach) {
  context.strokeStyle = color;
  context.lineWidth = 1.4;
  context.beginPath();
  for (let i = 0; i < Math.min(N_ARROWS, starts.length); i++) {
    const [x, y] = starts[i];
    const [dx, dy] = directions[i];
    const norm = Math.hypot(dx, dy);
    const length = (reach * sizes[i]) / (sizes[i] + 0.4);
    if (!(norm > 0) || length < 2) continue;
    const ux = dx / norm;
    const uy = dy / norm;
    const tipX = x + ux * length;
    const tipY = y + uy * length;
    const head = Math.min(5, length);
    context.moveTo(x, y);
    context.lineTo(tipX, tipY);
    context.moveTo(tipX - head * (ux + 0.6 * uy), tipY - head * (uy - 0.6 * ux));
    context.lineTo(tipX, tipY);
    context.lineTo(tipX - head * (ux - 0.6 * uy), tipY - head * (uy + 0.6 * ux));
  }
  context.stroke();
}

// Uma curva por pontos (x, y); onde falta um número, ela se interrompe.
export function curve(context, color, points, { dash = [], width = 2 } = {}) {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.setLineDash(dash);
  context.beginPath();
  let down = false;
  for (const [x, y] of points) {
    if (!Number.isFinite(y)) {
      down = false;
      continue;
    }
    if (down) context.lineTo(x, y);
    else context.moveTo(x, y);
    down = true;
  }
  context.stroke();
  context.setLineDash([]);
}
