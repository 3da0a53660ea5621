// @ts-check
// Put steps into order. The answer is the list of all step ids; null until a step was moved or the student has said that they are right as they stand.
import { respond } from "../answers.js";
import { h, put } from "../dom.js";
import { longestRun } from "../run.js";
import { say } from "../words.js";
/** @import { Kind, Note, Part, Spec } from "../types.js" */
/** @typedef {Spec & { steps: Part[], right?: string[] }} Item */

/** @param {Item} spec @param {string} id */
function stepOf(spec, id) {
  const found = spec.steps.find((one) => one.id === id);
  if (!found) throw new Error(`no step ${id}`);
  return found;
}

/** @type {Kind<Item, string[]>} */
const kind = {
  build(spec, ctx) {
    const total = spec.steps.length;
    let given = false; // the order in which the steps happen to come is no answer
    const rows = new Map(spec.steps.map(({ id, text }) => {
      const name = text.replace(/\.$/, "");
      /** @param {"up" | "down"} way @param {string} sign */
      const button = (way, sign) => h("button", { type: "button", className: "wb-button wb-second", "aria-label": say(`order-${way}-step`, { step: name }), onclick: () => move(id, way) },
        h("span", { "aria-hidden": "true" }, sign), " ", h("span", {}, say(`order-${way}`)));
      const up = button("up", "↑"), down = button("down", "↓");
      const row = h("li", { className: "wb-order-step" }, h("span", {}, text), h("span", { className: "wb-order-moves" }, up, down));
      return [id, { id, text, name, row, up, down }];
    }));
    const list = h("ol", { className: "wb-order-list", role: "list" }); // without its own numbers Safari would not call it a list
    const mine = h("button", { type: "button", className: "wb-button wb-second", onclick: () => { if (!given) { put(status, say("order-given")); answer(); } } }, say("order-mine"));
    const status = h("p", { className: "wb-hint wb-order-status", role: "status" });

    const ids = () => [...list.children].map((row) => [...rows.values()].find((one) => one.row === row)?.id ?? "");
    /** @param {HTMLElement} button @param {boolean} is */
    const off = (button, is) => button.setAttribute("aria-disabled", String(is)); // not `disabled`: that throws the focus away
    function draw() {
      for (const { row, up, down } of rows.values()) {
        off(up, !row.previousElementSibling);
        off(down, !row.nextElementSibling);
      }
      off(mine, given);
    }
    function answer() {
      given = true;
      draw();
      ctx.changed(0);
    }
    /** @param {string} id */
    const step = (id) => {
      const found = rows.get(id);
      if (!found) throw new Error(`no step ${id}`);
      return found;
    };
    /** @param {string} id @param {"up" | "down"} way */
    function move(id, way) {
      const { row, name } = step(id);
      const other = way === "up" ? row.previousElementSibling : row.nextElementSibling;
      if (!other) return;
      // The neighbour moves, not the step: an element that is moved in the page loses its focus.
      if (way === "up") row.after(other); else row.before(other);
      for (const one of rows.values()) one.row.classList.toggle("wb-order-moved", one.row === row);
      put(status, say("order-now", { step: name, place: ids().indexOf(id) + 1, total }));
      answer();
    }
    /** @param {string[] | null} value */
    function set(value) {
      if (value?.length && new Set(value.map(step)).size < total) throw new Error("not each step once"); // an answer to an older version of the question
      given = Boolean(value?.length);
      put(status, say(given ? "order-given" : "order-open"));
      list.replaceChildren(...(value?.length ? value : spec.steps.map((one) => one.id)).map((id) => step(id).row));
      draw();
    }
    set(null);
    return {
      node: h("fieldset", { className: "wb-field" }, h("legend", { className: "wb-stem" }, spec.stem), list, status, mine),
      get: () => (given ? ids() : null),
      set,
    };
  },
  words: (spec, value) => (value ?? []).map((id, n) => `${n + 1}. ${stepOf(spec, id).text}`),
  /** The steps that may stay are a longest run in the right order, the same that earns the points. */
  respond(spec, value) {
    const run = longestRun(value, spec.right ?? []);
    const stay = run.length > 1 ? run : []; // one step alone is in order with nothing
    const words = kind.words(spec, value);
    return respond(value.map((id, n) => {
      const why = stepOf(spec, id).feedback ?? "";
      /** @type {Note} */
      const note = stay.includes(id) ? { verdict: "right", part: words[n], text: why } : { verdict: "wrong", part: words[n], text: `${say("order-elsewhere")} ${why}` };
      return note;
    }));
  },
  arrange(spec, draw) {
    const steps = draw(spec.steps);
    const solved = spec.right && steps.every((one, n) => one.id === spec.right?.[n]);
    return { ...spec, steps: solved ? steps.reverse() : steps }; // what is shown at first is never the right order
  },
};

export default kind;
