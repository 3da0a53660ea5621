// @ts-check
/* What the scripts of the page Mark share: the answers that are known, what is given for them and not sent yet, and what the controls hold. */

/** @typedef {{ name: string, answer: string, hundredths: number, shared: string[] }} Near */
/** @typedef {{ said: string, sure: string, words: string[], outcome: string }} Second */
/** @typedef {{ points: string, comment: string, seen: number[], not_enough: number[], unsafe: boolean, later: boolean }} Given */
/** @typedef {Given & { answer: string, task: string, item: string, who: string, learner: string, first_name: string, stem: string, prompts: string[], document: string, lines: string[], words: number, reason: string, flags: string[], fault: string, max: number, has_comment: boolean, state: string, base: string, near: Near[] | null, looks: Second[], before: import("./markbefore.js").Before[] }} Answer */
/** @typedef {{ task: string, who: string, base: string, given: Given, visit?: number, fault?: string, field?: string, theirs?: Answer }} Draft */
/** @typedef {{ answer: string, task: string, who: string, state: string, unsafe: boolean }} Line */

/** @template {HTMLElement} [Kind=HTMLElement] @param {string} id */
export const $ = (id) => /** @type {Kind} */ (document.getElementById(id));
export const form = /** @type {HTMLFormElement} */ ($("marking"));
/** @param {string} name */
export const field = (name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
export const points = /** @type {HTMLInputElement} */ ($("mark-points"));
export const comment = /** @type {HTMLTextAreaElement} */ ($("mark-comment"));
export const unsafe = /** @type {HTMLInputElement} */ ($("mark-unsafe"));
export const later = /** @type {HTMLInputElement} */ ($("mark-later"));
export const shared = { workbook: field("workbook").value, anonymous: field("anonymous").value };
export const learner = field("learner").value;
export const anonymous = shared.anonymous === "1";
export const store = `desk-mark:${form.dataset["markKeep"]}:${shared.workbook}:${shared.anonymous}`;

/** @template {keyof HTMLElementTagNameMap} Tag @param {Tag} tag @param {Partial<Record<string, string>>} about @param {(Node | string)[]} kids */
export const h = (tag, about = {}, ...kids) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(about)) made.setAttribute(name, value ?? "");
  made.append(...kids);
  return made;
};

export const page = {
  now: field("answer").value, // the answer that is shown
  visit: 0, // counts the answers that were shown
  coming: "", // the answer that is fetched: until it is there nothing can be given, as it would be for the one before it
  sending: "", // the answer that is on its way
  failed: "", // why the last one did not arrive
  savings: 0, // counts what was saved
  undoing: false, // whether what is sent takes something back
  lines: /** @type {Line[]} */ ([]),
  again: /** @type {string[]} */ ([]), // answers left behind of which a second look says something
  paper: /** @type {string | undefined} */ (undefined), // the document that is shown
};
/** @type {Map<string, { answer: Answer, at: number }>} */
export const known = new Map(); // answers, whole, as the server has them
/** What a page before this one could not save. @returns {[string, Draft][]} */
const unsaved = () => {
  try { return JSON.parse(sessionStorage.getItem(store) ?? "[]"); } catch { return []; /* no storage here */ }
};
export const drafts = new Map(unsaved());
/** @type {Map<string, number>} */
export const savedAs = new Map(); // which saving of this page was an answer's last: what was asked for before that may be older

/* What the controls hold. */

/** @returns {Given} */
export const read = () => {
  /** @param {string} name */
  const ticked = (name) => [...form.querySelectorAll(`.mark-guide:not([disabled]) input[name=${name}]`)].flatMap((one) => (/** @type {HTMLInputElement} */ (one).checked ? [Number(/** @type {HTMLInputElement} */ (one).value)] : []));
  return { points: points.value.trim(), comment: comment.value.trim(), seen: ticked("seen"), not_enough: ticked("not_enough"), unsafe: unsafe.checked, later: later.checked };
};
/** @param {Given} one @returns {Given} */
export const part = ({ points: p, comment: c, seen, not_enough: n, unsafe: u, later: l }) => ({ points: p, comment: c, seen, not_enough: n, unsafe: u, later: l });
/** Whether both are the same as a field gives them: a comment may stand there with other ends of line, or a space behind it. @param {Given} one @param {Given} other */
export const same = (one, other) => typed(one) === typed(other);
/** @param {Given} one */
const typed = (one) => JSON.stringify({ ...part(one), points: one.points.trim(), comment: one.comment.replace(/\r\n?/g, "\n").trim() });
/** @param {Given} given */
export const put = (given) => {
  points.value = given.points;
  comment.value = given.comment;
  unsafe.checked = given.unsafe;
  later.checked = given.later;
  for (const name of /** @type {const} */ (["seen", "not_enough"])) for (const one of form.querySelectorAll(`input[name=${name}]`)) {
    const box = /** @type {HTMLInputElement} */ (one);
    box.checked = given[name].includes(Number(box.value)) && !box.closest("[disabled]");
  }
  press();
  comment.dispatchEvent(new CustomEvent("mark:put"));
};
export const press = () => {
  const value = points.value.trim() === "" ? NaN : Number(points.value.replace(",", "."));
  for (const one of form.querySelectorAll(".mark-level")) {
    const { markLeast: least, markMost: most } = /** @type {HTMLElement} */ (one).dataset;
    one.setAttribute("aria-pressed", String(value >= Number(least) && value <= Number(most)));
  }
};
