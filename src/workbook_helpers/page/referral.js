// @ts-check
// What the tutor asks one learner to look at again. Its tasks come first, each with the first answer and what the tutor says of it;
// whatever else is marked can be read and not answered. The rules are those of referral.py.
import { same } from "./answers.js";
import { paperOf } from "./document.js";
import { h, put } from "./dom.js";
import { how as howFar, minutesLeft } from "./far.js";
import { kinds } from "./kinds.js";
import { called, drafts, level } from "./question.js";
import { LEAD, lead } from "./sections.js";
import { locale, say } from "./words.js";

/** @import { Asked, Book, Referral, Spec, Stored } from "./types.js" */
/** @typedef {Stored<any> & { release: string }} Begun */
/** @import { How } from "./far.js" */
/** @import { Workbook } from "./workbook.js" */

const IN_PLACE = "wb-was-"; // where a task stands in the workbook

/** @param {Spec} spec */
const isMarked = ({ purpose }) => ["assessed", "record"].includes(purpose);
/** @param {Referral} referral @param {string} id */
const taskOf = (referral, id) => referral.tasks.find(({ item }) => item === id);

/** Whether a question can be answered now. @param {Referral | null} referral @param {Spec} spec */
export const opens = (referral, spec) => !referral || !isMarked(spec) || spec.kind === "declaration" || Boolean(taskOf(referral, spec.id));

/** The name under which an answer is kept. @param {Referral | null} referral @param {Spec} spec */
export const keptAs = (referral, spec) => (referral && isMarked(spec) ? `${spec.id}@${referral.attempt}` : spec.id);

/** What was handed in first. @param {Referral} referral @param {string} id */
const first = (referral, id) => (Object.hasOwn(referral.answers, id) ? referral.answers[id] : null);

/** What stands in each task until it is changed: the first answer, where it is one and can be taken back.
 * @param {Referral | null} referral @param {Book} book @param {(id: string, value: unknown) => boolean} fits @returns {Record<string, Begun>} */
export const begins = (referral, { items, release }, fits) => Object.fromEntries((referral?.tasks ?? []).flatMap(({ item }) => {
  const spec = Object.hasOwn(items, item) ? items[item] : null, given = referral && first(referral, item);
  if (!spec || !given || !fits(item, given.value) || !(kinds[spec.kind].goesOn?.(spec, given.value, null) ?? true)) return [];
  return [[keptAs(referral, spec), { ...given, revision: 0, release }]];
}));

/** The answers as they stand for a page: the new ones, those that stay as handed in, and the student's own notes.
 * @template {Stored<any>} One @param {Referral | null} referral @param {Record<string, Spec>} items
 * @param {Record<string, One>} kept with what tasks begin with @returns {Record<string, One | Stored<any>>} */
export function standing(referral, items, kept) {
  /** @type {Record<string, One | Stored<any>>} */
  const found = Object.fromEntries(Object.entries(kept).filter(([name]) => !name.includes("@")));
  if (referral) for (const spec of Object.values(items).filter(isMarked)) {
    const given = first(referral, spec.id), stands = opens(referral, spec) ? kept[keptAs(referral, spec)] : given && { ...given, revision: 0 };
    delete found[spec.id];
    if (stands) found[spec.id] = stands;
  }
  return found;
}

/** The answers as they are handed in: as they stand, and what was handed in first where there is no new one.
 * @param {Referral | null} referral @param {Record<string, Spec>} items @param {Record<string, Stored<any>>} kept
 * @param {(id: string, value: unknown) => boolean} fits what is an answer to its question as it is now; of what was handed in once, the tutor says that
 * @returns {Record<string, Stored<any>>} */
export function whole(referral, items, kept, fits) {
  const own = Object.entries(standing(referral, items, kept)).filter(([id, { value }]) => Object.hasOwn(items, id) && fits(id, value));
  const given = Object.values(items).filter((spec) => isMarked(spec) && spec.kind !== "declaration").flatMap(({ id }) => {
    const one = referral && first(referral, id);
    return one ? [[id, { ...one, revision: 0 }]] : [];
  });
  return Object.fromEntries([...given, ...own]);
}

/** What was written to marked questions and is not what was handed in. @param {Referral | null} referral @param {Record<string, Spec>} items
 * @param {Record<string, Stored<any>>} kept @returns {Record<string, unknown>} */
