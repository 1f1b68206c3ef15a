/* What this service adds to houvast.js: a counter, what a colleague fills in meanwhile, and a button to print. */
"use strict";

/* A counter sends steps, so that of two people who count at once each counts; here it shows how many there are. */
const counter = (() => {
  const MOST = 200;
  const form = () => document.querySelector("form[data-counter]");
  const output = () => form()?.querySelector("output");
  function show(number) { if (output()) output().textContent = Math.min(MOST, Math.max(0, number)); }
  const step = (by) => show(Number(output()?.textContent) + by);

  document.addEventListener("submit", (event) => {
    if (event.target === form() && event.submitter) step(Number(event.submitter.value));
  }, true);
  // A tap that still waits from before is not counted on this page yet.
  document.addEventListener("houvast:waiting", (event) => step(Number(new URLSearchParams(event.detail).get("step"))));
  return { show };
})();

/* Shows what a colleague fills in on another phone. Never over a tap of our own that is still on its way. */
(() => {
  const EVERY = 8000, SOON = 1200;
  const AWAKE = 10 * 60 * 1000; // a page that nobody touches for so long does not keep anybody signed in
  let etag = "", tapped = 0, touched = Date.now(), timer = 0, shownHeads = null;
  const place = () => document.querySelector("[data-standing]");
  const news = () => document.querySelector("[data-standing-news]");

  function announce(text) { if (news() && text) news().textContent = text; }

  /* True when something on the page was not so yet. */
  function showMark(id, mark) {
    const form = document.getElementById(`m-${id}`);
    const button = document.getElementById(`b-${id}-${mark === "not_recorded" ? "undo" : mark}`);
    if (!form || !button) return false;
    form.elements.seen.value = mark;
    const isShown = mark === "not_recorded" ? !form.querySelector("[aria-pressed=true]") : button.getAttribute("aria-pressed") === "true";
    if (!isShown) press(button);
    return !isShown;
  }

  function showNumber(number) {
    const shown = document.querySelector("form[data-counter] output"), heads = document.querySelector("#f-headcount");
    if (shown) {
      const isNew = Number(shown.textContent) !== number;
      counter.show(number);
      return isNew;
    }
    if (!heads) return false;
    const seen = heads.form.elements.seen, isNew = Number(seen.value) !== number;
    // What somebody typed stays, also when it was refused; what was there before follows.
    if (document.activeElement !== heads && heads.value === (shownHeads ?? heads.defaultValue)) heads.value = number;
    shownHeads = String(number);
    seen.value = number;
    return isNew;
  }

  function show(now) {
    const ids = Object.keys(now.marks);
    const changed = ids.map((id) => showMark(id, now.marks[id])).some(Boolean);
    const counted = showNumber(now.unnamed);
    const follows = document.querySelector("[data-follow-ups]");
    if (follows && now.state === "planned") follows.innerHTML = now.followUps;
    const more = ids.some((id) => !document.getElementById(`m-${id}`)) && news()?.dataset.more;
    if (more) {
      const link = Object.assign(document.createElement("a"), { href: location.pathname, textContent: "Toon de hele lijst" });
      news().replaceChildren(`${more} `, link);
    } else if (changed || counted) announce(news()?.dataset.one);
  }

  async function refresh() {
    clearTimeout(timer);
    const before = tapped;
    if (!document.hidden && Date.now() - touched < AWAKE && !taps.waiting().length) {
      try {
        const headers = { Accept: "application/json", ...(etag ? { "If-None-Match": etag } : {}) };
        const response = await fetch(place().dataset.standing, { headers, cache: "no-store" });
        if (response.status === 200 && before === tapped && !taps.waiting().length) {
          const now = await response.json();
          if (before === tapped) {
            show(now);
            etag = response.headers.get("ETag") ?? "";
          }
        }
      } catch { /* no connection: what is shown stays */ }
    }
    timer = setTimeout(refresh, EVERY);
  }

  function soon() {
    tapped += 1;
    clearTimeout(timer);
    timer = setTimeout(refresh, SOON);
  }

  document.addEventListener("DOMContentLoaded", () => {
    if (!place()) return;
    document.addEventListener("submit", (event) => {
      if (!("save" in event.target.dataset) || event.submitter?.hasAttribute("formaction")) return;
      soon();
      // What we send ourselves is what we saw last, also when the next tap comes before the response.
      const heads = event.target.elements.headcount;
      if (heads) setTimeout(() => { event.target.elements.seen.value = heads.value; });
    });
    for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, () => { touched = Date.now(); }, { passive: true });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
    timer = setTimeout(refresh, SOON);
  });
})();

document.addEventListener("DOMContentLoaded", () => {
  const button = document.querySelector("[data-print]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => print());
});
