/* Going back never shows what was chosen before, also where a browser keeps the page as it was. */
"use strict";

addEventListener("pagehide", () => {
  for (const form of document.querySelectorAll("form[data-statement]")) form.reset();
});
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
