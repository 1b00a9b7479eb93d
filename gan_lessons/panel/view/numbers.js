// Números como se escrevem em português: com vírgula e com o sinal de menos.

const tidy = (text) => text.replace("-", "−");

export const decimal = (number, digits = 2) =>
  tidy(
    (Math.abs(number) < 0.5 * 10 ** -digits ? 0 : number).toLocaleString("pt-BR", {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }),
  );

export const short = (number) =>
  tidy((number || 0).toLocaleString("pt-BR", { maximumSignificantDigits: 4, useGrouping: false }));

export const percent = (fraction) => `${Math.round(100 * fraction)}\u00a0%`;
