// @ts-check
// Think back with three prompts. The answer is {part: text, share: true or false}; what is empty is not in it.
import { isBlank, isObject, partOf } from "../answers.js";
import { h, put } from "../dom.js";
import { signs } from "../signs.js";
import { say } from "../words.js";
/** @import { Kind, Spec } from "../types.js" */
/** @typedef {Spec & { parts: string[], prompts: Record<string, string>, max_characters: number }} Item */
/** @typedef {{ share?: boolean, [part: string]: string | boolean | undefined }} Answer */

const TYPING_MS = 200;

/** @type {Kind<Item, Answer>} */
const kind = {
  build(spec, ctx) {
    const { uid } = ctx;
    const areas = spec.parts.map((part) => h("textarea", { id: `${uid}-${part}`, rows: 3, maxLength: spec.max_characters, spellcheck: true, oninput: () => ctx.changed(TYPING_MS) }));
    const watched = areas.map((area) => signs(area, ctx.privacy));
    const rows = spec.parts.map((part, n) => h("div", { className: "wb-reflection-part" },
      h("label", { htmlFor: areas[n].id }, spec.prompts[part] ?? say(`reflection-${part}`)), areas[n], ...watched[n].nodes));
    const hint = h("p", { className: "wb-hint", id: `${uid}-hint`, role: "status" });
    const share = h("input", { type: "checkbox", id: `${uid}-share`, "aria-describedby": hint.id, onchange: () => { tell(); ctx.changed(0); } });
    const tell = () => put(hint, say(share.checked ? "reflection-shared" : ctx.unshared));
    tell();
    return {
      node: h("fieldset", { className: "wb-field" }, h("legend", { className: "wb-stem" }, spec.stem), ...rows,
        h("div", { className: "wb-option" }, share, h("label", { htmlFor: share.id }, say("reflection-share"))), hint),
      get: () => Object.fromEntries([...spec.parts.map((part, n) => [part, areas[n].value]), ["share", share.checked]].filter(([, given]) => given)),
      set: (value) => {
        spec.parts.forEach((part, n) => { areas[n].value = String(value?.[part] ?? ""); });
        for (const { look } of watched) look();
        share.checked = value?.share === true;
        tell();
      },
      fits: (value) => value === null || (isObject(value) && Object.entries(value).every(([part, given]) => (part === "share" ? typeof given === "boolean" : spec.parts.includes(part) && typeof given === "string"))),
    };
  },
  words: (spec, value) => spec.parts.filter((part) => !isBlank(partOf(value, part))).map((part) => `${spec.prompts[part] ?? say(`reflection-${part}`)} ${value?.[part]}`),
  blank: (value) => isBlank(isObject(value) ? { ...value, share: null } : value), // to share nothing is no reflection
  shared: (value) => isObject(value) && value.share === true,
};

export default kind;
