// @ts-check
// Agree to a statement before handing in.
import { h, question } from "../frame.js";
/** @import { Body, Ctx, Spec } from "../types.js" */

export default question({
  /** @param {Spec & { statement: string }} spec @param {Ctx} ctx @returns {Body<boolean>} */
  build(spec, ctx) {
    const { uid } = ctx;
    const box = h("input", { type: "checkbox", id: `${uid}-agree`, onchange: () => ctx.changed(0) });
    return {
      node: h("fieldset", { className: "wb-field" }, h("legend", { className: "wb-stem" }, spec.stem),
        h("div", { className: "wb-option" }, box, h("label", { htmlFor: box.id }, spec.statement))),
      get: () => box.checked,
      set: (value) => { box.checked = value === true; },
      words: (value) => (value ? spec.statement : ""),
    };
  },
});
