// @ts-check
// Build a handover message (SBAR) from a bundle of facts. The answer is {fact id: part}; a fact without a part is left out of it.
import { partOf, respond } from "../answers.js";
import { h, put } from "../dom.js";
import { say } from "../words.js";
/** @import { Kind, Note, Part, Spec } from "../types.js" */
/** @typedef {Spec & { facts: (Part & { part?: string })[], parts: string[], spoken: string[], receiver: string }} Item */
/** @typedef {Record<string, string>} Answer */

/** @param {string} id */
const partName = (id) => say(`handover-part-${id}`);

/** @type {Kind<Item, Answer>} */
const kind = {
  build(spec, ctx) {
    const { uid } = ctx;
    const selects = spec.facts.map((fact) => h("select", { id: `${uid}-${fact.id}`, onchange: moved },
      h("option", { value: "" }, say("handover-none")), ...spec.parts.map((id) => h("option", { value: id }, partName(id)))));
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
        const title = h("p", { className: "wb-handover-part" }, partName(id));
        return [title, facts.length ? h("ul", {}, ...facts.map((fact) => h("li", {}, fact.text))) : h("p", { className: "wb-handover-asks" }, say("handover-empty", { question: say(`handover-asks-${id}`) }))];
      }));
    }
    counted();
    return {
      node,
      get: () => Object.fromEntries(spec.facts.map((fact, n) => [fact.id, selects[n].value]).filter(([, id]) => id)),
      set: (value) => {
        spec.facts.forEach((fact, n) => { selects[n].value = partOf(value, fact.id) ?? ""; });
        heard.replaceChildren();
        stale.textContent = "";
        counted();
      },
    };
  },
  /** The message as it would be said, then what stays out, then what has no place yet. */
  words: (spec, value) => [
    ...spec.parts.flatMap((id) => spec.facts.filter((fact) => partOf(value, fact.id) === id).map((fact) => `${partName(id)}: ${fact.text}`)),
    ...spec.facts.filter((fact) => !partOf(value, fact.id)).map((fact) => say("handover-no-place", { fact: fact.text }))],
  respond: (spec, value) => respond(spec.facts.map((fact) => {
    const given = partOf(value, fact.id);
    /** @type {Note} */
    const note = given === undefined
      ? { verdict: "missed", part: fact.text, text: say("handover-not-placed") }
      : { verdict: given === fact.part ? "right" : "wrong", part: `${fact.text} → ${partName(given)}`, text: fact.feedback ?? "" };
    return note;
  })),
  arrange: (spec, draw) => ({ ...spec, facts: draw(spec.facts) }),
};

export default kind;
