// @ts-check
// Choose one of n.
import { choices, question } from "../frame.js";
/** @import { Body, Ctx, Part, Spec } from "../types.js" */

export default question({
  /** @param {Spec & { options: Part[] }} spec @param {Ctx} ctx @returns {Body<string>} */
  build(spec, ctx) {
    const list = choices(spec, ctx, "radio");
    return {
      node: list.node,
      get: () => list.chosen()[0] ?? null,
      set: (value) => list.choose([value]),
      words: (value) => list.words([value]),
    };
  },
});
