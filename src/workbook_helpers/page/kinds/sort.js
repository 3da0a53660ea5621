// @ts-check
// Put each card into one group, by radio buttons in a fieldset for each card. The answer is {card id: group id}.
import { partOf } from "../answers.js";
import { h, put } from "../dom.js";
import { pairsInWords, pairsRespond } from "../pairs.js";
import { say } from "../words.js";
/** @import { Kind, Part, Spec } from "../types.js" */
/** @typedef {Spec & { cards: (Part & { right?: string })[], groups: Part[] }} Item */
/** @typedef {Record<string, string>} Answer */

/** @type {Kind<Item, Answer>} */
const kind = {
  build(spec, ctx) {
    const { uid } = ctx;
    const inputs = spec.cards.map((card) => spec.groups.map((group) => h("input", { type: "radio", name: `${uid}-${card.id}`, value: group.id, id: `${uid}-${card.id}-${group.id}` })));
    const cards = spec.cards.map((card, n) => h("fieldset", { className: "wb-sort-card" }, h("legend", {}, card.text),
      h("div", { className: "wb-sort-groups" }, ...spec.groups.map((group, k) => h("div", { className: "wb-option" }, inputs[n][k], h("label", { htmlFor: inputs[n][k].id }, group.text))))));
    const count = h("p", { className: "wb-hint wb-sort-count" });
    /** @param {number} n */
    const chosen = (n) => inputs[n].find((input) => input.checked)?.value;
    // The same as the radio buttons say, side by side, as one would see it on a table.
    const piles = spec.groups.map(() => h("ul"));
    const table = h("div", { className: "wb-sort-table", role: "group", "aria-label": say("sort-now") },
      ...spec.groups.map((group, k) => h("div", {}, h("p", { className: "wb-sort-name" }, group.text), piles[k])));
    function counted() {
      spec.groups.forEach((group, k) => {
        const inside = spec.cards.filter((_, n) => chosen(n) === group.id);
        piles[k].replaceChildren(...(inside.length ? inside.map((card) => h("li", {}, card.text)) : [h("li", { className: "wb-sort-empty" }, say("sort-nothing"))]));
      });
      put(count, say("sort-count", { n: spec.cards.filter((_, n) => chosen(n)).length, of: spec.cards.length }));
    }
    counted();
    return {
      node: h("div", { role: "group", "aria-labelledby": `${uid}-stem`, onchange: () => { counted(); ctx.changed(0); } },
        h("p", { className: "wb-stem", id: `${uid}-stem` }, spec.stem), ...cards, count, table),
      get: () => Object.fromEntries(spec.cards.map((card, n) => [card.id, chosen(n)]).filter(([, group]) => group)),
      set: (value) => {
        spec.cards.forEach((card, n) => inputs[n].forEach((input) => { input.checked = input.value === partOf(value, card.id); }));
        counted();
      },
    };
  },
  words: (spec, value) => pairsInWords("sort", spec.cards, spec.groups, value),
  respond: (spec, value) => pairsRespond("sort", spec.cards, spec.groups, value),
  arrange: (spec, draw) => ({ ...spec, cards: draw(spec.cards) }),
};

export default kind;
