// @ts-check
// Give each statement a partner. The answer is {statement id: partner id}; a statement without a partner is left out of it.
import { partOf } from "../answers.js";
import { h, put } from "../dom.js";
import { pairsInWords, pairsRespond } from "../pairs.js";
import { say } from "../words.js";
/** @import { Kind, Part, Spec } from "../types.js" */
/** @typedef {Spec & { statements: (Part & { right?: string })[], partners: Part[], once: boolean }} Item */
/** @typedef {Record<string, string>} Answer */

/** @type {Kind<Item, Answer>} */
const kind = {
  build(spec, ctx) {
    const { uid } = ctx;
    const selects = spec.statements.map((one) => h("select", { id: `${uid}-${one.id}`, onchange: () => { counted(); ctx.changed(0); } },
      h("option", { value: "" }, say("match-none")), ...spec.partners.map((partner) => h("option", { value: partner.id }, partner.text))));
    const rows = spec.statements.map((one, n) => h("div", { className: "wb-match-row" }, h("label", { htmlFor: selects[n].id }, one.text), selects[n]));
    const count = h("p", { className: "wb-hint wb-match-count" });
    // A closed list shows only as much of a partner's text as fits, so the partners stand in full above it, too.
    const partners = h("ul", { className: "wb-match-partners" }, ...spec.partners.map((partner) => h("li", {}, partner.text)));
    function counted() {
      put(count, say("match-count", { n: selects.filter((select) => select.value).length, of: selects.length }));
    }
    counted();
    return {
      node: h("fieldset", { className: "wb-field" }, h("legend", { className: "wb-stem" }, spec.stem),
        partners, spec.once ? h("p", { className: "wb-hint" }, say("match-once")) : null, ...rows, count),
      get: () => Object.fromEntries(spec.statements.map((one, n) => [one.id, selects[n].value]).filter(([, partner]) => partner)),
      set: (value) => {
        spec.statements.forEach((one, n) => { selects[n].value = partOf(value, one.id) ?? ""; });
        counted();
      },
    };
  },
  words: (spec, value) => pairsInWords("match", spec.statements, spec.partners, value),
  respond: (spec, value) => pairsRespond("match", spec.statements, spec.partners, value),
  // The partners have a name of their own: else a statement and a partner with the same id would stand at the same place in their lists.
  arrange: (spec, draw) => ({ ...spec, statements: draw(spec.statements), partners: draw(spec.partners, `${spec.id}|partners`) }),
};

export default kind;
