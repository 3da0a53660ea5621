// @ts-check
// What is white space, as Python knows it: it takes the separators \x1c–\x1f and \x85 for white space, too, and \ufeff for none.

// oxlint-disable-next-line no-control-regex -- see above
const WORD = /[^\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;

/** Give the runs of characters without white space, as Python's `str.split()`. @param {string} text @returns {string[]} */
export const split = (text) => text.match(WORD) ?? [];

/** Whether a text is white space alone. @param {string} text */
export const isEmpty = (text) => text.search(WORD) < 0;

/** Take white space from both ends, as Python's `str.strip()`. @param {string} text */
export function strip(text) {
  const words = [...text.matchAll(WORD)];
  const last = words.at(-1);
  return last ? text.slice(words[0].index, last.index + last[0].length) : "";
}

/** Count words; the rule of `count_words` in items/kinds/written.py. @param {string} text */
export const countWords = (text) => split(text).length;
