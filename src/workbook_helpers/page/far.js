// @ts-check
// How far a student is. Questions are counted here alone: for the page's header, the review, the receipt and "My workbooks".
import { isBlank } from "./answers.js";
import { kinds } from "./kinds.js";
import { say } from "./words.js";

/** @import { Asked, Receipt, Section, Stored } from "./types.js" */
/** @typedef {{ done: number, total: number }} Count */
/** What has an answer, and how many questions have half of one. @typedef {Record<"practice" | "assessed", Count> & { started: number }} Far */
export const SECOND_MS = 1000; // a receipt's time has whole seconds

/** No answer yet; half of one; a whole one. @typedef {"open" | "started" | "done"} How */

/** How many parts of an answer are still open; the rule of `Item.missing` (items/base.py). @param {Asked} spec @param {any} value */
export function missing(spec, value) {
  const { size = 1 } = spec, kind = kinds[spec.kind];
  try {
    if ((kind?.blank ?? isBlank)(value)) return size;
    return kind?.missing?.(spec, value) ?? (size > 1 ? Math.max(0, size - Object.values(value).filter((part) => !isBlank(part)).length) : 0);
  } catch { return size; } // not in the form of an answer
}

/** @param {Asked} spec @param {unknown} value @returns {How} */
export function how(spec, value) {
  try { if ((kinds[spec.kind]?.blank ?? isBlank)(value)) return "open"; } catch { return "open"; }
  return missing(spec, value) ? "started" : "done";
}

/** Count what of a student's paper has an answer; what is private, and what is only declared, is not counted.
 * @template {Asked} One @param {Iterable<One>} asked @param {(spec: One) => How} how @returns {Far} */
export function far(asked, how) {
  const all = [...asked];
  /** @param {keyof Far} purpose */
  const of = (purpose) => all.filter((spec) => spec.purpose === purpose).map(how);
  /** @param {How[]} of @param {How} one */
  const count = (of, one) => of.filter((is) => is === one).length;
  const practice = of("practice"), assessed = of("assessed");
  return {
    practice: { done: count(practice, "done"), total: practice.length }, assessed: { done: count(assessed, "done"), total: assessed.length },
    started: count([...practice, ...assessed], "started"),
  };
}

/** Both together, for a bar. @param {Far} far @returns {Count} */
export const whole = ({ practice, assessed }) => ({ done: practice.done + assessed.done, total: practice.total + assessed.total });

/** Whether an answer is handed in. @param {Pick<Asked, "kind" | "purpose">} spec @param {unknown} value */
export const leaves = (spec, value) => spec.purpose !== "private" || Boolean(kinds[spec.kind].shared?.(value));

/** How many answers that are handed in have changed after that; by the clock where the host counts no revisions, none where nothing was handed in.
 * @param {Record<string, Asked>} items @param {Record<string, Stored<unknown>>} answers @param {Receipt | undefined} last */
export function changedSince(items, answers, last) {
  if (!last) return 0;
  const { revision: handed } = last, end = Date.parse(last.at) + SECOND_MS;
  return Object.entries(answers).filter(([id, { value, revision, saved_at }]) => Object.hasOwn(items, id) && leaves(items[id], value)
    && (handed === undefined ? Date.parse(saved_at) >= end : revision > handed)).length;
}

/** An answer as it is held against the last hand-in: it goes by what its host counts, since a clock may be slow or ahead, and a second is long.
 * @template {{ saved_at: string }} T @param {T} kept @param {boolean} newer @param {string} at when it was handed in @returns {T} */
export function against(kept, newer, at) {
  const handed = Date.parse(at), since = handed + SECOND_MS;
  return newer === Date.parse(kept.saved_at) >= since ? kept : { ...kept, saved_at: new Date(newer ? since : handed).toISOString() };
}

/** Say it: "Practice 9 of 15 · Marked 4 of 18 · 1 started"; what there is none of is left out. @param {Far} far */
export const farInWords = ({ practice, assessed, started }) => [
  practice.total ? say("progress-practice", practice) : "",
  assessed.total ? say("progress-assessed", assessed) : "",
  started ? say("progress-started", { n: started }) : "",
].filter(Boolean).join(" · ");

/**
 * About how many minutes a section still takes: its own, times the share of its questions that have no whole answer yet, and at least
 * one; its own where it asks nothing.
 * @param {Section} section @param {Map<string, Asked>} paper place → what is asked there @param {(spec: Asked) => How} how
 */
export function minutesLeft({ minutes, items }, paper, how) {
  const asked = items.flatMap((place) => paper.get(place) ?? []);
  return asked.length ? Math.max(1, Math.round(minutes * asked.filter((spec) => how(spec) !== "done").length / asked.length)) : minutes;
}
