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
    /** @param {string} id */
    spot: (id) => rows.find((_, n) => inputs[n].value === id),
    chosen: () => inputs.filter((input) => input.checked).map((input) => input.value),
    /** @param {(string | null)[]} ids */
    choose: (ids) => inputs.forEach((input) => { input.checked = ids.includes(input.value); }),
  };
}

/** Give the texts of the options with these ids, in the item's order. @param {Option[]} options @param {(string | null)[]} ids */
export const texts = (options, ids) => options.filter((option) => ids.includes(option.id)).map((option) => option.text);

/** Hold a practice answer against what is right: a note for each option that was chosen. What is missing is only counted: a note on it would leave nothing to try again.
 * @param {Option[]} options @param {string[]} chosen @returns {Response & { missing: number }} */
export function compare(options, chosen) {
  /** @param {Option} option @returns {Note} */
  const note = ({ id, right, text, feedback }) => ({ id, verdict: right ? "right" : "wrong", part: text, text: feedback ?? "" });
  const { right, notes } = respond(options.filter((option) => chosen.includes(option.id)).map(note));
  const missing = options.filter((option) => option.right && !chosen.includes(option.id)).length;
  return { right: right && !missing, notes, missing };
}

/** Give the ids of what is right of a practice item. @param {Option[]} options */
export const rightIds = (options) => options.filter((option) => option.right).map((option) => option.id);
