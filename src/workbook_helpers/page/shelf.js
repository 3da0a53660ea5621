// @ts-check
// "My workbooks": on a server it comes with its cards, on a site they are drawn here, from what this browser keeps.
import { isBlank } from "./answers.js";
import { display, menus } from "./display.js";
import { h, put, the } from "./dom.js";
import { person, who } from "./hosts/person.js";
import { store } from "./hosts/device_store.js";
import { kinds } from "./kinds.js";
import { locale, ready, say } from "./words.js";

/** @typedef {{ workbook: string, title: string, minutes: number, class_id: string, href: string, items: Record<string, { kind: string, purpose: string }>, total: number }} OnShelf */

export async function shelf() {
  await ready;
  for (const node of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-wb-say]"))) put(node, say(node.dataset.wbSay ?? ""));
  menus();
  display(the("#wb-display .wb-panel"), the("main"), ["size", "spacing", "font", "colours"]);
  const inside = document.getElementById("wb-shelf");
  if (!inside) return;
  /** @type {OnShelf[]} */
  const books = JSON.parse(inside.textContent);
  const draw = () => drawn(books).then((cards) => the("#wb-cards").replaceChildren(...cards));
  await draw();
  globalThis.addEventListener("pageshow", (event) => { if (event.persisted) draw(); }); // back from a workbook
}

/** @param {OnShelf[]} books */
async function drawn(books) {
  const learner = who.get();
  the("#wb-who-slot").replaceChildren(...(learner ? [h("span", {}, say("device-who", { learner })), " ", h("button", { type: "button", className: "wb-linklike", onclick: () => { who.clear(); globalThis.location.reload(); } }, say("device-not-me"))] : []));
  return books.length ? Promise.all(books.map((book) => card(book, learner))) : [h("div", { className: "wb-card" }, h("p", {}, say("home-nothing")))];
}

/** @param {OnShelf} book @param {string} learner */
async function card(book, learner) {
  const found = learner ? await store.read({ person: person(learner), workbook: book.workbook, class_id: book.class_id }).catch(() => null) : null; // nothing is kept here: a workbook says so itself
  const done = Object.entries(book.items).filter(([id, { kind, purpose }]) => {
    const kept = found?.answers[id];
    if (!kept || !["practice", "assessed"].includes(purpose)) return false;
    try { return !(kinds[kind]?.blank ?? isBlank)(kept.value); } catch { return false; }
  }).length;
  const last = found?.receipts.at(-1);
  const away = () => h("span", { className: "wb-away", lang: "en-GB" }, `: ${book.title}`);
  return h("section", { className: "wb-card" },
    h("h2", { lang: "en-GB" }, book.title),
    h("p", { className: "wb-quiet" }, say("home-minutes", { n: book.minutes })),
    h("p", {}, h("progress", { value: done, max: Math.max(book.total, 1), "aria-label": say("home-answered-in", { title: book.title }) }), " ", h("span", {}, say("home-answered", { done, total: book.total }))),
    last ? h("p", {}, say("home-given", { time: new Date(last.at).toLocaleString(locale, { dateStyle: "long", timeStyle: "short" }) })) : done ? h("p", {}, say("home-not-handed-in")) : null,
    h("p", {}, h("a", { className: "wb-button", href: book.href }, say(last ? "home-open-again" : done ? "home-carry-on" : "home-start"), away())));
}
