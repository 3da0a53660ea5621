// @ts-check
import { strip } from "./text.js";

const MAX_ID = 128; // characters

/** Give a learner's id as it is kept and compared, "" if it is none; the rule of `clean_id` in items/learner.py. @param {string} text */
export function cleanId(text) {
  const composed = [...text].slice(0, 8 * MAX_ID).join("").normalize("NFC");
  const plain = strip(composed.replace(/\p{Cf}/gu, ""));
  return [...plain].length <= MAX_ID && !/(?! )[\p{C}\p{Z}]/u.test(plain) ? plain : "";
}
