// Rate statements from 1 to n. The answer is {statement id: number}; what is not rated is not in it.
import { answerOf, h, put, question, say } from "../frame.js";

export default question({
  build(spec, ctx) {
    const { uid } = ctx;
    const numbers = Array.from({ length: spec.steps }, (_, n) => n + 1);
    const rows = spec.statements.map((one) => {
      const inputs = numbers.map((n) => h("input", { type: "radio", name: `${uid}-${one.id}`, value: n, id: `${uid}-${one.id}-${n}` }));
      const meaning = (n) => (n === 1 ? `, ${spec.low}` : n === spec.steps ? `, ${spec.high}` : "");
      const change = h("p", { className: "wb-hint wb-scale-change" });
      const node = h("fieldset", { className: "wb-scale-row" }, h("legend", {}, one.text),
        h("div", { className: "wb-scale-numbers" }, h("span", { className: "wb-scale-end", "aria-hidden": "true" }, spec.low),
          h("div", {}, ...inputs.map((input, n) => h("label", { htmlFor: input.id }, input, h("span", {}, String(n + 1)), h("span", { className: "wb-away" }, meaning(n + 1))))),
          h("span", { className: "wb-scale-end", "aria-hidden": "true" }, spec.high)), change);
      return { id: one.id, text: one.text, inputs, change, node, now: () => Number(inputs.find((input) => input.checked)?.value ?? 0) };
    });
    function compare() { // with what was said before, where there is such an item on the page
      const before = spec.before ? answerOf(spec.before) : null;
      for (const row of rows) {
        const then = before?.[row.id], now = row.now();
        put(row.change, !then ? "" : now ? say("scale-change", { then, now }) : say("scale-before", { then }));
      }
    }
    if (spec.before) globalThis.addEventListener("wb-answered", compare);
    return {
      node: h("div", { role: "group", "aria-labelledby": `${uid}-stem`, onchange: () => { compare(); ctx.changed(0); } },
        h("p", { className: "wb-stem", id: `${uid}-stem` }, spec.stem), ...rows.map((row) => row.node)),
      get: () => Object.fromEntries(rows.map((row) => [row.id, row.now()]).filter(([, n]) => n)),
      set: (value) => {
        for (const row of rows) for (const input of row.inputs) input.checked = Number(input.value) === value?.[row.id];
        compare();
      },
      words: (value) => rows.filter((row) => value?.[row.id]).map((row) => `${row.text}: ${value[row.id]}`).join("; "),
    };
  },
});
