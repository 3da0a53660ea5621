// @ts-check
// Agree to a statement before handing in.
import { h } from "../dom.js";
import { say } from "../words.js";
/** @import { Kind, Spec } from "../types.js" */
/** @typedef {Spec & { statement: string }} Item */

/** @type {Kind<Item, boolean>} */
const kind = {
  build(spec, ctx) {
    const { uid } = ctx;
    const box = h("input", { type: "checkbox", id: `${uid}-agree`, onchange: () => ctx.changed(0) });
    return {
      node: h("fieldset", { className: "wb-field" }, h("legend", { className: "wb-stem" }, spec.stem),
        h("div", { className: "wb-option" }, box, h("label", { htmlFor: box.id }, spec.statement))),
      get: () => box.checked,
      set: (value) => { box.checked = value === true; },
    };
  },
  words: (_, value) => (value ? [say("declaration-agreed")] : []),
};

export default kind;
