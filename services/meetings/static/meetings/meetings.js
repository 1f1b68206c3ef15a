/* What this service adds to houvast.js: a counter that goes on from where it is, and a button to print. */
"use strict";

/* Before houvast.js saves the form: make the tap say how many there are now, so that it can wait and be repeated. */
(() => {
  const MOST = 200;
  const show = (form, number) => {
    form.elements.unnamed.value = number;
    form.querySelector("output").textContent = number;
  };

  document.addEventListener("submit", (event) => {
    const form = event.target, button = event.submitter;
    if (!("counter" in form.dataset) || !button) return;
    const step = button.value;
    show(form, Math.min(MOST, Math.max(0, Number(form.elements.unnamed.value) + Number(step))));
    button.value = "0";
    setTimeout(() => { button.value = step; });
  }, true);

  // A tap that still waits from before: what it said is how it is.
  document.addEventListener("houvast:waiting", (event) => {
    const number = new URLSearchParams(event.detail).get("unnamed");
    const form = document.querySelector("form[data-counter]");
    if (number !== null && form) show(form, number);
  });
})();

document.addEventListener("DOMContentLoaded", () => {
  const button = document.querySelector("[data-print]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => print());
});