export const aside = (referral, items, kept) => Object.fromEntries(Object.values(items).filter((spec) => referral && isMarked(spec) && spec.kind !== "declaration")
  .map((spec) => [spec.id, kept[spec.id]?.value]).filter(([id, value]) => howFar(items[id], value) !== "open" && !same(value, first(/** @type {Referral} */ (referral), id)?.value)));

/** What of a paper is asked for again, counted as marked. @template {Spec} One @param {Referral} referral @param {Iterable<One>} asked */
export const tasks = (referral, asked) => [...asked].filter((spec) => taskOf(referral, spec.id)).map((spec) => ({ ...spec, purpose: /** @type {"assessed"} */ ("assessed") }));

/** How far an answer is: a task whose first answer was not changed is open. @param {Referral | null} referral @param {Asked} spec @param {unknown} value @returns {How} */
export function how(referral, spec, value) {
  const given = referral && taskOf(referral, spec.id) ? first(referral, spec.id) : null;
  return given && same(given.value, value) ? "open" : howFar(spec, value);
}

/** Say it: "Changed 1 of 2 tasks". @param {import("./far.js").Far} far */
export const farAgain = ({ assessed }) => say("referral-far", assessed);

/** An answer in words, as far as it can be read. @param {Spec} spec @param {any} value */
function inWords(spec, value) {
  /** @type {string[]} */
  let words = [];
  try { words = kinds[spec.kind].words(spec, value); } catch { words = typeof value === "string" ? [value] : []; /* it is none any more */ }
  return h("blockquote", {}, words.join("\n") || say("frame-blank"));
}

/** What else was written to a question: kept before the tutor's file came, or still on its way then. @param {Workbook} book @param {Spec} spec */
function elsewhere({ kept, book, referral }, spec) {
  const item = book.items[spec.id], draft = spec.kind === "declaration" ? null : drafts(kept.copy, spec.id).get(), given = referral && first(referral, spec.id)?.value;
  const found = [kept.aside?.[spec.id], draft && ["", kept.learner].includes(draft.by) ? draft.value : null].filter((value) => howFar(item, value) !== "open" && !same(value, given));
  if (same(found[0], found[1])) found.pop();
  return found.length ? h("details", { className: "wb-aside" }, h("summary", {}, say("referral-aside")), ...found.map((value) => inWords(item, value))) : null;
}

/** Beside a task: what is missing, the first answer and the tutor's comment; null where it is none. `stands` is told the answer as it is kept.
 * @param {Workbook} book @param {Spec} spec @param {string} uid @param {number} level that of the question's heading */
export function returned(book, spec, uid, level) {
  const { referral } = book, task = referral && taskOf(referral, spec.id);
  if (!task) return null;
  const heading = (/** @type {string} */ text) => h("h4", { "aria-level": level + 1 }, text);
  const unchanged = h("p", { className: "wb-quiet" });
  const given = first(referral, spec.id);
  const node = h("div", { className: "wb-returned" },
    h("p", { className: "wb-missing", id: `${uid}-missing` }, h("strong", {}, say("referral-missing")), " ", h("span", {}, task.missing)),
    h("div", { className: "wb-beside" },
      h("div", {}, heading(say("referral-first")), inWords(book.book.items[spec.id], given?.value ?? null),
        task.points == null ? null : h("p", { className: "wb-quiet" }, say("referral-points", { points: task.points, of: spec.points }))),
      task.comment ? h("div", {}, heading(say("referral-comment")), h("blockquote", {}, task.comment)) : null),
    elsewhere(book, spec),
    document.getElementById(`${IN_PLACE}${spec.id}`) ? h("p", { className: "wb-quiet" }, h("a", { href: `#${IN_PLACE}${spec.id}` }, say("referral-around"))) : null,
    heading(say("referral-new")), unchanged);
  return {
    node, says: `${uid}-missing`,
    /** @param {unknown} value */
    stands(value) { put(unchanged, given && same(given.value, value) ? say("referral-unchanged") : ""); },
  };
}

/** Show a question that is not open again, with what was handed in. @param {Workbook} book @param {Spec} spec @param {HTMLElement} el */
export function closed(book, spec, el) {
  const uid = `wb-${spec.id}-${Math.random().toString(36).slice(2, 8)}`;
  const heading = h("h3", { className: "wb-label", id: `${uid}-label`, "aria-level": level(el) }, called(book.label(spec), spec.kind));
  el.append(h("div", { className: `wb-question wb-closed wb-${spec.purpose}`, id: spec.id, tabIndex: -1, role: "group", "aria-labelledby": heading.id },
    heading, h("p", { className: "wb-stem" }, spec.stem), paperOf(book, spec, uid, level(el)),
    h("p", { className: "wb-quiet" }, say("referral-closed")), inWords(book.book.items[spec.id], book.value(spec)), elsewhere(book, spec)));
}

