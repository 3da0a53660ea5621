// @ts-check
// Choose all that apply.
import { choices, h, question, say } from "../frame.js";
/** @import { Body, Ctx, Part, Spec } from "../types.js" */

export default question({
  /** @param {Spec & { options: Part[] }} spec @param {Ctx} ctx @returns {Body<string[]>} */
  build(spec, ctx) {
    const list = choices(spec, ctx, "checkbox");
    const hint = h("p", { className: "wb-hint", id: `${ctx.uid}-hint` }, say("multiple-hint"));
    list.node.querySelector("legend")?.after(hint);
    list.node.setAttribute("aria-describedby", hint.id);
    return {
      node: list.node,
      get: list.chosen,
      set: (value) => list.choose(value ?? []),
      words: (value) => list.words(value ?? []),
    };
  },
});
