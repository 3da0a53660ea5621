// @ts-check
// Fill the gaps of a text, by choosing or by typing. The answer is {gap id: option id or text}; a gap that is not filled is not in it.
import { h, question, say } from "../frame.js";
/** @import { Body, Ctx, Gap, Spec } from "../types.js" */

const TYPING_MS = 200;

export default question({
  /** @param {Spec & { text: string[], gaps: Gap[], longest: number }} spec @param {Ctx} ctx @returns {Body<Record<string, string>>} */
  build(spec, ctx) {
    const { uid } = ctx;
    const of = spec.gaps.length;
    /** @type {HTMLElement[]} */
    const lines = []; // a line break in the text makes a paragraph
    const line = () => lines.push(h("p", { className: "wb-gaps-text", id: `${uid}-line-${lines.length}` }));
    /** @param {Gap} gap @param {number} n */
    const control = (gap, n) => {
      const label = { id: `${uid}-${gap.id}`, "aria-label": say("gaps-label", { n, of }), "aria-describedby": lines.at(-1)?.id };
      if (!gap.options.length)
        return h("input", { ...label, type: "text", size: gap.size, maxLength: spec.longest, autocomplete: "off", autocapitalize: "none", oninput: () => ctx.changed(TYPING_MS) });
      return h("select", { ...label, onchange: () => ctx.changed(0) },
        h("option", { value: "" }, say("gaps-choose")), ...gap.options.map((option) => h("option", { value: option.id }, option.text)));
    };
    const controls = new Map();
    line();
    spec.text.forEach((piece, at) => {
      if (at % 2) { // every second piece is a gap's id
        const n = controls.size + 1;
        const made = control(spec.gaps[n - 1], n);
        controls.set(piece, made);
        // The number is for the eye: notes name the gap by it. The control's own name says it to a screen reader.
        lines.at(-1)?.append(h("span", { className: "wb-gaps-gap" }, of > 1 ? h("span", { className: "wb-gaps-n", "aria-hidden": "true" }, String(n)) : null, made));
      } else {
        piece.split(/\n+/).forEach((text, k) => { if (k) line(); lines.at(-1)?.append(text); });
      }
    });
    const typed = spec.gaps.some((gap) => !gap.options.length);
    const hint = typed ? h("p", { className: "wb-hint" }, say("gaps-slips")) : null;
    /** @param {Gap} gap @param {string} given */
    const word = (gap, given) => gap.options.find((option) => option.id === given)?.text ?? given;
    return {
      node: h("fieldset", { className: "wb-field" }, h("legend", { className: "wb-stem" }, spec.stem), hint, ...lines),
      get: () => Object.fromEntries([...controls].map(([id, made]) => [id, made.value.trim()]).filter(([, given]) => given)),
      set: (value) => controls.forEach((made, id) => { made.value = value?.[id] ?? ""; }),
      words: (value) => spec.gaps.filter((gap) => value?.[gap.id]).map((gap) => `${spec.gaps.indexOf(gap) + 1}. ${word(gap, value?.[gap.id] ?? "")}`).join("; "),
    };
  },
});
