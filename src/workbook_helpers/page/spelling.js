// @ts-check
// Compare a few typed words with the words that are accepted, and let small spelling slips pass; the rules of items/spelling.py.
import { split } from "./text.js";

/** @import { Forms } from "./types.js" */

/** Give a text as it is compared: without punctuation, hyphens or apostrophes, without regard to capitals, spaces collapsed; numbers stay what they are. @param {string} text */
export function plain(text) {
  const numbers = text.replace(/(\p{Nd}),(?=\p{Nd}{3}(?!\p{Nd}))/gu, "$1").replace(/(\p{Nd})\p{P}(?=\p{Nd})/gu, "$1|").replace(/(^| )[-–−](?=\p{Nd})/gu, "$1~");
  const kept = numbers.replace(/[\p{P}\p{Cf}\p{Sk}]/gu, "").normalize("NFKC");
  // To capitals and back: there is no casefold() in JavaScript. The sigma at a word's end would be one of its own again.
  return split(kept.toUpperCase().toLowerCase().replaceAll("ς", "σ").normalize("NFKC")).join(" ");
}

/** Count the slips between two texts: letters put in, left out or replaced, or two neighbours swapped. @param {string} one @param {string} other */
export function distance(one, other) {
  const [a, b] = [[...one], [...other]]; // letters, not halves of one
  /** @type {number[]} */
  let above = [], above2 = [], row = [...b, ""].map((_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    [above2, above, row] = [above, row, [i]];
    for (let j = 1; j <= b.length; j++) {
      row.push(Math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + Number(a[i - 1] !== b[j - 1])));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], above2[j - 2] + 1);
    }
  }
  return row[b.length];
}

/** Whether `typed` is `form`, but for small slips; both as `plain` gives them. @param {string} typed @param {string} form */
export function like(typed, form) {
  const letters = [...form].filter((sign) => sign !== " ").length;
  if (letters < 5 || /\p{Nd}/u.test(form)) return typed === form;
  return distance(typed, form) <= (letters >= 10 && [...typed][0] === [...form][0] ? 2 : 1);
}

/** Whether a text is an accepted form, small slips passing unless they make a form that is not accepted. @param {Forms} forms @param {string} text */
export function accept(forms, text) {
  const typed = plain(text);
  return !forms.not_accepted.some((form) => plain(form) === typed) && forms.accepted.some((form) => like(typed, plain(form)));
}
