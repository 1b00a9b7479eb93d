// As medidas e a forma; as cores dos dados vêm de colors.js.
const STYLE = `
gan-panel, gan-explorer { display: block; max-width: 60rem; margin: 1.2rem 0; font: 1rem/1.45 system-ui, sans-serif; }
.gan-live > :not(.gan-body) { display: none; }
.gan-row, .gan-legend { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; }
.gan-figures { display: grid; gap: 0.75rem; margin: 0.6rem 0; }
.gan-figures canvas { display: block; width: 100%; border-radius: 4px; }
.gan-pictures { display: grid; justify-items: start; margin: 0.6rem 0; }
.gan-pictures img { grid-area: 1 / 1; max-width: 100%; height: auto; margin: 0; }
.gan-scene { aspect-ratio: 1; max-height: 75vh; touch-action: pan-y; }
.gan-charts { height: 25rem; }
.gan-body :is(button, select, summary) {
  min-height: 44px; padding: 0 0.9rem; border: 1px solid currentcolor; border-radius: 8px;
  background: transparent; color: inherit; font: inherit; cursor: pointer;
}
.gan-body select { width: 100%; padding: 0 0.5rem; }
.gan-body option { background: Canvas; color: CanvasText; }
.gan-body .gan-main { min-width: 7.5rem; border-color: #00609a; background: #00609a; color: #fff; font-weight: 650; }
.gan-body button:disabled { opacity: 0.45; cursor: default; }
.gan-body :focus-visible { outline: 3px solid #3d9be0; outline-offset: 2px; }
.gan-legend { margin: 0; padding: 0; list-style: none; gap: 0.2rem 1rem; font-size: 0.92rem; }
.gan-legend li { margin: 0; }
.gan-ends { white-space: nowrap; }
.gan-real::before { content: "● "; color: var(--gan-real); }
.gan-fake::before { content: "✕ "; color: var(--gan-fake); }
.gan-made::before { content: "■ "; color: var(--gan-fake); }
.gan-arrow::before { content: "→ "; }
.gan-discriminator::before { content: "-·- "; color: var(--gan-discriminator); }
.gan-heat { display: inline-block; width: 4rem; height: 0.8em; margin: 0 0.5rem; background: var(--gan-heat); border: 1px solid #888; vertical-align: -0.05em; }
.gan-status { margin: 0.5rem 0 0; font-variant-numeric: tabular-nums; min-height: 1.45em; }
.gan-words { margin: 0.2rem 0; }
.gan-body:has([open]) .gan-words { min-height: 7.3em; }
.gan-spoken { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); }
.gan-words.gan-error { padding-left: 0.6rem; border-left: 4px solid #d55e00; }
.gan-tools summary { display: inline-flex; align-items: center; }
.gan-tools > .gan-row { margin: 0.7rem 0; }
.gan-fields { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 15rem), 1fr)); gap: 0.6rem 1.2rem; }
.gan-field { display: block; }
.gan-field > span { display: block; }
.gan-field input { width: 100%; height: 44px; margin: 0; accent-color: #2f8fd0; }
@media (min-width: 700px) {
  .gan-body:has([open]) .gan-words { min-height: 2.9em; }
  .gan-figures { grid-template-columns: 1.15fr 1fr; }
  .gan-charts { height: 100%; max-height: 32rem; }
}
@media print {
  .gan-live > :not(.gan-body, script) { display: block; }
  .gan-live .gan-body { display: none; }
}
`;

export function addStyle() {
  if (document.getElementById("gan-style")) return;
  const style = document.createElement("style");
  style.id = "gan-style";
  style.textContent = STYLE;
  document.head.append(style);
}
