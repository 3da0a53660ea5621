// @ts-check
// The warning about names and numbers: the patterns and words of `items/privacy.py`, as the workbook brings them.
/** @import { PrivacyRules } from "./types.js" */

/** Find what may tell who a person is. A date is left out before: with a time
 * it has as many digits as a telephone number. What one pattern has found no later one looks at again. @param {string} text @param {PrivacyRules} rules */
export function findSigns(text, rules) {
  const found = [], words = rules.ordinary.split(" ");
  let left = text.replace(new RegExp(rules.date, "g"), "; ;");
  /** @param {string} piece */
  const nhs = (piece) => {
    const digits = [...piece].filter((sign) => sign >= "0" && sign <= "9").map(Number);
    const total = digits.slice(0, 9).reduce((sum, digit, n) => sum + digit * (10 - n), 0);
    return digits.length === 10 && 11 - (total % 11) === (digits[9] || 11);
  };
  for (const [sign, pattern] of rules.patterns) {
    for (const match of left.matchAll(new RegExp(pattern, "g"))) {
      const piece = match[1];
      if (sign === "nhs-number" && !nhs(piece)) continue;
      if (sign === "name" && new RegExp(rules.role).test(piece) && words.includes(piece.toLowerCase().split(/\s+/).at(-1) ?? "")) continue;
      found.push({ sign, text: piece });
    }
    for (const one of found) left = left.replaceAll(one.text, "; ;");
  }
  /** @param {string} word */
  const capitalised = (word) => word.length > 1 && word[0] !== word[0].toLowerCase() && word !== word.toUpperCase();
  /** @param {string} word */
  const ordinary = (word) => words.includes(word.toLowerCase().replace(/['’](?:s|m|d|ve|ll|re)?$/, ""));
  const pair = new RegExp(rules.pair, "g");
  for (let match; (match = pair.exec(left));) {
    const [all, first, second] = match;
    if (capitalised(first) && capitalised(second) && !ordinary(first) && !first.endsWith("ing") && !ordinary(second)) {
      found.push({ sign: new RegExp(rules.street).test(second) ? "address" : "name", text: all });
    } else pair.lastIndex = match.index + all.length - second.length;
  }
  return found;
}
