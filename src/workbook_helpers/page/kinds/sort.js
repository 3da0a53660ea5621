// @ts-check
// Put each card into one group. The answer is {card id: group id}.
import { partOf, textOf } from "../answers.js";
import { cards } from "../cards.js";
import { h } from "../dom.js";
import { pairRight, pairsInWords, pairsRespond, pairsRight } from "../pairs.js";
import { segments } from "../segments.js";
import { say } from "../words.js";
/** @import { Kind, Part, Spec } from "../types.js" */
/** @typedef {Spec & { cards: (Part & { right?: string })[], groups: Part[] }} Item */
/** @typedef {Record<string, string>} Answer */

/** @type {Kind<Item, Answer>} */
const kind = {
  build(spec, ctx) {
    const { uid } = ctx;
    const of = spec.cards.length;
    const chosen = spec.cards.map((card) => segments(`${uid}-${card.id}`, spec.groups));
    const deck = cards(uid, spec.cards.map((card, n) => ({
      ...card, place: say("sort-place", { n: n + 1, of }), choices: [chosen[n].node],
      done: () => Boolean(chosen[n].get()),
      said: () => textOf(spec.groups, chosen[n].get()) ?? say("sort-not-yet"),
    })), (n) => say("sort-count", { n, of }), ctx.whole);
    // The same side by side, as one would see it on a table; it grows with each card.
    const piles = spec.groups.map(() => h("ul"));
    const table = h("div", { className: "wb-sort-table", "data-wb-silent": "", role: "group", "aria-label": say("sort-now") },
      ...spec.groups.map((group, k) => h("div", {}, h("p", { className: "wb-sort-name" }, group.text), piles[k])));
    /** @param {EventTarget | null} [touched] */
    function draw(touched) {
      spec.groups.forEach((group, k) => {
        const inside = spec.cards.flatMap((card, n) => (chosen[n].get() === group.id ? [{ card, isNew: chosen[n].inputs.some((input) => input === touched) }] : []));
        piles[k].replaceChildren(...(inside.length ? inside.map(({ card, isNew }) => h("li", { className: isNew ? "wb-new" : "" }, card.text)) : [h("li", { className: "wb-sort-empty" }, say("sort-nothing"))]));
      });
    }
    draw();
    deck.begin();
    return {
      node: h("div", { role: "group", "aria-labelledby": `${uid}-stem`, onchange: (event) => { draw(event.target); deck.draw(); ctx.changed(0); } },
        h("p", { className: "wb-stem", id: `${uid}-stem` }, spec.stem), deck.node, table),
      get: () => Object.fromEntries(spec.cards.map((card, n) => [card.id, chosen[n].get()]).filter(([, group]) => group)),
      set: (value) => {
        spec.cards.forEach((card, n) => chosen[n].set(partOf(value, card.id)));
        draw();
        deck.begin();
      },
      spot: deck.spot,
      end: deck.end,
    };
  },
  words: (spec, value) => pairsInWords("sort", spec.cards, spec.groups, value),
  respond: (spec, value) => pairsRespond("sort", spec.cards, spec.groups, value),
  right: (spec) => pairsRight(spec.cards),
  rightOf: (spec, id) => pairRight(spec.cards, spec.groups, id),
  arrange: (spec, draw) => ({ ...spec, cards: draw(spec.cards) }),
};

export default kind;
