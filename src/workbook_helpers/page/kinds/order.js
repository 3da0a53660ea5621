// @ts-check
// Put steps into order: press what comes first, then what comes next, the last one takes the place that is left; then move what stands
// wrong. The answer is the list of the ids of the steps that have a place so far, the first step first.
import { marked, respond } from "../answers.js";
import { h, put } from "../dom.js";
import { longestRun } from "../run.js";
import { say } from "../words.js";
/** @import { Kind, Note, Part, Spec } from "../types.js" */
/** @typedef {Spec & { steps: Part[], right?: string[] }} Item */

const MOMENT_MS = 400; // the last number is seen before the steps change places
const HAND_MS = 1000; // a press that comes so soon after a step has found its place by itself was on its way to that step

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
    /** @type {string[]} */
    let given = [];
    /** @type {string[][]} */
    const before = []; // what it was, to go back to
    let timer = 0, last = -Infinity; // when a step has found its place by itself
    const rows = new Map(spec.steps.map(({ id, text }) => {
      const name = text.replace(/\.$/, "");
      /** @param {"up" | "down"} way @param {string} sign */
      const button = (way, sign) => h("button", { type: "button", className: "wb-button wb-second", "aria-label": say(`order-${way}-step`, { step: name }), onclick: () => move(id, way) },
        h("span", { "aria-hidden": "true" }, sign), " ", h("span", {}, say(`order-${way}`)));
      const up = button("up", "↑"), down = button("down", "↓");
      const number = h("span", { className: "wb-order-number" });
      const pick = h("button", { type: "button", className: "wb-order-pick", onclick: (event) => press(id, event.timeStamp) }, number, " ", h("span", {}, text));
      const moves = h("div", { className: "wb-order-moves" }, up, down);
      return [id, { name, number, pick, moves, up, down, row: h("li", { className: "wb-order-step" }, pick, moves) }];
    }));
    const how = h("p", { className: "wb-hint" });
    const list = h("ol", { className: "wb-order-list", role: "list" }); // without its own numbers Safari would not call it a list
    const status = h("p", { className: "wb-hint wb-order-status", role: "status" });
    const undo = h("button", { type: "button", className: "wb-button wb-second", onclick: () => { const last = before.pop(); if (last) { show(last, say("order-undone")); ctx.changed(0); } } }, say("order-undo"));
    const again = h("button", { type: "button", className: "wb-button wb-second", onclick: () => { if (given.length) { change([], ""); arrange(spec.steps.map((one) => one.id)); } } }, say("order-again"));
    const back = h("div", { className: "wb-order-back", hidden: true }, undo, again);

    /** @param {string} id */
    const step = (id) => {
      const found = rows.get(id);
      if (!found) throw new Error(`no step ${id}`);
      return found;
    };
    /** @param {HTMLElement} button @param {boolean} is */
    const off = (button, is) => button.setAttribute("aria-disabled", String(is)); // not `disabled`: that throws the focus away
    /** Whether the steps stand in the order of the answer, and can be moved. */
    const whole = () => given.length === total && given.every((id, n) => list.children[n] === step(id).row);
    /** @param {string[]} ids */
    function arrange(ids) {
      const focused = document.activeElement;
      list.replaceChildren(...ids.map((id) => step(id).row));
      if (focused instanceof HTMLElement && list.contains(focused)) focused.focus({ preventScroll: true }); // what is moved loses it
      draw();
    }
    function draw() {
      const is = whole();
      for (const [id, { row, number, pick, moves, up, down }] of rows) {
        const place = given.indexOf(id) + 1;
        number.textContent = place ? String(place) : "";
        pick.setAttribute("aria-pressed", String(Boolean(place)));
        moves.hidden = !is;
        off(up, !row.previousElementSibling);
        off(down, !row.nextElementSibling);
      }
      put(how, say(is ? "order-whole" : "order-open"));
      off(undo, !before.length);
      off(again, !given.length);
      back.hidden = back.hidden && !given.length; // once there it stays: it may have the focus
    }
    /** Show another answer. @param {string[]} next @param {string} text */
    function show(next, text) {
      clearTimeout(timer);
      last = -Infinity;
      given = next;
      put(status, text || say(given.length < total ? "order-count" : "order-placed", { n: given.length, of: total }));
      draw();
      if (given.length === total && !whole()) timer = setTimeout(() => arrange(given), MOMENT_MS);
    }
    /** @param {string[]} next @param {string} text */
    function change(next, text) {
      before.push(given);
      for (const { row } of rows.values()) row.classList.remove("wb-order-moved");
      show(next, text);
      ctx.changed(0);
    }
    /** Give a step the next place, or take it back. @param {string} id @param {number} at */
    function press(id, at) {
      if (at - last < HAND_MS) return;
      if (given.includes(id)) { change(given.filter((one) => one !== id), ""); return; }
      const left = spec.steps.flatMap((one) => (one.id === id || given.includes(one.id) ? [] : [one.id]));
      change([...given, id, ...(left.length === 1 ? left : [])], "");
      if (given.length < total) return;
      if (left.length) last = at;
      clearTimeout(timer);
      timer = setTimeout(() => {
        arrange(given);
        if (document.activeElement === document.body || list.contains(document.activeElement)) ctx.whole();
      }, MOMENT_MS);
    }
    /** @param {string} id @param {"up" | "down"} way */
    function move(id, way) {
      const { row, name } = step(id);
      const other = way === "up" ? row.previousElementSibling : row.nextElementSibling;
      if (!other) return;
      const from = given.indexOf(id), to = way === "up" ? from - 1 : from + 1;
      // The neighbour moves, not the step: an element that is moved in the page loses its focus.
      if (way === "up") row.after(other); else row.before(other);
      change(given.map((one, n) => (n === to ? id : n === from ? given[to] : one)), say("order-now", { step: name, place: to + 1, total }));
      row.classList.add("wb-order-moved");
    }
    /** @param {string[] | null} value */
    function set(value) {
      const ids = value ?? [];
      if (new Set(ids.map(step)).size < ids.length) throw new Error("a step twice");
      before.length = 0;
      list.replaceChildren(...(ids.length === total ? ids : spec.steps.map((one) => one.id)).map((id) => step(id).row));
      show([...ids], "");
    }
    set(null);
    return {
      node: h("fieldset", { className: "wb-field" }, h("legend", { className: "wb-stem" }, spec.stem), how, list, status, back),
      get: () => (given.length ? given : null),
      set,
      spot: (id) => rows.get(id)?.row,
      end: () => clearTimeout(timer),
    };
  },
  words: (spec, value) => (value?.length ? [
    ...value.map((id, n) => `${n + 1}. ${stepOf(spec, id).text}`),
    ...spec.steps.filter((one) => !value.includes(one.id)).map(({ text }) => say("order-no-place", { text }))] : []),
  /** The steps that may stay are a longest run in the right order, the same that earns the points. */
  respond(spec, value) {
    const run = longestRun(value, spec.right ?? []);
    const stay = run.length > 1 || (value.length === 1 && value[0] === spec.right?.[0]) ? run : []; // one step alone is in order with nothing
    const shown = [...value, ...spec.steps.map((one) => one.id).filter((id) => !value.includes(id))];
    return respond(shown.map((id, n) => {
      const { text, feedback = "" } = stepOf(spec, id);
      /** @type {Note} */
      const open = { id, verdict: "missed", part: text, text: say("order-not-placed") };
      if (!value.includes(id)) return open;
      const is = stay.includes(id), part = `${n + 1}. ${text}`;
      // A reason says which place is right: below a step that may stay it would contradict the number that it has now.
      return { id, ...marked(is), mark: say(is ? "order-stays" : "order-elsewhere"), part, text: is && n !== spec.right?.indexOf(id) ? "" : feedback };
    }));
  },
  rightOf: ({ right = [] }, id) => say("order-right", { n: right.indexOf(id) + 1 }),
  right: (spec) => spec.right ?? [],
  arrange(spec, draw) {
    const steps = draw(spec.steps);
    const solved = spec.right && steps.every((one, n) => one.id === spec.right?.[n]);
    return { ...spec, steps: solved ? steps.reverse() : steps }; // what is shown at first is never the right order
  },
};

export default kind;
