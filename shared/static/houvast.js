/* What JavaScript adds: leaving at once, sending a form once, and saving every tap.
   Every page works without it. Nothing here asks another address than the page's own. */
"use strict";

/* Leaving. The quick exit replaces the page, so that "back" does not return to it; an older page of ours
   further back in this tab leaves again by itself, until someone comes here on purpose. */
(() => {
  const exit = document.documentElement.dataset.exit;
  if (!exit) return;
  const mark = "houvast.left";
  const remember = (way) => { try { return way(sessionStorage); } catch { return null; } };

  /* Who was let in by a code is signed out too: whoever takes this phone next is not let in. */
  function signOut() {
    const form = document.querySelector("form[data-sign-out]");
    try { if (form) navigator.sendBeacon(form.action, new FormData(form)); } catch { /* leaving matters more */ }
  }

  function leave() {
    remember((store) => store.setItem(mark, "1"));
    signOut();
    document.documentElement.hidden = true; // the other site may take a while
    location.replace(exit);
  }

  const cameBy = performance.getEntriesByType("navigation")[0]?.type;
  const left = () => remember((store) => store.getItem(mark));
  if (left() && cameBy !== "navigate") leave();
  else remember((store) => store.removeItem(mark));
  addEventListener("pageshow", (event) => { if (event.persisted && left()) leave(); });

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.(".quick-exit")) return;
    event.preventDefault();
    leave();
  });

  let presses = [];
  document.addEventListener("keydown", (event) => {
    if (event.repeat) return;
    const now = event.timeStamp;
    presses = event.key === "Escape" ? [...presses.filter((then) => now - then < 3000), now] : [];
    if (presses.length === 3) leave();
  });
})();

/* Taps that are not saved yet, oldest first, kept on this device until the server has them. */
const taps = (() => {
  const key = "houvast.taps";
  const who = document.documentElement.dataset.actor ?? ""; // whoever shares this device sends their own
  let kept = [];
  function all() {
    try { kept = JSON.parse(localStorage.getItem(key)) ?? []; } catch { /* no storage: kept in memory */ }
    return kept;
  }
  function keep(list) {
    kept = list;
    try { localStorage.setItem(key, JSON.stringify(list)); } catch { /* no storage: kept in memory */ }
  }
  return {
    waiting: () => all().filter((tap) => tap.who === who),
    add: (tap) => keep([...all(), { ...tap, who }]),
    remove: (id) => keep(all().filter((tap) => tap.id !== id)),
    oneTabAtATime: (work) => (navigator.locks ? navigator.locks.request(key, work) : work()),
  };
})();

/* Shows a button as chosen; gives the one that was chosen before. */
function press(button) {
  const group = button?.closest("[data-choice]");
  if (!group) return null;
  const undo = group.querySelector("[data-undo]");
  const before = group.querySelector("[aria-pressed=true]") ?? undo;
  for (const one of group.querySelectorAll("[aria-pressed]")) one.setAttribute("aria-pressed", String(one === button));
  if (undo) {
    if (document.activeElement === undo && button === undo) group.querySelector("[aria-pressed]").focus();
    undo.hidden = button === undo;
  }
  for (const count of document.querySelectorAll("[data-count]")) {
    count.textContent = document.querySelectorAll(`[aria-pressed=true][value="${count.dataset.count}"]`).length;
  }
  return before;
}

