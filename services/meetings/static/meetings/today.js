/* What waits for somebody in another part of Houvast: that part says it itself, and only how much. */
"use strict";

document.addEventListener("DOMContentLoaded", async () => {
  const quiet = document.querySelector("[data-quiet]");

  /* True when something waits there, or when nobody can say: then the way to look stays. */
  async function ask(place) {
    place.hidden = true;
    try {
      const answer = await fetch(place.dataset.elsewhere, { headers: { Accept: "text/html" }, cache: "no-store" });
      if (answer.status === 204) return false;
      if (answer.ok && !answer.redirected) place.querySelector("ul").innerHTML = await answer.text();
    } catch { /* no connection */ }
    place.hidden = false;
    return true;
  }

  const found = await Promise.all([...document.querySelectorAll("[data-elsewhere]")].map(ask));
  if (quiet) quiet.hidden = found.some(Boolean);
});
