// @ts-check
// A copy of the work as a file: to carry on at another device, or after a browser has forgotten. It holds everything, what is private as well.
import { isObject } from "../answers.js";
import { cleanId } from "../learner_id.js";
import { say } from "../words.js";

const FORM = "workbook-copy", SCHEMA = 1;
const MAX_BYTES = 5_000_000; // more than the longest answers to a whole workbook; a larger file was not made here
const DEEPEST = 8; // no answer has half as many levels
const MOST_PARTS = 50, LONGEST_ID = 100; // no question has as many, no id is as long

/** @import { Book, Stored } from "../types.js" */
/** @import { Copy, Kept } from "./device_store.js" */
/** @typedef {{ learner: string, answers: Record<string, Kept> }} Brought */

/** @param {Book} book @param {Copy} copy @param {Record<string, Kept>} answers */
export function copyFile(book, copy, answers) {
  const text = JSON.stringify({ form: FORM, schema: SCHEMA, workbook: book.workbook, class_id: book.class_id, learner: copy.learner, answers }, null, 1);
  return new File([text], `${book.assignment}-${new Date().toISOString().slice(0, 10)}.copy.json`, { type: "application/json" });
}

/** Read a copy that somebody chose; whatever it holds is data. Throws an `Error` with a sentence for the student. @param {Book} book @param {File} file @returns {Promise<Brought>} */
export async function readCopy(book, file) {
  /** @param {string} id */
  const no = (id) => new Error(say(id));
  if (file.size > MAX_BYTES) throw no("device-no-copy");
  /** @type {any} */
  let found = null;
  try { found = JSON.parse(await file.text()); } catch { /* said below */ }
  if (!isObject(found) || found.form !== FORM || found.schema !== SCHEMA || !isObject(found.answers)) throw no("device-no-copy");
  if (found.workbook !== book.workbook) throw no("device-other-workbook");
  if (found.class_id !== book.class_id) throw no("device-other-class");
  const learner = cleanId(typeof found.learner === "string" ? found.learner : "");
  if (!learner) throw no("device-no-copy");
  return { learner, answers: Object.fromEntries(Object.entries(found.answers).flatMap(([id, one]) => kept(id, one))) };
}

/** @param {unknown} value @returns {boolean} */
const deeper = (value, left = DEEPEST) => typeof value === "object" && value !== null && (!left || Object.values(value).some((part) => deeper(part, left - 1)));

/** @param {any} one @returns {Stored<any>[]} */
function stored(one) {
  if (!isObject(one) || deeper(one.value)) return [];
  const at = typeof one.saved_at === "string" ? new Date(one.saved_at) : null;
  return [{
    value: one.value ?? null,
    saved_at: at && !Number.isNaN(at.getTime()) ? at.toISOString() : new Date(0).toISOString(),
    revision: 0,
    said: Array.isArray(one.said) ? one.said.filter((text) => typeof text === "string") : [],
  }];
}

/** @param {any} one @returns {Pick<Kept, "tried">} */
function tried(one) {
  if (!isObject(one) || !Number.isSafeInteger(one.n) || Number(one.n) < 1) return {};
  const first = Array.isArray(one.first) ? one.first.filter((id) => typeof id === "string" && id.length <= LONGEST_ID) : [];
  return { tried: { n: Number(one.n), first: first.slice(0, MOST_PARTS), checked: one.checked === true, shown: one.shown === true } };
}

/** @param {string} id @param {any} one @returns {[string, Kept][]} */
function kept(id, one) {
  const [found] = stored(one);
  if (!found || !/^[a-z0-9-]{1,64}(@\d{1,2})?$/.test(id)) return [];
  const [other] = stored(one.other), before = Array.isArray(one.before) ? one.before.flatMap(stored) : [];
  return [[id, { ...found, release: typeof one.release === "string" ? one.release : "", ...tried(one.tried), ...(other ? { other } : {}), ...(before.length ? { before } : {}) }]];
}
