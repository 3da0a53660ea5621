// @ts-check
// Radio buttons or check boxes in a fieldset, for the kinds that offer options.
import { respond } from "./answers.js";
import { h } from "./dom.js";

/** @import { Ctx, Note, Option, Response, Spec } from "./types.js" */

/** @param {Spec & { options: Option[] }} spec @param {Ctx} ctx @param {"radio" | "checkbox"} type */
export function choices(spec, ctx, type) {
  const inputs = spec.options.map((option) => h("input", { type, name: ctx.uid, value: option.id, id: `${ctx.uid}-${option.id}` }));
  const rows = spec.options.map((option, n) => h("div", { className: "wb-option" }, inputs[n], h("label", { htmlFor: inputs[n].id }, option.text)));
  const node = h("fieldset", { className: "wb-field", onchange: () => ctx.changed(0) }, h("legend", { className: "wb-stem" }, spec.stem), ...rows);
  return {
    node,
    chosen: () => inputs.filter((input) => input.checked).map((input) => input.value),
    /** @param {(string | null)[]} ids */
    choose: (ids) => inputs.forEach((input) => { input.checked = ids.includes(input.value); }),
  };
}

/** Give the texts of the options with these ids, in the item's order. @param {Option[]} options @param {(string | null)[]} ids */
export const texts = (options, ids) => options.filter((option) => ids.includes(option.id)).map((option) => option.text);

/** Hold a practice answer against what is right: a note for each option that was chosen or should have been.
 * @param {Option[]} options @param {string[]} chosen @returns {Response} */
export function compare(options, chosen) {
  /** @param {Option} option @returns {Note} */
  const note = (option) => ({ verdict: !chosen.includes(option.id) ? "missed" : option.right ? "right" : "wrong", part: option.text, text: option.feedback ?? "" });
  return respond(options.filter((option) => option.right || chosen.includes(option.id)).map(note));
}
