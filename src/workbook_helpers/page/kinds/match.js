// @ts-check
// Give each statement a partner. The answer is {statement id: partner id}; a statement without a partner is left out of it.
import { h, put, question, say } from "../frame.js";
/** @import { Body, Ctx, Part, Spec } from "../types.js" */

export default question({
  /** @param {Spec & { statements: Part[], partners: Part[], once: boolean }} spec @param {Ctx} ctx @returns {Body<Record<string, string>>} */
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
    const text = Object.fromEntries(spec.partners.map((partner) => [partner.id, partner.text]));
    return {
      node: h("fieldset", { className: "wb-field" }, h("legend", { className: "wb-stem" }, spec.stem),
        partners, spec.once ? h("p", { className: "wb-hint" }, say("match-once")) : null, ...rows, count),
      get: () => Object.fromEntries(spec.statements.map((one, n) => [one.id, selects[n].value]).filter(([, partner]) => partner)),
      set: (value) => {
        spec.statements.forEach((one, n) => { selects[n].value = value?.[one.id] ?? ""; });
        counted();
      },
      words: (value) => spec.statements.filter((one) => value?.[one.id]).map((one) => `${one.text} → ${text[value?.[one.id] ?? ""]}`).join("; "),
    };
  },
});
