// @ts-check
// Choose all that apply.
import { choices, compare, rightIds, texts } from "../choices.js";
import { h } from "../dom.js";
import { say } from "../words.js";
/** @import { Kind, Option, Spec } from "../types.js" */
/** @typedef {Spec & { options: Option[] }} Item */

/** @type {Kind<Item, string[]>} */
const kind = {
  build(spec, ctx) {
    const list = choices(spec, ctx, "checkbox");
    const hint = h("p", { className: "wb-hint", id: `${ctx.uid}-hint` }, say("multiple-hint"));
    list.node.querySelector("legend")?.after(hint);
    list.node.setAttribute("aria-describedby", hint.id);
    return {
      node: list.node,
      get: list.chosen,
      set: (value) => list.choose(value ?? []),
      spot: list.spot,
      fits: (value) => value === null || (Array.isArray(value) && new Set(value).size === value.length && value.every((id) => spec.options.some((option) => option.id === id))), // in whatever order
    };
  },
  words: (spec, value) => texts(spec.options, value ?? []),
  respond: (spec, value) => compare(spec.options, value),
  right: (spec) => rightIds(spec.options),
  arrange: (spec, draw) => ({ ...spec, options: draw(spec.options) }),
};

export default kind;
