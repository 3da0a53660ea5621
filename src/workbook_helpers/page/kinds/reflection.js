// @ts-check
// Think back with three prompts. The answer is {part: text, share: true or false}; what is empty is not in it.
import { h, isBlank, put, question, say } from "../frame.js";
/** @import { Body, Ctx, Spec } from "../types.js" */

const TYPING_MS = 200;

export default question({
  /** @param {Spec & { parts: string[], prompts: Record<string, string>, max_characters: number }} spec @param {Ctx} ctx @returns {Body<{ share?: boolean, [part: string]: string | boolean | undefined }>} */
  build(spec, ctx) {
    const { uid } = ctx;
    const areas = spec.parts.map((part) => h("textarea", { id: `${uid}-${part}`, rows: 3, maxLength: spec.max_characters, spellcheck: true, oninput: () => ctx.changed(TYPING_MS) }));
    const rows = spec.parts.map((part, n) => h("div", { className: "wb-reflection-part" },
      h("label", { htmlFor: areas[n].id }, spec.prompts[part] ?? say(`reflection-${part}`)), areas[n]));
    const hint = h("p", { className: "wb-hint", id: `${uid}-hint`, role: "status" });
    const share = h("input", { type: "checkbox", id: `${uid}-share`, "aria-describedby": hint.id, onchange: () => { tell(); ctx.changed(0); } });
    const tell = () => put(hint, say(share.checked ? "reflection-shared" : "reflection-private"));
    tell();
    return {
      node: h("fieldset", { className: "wb-field" }, h("legend", { className: "wb-stem" }, spec.stem), ...rows,
        h("div", { className: "wb-option" }, share, h("label", { htmlFor: share.id }, say("reflection-share"))), hint),
      get: () => Object.fromEntries([...spec.parts.map((part, n) => [part, areas[n].value]), ["share", share.checked]].filter(([, given]) => given)),
      set: (value) => {
        spec.parts.forEach((part, n) => { areas[n].value = String(value?.[part] ?? ""); });
        share.checked = value?.share === true;
        tell();
      },
      blank: (value) => isBlank({ ...value, share: null }), // to share nothing is no reflection
      words: (value) => spec.parts.map((part) => value?.[part]).filter(Boolean).join("; "),
    };
  },
});
