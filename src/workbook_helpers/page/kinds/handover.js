// @ts-check
// Build a handover message (SBAR) from a bundle of facts. The answer is {fact id: part}; a fact without a part is left out of it.
import { marked, partOf, respond } from "../answers.js";
import { cards } from "../cards.js";
import { h, put } from "../dom.js";
import { segments } from "../segments.js";
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
    const of = spec.facts.length;
    const parts = spec.parts.map((id) => ({ id, text: partName(id) }));
    const chosen = spec.facts.map((fact) => segments(`${uid}-${fact.id}`, parts));
    const deck = cards(uid, spec.facts.map((fact, n) => ({
      ...fact, place: say("handover-place", { n: n + 1, of }), choices: [chosen[n].node],
      done: () => Boolean(chosen[n].get()),
      said: () => (chosen[n].get() ? partName(chosen[n].get()) : say("handover-none")),
    })), (n) => say("handover-count", { n, of }), ctx.whole);
    const stale = h("p", { className: "wb-hint" });
    // Filled when asked for and not at every change: read out in full each time, it would talk over the student.
    const heard = h("div", { className: "wb-handover-heard", role: "status" });
    const button = h("button", { type: "button", className: "wb-button wb-second", onclick: hear }, say("handover-hear"));

    function moved() {
      deck.draw();
      if (heard.childElementCount) put(stale, say("handover-stale"));
      ctx.changed(0);
    }
    function hear() {
      stale.textContent = "";
      heard.replaceChildren(h("p", { className: "wb-verdict" }, say("handover-heard", { who: spec.receiver })), ...spec.spoken.flatMap((id) => {
        const facts = spec.facts.filter((_, n) => chosen[n].get() === id);
        const title = h("p", { className: "wb-handover-part" }, partName(id));
        return [title, facts.length ? h("ul", {}, ...facts.map((fact) => h("li", {}, fact.text))) : h("p", { className: "wb-handover-asks" }, say("handover-empty", { question: say(`handover-asks-${id}`) }))];
      }));
    }
    deck.begin();
    return {
      node: h("div", { role: "group", "aria-labelledby": `${uid}-stem`, onchange: moved }, h("p", { className: "wb-stem", id: `${uid}-stem` }, spec.stem), deck.node, button, stale, heard),
      get: () => Object.fromEntries(spec.facts.map((fact, n) => [fact.id, chosen[n].get()]).filter(([, id]) => id)),
      set: (value) => {
        spec.facts.forEach((fact, n) => chosen[n].set(partOf(value, fact.id)));
        heard.replaceChildren();
        stale.textContent = "";
        deck.begin();
      },
      spot: deck.spot,
      end: deck.end,
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
      ? { id: fact.id, verdict: "missed", part: fact.text, text: say("handover-not-placed") }
      : { id: fact.id, ...marked(given === fact.part), part: `${fact.text} → ${partName(given)}`, text: fact.feedback ?? "" };
    return note;
  })),
  rightOf: (spec, id) => partName(spec.facts.find((fact) => fact.id === id)?.part ?? ""),
  right: (spec) => Object.fromEntries(spec.facts.map((fact) => [fact.id, fact.part ?? ""])),
  arrange: (spec, draw) => ({ ...spec, facts: draw(spec.facts) }),
};

export default kind;
