// Começa a apresentação; o que, numa fonte mais larga, não couber, encolhe um pouco, e só o bastante.
"use strict";
const HEIGHT = 720 - 46;
const WIDTH = 1180;

function fit(section) {
  const slide = section.querySelector(":scope > .slide");
  if (!slide || section.dataset.fitted) return;
  const scale = Math.min(1, HEIGHT / slide.scrollHeight, WIDTH / slide.scrollWidth);
  if (scale < 1) {
    slide.style.transform = `scale(${scale})`;
    slide.style.maxHeight = `${HEIGHT}px`;
  }
  section.dataset.fitted = scale;
}

Reveal.initialize({
  width: 1280,
  height: 720,
  margin: 0,
  center: false,
  hash: true,
  transition: "none",
  slideNumber: "c/t",
  plugins: [RevealNotes],
}).then(() => {
  fit(Reveal.getCurrentSlide());
  Reveal.on("slidechanged", (event) => fit(event.currentSlide));
});
