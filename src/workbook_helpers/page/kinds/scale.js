// @ts-check
// Rate statements from 1 to n. The answer is {statement id: number}, or {statement id: [then, now]} where an earlier one is known.
import { isObject, partOf } from "../answers.js";
import { h, put } from "../dom.js";
import { say } from "../words.js";
/** @import { Kind, Part, Rating, Spec } from "../types.js" */
/** @typedef {Spec & { statements: Part[], low: string, high: string, steps: number, before?: string | null }} Item */
/** @typedef {Record<string, Rating>} Answer */

/** @param {Rating | undefined} given @param {number} steps */
function inWords(given, steps) {
  if (given === undefined) return say("scale-open");
  return Array.isArray(given) ? say("scale-then-now", { then: given[0], now: given[1], steps }) : say("scale-of", { n: given, steps });
}

/** @type {Kind<Item, Answer>} */
const kind = {
  build(spec, ctx) {
    const { uid } = ctx;
    const numbers = Array.from({ length: spec.steps }, (_, n) => n + 1);
    const rows = spec.statements.map((one) => {
      const inputs = numbers.map((n) => h("input", { type: "radio", name: `${uid}-${one.id}`, value: n, id: `${uid}-${one.id}-${n}` }));
      /** @param {number} n */
      const meaning = (n) => (n === 1 ? `, ${spec.low}` : n === spec.steps ? `, ${spec.high}` : "");
      const change = h("p", { className: "wb-hint wb-scale-change" });
      const node = h("fieldset", { className: "wb-scale-row" }, h("legend", {}, one.text),
        h("div", { className: "wb-scale-numbers" }, h("span", { className: "wb-scale-end", "aria-hidden": "true" }, spec.low),
          h("div", {}, ...inputs.map((input, n) => h("label", { htmlFor: input.id }, input, h("span", {}, String(n + 1)), h("span", { className: "wb-away" }, meaning(n + 1))))),
          h("span", { className: "wb-scale-end", "aria-hidden": "true" }, spec.high)), change);
      return { id: one.id, text: one.text, inputs, change, node, now: () => Number(inputs.find((input) => input.checked)?.value ?? 0) };
    });
    /** @param {unknown} given @returns {unknown} */
    const current = (given) => (Array.isArray(given) ? given[1] : given);
    /** @type {Record<string, unknown>} */
    let kept = {}; // what the answer on disk knows of the time before
    /** @param {{ id: string }} row */
    const before = (row) => {
      const earlier = spec.before ? ctx.answerOf(spec.before) : null;
      const then = current(isObject(earlier) ? partOf(earlier, row.id) : undefined) ?? partOf(kept, row.id);
      return numbers.find((n) => n === then); // an answer of another workbook may be anything
    };
    function compare() { // with what was said before, where that is known
      for (const row of rows) {
        const then = spec.before && before(row), now = row.now();
        put(row.change, !then ? "" : now ? say("scale-change", { then, now }) : say("scale-before", { then }));
      }
    }
    if (spec.before) globalThis.addEventListener("wb-answered", compare);
    return {
      end: () => globalThis.removeEventListener("wb-answered", compare),
      node: h("div", { role: "group", "aria-labelledby": `${uid}-stem`, onchange: () => { compare(); ctx.changed(0); } },
        h("p", { className: "wb-stem", id: `${uid}-stem` }, spec.stem), ...rows.map((row) => row.node)),
      get: () => Object.fromEntries(rows.filter((row) => row.now()).map((row) => {
        const then = spec.before && before(row);
        return [row.id, then ? [then, row.now()] : row.now()];
      })),
      set: (value) => {
        kept = Object.fromEntries(Object.entries(value ?? {}).flatMap(([id, given]) => (Array.isArray(given) ? [[id, given[0]]] : [])));
        for (const row of rows) for (const input of row.inputs) input.checked = Number(input.value) === current(partOf(value, row.id));
        compare();
      },
      /** @param {unknown} value */
      fits: (value) => value === null || (isObject(value) && Object.entries(value).every(([id, given]) => rows.some((row) => row.id === id)
        && (spec.before && Array.isArray(given) && given.length === 2 ? given : [given]).every((n) => numbers.includes(n)))),
    };
  },
  words: (spec, value) => spec.statements.map((one) => `${one.text}${/[.!?]$/.test(one.text) ? "" : ":"} ${inWords(partOf(value, one.id), spec.steps)}`),
};

export default kind;
