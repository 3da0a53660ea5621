// @ts-check
// Type a few words. The answer is what was typed.
import { h, question, say } from "../frame.js";
/** @import { Body, Ctx, Spec } from "../types.js" */

const TYPING_MS = 200;

export default question({
  /** @param {Spec & { longest: number }} spec @param {Ctx} ctx @returns {Body<string>} */
  build(spec, ctx) {
    const hint = h("p", { className: "wb-hint", id: `${ctx.uid}-hint` }, say("short-slips"));
    const input = h("input", { type: "text", id: `${ctx.uid}-text`, maxLength: spec.longest, autocomplete: "off", autocapitalize: "none", "aria-describedby": hint.id, oninput: () => ctx.changed(TYPING_MS) });
    return {
      node: h("div", { className: "wb-field" }, h("label", { className: "wb-stem", htmlFor: input.id }, spec.stem), hint, input),
      get: () => input.value.trim(),
      set: (value) => { input.value = value ?? ""; },
      words: (value) => value ?? "",
    };
  },
});
