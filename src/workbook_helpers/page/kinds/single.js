// @ts-check
// Choose one of n.
import { choices, compare, texts } from "../choices.js";
/** @import { Kind, Option, Spec } from "../types.js" */
/** @typedef {Spec & { options: Option[] }} Item */

/** @type {Kind<Item, string>} */
const kind = {
  build(spec, ctx) {
    const list = choices(spec, ctx, "radio");
    return {
      node: list.node,
      get: () => list.chosen()[0] ?? null,
      set: (value) => list.choose([value]),
    };
  },
  words: (spec, value) => texts(spec.options, [value]),
  respond(spec, value) {
    const { right, notes } = compare(spec.options, [value]);
    // The reason for the choice alone: naming the right one would leave nothing to try again.
    return { right, notes: notes.filter((note) => note.verdict !== "missed") };
  },
  arrange: (spec, draw) => ({ ...spec, options: draw(spec.options) }),
};

export default kind;
