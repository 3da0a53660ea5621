// @ts-check
// Write in one's own words; saved while typing.
import { h, put } from "../dom.js";
import { countWords, isEmpty } from "../text.js";
import { say } from "../words.js";
/** @import { Kind, Spec } from "../types.js" */
/** @typedef {Spec & { prompts: string[], words: number, max_characters: number }} Item */

const TYPING_MS = 200; // with the disk's own time, an answer is there within 300 ms of the last key stroke

/** @type {Kind<Item, string>} */
const kind = {
  build(spec, ctx) {
    const { uid } = ctx;
    const area = h("textarea", { id: `${uid}-text`, rows: 6, maxLength: spec.max_characters, spellcheck: true, oninput: () => { count(); ctx.changed(TYPING_MS); } });
    const counted = h("p", { className: "wb-hint", id: `${uid}-count` });
    const prompts = spec.prompts.length ? h("ul", { className: "wb-prompts", id: `${uid}-prompts` }, ...spec.prompts.map((text) => h("li", {}, text))) : null;
    area.setAttribute("aria-describedby", `${prompts ? prompts.id + " " : ""}${counted.id}`);
    function count() {
      const words = countWords(area.value);
      const full = area.value.length >= spec.max_characters;
      put(counted, say(full ? "written-full" : "written-count", { words, advised: spec.words }));
      grow();
    }
    function grow() {
      area.style.height = "auto";
      area.style.height = `${area.scrollHeight + 4}px`;
    }
    let width = 0; // a turned phone, or a box that comes into view: its text takes another height
    new ResizeObserver(() => {
      if (area.offsetWidth !== width) requestAnimationFrame(grow); // not in here: it would observe itself
      width = area.offsetWidth;
    }).observe(area);
    /** @param {string | null} value */
    const set = (value) => { area.value = value ?? ""; count(); };
    set("");
    return {
      node: h("div", { className: "wb-field" }, h("label", { className: "wb-stem", htmlFor: area.id }, spec.stem), prompts, area, counted),
      get: () => area.value,
      set,
      fits: (value) => value === null || typeof value === "string", // the box writes line ends in its own way
    };
  },
  words: (_, value) => (value === null || isEmpty(value) ? [] : [value]),
};

export default kind;