/** @param {string | null} until */
const dayOf = (until) => (until ? new Date(`${until}T12:00`) : null);
/** How many tasks are asked for again, and until when. @param {number} n @param {string | null} until */
export const titled = (n, until) => say("referral-title", { n, until: dayOf(until)?.toLocaleDateString(locale, { day: "numeric", month: "long" }) ?? "none" });

/** What is asked, and until when. @param {Referral} referral */
function card({ until, criteria, tasks: { length: n } }) {
  const day = dayOf(until);
  const over = day !== null && new Date(day).setHours(24) < Date.now();
  return {
    title: titled(n, until),
    said: [h("p", {}, say("referral-what", { n }), ...(over ? [" ", say("referral-over")] : [])),
      ...(criteria.length ? [h("p", {}, say("referral-criteria")), h("ul", {}, ...criteria.map(({ code, missing }) => h("li", {}, h("strong", {}, code), ` ${missing}`)))] : [])],
  };
}

/** Put the tasks before all else on the page, each with a way to where it stands in the workbook; gives what puts them back.
 * @param {Workbook} book @param {Referral} referral @param {Map<string, HTMLElement>} places where the page asks what, by place */
export function layOut(book, referral, places) {
  const { title, said } = card(referral);
  if (!document.querySelector("#wb-main .wb-section")) return () => { /* nothing was moved */ };
  const names = [...book.paper].filter(([, spec]) => isMarked(spec) && opens(referral, spec)).map(([place]) => place);
  const moved = [...names.filter((name) => book.paper.get(name)?.kind !== "declaration"), ...names.filter((name) => book.paper.get(name)?.kind === "declaration"), "hand-in"].filter((name) => places.has(name));
  const heading = h("h2", { id: LEAD, tabIndex: -1 }, title);
  const own = h("section", { className: "wb-section wb-again" }, h("div", { className: "wb-widget wb-referral" }, heading, ...said));
  const n = referral.tasks.length;
  const rest = h("div", { className: "wb-widget wb-else" }, h("h2", {}, say("referral-else")), h("p", {}, say("referral-else-what"), " ", h("a", { href: `#${LEAD}` }, say("referral-to", { n }))));
  const back = moved.map((name) => {
    const el = /** @type {HTMLElement} */ (places.get(name)), id = book.paper.get(name)?.id ?? name;
    const mark = h("div", { className: "wb-widget" }, id === "hand-in" || taskOf(referral, id) ? h("p", { className: "wb-quiet", id: `${IN_PLACE}${id}` }, h("a", { href: `#${id}` }, say(id === "hand-in" ? "referral-hand-in-there" : "referral-there"))) : null); // the declaration is part of handing in
    el.replaceWith(mark);
    own.append(el);
    return () => mark.replaceWith(el);
  });
  const { sections } = book.book;
  const minutes = sections.reduce((all, section) => {
    const items = section.items.filter((name) => moved.includes(name));
    const left = new Map([...book.paper].filter(([name]) => section.items.includes(name)));
    return all + (items.length ? minutesLeft(section, left, ({ id }) => (taskOf(referral, id) ? "open" : "done")) : 0);
  }, 0);
  book.book.sections = [{ title, more: [], minutes, items: moved }, ...sections.map((section) => ({ ...section, items: section.items.filter((name) => !moved.includes(name)) }))];
  const unlead = lead(own, heading, say("referral-short", { n }), rest);
  return () => {
    for (const put of back) put();
    book.book.sections = sections;
    unlead();
  };
}

/** The same where no section can come first: in JupyterLab every cell stays where it is. @param {Workbook} book @param {Referral} referral */
export function note(book, referral) {
  const { title, said } = card(referral);
  return h("div", { className: "wb-referral" }, h("p", {}, h("strong", {}, title)), ...said, h("ul", {}, ...tasks(referral, book.paper.values()).map((spec) => h("li", {}, called(book.label(book.book.items[spec.id]), spec.kind), `: ${spec.stem}`))));
}
