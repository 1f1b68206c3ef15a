/* What waits for somebody in another part of Houvast: that part counts it itself, and shows only how much. */
"use strict";

document.addEventListener("DOMContentLoaded", async () => {
  const quiet = document.querySelector("[data-quiet]");

  /* True when something waits there, or when that is not known: then the link stays. */
  async function load(section) {
    section.hidden = true;
    try {
      const response = await fetch(section.dataset.elsewhere, { headers: { Accept: "text/html" }, cache: "no-store" });
      if (response.status === 204) return false;
      if (response.ok && !response.redirected) section.querySelector("ul").innerHTML = await response.text();
    } catch { /* no connection */ }
    section.hidden = false;
    return true;
  }

  const pending = await Promise.all([...document.querySelectorAll("[data-elsewhere]")].map(load));
  if (quiet) quiet.hidden = pending.some(Boolean);
});
