// @ts-check
// The common part of the kinds that give each part a place: statements their partners, cards their groups (items/pairs.py).
import { marked, partOf, respond, textOf } from "./answers.js";
import { say } from "./words.js";

/** @import { Note, Part, Response } from "./types.js" */
/** @typedef {Part & { right?: string }} Placed */
/** @typedef {Record<string, string>} Places */

/** Give each part with its target, in the item's order, then the parts that have none.
 * @param {string} kind @param {Placed[]} parts @param {Part[]} targets @param {Places | null} value */
export const pairsInWords = (kind, parts, targets, value) => [
  ...parts.filter((part) => partOf(value, part.id)).map((part) => `${part.text} → ${textOf(targets, partOf(value, part.id))}`),
  ...parts.filter((part) => !partOf(value, part.id)).map((part) => say(`${kind}-open`, { text: part.text })),
];

/** Say for each part whether its target is right, and why; of a part without a target only that it has none.
 * @param {string} kind @param {Placed[]} parts @param {Part[]} targets @param {Places} value @returns {Response} */
export function pairsRespond(kind, parts, targets, value) {
  return respond(parts.map((part) => {
    const target = partOf(value, part.id);
    /** @type {Note} */
    const note = target === undefined
      ? { id: part.id, verdict: "missed", part: part.text, text: say(`${kind}-not-chosen`) }
      : { id: part.id, ...marked(target === part.right), part: `${part.text} → ${textOf(targets, target)}`, text: part.feedback ?? "" };
    return note;
  }));
}

/** Say what is right for a part. @param {Placed[]} parts @param {Part[]} targets @param {string} id */
export const pairRight = (parts, targets, id) => textOf(targets, parts.find((one) => one.id === id)?.right);

/** Give the right answer of a practice item. @param {Placed[]} parts @returns {Places} */
export const pairsRight = (parts) => Object.fromEntries(parts.map((part) => [part.id, part.right ?? ""]));
