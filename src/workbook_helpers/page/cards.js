// @ts-check
// Cards that each get a choice, one at a time. When every card has one, or the student has gone past the last, they stand as a list in
// which each can be changed. Who prefers it sees all of them at once, open.
import { h, put } from "./dom.js";
import { remembered } from "./remember.js";
import { say } from "./words.js";

/** `place` says which card of how many this is, `said` what was chosen, `below` what is to be told of it. It is `done` when nothing of it is open; it `stays`
 * while it has something to tell. @typedef {{ id: string, text: string, place: string, choices: Node[], below?: Node, said(): string, done(): boolean, stays?(): boolean }} Card */

const MOMENT_MS = 400; // what was chosen is seen before the next card comes
const HAND_MS = 1000; // a choice that comes so soon after a finger or a mouse button was lifted was made by it
const kept = remembered("wb-cards"), SWITCHED = "wb-cards-switched";

let all = kept.get() === "all"; // for every question

/** @param {string} uid @param {Card[]} list @param {(n: number) => string} count Says how many are done.
 * @param {() => boolean} whole Called when the student has gone through all of them; whether it has put the focus elsewhere. */
export function cards(uid, list, count, whole) {
  let at = 0; // which card is on; after the last comes the list
  let timer = 0, lifted = -Infinity;
  const opened = new Set(); // in the list
  const total = h("p", { className: "wb-hint wb-cards-count", tabIndex: -1 });
  const rows = list.map((card, n) => {
    const legend = h("legend", { tabIndex: -1 }, h("span", { className: "wb-cards-place" }, card.place), h("span", { className: "wb-cards-number" }, `${n + 1}.`), " ", h("span", {}, card.text));
    const choices = h("div", { className: "wb-cards-choices" }, ...card.choices);
    const said = h("span", { className: "wb-cards-said" });
    const change = h("button", { type: "button", className: "wb-button wb-second", onclick: () => open(n, !opened.has(n)) });
    const brief = h("div", { className: "wb-cards-brief" }, said, change);
    const node = h("fieldset", { className: "wb-cards-card", id: `${uid}-card-${card.id}`, onbeforematch: () => { at = n; draw(); } }, legend, choices, card.below, brief);
    return { card, node, legend, choices, said, change, brief, mark: h("span"), done: false };
  });
  const bar = h("div", { className: "wb-cards-bar", "aria-hidden": "true" }, ...rows.map((row) => row.mark));
  const back = h("button", { type: "button", className: "wb-button wb-second", onclick: () => { if (at) go(at - 1); } }, say("cards-back"));
  const on = h("button", { type: "submit", className: "wb-button wb-second" });
  const nav = h("div", { className: "wb-cards-nav" }, back, on);
  const other = h("button", { type: "button", className: "wb-cards-switch", onclick: switched });
  // A form, so that Enter goes on: no script of ours hears of keys (keys.js).
  const node = h("form", { className: "wb-cards", onclick: chosen, onsubmit: entered, onpointerup: (/** @type {PointerEvent} */ event) => { lifted = event.target instanceof Element && event.target.closest(".wb-cards-choices") ? event.timeStamp : -Infinity; } },
    bar, total, ...rows.map((row) => row.node), nav, other);
  const alone = list.length < 2; // then there is nothing to go through
  globalThis.addEventListener(SWITCHED, draw);

  /** Show the cards as their answers and the student's place have it. */
  function draw() {
    const open = all || alone, one = !open && at < rows.length, brief = !open && !one;
    node.dataset.wbCards = open ? "all" : one ? "one" : "list";
    rows.forEach(({ card, ...row }, n) => {
      rows[n].done = card.done();
      // Found by the browser's own search, and printed, all the same.
      if (one && n !== at) row.node.setAttribute("hidden", "until-found"); else row.node.removeAttribute("hidden");
      row.choices.hidden = brief && !opened.has(n);
      row.brief.hidden = !brief;
      put(row.said, opened.has(n) ? "" : card.said());
      const change = say(opened.has(n) ? "cards-close" : card.done() ? "cards-change" : "cards-choose");
      put(row.change, change);
      row.change.setAttribute("aria-label", `${change}: ${card.text}`);
      row.change.setAttribute("aria-expanded", String(opened.has(n)));
      row.mark.className = [card.done() && "wb-cards-done", one && n === at && "wb-cards-now"].filter(Boolean).join(" ");
    });
    bar.hidden = nav.hidden = !one;
    total.hidden = one || alone;
    other.hidden = alone;
    put(total, count(rows.filter((row) => row.done).length));
    back.setAttribute("aria-disabled", String(!at)); // not `disabled`: that throws the focus away
    put(on, say(at < rows.length - 1 ? "cards-next" : "cards-on"));
    put(other, say(all ? "cards-one" : "cards-all"));
  }
  /** Put a card, or the list, before the student. @param {number} to */
  function turn(to) {
    clearTimeout(timer);
    timer = 0;
    at = to;
    draw();
  }
  /** Go to a card, or to the list. @param {number} to */
  function go(to) {
    node.classList.add("wb-cards-moved");
    turn(to);
    const card = all ? undefined : rows[at];
    (card?.legend ?? total).focus({ preventScroll: true });
    const seen = card?.node ?? total;
    seen.scrollIntoView({ block: "nearest" });
    if (seen.offsetHeight > innerHeight / 2) seen.scrollIntoView({ block: "start" }); // it may be higher than a low window: it is read from its first line on
  }
  /** Go on from a card: after the last one all of it is there, unless some were passed over. @param {number} to */
  function onward(to) {
    if (to < rows.length || !list.every((card) => card.done() && !card.stays?.()) || !whole()) go(to);
  }
  /** Open or close a card of the list. @param {number} n @param {boolean} is */
  function open(n, is) {
    if (is) opened.add(n); else opened.delete(n);
    draw();
    rows[n].change.focus({ preventScroll: true });
  }
  /** The next card that is not done; after all of them the list. */
  function next() {
    const left = rows.flatMap((row, n) => (row.card.done() ? [] : [n]));
    return left.find((n) => n > at) ?? left[0] ?? rows.length;
  }
  /** A moment after a card has got its choice, go on. Not by keys: they pass through other choices on their way. @param {MouseEvent} event */
  function chosen(event) {
    const n = rows.findIndex((row) => event.target instanceof HTMLInputElement && event.target.type === "radio" && row.choices.contains(event.target)); // who types has not done yet
    if (n < 0 || all || alone || event.timeStamp - lifted > HAND_MS) return;
    if (rows[n].done && rows[n].card.choices.length > 1 && !timer) return; // perhaps more of it is to be changed
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = 0;
      const elsewhere = document.activeElement !== document.body && !node.contains(document.activeElement);
      if (elsewhere || !rows[n].card.done() || rows[n].card.stays?.()) return;
      if (at < rows.length) onward(next()); else open(n, false);
    }, MOMENT_MS);
  }
  /** @param {SubmitEvent} event */
  function entered(event) {
    event.preventDefault();
    const n = rows.findIndex((row) => row.node.contains(document.activeElement));
    if (!nav.hidden) onward(at + 1); else if (opened.has(n)) open(n, false);
  }
  function switched() {
    all = !all;
    kept.set(all ? "all" : "one");
    globalThis.dispatchEvent(new Event(SWITCHED));
    go(at);
  }
  return {
    node, draw,
    /** Begin with what is open, or with the list: there is another answer. */
    begin() {
      opened.clear();
      at = rows.length;
      turn(next());
    },
    /** Where a note on a card stands: in the list, where all notes are seen. @param {string} id */
    spot(id) {
      if (at < rows.length) turn(rows.length);
      return rows.find((row) => row.card.id === id)?.node;
    },
    end() {
      clearTimeout(timer);
      globalThis.removeEventListener(SWITCHED, draw);
    },
  };
}
