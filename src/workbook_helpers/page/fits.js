// @ts-check
// Whether a value, whatever wrote it, is an answer to a question as it is now: what its controls can show and read back.
import { isBlank, same } from "./answers.js";
import { kinds } from "./kinds.js";

/** @import { Body, Kind, Spec } from "./types.js" */

/** @type {WeakMap<Spec, Body<any>>} */
const bodies = new WeakMap(); // controls that are on no page

/** Ask the controls of a question; leaves them as they were. @param {Kind<any, any>} kind @param {Spec} spec @param {Body<any>} body @param {any} value */
export function fitsIn(kind, spec, body, value) {
  const before = body.get();
  try {
    if ((kind.blank ?? isBlank)(value)) return true;
    kind.words(spec, value);
    body.set(value);
    return body.fits?.(value) ?? same(body.get(), value);
  } catch {
    return false;
  } finally {
    body.set(null); // whatever a strange value left half done
    body.set(before);
  }
}

/** Ask without a page. @param {Spec} spec @param {any} value */
export function fits(spec, value) {
  const kind = kinds[spec.kind];
  const body = bodies.get(spec) ?? kind.build(spec, { uid: `wb-fits-${spec.id}`, changed() { /* nobody does */ }, whole: () => false, privacy: null, unshared: "", answerOf: () => null, before: () => null });
  bodies.set(spec, body);
  return fitsIn(kind, spec, body, value);
}