/* Sends what waits, one at a time and in order, and says in the strip how that goes. */
const saver = (() => {
  const before = new Map(); // tap id → the button that was chosen until then
  let savedAt = "", refusal = "", obstacle = "", pauses = 0, timer = 0, running = null;

  // How far the demo clock of the page is ahead of that of this device.
  const ahead = Number(document.documentElement.dataset.now ?? Date.now()) - Date.now();
  const now = () => new Intl.DateTimeFormat("nl-NL", { timeStyle: "short", timeZone: "Europe/Amsterdam" })
    .format(Date.now() + ahead).replace(":", ".").replace(/^0/, "");

  function show() {
    const strip = document.querySelector("[data-saved]");
    const count = taps.waiting().length;
    const waits = count && obstacle ? `${count} ${count === 1 ? "wacht" : "wachten"} ${obstacle}` : "";
    const text = [refusal || (savedAt && `✓ Bewaard ${savedAt}`), waits].filter(Boolean).join(" · ");
    if (!strip || !text) return;
    strip.dataset.saved = refusal ? "refused" : waits ? "waiting" : "saved";
    if (strip.textContent !== text) strip.textContent = text;
  }

  function post(tap) {
    const form = new URLSearchParams(tap.body);
    // A token grows old while a page stays open; the one on the page of now is the best there is.
    const token = document.querySelector("input[name=csrf_token]")?.value;
    if (token) form.set("csrf_token", token);
    return fetch(tap.action, {
      method: "POST",
      body: form,
      headers: { Accept: "application/problem+json, application/json" },
      signal: AbortSignal.timeout?.(15000),
    });
  }

  /* Why a tap has to wait after this answer, or "": the server has it, or refuses it for good. */
  function hindrance(answer, problem) {
    if (answer.status === 204) return ""; // also after a redirect that renewed the pass
    if (answer.status === 401 || (answer.redirected && !problem)) return "tot je weer inlogt";
    if (problem?.code === "form_expired") return "tot je deze pagina opnieuw laadt";
    const passes = answer.status >= 500 || [408, 425, 429].includes(answer.status);
    return passes || !problem ? "tot het weer lukt" : "";
  }

  /* True when the tap no longer waits. */
  async function deliver(tap) {
    let answer;
    try { answer = await post(tap); } catch { obstacle = "op verbinding"; return false; }
    const problem = answer.status === 204 ? null : await answer.json().catch(() => null);
    obstacle = hindrance(answer, problem);
    if (obstacle) return false;
    if (answer.status === 204) savedAt = now();
    else {
      refusal = problem.detail ?? "Dit is niet bewaard. Kijk het nog even na.";
      undo(tap);
    }
    taps.remove(tap.id);
    before.delete(tap.id);
    pauses = 0;
    return true;
  }

  /* Shows again what was chosen before, unless something newer was tapped for the same person. */
  function undo(tap) {
    const button = before.get(tap.id);
    const group = button?.closest("[data-choice]");
    const newer = taps.waiting().some((other) => other.id !== tap.id && group?.contains(document.getElementById(other.button)));
    if (!newer) press(button);
  }

  async function sendAll() {
    clearTimeout(timer);
    for (let tap = taps.waiting()[0]; tap; tap = taps.waiting()[0]) {
      const gone = await deliver(tap);
      show();
      if (gone) continue;
      timer = setTimeout(send, Math.min(30000, 1000 * 2 ** pauses));
      pauses += 1;
      return;
    }
  }

  function send() {
    running ??= taps.oneTabAtATime(sendAll).finally(() => { running = null; });
    return running;
  }

  function freshId() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16)); // plain http has no randomUUID
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function save(form, button) {
    if (button?.getAttribute("aria-pressed") === "true") return;
    const data = new FormData(form);
    const id = freshId();
    if (button?.name) data.set(button.name, button.value);
    data.set("request_id", id);
    const body = new URLSearchParams(data).toString();
    taps.add({ id, body, action: form.action, page: location.pathname, button: button?.id ?? "" });
    refusal = "";
    before.set(id, press(button));
    send();
  }

  return { send, save };
})();

/* A form that was sent is not sent twice; asking again is possible when the answer stays away. */
const once = (() => {
  const buttons = (form) => [...form.elements].filter((one) => one.type === "submit");
  function release(form) {
    delete form.dataset.sent;
    for (const button of buttons(form)) button.removeAttribute("aria-disabled");
  }
  function hold(form) {
    form.dataset.sent = "";
    for (const button of buttons(form)) button.setAttribute("aria-disabled", "true");
    setTimeout(release, 10000, form);
  }
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));
  return { hold };
})();

/* What asks once more before something that cannot be undone; without a script that is a page of its own. */
document.addEventListener("click", (event) => {
  const dialog = document.getElementById(event.target.closest?.("[data-opens]")?.dataset.opens);
  if (!dialog?.showModal) return;
  event.preventDefault();
  dialog.showModal();
});

document.addEventListener("submit", async (event) => {
  const form = event.target, button = event.submitter;
  if (form.getAttribute("method")?.toLowerCase() !== "post") return;
  if ("save" in form.dataset && !button?.hasAttribute("formaction")) { // a button that goes elsewhere leaves the page
    event.preventDefault();
    saver.save(form, button);
  } else if ("sent" in form.dataset) {
    event.preventDefault();
  } else if (taps.waiting().length && document.querySelector("[data-saved]")) {
    event.preventDefault(); // what was tapped goes before what closes the page
    await saver.send();
    if (!taps.waiting().length) form.requestSubmit(button);
  } else {
    once.hold(form);
  }
});

document.addEventListener("DOMContentLoaded", () => {
  // Without a script such a button sends the form of the whole page; with one each tap is saved by itself.
  for (const button of document.querySelectorAll("form[data-save] button[form]")) {
    button.removeAttribute("form");
    button.removeAttribute("formaction");
  }
  for (const tap of taps.waiting().filter((one) => one.page === location.pathname)) {
    press(document.getElementById(tap.button));
    document.dispatchEvent(new CustomEvent("houvast:waiting", { detail: tap.body })); // for what is no button
  }
  saver.send();
});
addEventListener("online", () => saver.send());
document.addEventListener("visibilitychange", () => { if (!document.hidden) saver.send(); });
