// @ts-check
// Choose one of n.
import { choices, compare, rightIds, texts } from "../choices.js";
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
      spot: list.spot,
    };
  },
  words: (spec, value) => texts(spec.options, [value]),
  respond(spec, value) {
    const { right, notes } = compare(spec.options, [value]);
    return { right, notes };
  },
  right: (spec) => rightIds(spec.options)[0],
  atOnce: "tap",
  arrange: (spec, draw) => ({ ...spec, options: draw(spec.options) }),
};

export default kind;
