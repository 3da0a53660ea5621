// @ts-check
// What a student is asked, and in which order: the same as marking works it out (items/base.py and items/workbook.py).
// The hash is not the browser's own: that one does not exist on plain http, nor without a promise.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { cleanId } from "./learner_id.js";

/** @import { Book } from "./types.js" */

/** @param {string} text */
const hashed = (text) => bytesToHex(sha256(utf8ToBytes(text)));

/** Give parts in the order that the student with this seed sees; the rule of `drawn`.
 * @template {{ id: string }} One @param {One[]} parts @param {string} seed @param {string} name @returns {One[]} */
export function drawn(parts, seed, name) {
  const order = parts.map((part) => ({ part, by: hashed(`${seed}|${name}|${part.id}`) }));
  return order.sort((one, other) => (one.by < other.by ? -1 : one.by > other.by ? 1 : 0)).map(({ part }) => part);
}

/** Give what the student with this seed is asked: place → item as authored; the rule of `Workbook.paper`.
 * @template {{ id: string }} One @param {{ items: Record<string, One>, pools: Book["pools"] }} book @param {string} seed @returns {Map<string, One>} */
export function paper(book, seed) {
  /** @type {Map<string, One>} */
  const places = new Map();
  for (const item of Object.values(book.items)) {
    const pool = book.pools.find((one) => one.items.includes(item.id));
    if (!pool) places.set(item.id, item);
    else if (!places.has(`${pool.id}-1`)) {
      const order = drawn(pool.items.map((id) => book.items[id]), seed, pool.id);
      order.slice(0, pool.draw).forEach((one, n) => places.set(`${pool.id}-${n + 1}`, one));
    }
  }
  return places;
}

/** Give the seed of a learner's paper; the rule of `paper_seed`. @param {string} class_id @param {string} workbook @param {string} learner */
export const paperSeed = (class_id, workbook, learner) => hashed([class_id, workbook, cleanId(learner).toLowerCase()].join("\n")).slice(0, 16);
