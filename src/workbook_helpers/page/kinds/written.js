// @ts-check
// Write in one's own words; saved while typing.
import { h, put, question, say } from "../frame.js";
/** @import { Body, Ctx, Spec } from "../types.js" */

const TYPING_MS = 200; // with the disk's own time, an answer is there within 300 ms of the last key stroke

export default question({
  /** @param {Spec & { prompts: string[], words: number, max_characters: number }} spec @param {Ctx} ctx @returns {Body<string>} */
  build(spec, ctx) {
    const { uid } = ctx;
    const area = h("textarea", { id: `${uid}-text`, rows: 6, maxLength: spec.max_characters, spellcheck: true, oninput: () => { count(); ctx.changed(TYPING_MS); } });
    const counted = h("p", { className: "wb-hint", id: `${uid}-count` });
    const prompts = spec.prompts.length ? h("ul", { className: "wb-prompts", id: `${uid}-prompts` }, ...spec.prompts.map((text) => h("li", {}, text))) : null;
    area.setAttribute("aria-describedby", `${prompts ? prompts.id + " " : ""}${counted.id}`);
    function count() {
      const words = (area.value.trim().match(/\S+/g) || []).length;
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
      words: (value) => value ?? "",
    };
  },
});
