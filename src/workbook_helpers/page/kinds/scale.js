// @ts-check
// Rate statements from 1 to n. The answer is {statement id: number}, or {statement id: [then, now]} where an earlier one is known.
import { h, put, question, say } from "../frame.js";
/** @import { Body, Ctx, Part, Rating, Spec } from "../types.js" */

export default question({
  /** @param {Spec & { statements: Part[], low: string, high: string, steps: number, before: string | null, earlier?: Record<string, Rating> | null }} spec @param {Ctx} ctx @returns {Body<Record<string, Rating>>} */
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
    /** @param {Rating | undefined} given */
    const current = (given) => (Array.isArray(given) ? given[1] : given);
    /** @type {Record<string, number>} */
    let kept = {}; // what the answer on disk knows of the time before
    /** @param {{ id: string }} row */
    const before = (row) => {
      const earlier = /** @type {Record<string, Rating> | null | undefined} */ ((spec.before && ctx.answerOf(spec.before)) ?? spec.earlier);
      return current(earlier?.[row.id]) ?? kept[row.id];
    };
    function compare() { // with what was said before, where that is known
      for (const row of rows) {
        const then = spec.before && before(row), now = row.now();
        put(row.change, !then ? "" : now ? say("scale-change", { then, now }) : say("scale-before", { then }));
      }
    }
    if (spec.before) globalThis.addEventListener("wb-answered", compare);
    return {
      node: h("div", { role: "group", "aria-labelledby": `${uid}-stem`, onchange: () => { compare(); ctx.changed(0); } },
        h("p", { className: "wb-stem", id: `${uid}-stem` }, spec.stem), ...rows.map((row) => row.node)),
      get: () => Object.fromEntries(rows.filter((row) => row.now()).map((row) => {
        const then = spec.before && before(row);
        return [row.id, then ? [then, row.now()] : row.now()];
      })),
      set: (value) => {
        kept = Object.fromEntries(Object.entries(value ?? {}).flatMap(([id, given]) => (Array.isArray(given) ? [[id, given[0]]] : [])));
        for (const row of rows) for (const input of row.inputs) input.checked = Number(input.value) === current(value?.[row.id]);
        compare();
      },
      words: (value) => rows.filter((row) => value?.[row.id]).map((row) => `${row.text}: ${current(value?.[row.id])}`).join("; "),
    };
  },
});
