// @ts-check
// Give each statement a partner. The answer is {statement id: partner id}; a statement without a partner is left out of it.
import { partOf, textOf } from "../answers.js";
import { cards } from "../cards.js";
import { h, put } from "../dom.js";
import { pairRight, pairsInWords, pairsRespond, pairsRight } from "../pairs.js";
import { segments } from "../segments.js";
import { say } from "../words.js";
/** @import { Kind, Part, Spec } from "../types.js" */
/** @typedef {Spec & { statements: (Part & { right?: string })[], partners: Part[], once: boolean }} Item */
/** @typedef {Record<string, string>} Answer */

/** @type {Kind<Item, Answer>} */
const kind = {
  build(spec, ctx) {
    const { uid } = ctx;
    const of = spec.statements.length;
    const rows = spec.statements.map((one) => {
      const chosen = segments(`${uid}-${one.id}`, spec.partners, "column");
      const tags = chosen.labels.map((label) => label.appendChild(h("span", { className: "wb-match-used" })));
      return { chosen, tags, twice: h("p", { className: "wb-match-twice", role: "status" }) };
    });
    const deck = cards(uid, spec.statements.map((one, n) => ({
      ...one, place: say("match-place", { n: n + 1, of }), choices: [rows[n].chosen.node], below: rows[n].twice,
      done: () => Boolean(rows[n].chosen.get()),
      stays: () => Boolean(rows[n].twice.textContent),
      said: () => textOf(spec.partners, rows[n].chosen.get()) ?? say("match-not-yet"),
    })), (n) => say("match-count", { n, of }), ctx.whole);
    /** Where else a partner is used: the numbers of the statements. @param {string} partner @param {number} here */
    const elsewhere = (partner, here) => rows.flatMap(({ chosen }, n) => (n !== here && partner && chosen.get() === partner ? [n + 1] : []));
    function draw() {
      rows.forEach(({ chosen, tags, twice }, here) => {
        spec.partners.forEach((partner, k) => {
          const used = spec.once ? elsewhere(partner.id, here) : [];
          put(tags[k], used.length ? say("match-used", { numbers: used.join(", ") }) : "");
        });
        const used = spec.once ? elsewhere(chosen.get(), here) : [];
        const text = used.length ? say("match-twice", { numbers: used.join(", ") }) : "";
        if (twice.textContent !== text) put(twice, text); // else it would be announced again
      });
    }
    draw();
    deck.begin();
    return {
      node: h("fieldset", { className: "wb-field", onchange: () => { draw(); deck.draw(); ctx.changed(0); } }, h("legend", { className: "wb-stem" }, spec.stem),
        spec.once ? h("p", { className: "wb-hint" }, say("match-once")) : null, deck.node),
      get: () => Object.fromEntries(spec.statements.map((one, n) => [one.id, rows[n].chosen.get()]).filter(([, partner]) => partner)),
      set: (value) => {
        spec.statements.forEach((one, n) => rows[n].chosen.set(partOf(value, one.id)));
        draw();
        deck.begin();
      },
      spot: deck.spot,
      end: deck.end,
    };
  },
  words: (spec, value) => pairsInWords("match", spec.statements, spec.partners, value),
  respond: (spec, value) => pairsRespond("match", spec.statements, spec.partners, value),
  right: (spec) => pairsRight(spec.statements),
  rightOf: (spec, id) => pairRight(spec.statements, spec.partners, id),
  // The partners have a name of their own: else a statement and a partner with the same id would stand at the same place in their lists.
  arrange: (spec, draw) => ({ ...spec, statements: draw(spec.statements), partners: draw(spec.partners, `${spec.id}|partners`) }),
};

export default kind;
