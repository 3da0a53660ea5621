// @ts-check
// What the page decides by itself, rule by rule, to be asked from Python: the fixture `rules` in tests/conftest.py bundles this.
import { isBlank } from "../../src/workbook_helpers/page/answers.js";
import { missing } from "../../src/workbook_helpers/page/far.js";
import { register } from "../../src/workbook_helpers/page/kinds.js";
import { cleanId } from "../../src/workbook_helpers/page/learner_id.js";
import { drawn, paper, paperSeed } from "../../src/workbook_helpers/page/paper.js";
import { findSigns } from "../../src/workbook_helpers/page/privacy.js";
import { longestRun } from "../../src/workbook_helpers/page/run.js";
import { accept, distance, plain } from "../../src/workbook_helpers/page/spelling.js";
import { countWords } from "../../src/workbook_helpers/page/text.js";
import { ready } from "../../src/workbook_helpers/page/words.js";

/** @import { Ctx, Draw, Kind } from "../../src/workbook_helpers/page/types.js" */
/** @typedef {Record<string, Kind<any, any>>} Kinds */

/** A value in one form, whatever the order of an object's parts. @param {unknown} value */
const plainly = (value) => JSON.stringify(value ?? null, (_, part) =>
  (part && typeof part === "object" && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1))) : part));

/** @type {Ctx} */
const CTX = { uid: "wb", changed() {}, answerOf: () => null };

/** @param {Kinds} kinds @returns {Record<string, (...input: any[]) => unknown>} */
const rules = (kinds) => ({
  accept, distance, plain, "clean id": cleanId, "count of words": countWords, "longest run": longestRun, "paper seed": paperSeed, signs: findSigns,
  drawn: (ids, seed, name) => drawn(ids.map((/** @type {string} */ id) => ({ id })), seed, name).map((part) => part.id),
  paper: (book, seed) => Object.fromEntries([...paper(book, seed)].map(([place, item]) => [place, item.id])),
  missing,
  blank: (spec, value) => (kinds[spec.kind].blank ?? isBlank)(value),
  words: (spec, value) => kinds[spec.kind].words(spec, value),
  respond: (spec, value) => kinds[spec.kind].respond?.(spec, value) ?? null,
  right: (spec) => kinds[spec.kind].right?.(spec) ?? null,
  "goes on": (spec, old, next) => kinds[spec.kind].goesOn?.(spec, old, next) ?? true,
  shared: (spec, value) => kinds[spec.kind].shared?.(value) ?? false,
  arrange(spec, seed) {
    /** @type {Draw} */
    const draw = (parts, name = spec.id) => (spec.shuffle ? drawn(parts, seed, name) : [...parts]);
    return kinds[spec.kind].arrange?.(spec, draw) ?? spec;
  },
  fits(spec, value) { // as the engine decides it
    const body = kinds[spec.kind].build(spec, CTX);
    document.body.replaceChildren(body.node);
    try {
      body.set(value);
      return body.fits ? body.fits(value) : plainly(body.get()) === plainly(value);
    } catch { return false; } finally {
      body.set(null); // no value does harm that lasts
    }
  },
});

/** Answer `ask([rule, input][])`, as JSON: one result, or an object `thrown`, for each. @param {Kinds} kinds */
export async function serve(kinds) {
  await ready;
  register(kinds);
  const all = rules(kinds);
  Object.assign(globalThis, { ask: (/** @type {string} */ json) => JSON.stringify(JSON.parse(json).map((/** @type {[string, any[]]} */ [rule, input]) => {
    try { return all[rule](...input); } catch (error) { return { thrown: String(error) }; }
  })) });
}
