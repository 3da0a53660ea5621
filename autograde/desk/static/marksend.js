// @ts-check
/* What is given is sent in the background, and its state is always shown. What is given for an answer is a draft until the server has it. The state of all drafts together is one of six:
     saved    no draft is left
     others   this answer is saved; what was given for another one is not, and is shown above the answer with why
     changed  a draft waits for a pause in the typing       → saving
     saving   one is on its way                             → saved, changed, unsaved, newer
     unsaved  the server did not take it: it is sent again  → saving
     newer    what stands there has changed since it was opened: a person decides, and neither is lost → saving, saved */

import { $, drafts, form, h, known, page, part, points, press, read, same, savedAs, shared, store } from "./marking.js";
import { again, looks } from "./marklooks.js";
import { address, called, count, fill, line } from "./markshown.js";
import { headers, secret } from "./secret.js";

/** @typedef {import("./marking.js").Answer} Answer */
/** @typedef {import("./marking.js").Draft} Draft */
/** @typedef {import("./marking.js").Given} Given */

const PAUSE_MS = 800, AGAIN_MS = 3000;
let timer = 0;
/** @type {{ token: string, task: string, before: Given, visit: number }[]} */
export const done = []; // what stood before each change that was saved
export const undo = /** @type {HTMLButtonElement} */ (form.querySelector("[data-mark=undo]"));

/** @param {Answer} answer */
export const display = (answer) => {
  fill(answer);
  looks(answer);
  faults();
  tell();
};
/* Drafts other than the one on the page that wait for a person. */
const others = () => [...drafts].filter(([token, one]) => token !== page.now && (one.fault || one.theirs));
/** @param {string} token @param {Draft} draft */
const lost = (token, draft) => {
  const { fault, field, given } = draft;
  /** @param {string} said @param {() => void} change */
  const button = (said, change) => {
    const made = h("button", { type: "button", class: "wb-button wb-second" }, said, h("span", { class: "wb-away" }, `: ${called(token)}`));
    made.addEventListener("click", () => {
      const answer = known.get(page.now)?.answer;
      change();
      if (token === page.now && answer) display(answer);
      else faults();
      kept();
      $("mark-who").focus();
      void send();
    });
    return made;
  };
  const retry = fault && field !== "points" ? [button("Try again", () => drafts.set(token, { ...draft, fault: "", field: "" }))] : [];
  const name = page.lines.some((one) => one.answer === token) ? h("a", { href: address(token), "data-mark-go": token }, called(token)) : called(token);
  return h("div", { class: "desk-fault" },
    h("p", {}, ...(token === page.now ? [] : [name, ": "]), `Not saved. ${fault || "It has changed since you opened it: look at both."}`),
    h("p", {}, `You gave ${given.points || "no"} points${given.comment ? " and wrote:" : "."}`), ...(given.comment ? [h("p", { class: "mark-text" }, given.comment)] : []), h("p", { class: "wb-row" }, ...retry, button("Drop it", () => drafts.delete(token))));
};
let told = "";
/* What is wrong with the draft on the page, at its place, and which others are not saved. */
export const faults = () => {
  const draft = drafts.get(page.now), wrong = draft?.fault ?? "", at = $("mark-points-fault");
  at.hidden = !wrong || draft?.field !== "points";
  at.textContent = at.hidden ? "" : wrong;
  points.setAttribute("aria-invalid", String(!at.hidden));
  const first = known.get(page.now)?.answer.fault ?? "", mine = /** @type {[string, Draft][]} */ (draft && wrong && at.hidden ? [[page.now, draft]] : []);
  const all = [...mine, ...others()], next = JSON.stringify([first, all.map(([token, one]) => [token, token === page.now, one.fault, one.given])]);
  if (told !== next) $("mark-fault").replaceChildren(...(first && first !== wrong ? [h("p", { class: "desk-fault" }, first)] : []), ...all.map(([token, one]) => lost(token, one))); // once: what stands there is not read out again
  told = next;
  $("mark-run").hidden = !first && draft?.field !== "program";
  const box = $("mark-newer"), theirs = draft?.theirs;
  box.hidden = !theirs;
  if (!theirs) { box.replaceChildren(); return; }
  const keep = h("button", { type: "button", class: "wb-button wb-second" }, "Keep what is there"), own = h("button", { type: "button", class: "wb-button wb-second" }, "Keep mine");
  keep.addEventListener("click", () => settle(page.now, false));
  own.addEventListener("click", () => settle(page.now, true));
  box.replaceChildren(h("div", { class: "desk-fault" },
    h("p", {}, "This answer has changed since you opened it: it was marked elsewhere, another hand-in counts now, or a backup was brought back. Nothing is lost: yours stands on this page."),
    h("p", {}, `There now: ${theirs.points || "no"} points${theirs.comment ? ", and the comment:" : "."}`), ...(theirs.comment ? [h("p", { class: "mark-text" }, theirs.comment)] : []), h("p", { class: "wb-row" }, keep, own)));
};
/** @param {string} token @param {boolean} mine */
const settle = (token, mine) => {
  const draft = drafts.get(token);
  if (!draft?.theirs) return;
  const { theirs } = draft;
  known.set(token, { answer: theirs, at: Date.now() });
  if (mine) drafts.set(token, { task: draft.task, who: draft.who, base: theirs.base, given: draft.given });
  else drafts.delete(token);
  line(token, theirs.state, theirs.unsafe);
  if (token === page.now) display(theirs);
  kept();
  void send();
};

