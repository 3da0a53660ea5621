// @ts-check
// Type a few words. The answer is what was typed.
import { respond } from "../answers.js";
import { h } from "../dom.js";
import { accept } from "../spelling.js";
import { isEmpty, strip } from "../text.js";
import { say } from "../words.js";
/** @import { Kind, Spec } from "../types.js" */
/** @typedef {Spec & { longest: number, accepted: string[], near: { form: string, feedback: string }[], feedback: string, hint?: string }} Item */

const TYPING_MS = 200;

/** @type {Kind<Item, string>} */
const kind = {
  build(spec, ctx) {
    const hint = h("p", { className: "wb-hint", id: `${ctx.uid}-hint` }, say("short-slips"));
    const input = h("input", { type: "text", id: `${ctx.uid}-text`, maxLength: spec.longest, autocomplete: "off", autocapitalize: "none", "aria-describedby": hint.id, oninput: () => ctx.changed(TYPING_MS) });
    // A form, so that Enter ends the answer: no script of ours hears of keys (keys.js).
    const field = h("form", { className: "wb-short", onsubmit: (event) => { event.preventDefault(); ctx.whole(); } }, input);
    return {
      node: h("div", { className: "wb-field" }, h("label", { className: "wb-stem", htmlFor: input.id }, spec.stem), hint, field),
      spot: () => field,
      get: () => input.value.trim(),
      set: (value) => { input.value = value ?? ""; },
      fits: (value) => value === null || (typeof value === "string" && [...value].length <= spec.longest), // what stands there may end with a space
    };
  },
  words: (_, value) => (value === null || isEmpty(value) ? [] : [strip(value)]),
  respond(spec, value) {
    const right = accept({ accepted: spec.accepted, not_accepted: spec.near.map((one) => one.form) }, value);
    const near = spec.near.find((one) => accept({ accepted: [one.form], not_accepted: [] }, value));
    const text = right ? spec.feedback : near?.feedback ?? (spec.hint || spec.feedback);
    return respond([{ id: "text", verdict: right ? "right" : "wrong", part: strip(value), text }]);
  },
  right: (spec) => spec.accepted[0],
};

export default kind;
