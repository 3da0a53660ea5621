// @ts-check
// Fill the gaps of a text, by choosing or by typing. The answer is {gap id: option id or text}; a gap that is not filled is not in it.
import { isObject, marked, partOf, respond, textOf } from "../answers.js";
import { cards } from "../cards.js";
import { h, put } from "../dom.js";
import { segments } from "../segments.js";
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

/** @param {Gap} gap */
const rightIn = ({ right }) => (typeof right === "object" ? right.accepted[0] : right ?? "");

/** The whole sentence around the gap that stands at `at` of the text; other gaps in it are there by their numbers. @param {Item} spec @param {number} at */
function around({ text, gaps }, at) {
  const pieces = text.map((piece, n) => (n % 2 === 0 ? piece : gaps.length < 2 ? "…" : n === at ? `(${(n + 1) / 2}\u00A0…)` : `(${(n + 1) / 2})`));
  const before = pieces.slice(0, at).join(""), after = pieces.slice(at + 1).join("");
  return `${/[^.!?\n]*$/.exec(before)?.[0].trimStart()}${pieces[at]}${/^[^.!?\n]*[.!?]?/.exec(after)?.[0]}`;
}

/** @type {Kind<Item, Answer>} */
const kind = {
  build(spec, ctx) {
    const { uid } = ctx;
    const of = spec.gaps.length;
    /** @type {HTMLElement[]} */
    const lines = []; // a line break in the text makes a paragraph
    const line = () => lines.push(h("p", { className: "wb-gaps-text" }));
    /** @param {Gap} gap @param {number} n */
    const control = (gap, n) => {
      if (gap.options.length) {
        const chosen = segments(`${uid}-${gap.id}`, gap.options);
        chosen.node.addEventListener("change", () => touched(0));
        return chosen;
      }
      const hint = h("p", { className: "wb-hint", id: `${uid}-${gap.id}-type` }, say("gaps-type"));
      const field = h("input", { id: `${uid}-${gap.id}`, "aria-label": say("gaps-label", { n, of }), "aria-describedby": hint.id, type: "text", maxLength: spec.longest, autocomplete: "off", autocapitalize: "none", oninput: () => touched(TYPING_MS) });
      return { node: h("div", {}, hint, field), get: () => field.value.trim(), set: (text = "") => { field.value = text; } };
    };
    // Each gap is filled in a card of its own; the text shows what fills it, and grows.
    const gaps = spec.gaps.map((gap, k) => ({ gap, n: k + 1, at: 2 * k + 1, word: h("span"), ...control(gap, k + 1) }));
    const deck = cards(uid, gaps.map(({ gap, n, at, node, get }) => ({
      id: gap.id, text: around(spec, at), place: say("gaps-label", { n, of }), choices: [node],
      done: () => Boolean(get()),
      said: () => word(gap, get()) || say("gaps-not-yet"),
    })), (n) => say("gaps-count", { n, of }), ctx.whole);
    line();
    spec.text.forEach((piece, at) => {
      const gap = gaps.find((one) => one.at === at);
      if (gap) lines.at(-1)?.append(h("span", { className: "wb-gaps-gap" }, of > 1 ? h("span", { className: "wb-gaps-n" }, String(gap.n)) : null, gap.word));
      else piece.split(/\n+/).forEach((text, k) => { if (k) line(); lines.at(-1)?.append(text); });
    });
    function draw() {
      for (const { gap, word: shown, get } of gaps) {
        put(shown, word(gap, get()) || "…");
        shown.className = get() ? "wb-gaps-word" : "";
      }
      deck.draw();
    }
    /** @param {number} delay_ms */
    function touched(delay_ms) {
      draw();
      ctx.changed(delay_ms);
    }
    draw();
    deck.begin();
    const typed = spec.gaps.some((gap) => !gap.options.length);
    return {
      node: h("fieldset", { className: "wb-field" }, h("legend", { className: "wb-stem" }, spec.stem), ...lines, typed ? h("p", { className: "wb-hint" }, say("gaps-slips")) : null, deck.node),
      spot: deck.spot,
      end: deck.end,
      get: () => Object.fromEntries(gaps.map(({ gap, get }) => [gap.id, get()]).filter(([, given]) => given)),
      set: (value) => {
        for (const { gap, set } of gaps) set(partOf(value, gap.id));
        draw();
        deck.begin();
      },
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
      ? { id: gap.id, verdict: "missed", part: say("gaps-gap", { n }), text: say("gaps-open") }
      : { id: gap.id, ...marked(isRight(gap, given)), part: say("gaps-filled", { n, words: word(gap, given) }), text: gap.feedback ?? "" };
    return note;
  })),
  rightOf(spec, id) {
    const gap = spec.gaps.find((one) => one.id === id);
    return gap && word(gap, rightIn(gap));
  },
  right: (spec) => Object.fromEntries(spec.gaps.map((gap) => [gap.id, rightIn(gap)])),
  arrange: (spec, draw) => ({ ...spec, gaps: spec.gaps.map((gap) => ({ ...gap, options: draw(gap.options) })) }),
};

export default kind;
