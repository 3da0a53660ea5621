// @ts-check
// Build a handover message (SBAR) from a bundle of facts. The answer is {fact id: part}; a fact without a part is left out of it.
import { h, put, question, say } from "../frame.js";
/** @import { Body, Ctx, Part, Spec } from "../types.js" */

export default question({
  /** @param {Spec & { facts: Part[], parts: string[], spoken: string[], receiver: string }} spec @param {Ctx} ctx @returns {Body<Record<string, string>>} */
  build(spec, ctx) {
    const { uid } = ctx;
    /** @param {string} id */
    const part = (id) => say(`handover-part-${id}`);
    const selects = spec.facts.map((fact) => h("select", { id: `${uid}-${fact.id}`, onchange: moved },
      h("option", { value: "" }, say("handover-none")), ...spec.parts.map((id) => h("option", { value: id }, part(id)))));
    const rows = spec.facts.map((fact, n) => h("div", { className: "wb-handover-fact" }, h("label", { htmlFor: selects[n].id }, fact.text), selects[n]));
    const count = h("p", { className: "wb-hint wb-handover-count" });
    const stale = h("p", { className: "wb-hint" });
    // Filled when asked for and not at every change: read out in full each time, it would talk over the student.
    const heard = h("div", { className: "wb-handover-heard", role: "status" });
    const button = h("button", { type: "button", className: "wb-button wb-second", onclick: hear }, say("handover-hear"));
    const node = h("fieldset", { className: "wb-field" }, h("legend", { className: "wb-stem" }, spec.stem), ...rows, count, button, stale, heard);

    function counted() {
      put(count, say("handover-count", { n: selects.filter((select) => select.value).length, of: selects.length }));
    }
    function moved() {
      counted();
      if (heard.childElementCount) put(stale, say("handover-stale"));
      ctx.changed(0);
    }
    function hear() {
      stale.textContent = "";
      heard.replaceChildren(h("p", { className: "wb-verdict" }, say("handover-heard", { who: spec.receiver })), ...spec.spoken.flatMap((id) => {
        const facts = spec.facts.filter((_, n) => selects[n].value === id);
        const title = h("p", { className: "wb-handover-part" }, part(id));
        return [title, facts.length ? h("ul", {}, ...facts.map((fact) => h("li", {}, fact.text))) : h("p", { className: "wb-handover-asks" }, say("handover-empty", { question: say(`handover-asks-${id}`) }))];
      }));
    }
    counted();
    return {
      node,
      get: () => Object.fromEntries(spec.facts.map((fact, n) => [fact.id, selects[n].value]).filter(([, id]) => id)),
      set: (value) => {
        spec.facts.forEach((fact, n) => { selects[n].value = value?.[fact.id] ?? ""; });
        heard.replaceChildren();
        stale.textContent = "";
        counted();
      },
      words: (value) => spec.facts.filter((fact) => value?.[fact.id]).map((fact) => `${part(value?.[fact.id] ?? "")}: ${fact.text}`).join("; "),
    };
  },
});
