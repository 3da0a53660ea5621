// @ts-check
// Write in one's own words; saved while typing.
import { h, put } from "../dom.js";
import { signs } from "../signs.js";
import { countWords, isEmpty } from "../text.js";
import { say } from "../words.js";
/** @import { Kind, Spec } from "../types.js" */
/** @typedef {Spec & { prompts: string[], words: number, max_characters: number }} Item */

const LITTLE = 1 / 3; // of the advised words: below that one is told
const TYPING_MS = 200; // with the disk's own time, an answer is there within 300 ms of the last key stroke

/** @param {Item} spec @param {number} words */
const isLittle = (spec, words) => words > 0 && words < spec.words * LITTLE;

/** @type {Kind<Item, string>} */
const kind = {
  build(spec, ctx) {
    const { uid } = ctx;
    const area = h("textarea", { id: `${uid}-text`, rows: 6, maxLength: spec.max_characters, spellcheck: true, oninput: () => { count(); ctx.changed(TYPING_MS); } });
    const counted = h("p", { className: "wb-hint", id: `${uid}-count` });
    const prompts = spec.prompts.length ? h("ul", { className: "wb-prompts", id: `${uid}-prompts` }, ...spec.prompts.map((text) => h("li", {}, text))) : null;
    // The task goes out of sight while one writes: then it can be opened above the box, at the top of the window.
    const again = h("details", { className: "wb-written-task", hidden: true, "data-wb-silent": "" }, h("summary", {}, say("written-task")), h("p", {}, spec.stem), prompts?.cloneNode(true));
    again.querySelector("ul")?.removeAttribute("id");
    area.setAttribute("aria-describedby", `${prompts ? prompts.id + " " : ""}${counted.id}`);
    const { nodes, look } = signs(area, ctx.privacy);
    function count() {
      const words = countWords(area.value);
      const full = area.value.length >= spec.max_characters;
      put(counted, say(full ? "written-full" : isLittle(spec, words) ? "written-little" : "written-count", { words, advised: spec.words }));
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
    const label = h("label", { className: "wb-stem", htmlFor: area.id }, spec.stem);
    const seen = new IntersectionObserver((all) => {
      const { isIntersecting, boundingClientRect: { bottom } } = all[all.length - 1];
      again.hidden = (isIntersecting || bottom > innerHeight / 2) && !again.contains(document.activeElement); // below the window it is still to come
    }, { rootMargin: "-60px 0px 0px" }); // below the header
    seen.observe(prompts ?? label);
    /** @param {string | null} value */
    const set = (value) => { area.value = value ?? ""; count(); look(); };
    set("");
    return {
      node: h("div", { className: "wb-field" }, label, prompts, again, area, ...nodes, counted),
      end: () => seen.disconnect(),
      get: () => area.value,
      set,
      fits: (value) => value === null || typeof value === "string", // the box writes line ends in its own way
    };
  },
  advice: (spec, value) => (isLittle(spec, countWords(value)) ? say("written-little", { words: countWords(value), advised: spec.words }) : ""),
  words: (_, value) => (value === null || isEmpty(value) ? [] : [value]),
};

export default kind;
