// @ts-check
/* Mark: what is pressed, and the start. The next answers are there before they are needed, and what is given is sent in the background. */

import { $, drafts, field, form, h, known, later, learner, page, points, put, read, same, shared } from "./marking.js";
import { following, prefetch, show, walk, watch } from "./markahead.js";
import { changed, display, done, faults, flush, judge, kept, send, undo } from "./marksend.js";
import { listAll } from "./markshown.js";
import { headers } from "./secret.js";

/** @typedef {import("./marking.js").Answer} Answer */
/** @typedef {import("./marking.js").Line} Line */

/* Undo: what stood before the last change that was saved. */
const takeBack = async () => {
  const last = done.pop();
  undo.disabled = !done.length;
  if (!last) return;
  const answer = known.get(last.token)?.answer;
  if (!answer) return;
  flush();
  drafts.set(last.token, { task: last.task, who: answer.who, base: drafts.get(last.token)?.base ?? answer.base, given: last.before });
  page.undoing = true;
  if (last.token === page.now) { put(last.before); faults(); } else await show(last.token);
  kept();
  void send();
};

/** @param {boolean} [comesBack] */
const next = (comesBack = false) => {
  if (page.coming) return;
  if (points.value.trim() && !comesBack) later.checked = false;
  flush();
  void send();
  const [token] = following(1);
  if (drafts.get(page.now)?.fault || drafts.get(page.now)?.theirs) { $("mark-state").scrollIntoView({ block: "nearest" }); return; }
  if (token) void show(token);
};
let plain = false; // the start failed: the page is a form
form.addEventListener("submit", (event) => { if (!plain && !event.submitter?.hasAttribute("formaction")) { event.preventDefault(); next(); } });
form.addEventListener("input", changed);
const ONCE = "#mark-save, [data-mark=later]"; // what goes on to the next answer: the second click of a double click is not for that one
form.addEventListener("click", (event) => {
  if (event.detail > 1 && !plain && /** @type {HTMLElement} */ (event.target).closest(ONCE)) { event.preventDefault(); return; }
  const pressed = /** @type {HTMLElement} */ (event.target).closest(".mark-level, [data-mark], button[data-mark-judge]");
  if (!(pressed instanceof HTMLElement)) return;
  if (pressed.matches(".mark-level")) {
    const { markLeast: least = "", markMost: most = "" } = pressed.dataset, value = Number(points.value);
    if (points.value === "" || value < Number(least) || value > Number(most)) points.value = least;
    later.checked = false;
    changed();
  } else if (pressed.dataset["markJudge"]) void judge(pressed.dataset["markJudge"]);
  else if (pressed.dataset["mark"] === "later") { if (!$("mark-giving").inert) later.checked = true; next(true); }
  else if (pressed.dataset["mark"] === "before") walk(-1);
  else if (pressed.dataset["mark"] === "after") walk(1);
  else if (pressed.dataset["mark"] === "undo") void takeBack();
});
points.addEventListener("input", () => { later.checked = false; });
document.addEventListener("click", (event) => {
  const go = /** @type {HTMLElement} */ (event.target).closest("[data-mark-go]");
  if (!(go instanceof HTMLElement) || plain || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  void show(go.dataset["markGo"] ?? "");
});
$("mark-list").addEventListener("toggle", listAll);
window.addEventListener("beforeunload", (event) => { flush(); if (drafts.size) event.preventDefault(); });

/* The start: the list of answers; what a page before this one could not save is sent. */
const start = async () => {
  const { now } = page, base = field("base").value;
  const query = new URLSearchParams({ ...shared, ...(learner ? { learner } : { task: field("task").value }), answer: page.now });
  const reply = await fetch(`${form.dataset["markJson"]}?${query}`, { headers: headers() });
  const { marking } = /** @type {{ marking: { lines: Line[], shown: Answer, bank: string[], own: string[] } }} */ (await reply.json());
  page.lines = marking.lines;
  listAll();
  known.set(marking.shown.answer, { answer: marking.shown, at: Date.now() });
  const typed = read();
  display(marking.shown);
  if (page.now === now && !drafts.has(now) && !same(typed, marking.shown)) { // typed before this script was there, beside what stood there then
    put(typed);
    flush();
    const draft = drafts.get(now);
    if (draft) draft.base = base;
  }
  $("mark-tools").hidden = false;
  later.closest("label")?.remove();
  form.append(h("span", { hidden: "" }, later));
  document.dispatchEvent(new CustomEvent("mark:bank", { detail: { bank: marking.bank, own: marking.own } }));
  if (window.innerWidth >= 768) form.scrollIntoView(); // answer, rubric, points and comment are all in view then
  form.dataset["markReady"] = "1";
  kept();
  void send();
  void prefetch();
  watch();
};
start().catch(() => {
  plain = true;
  $("mark-state").dataset["markState"] = "unsaved";
  $("mark-state").textContent = "Nothing is saved by itself now: press “Save, next”.";
});
