// Números como se escrevem em português: com vírgula e com o sinal de menos.

const tidy = (text) => text.replace("-", "−");

// Um formato custa mais a nascer que a escrever: por isso se guardam.
const format = (options) => new Intl.NumberFormat("pt-BR", options);
const significant = format({ maximumSignificantDigits: 4, useGrouping: false });
const decimals = [0, 1, 2, 3].map((digits) =>
  format({ minimumFractionDigits: digits, maximumFractionDigits: digits }));

export const decimal = (number, digits = 2) =>
  tidy(decimals[digits].format(Math.abs(number) < 0.5 * 10 ** -digits ? 0 : number));

export const short = (number) => tidy(significant.format(number || 0));

export const percent = (fraction) => `${Math.round(100 * fraction)}\u00a0%`;
