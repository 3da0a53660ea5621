// @ts-check
// What holds for the answers of every kind.
import { isEmpty } from "./text.js";
import { locale } from "./words.js";

/** Join texts as a sentence does, each once. @param {string[]} texts */
export const list = (texts) => new Intl.ListFormat(locale).format(new Set(texts));

/** Whether an answer says nothing; the rule of `blank` in items/base.py. A kind may have its own for a part of it. @param {unknown} value @returns {boolean} */
export function isBlank(value) {
  if (typeof value === "string") return isEmpty(value);
  if (value && typeof value === "object") return Object.values(value).every(isBlank);
  return value == null || value === false;
}

/** Whether a value is an object and no list. @param {unknown} value @returns {value is Record<string, unknown>} */
export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Give a part of an answer, undefined where the answer has none: an id may be the name of what every object has ("constructor").
 * @template T @param {Record<string, T> | null} value @param {string} id @returns {T | undefined} */
export const partOf = (value, id) => (value && Object.hasOwn(value, id) ? value[id] : undefined);

/** Give the text of the part with this id. @param {import("./types.js").Part[]} parts @param {string | undefined} id */
export const textOf = (parts, id) => parts.find((one) => one.id === id)?.text;

/** How a part is marked whose one sentence says why the right thing is right: below a wrong one it is a hint.
 * @param {boolean} right @returns {{ verdict: "right" } | { verdict: "wrong", hint: true }} */
export const marked = (right) => (right ? { verdict: "right" } : { verdict: "wrong", hint: true });

/** Say what notes come to. @param {import("./types.js").Note[]} notes @returns {import("./types.js").Response} */
export const respond = (notes) => ({ right: notes.every((note) => note.verdict === "right"), notes });

/** Two answers that say the same, whatever the order of an object's parts. @param {unknown} a @param {unknown} b */
export function same(a, b) {
  /** @param {string} _ @param {unknown} value */
  const plain = (_, value) => (value && typeof value === "object" && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))) : value);
  return JSON.stringify(a ?? null, plain) === JSON.stringify(b ?? null, plain);
}
