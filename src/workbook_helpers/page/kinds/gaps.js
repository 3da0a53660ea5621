// @ts-check
// Fill the gaps of a text, by choosing or by typing. The answer is {gap id: option id or text}; a gap that is not filled is not in it.
import { isObject, partOf, respond, textOf } from "../answers.js";
import { h } from "../dom.js";
import { accept } from "../spelling.js";
import { isEmpty, strip } from "../text.js";
import { say } from "../words.js";
/** @import { Gap, Kind, Note, Spec } from "../types.js" */
/** @typedef {Spec & { text: string[], gaps: Gap[], longest: number }} Item */
/** @typedef {Record<string, string>} Answer */

const TYPING_MS = 200;

/** What a gap was filled with, in words. @param {Gap} gap @param {string} given */
const word = (gap, given) => textOf(gap.options, given) ?? strip(given);
/** @param {Gap} gap @param {string} given */
const isRight = ({ right }, given) => (typeof right === "object" ? accept(right, given) : given === right);

/** @type {Kind<Item, Answer>} */
const kind = {
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
    return {
      node: h("fieldset", { className: "wb-field" }, h("legend", { className: "wb-stem" }, spec.stem), hint, ...lines),
      get: () => Object.fromEntries([...controls].map(([id, made]) => [id, made.value.trim()]).filter(([, given]) => given)),
      set: (value) => controls.forEach((made, id) => { made.value = partOf(value, id) ?? ""; }),
      fits: (value) => value === null || (isObject(value) && Object.entries(value).every(([id, given]) => {
        const gap = spec.gaps.find((one) => one.id === id);
        return gap?.options.length ? gap.options.some((option) => option.id === given) : gap && typeof given === "string" && [...given].length <= spec.longest;
      })),
    };
  },
  /** The text with what fills the gaps in brackets. */
  words: (spec, value) => [spec.text.map((piece, at) => {
    const gap = at % 2 && spec.gaps.find((one) => one.id === piece);
    return gap ? `[${word(gap, partOf(value, gap.id) ?? "") || "…"}]` : piece;
  }).join("")],
  respond: (spec, value) => respond(spec.gaps.map((gap, at) => {
    const n = at + 1, given = partOf(value, gap.id) ?? "";
    /** @type {Note} */
    const note = isEmpty(given)
      ? { verdict: "missed", part: say("gaps-gap", { n }), text: say("gaps-open") }
      : { verdict: isRight(gap, given) ? "right" : "wrong", part: say("gaps-filled", { n, words: word(gap, given) }), text: gap.feedback ?? "" };
    return note;
  })),
  arrange: (spec, draw) => ({ ...spec, gaps: spec.gaps.map((gap) => ({ ...gap, options: draw(gap.options) })) }),
};

export default kind;
