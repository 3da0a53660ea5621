// @ts-check
// The questions about earlier workbooks (`Item.about`): what this student got wrong there comes first. A page shows three of them, and
// the others wait behind a button, as `waiting` in items/sections.py counts; a JupyterLab and a sheet of paper show all.
import { h } from "./dom.js";
import { say } from "./words.js";

const SHOWN = 3;

/** @import { Asked, Earlier, Tried } from "./types.js" */
/** @import { Workbook } from "./workbook.js" */

/** Whether practice was wrong at first; the rule of `wrong_first` (answers/change.py). @param {Tried | null} [tried] */
export const wrongFirst = (tried) => Boolean(tried && (tried.n > 1 || !tried.first.length));

/** When the student last worked at what a question brings back and was wrong at first; "" for never.
 * @param {Asked} spec @param {Record<string, Earlier>} earlier */
export const wrongAt = ({ about = [] }, earlier) => about.map((id) => earlier[id])
  .filter((one) => wrongFirst(one?.tried)).map(({ saved_at }) => saved_at).sort().at(-1) ?? "";

/** Give the order for one student: those shown, and those that wait. Wrong at first comes first, the latest before the others; else it is the author's
 * order. What is answered is shown.
 * @template {Asked} One @param {One[]} asked @param {Record<string, Earlier>} earlier @param {(spec: One) => boolean} isAnswered */
export function chosen(asked, earlier, isAnswered) {
  const at = new Map(asked.map((spec) => [spec, wrongAt(spec, earlier)]));
  const order = [...asked].sort((one, other) => String(at.get(other)).localeCompare(String(at.get(one))));
  const answered = order.filter(isAnswered), others = order.filter((spec) => !answered.includes(spec));
  const first = [...answered, ...others].slice(0, Math.max(SHOWN, answered.length));
  return { shown: order.filter((spec) => first.includes(spec)), waiting: order.filter((spec) => !first.includes(spec)) };
}

/** Where the student has asked for all of them. @type {WeakSet<Workbook>} */
const whole = new WeakSet();

/** Lay out those of a page for this student. @param {Workbook} book */
export function lay(book) {
  const asked = Object.values(book.book.items).filter(({ about }) => about);
  const all = asked.flatMap(({ id }) => /** @type {HTMLElement[]} */ ([...document.querySelectorAll(`#wb-main [data-wb-ask="${id}"]`)]));
  if (!all.length || all.length < asked.length) return;
  const { shown, waiting } = chosen(asked, book.kept.earlier, (spec) => book.how(spec) !== "open");
  const order = [...shown, ...waiting].map((spec) => all[asked.indexOf(spec)]), later = whole.has(book) ? [] : order.slice(shown.length), end = h("div");
  const row = h("div", { className: "wb-widget wb-row", id: "wb-later" }, h("button", { type: "button", className: "wb-button wb-second", onclick: () => {
    open();
    /** @type {HTMLElement | null} */ (later[0].querySelector(".wb-question"))?.focus();
  } }, say("earlier-more")));
  function open() {
    whole.add(book);
    row.remove();
    for (const el of later) el.removeAttribute("hidden");
  }
  document.getElementById(row.id)?.remove();
  const now = [...all].sort((one, other) => (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
  if (order.some((el, n) => el !== now[n])) { // what is moved loses the focus
    now[0].before(end);
    end.replaceWith(...order);
  }
  for (const el of all) el.removeAttribute("hidden");
  if (later.length && !book.asksLearner) later[0].before(row);
  for (const el of later) {
    el.setAttribute("hidden", "until-found");
    el.addEventListener("beforematch", open, { once: true });
  }
  const ids = new Set(asked.map(({ id }) => id)), names = [...shown, ...waiting].map(({ id }) => id);
  book.places = book.places.map((place) => (ids.has(place) ? names.shift() ?? place : place)); // they are counted as they stand
}