/* Sending. */

export const kept = () => {
  try {
    if (drafts.size) sessionStorage.setItem(store, JSON.stringify([...drafts].map(([token, { task, who, base, given }]) => [token, { task, who, base, given }])));
    else sessionStorage.removeItem(store);
  } catch { /* no storage here: then it is only on the page */ }
  tell();
};
export const tell = () => {
  const mine = drafts.get(page.now), waits = [...drafts.values()].some((one) => !one.theirs && !one.fault), [other, ...more] = others();
  const next = page.sending ? "saving" : mine?.theirs ? "newer" : mine?.fault || (waits && page.failed) ? "unsaved" : waits ? "changed" : other ? "others" : "saved";
  const failed = waits && page.failed ? `: ${page.failed}` : "", which = more.length ? `${more.length + 1} others` : other && called(other[0]);
  const text = { saved: "Saved", others: `Saved, but not ${which}`, changed: "Not saved yet", saving: "Saving …", newer: "Not saved: it has changed meanwhile", unsaved: `Not saved${failed}` }[next];
  const said = $("mark-state");
  said.dataset["markState"] = next;
  if (said.textContent !== text && !(next === "saving" && said.textContent === "Not saved yet")) said.textContent = text;
};
/** What is wrong with the points on the page, "" for nothing; the server says the same. @param {Answer} answer */
const misread = ({ max }) => {
  const text = points.value.trim().replace(",", ".");
  if (text && !/^(\d{1,6}(\.\d{0,4})?|\.\d{1,4})$/.test(text)) return `“${points.value.trim().slice(0, 20)}” is no number of points. Type one like 7.5.`;
  return Number(text) > max ? `${Number(text)} is more than the ${max} points that there are.` : "";
};
/* What the page holds for this answer becomes a draft where it is not what the server has. */
export const flush = () => {
  const before = known.get(page.now)?.answer, draft = drafts.get(page.now), given = read();
  if (!before || before.fault || page.coming) return;
  if (draft ? same(draft.given, given) : same(before, given)) return;
  if (draft && !draft.theirs && same(before, given) && page.sending !== page.now) drafts.delete(page.now);
  else {
    const fault = misread(before);
    drafts.set(page.now, { task: before.task, who: before.who, base: draft?.base ?? before.base, given, visit: page.visit, ...(fault ? { fault, field: "points" } : {}), ...(draft?.theirs ? { theirs: draft.theirs } : {}) });
  }
  faults();
  kept();
  count();
};
export const changed = () => {
  press();
  flush();
  clearTimeout(timer);
  timer = window.setTimeout(send, PAUSE_MS);
};
export const send = async () => {
  clearTimeout(timer);
  if (page.sending || !form.dataset["markReady"]) return; // the start sends what waits
  for (;;) {
    const [token, draft] = [...drafts].find(([, one]) => !one.theirs && !one.fault) ?? [];
    if (!token || !draft) break;
    page.sending = token;
    tell();
    try {
      const body = new URLSearchParams({ ...shared, _xsrf: secret(), task: draft.task, answer: token, base: draft.base, points: draft.given.points, comment: draft.given.comment, unsafe: draft.given.unsafe ? "1" : "", later: draft.given.later ? "1" : "" });
      for (const name of /** @type {const} */ (["seen", "not_enough"])) for (const one of draft.given[name]) body.append(name, String(one));
      const reply = await fetch(form.dataset["markKeep"] ?? "", { method: "POST", body, headers: headers() });
      if (reply.status === 422) refused(token, await reply.json());
      else if (!reply.ok) throw new Error(reply.status === 403 ? "the desk was started anew. Open it again; this page then goes on." : `the desk could not (${reply.status})`);
      else arrived(token, draft, await reply.json());
      page.failed = "";
    } catch (error) {
      page.failed = error instanceof TypeError ? "the desk does not answer. It is sent again by itself." : String(/** @type {Error} */ (error).message);
      page.sending = "";
      timer = window.setTimeout(send, AGAIN_MS);
      break;
    }
    page.sending = "";
  }
  kept();
};
/** @param {string} token @param {{ fault: string, field: string }} why */
const refused = (token, why) => {
  const draft = drafts.get(token);
  if (draft) drafts.set(token, { ...draft, ...why });
  faults();
};
/** @param {string} token @param {Draft} sent @param {{ answer: Answer, newer: boolean }} reply */
const arrived = (token, sent, { answer, newer }) => {
  savedAs.set(token, ++page.savings);
  const draft = drafts.get(token) ?? sent, before = known.get(token)?.answer;
  if (newer) {
    drafts.set(token, { ...draft, theirs: answer });
    known.set(token, { answer, at: Date.now() });
    if (token === page.now && before?.lines.join("\n") !== answer.lines.join("\n")) display(answer); // yours is weighed beside what it says now
    else faults();
    return;
  }
  const last = done[done.length - 1], visit = sent.visit ?? page.visit; // it may arrive when the next answer is shown
  if (before && !(last?.token === token && last.visit === visit) && !page.undoing) done.push({ token, task: answer.task, before: part(before), visit });
  page.undoing = false;
  undo.disabled = !done.length;
  known.set(token, { answer: { ...answer, near: answer.near ?? before?.near ?? null }, at: Date.now() });
  if (draft === sent) drafts.delete(token);
  else drafts.set(token, { ...draft, base: answer.base });
  line(token, answer.state, answer.unsafe);
  if (token === page.now) looks(answer);
  else again(answer);
  document.dispatchEvent(new CustomEvent("mark:used", { detail: { answer: token, comment: sent.given.comment } }));
};
/** Write down what is said of a hint; what is given for the answer stays as it is. @param {string} said its place, and "right", "wrong" or nothing */
export const judge = async (said) => {
  const { now: token } = page, answer = known.get(token)?.answer;
  if (!answer) return;
  let why = "";
  try {
    const body = new URLSearchParams({ ...shared, _xsrf: secret(), task: answer.task, answer: token, judge: said });
    const reply = await fetch(form.dataset["markJudge"] ?? "", { method: "POST", body, headers: headers() });
    if (reply.status === 422) why = /** @type {{ fault: string }} */ (await reply.json()).fault;
    if (!reply.ok) throw new Error(String(reply.status));
    const found = /** @type {{ answer: Answer }} */ (await reply.json()), held = known.get(token);
    if (held) held.answer = { ...held.answer, looks: found.answer.looks };
    if (token !== page.now) return;
    const at = document.activeElement?.getAttribute("data-mark-judge")?.split(" ")[0], pressed = document.activeElement?.textContent;
    looks({ ...answer, looks: found.answer.looks });
    for (const one of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(`[data-mark-judge^="${at} "]`))) if (one.textContent === pressed) one.focus();
  } catch {
    $("mark-looks").append(h("p", { class: "desk-fault", role: "alert" }, why || "That could not be written. Press it again."));
  }
};
