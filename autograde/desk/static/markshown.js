// @ts-check
/* One answer on the page, and where all of them stand in the list. */

import { before } from "./markbefore.js";
import { $, anonymous, comment, drafts, field, form, h, known, learner, page, put, shared } from "./marking.js";

/** @typedef {import("./marking.js").Answer} Answer */
/** @typedef {import("./marking.js").Line} Line */

/** @param {Line} one */
export const state = (one) => {
  const draft = drafts.get(one.answer);
  if (!draft || draft.fault) return one.state;
  const { given } = draft;
  return given.later ? "later" : given.points ? "marked" : one.state === "later" ? "waits" : one.state;
};
/** @param {string} token */
export const address = (token) => {
  const query = new URLSearchParams({ workbook: shared.workbook, ...(learner ? { learner } : { task: field("task").value }), ...(anonymous ? { anonymous: "1" } : {}), answer: token });
  return `${form.dataset["markPage"]}?${query}`;
};
/** How an answer is called where it is named among others. @param {string} token */
export const called = (token) => {
  const at = page.lines.findIndex((line) => line.answer === token), one = page.lines[at], draft = drafts.get(token);
  const who = one?.who || draft?.who || (one ? `Answer ${at + 1}` : "An answer that is not listed here");
  return learner || !one ? `${who}, ${one?.task ?? draft?.task}` : who;
};
/* Nothing can be given while an answer is on its way, nor before the program has marked it. */
export const close = () => $("mark-giving").toggleAttribute("inert", page.coming !== "" || Boolean(known.get(page.now)?.answer.fault));
/** @param {Answer} answer */
export const fill = (answer) => {
  const draft = drafts.get(answer.answer), number = page.lines.findIndex((line) => line.answer === answer.answer) + 1;
  page.now = answer.answer;
  page.visit += 1;
  field("answer").value = page.now;
  field("task").value = answer.task;
  field("base").value = answer.base;
  $("mark-who").textContent = anonymous ? `Answer ${number}` : learner ? `${answer.who}, ${answer.task}` : answer.who;
  count();
  document.getElementById("mark-one")?.setAttribute("href", `${form.dataset["markPage"]}?${new URLSearchParams({ workbook: shared.workbook, learner: answer.learner })}`);
  $("mark-stem").textContent = answer.stem;
  $("mark-prompts").replaceChildren(...answer.prompts.map((text) => h("li", {}, text)));
  if (page.paper !== answer.document) $("mark-document").replaceChildren(...new DOMParser().parseFromString(answer.document, "text/html").body.childNodes); // ours, and escaped; one that is open stays open
  page.paper = answer.document;
  $("mark-flags").replaceChildren(...[...answer.flags, ...(answer.reason ? [answer.reason] : [])].map((text) => h("p", { class: "mark-flag" }, text)));
  $("mark-lines").replaceChildren(...answer.lines.map((text) => h("p", { class: "mark-text" }, text)));
  $("mark-words").textContent = answer.words ? `${answer.words} ${answer.words === 1 ? "word" : "words"}` : "";
  close();
  for (const guide of /** @type {NodeListOf<HTMLFieldSetElement>} */ (form.querySelectorAll(".mark-guide"))) guide.hidden = guide.disabled = guide.dataset["markGuide"] !== answer.item;
  $("mark-most").textContent = `of ${answer.max}`;
  $("mark-comment-part").hidden = !answer.has_comment;
  comment.dataset["markName"] = answer.first_name || "[name]";
  put(draft ? draft.given : answer);
  near(answer);
  before(answer.before);
  for (const one of document.querySelectorAll("[data-mark-go]")) one.toggleAttribute("aria-current", /** @type {HTMLElement} */ (one).dataset["markGo"] === page.now);
  $("mark-answer").scrollTop = 0;
  form.dataset["markShown"] = page.now;
};
export const count = () => {
  const number = page.lines.findIndex((line) => line.answer === page.now) + 1, left = page.lines.filter((line) => state(line) !== "marked").length;
  const program = Number(form.dataset["markProgram"]), waits = program ? `; ${program} ${program === 1 ? "hand-in waits" : "hand-ins wait"} for the program` : "";
  const stands = left ? `${number} of ${page.lines.length}; ${left} ${left === 1 ? "answer" : "answers"} to mark` : `All answers here are marked${waits}.`;
  $("mark-count").textContent = page.coming ? "The answer is on its way …" : stands;
};
/** @param {Answer} answer */
export const near = (answer) => {
  const all = answer.near ?? [];
  const others = all.flatMap((one, at) => [at ? ", " : "", one.answer && !learner ? h("a", { href: address(one.answer), "data-mark-go": one.answer }, one.name) : one.name, ` (${one.hundredths} in 100)`]);
  const quotes = all.flatMap((one) => one.shared.map((text) => h("q", {}, text)));
  $("mark-near").replaceChildren(...(all.length ? [h("div", { class: "mark-hint" }, h("p", {}, h("strong", {}, "Nearly the same as "), ...others, ". A hint to look, and nothing more: it changes no points."), ...quotes)] : []));
};
/** @param {string} next */
const standing = (next) => ({ waits: "to mark", later: "come back to", marked: "marked" })[next] ?? "";
/** The list has but a page of many answers until somebody opens it. */
export const listAll = () => {
  const list = /** @type {HTMLDetailsElement} */ ($("mark-list"));
  if (!list.open || list.querySelectorAll("[data-mark-go]").length >= page.lines.length) return;
  list.querySelector("nav")?.remove();
  list.querySelector("ol")?.replaceChildren(...page.lines.map((one) => {
    const link = h("a", { href: address(one.answer), "data-mark-go": one.answer }, called(one.answer));
    link.toggleAttribute("aria-current", one.answer === page.now);
    const flag = h("strong", { "data-mark-unsafe": one.answer, ...(one.unsafe ? {} : { hidden: "" }) }, ", to follow up");
    return h("li", {}, link, " ", h("span", { "data-mark-line": one.answer }, standing(one.state)), flag);
  }));
  list.querySelector("ol")?.setAttribute("start", "1");
};
/** @param {string} token @param {string} next @param {boolean} [flagged] */
export const line = (token, next, flagged = false) => {
  const one = page.lines.find((each) => each.answer === token);
  if (one) Object.assign(one, { state: next, unsafe: flagged });
  const said = document.querySelector(`[data-mark-line="${token}"]`);
  if (said) said.textContent = standing(next);
  const flag = document.querySelector(`[data-mark-unsafe="${token}"]`);
  if (flag instanceof HTMLElement) flag.hidden = !flagged;
  count();
};
