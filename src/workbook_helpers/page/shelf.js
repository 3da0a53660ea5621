// @ts-check
// "My workbooks": what to do now on top, then all there is. A server sends along what it keeps of the student; else this browser's own database is asked.
import { display, menus } from "./display.js";
import { h, put, the } from "./dom.js";
import { chosen } from "./earlier.js";
import { SECOND_MS, against, far, farInWords, how, minutesLeft, whole } from "./far.js";
import { store } from "./hosts/device_store.js";
import { person, who } from "./hosts/person.js";
import { paper } from "./paper.js";
import { isAt, keptPlace } from "./place.js";
import { titled } from "./referral.js";
import { safely } from "./remember.js";
import { locale, ready, say } from "./words.js";

/** @import { Asked, Mine, OnShelf, Receipt, Stored } from "./types.js" */
/** @import { Far, How } from "./far.js" */
/** @import { Whole } from "./hosts/device_store.js" */
/** A workbook and how far the student is: `asked` is what the page shows, place → question, `at` is when they last answered there (0: never), `changed` whether that was after handing in.
 * @typedef {{ book: OnShelf, mine: Mine, asked: Map<string, Asked>, how: (spec: Asked) => How, counts: Far, at: number, changed: boolean, group: Group }} Card */
/** To do; handed in; done: there is feedback, though nothing was handed in or begun here, or a file was made, of which no feedback comes back here, and nothing is left to answer.
 * @typedef {"todo" | "handed" | "done" | "fault"} Group */

/** @type {Mine} */
const NOTHING = { copy: "", seed: "", answered: {}, started: [], handed: null };

/** Say what stands around the cards, in the language that was picked. */
export async function around() {
  await ready;
  for (const node of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-wb-say]"))) put(node, say(node.dataset.wbSay ?? ""));
  menus();
  display(the("#wb-display .wb-panel"));
}

export async function shelf() {
  await around();
  const inside = document.getElementById("wb-shelf");
  if (!inside) return;
  /** @type {OnShelf[]} */
  const books = JSON.parse(inside.textContent);
  const served = books.some((book) => book.mine);
  const draw = () => drawn(books);
  await draw();
  globalThis.addEventListener("pageshow", ({ persisted }) => { if (persisted && served) globalThis.location.reload(); else if (persisted) draw(); }); // back from a workbook
  if (served) return;
  try {
    new BroadcastChannel("workbooks").onmessage = ({ data }) => { // an answer was saved in another tab, or somebody left there
      if ([data?.gone, data?.left].includes(person(who.get()))) who.clear();
      draw();
    };
  } catch { /* then what is shown is as old as the page */ }
}

/** @param {OnShelf[]} books */
async function drawn(books) {
  const learner = who.get();
  const cards = await Promise.all(books.map(async (book) => looked(book, book.mine ?? await kept(book, learner))));
  worker(learner, "device-not-me", () => {
    safely(() => new BroadcastChannel("workbooks").postMessage({ left: person(learner) })); // their workbooks may be open in other tabs
    who.ask("left");
  });
  drawCards(cards);
}

/** Say at the top who works here, "" for nobody, and how to leave. @param {string} learner @param {string} away @param {() => void} leave */
export function worker(learner, away, leave) {
  const slot = document.getElementById("wb-who-slot");
  if (slot && slot.dataset.wbLearner !== learner) slot.replaceChildren(...(learner ? [h("span", {}, say("device-who", { learner })), " ", h("button", { type: "button", className: "wb-linklike", onclick: leave }, say(away))] : []));
  if (slot) slot.dataset.wbLearner = learner;
}

/** @param {Card[]} cards */
export function drawCards(cards) {
  const box = the("#wb-cards"), made = h("div", {}, ...page(cards, box.dataset.wbNext ?? ""));
  const shown = box.firstElementChild;
  if (shown?.isEqualNode(made)) return; // nobody's reading is disturbed for nothing
  const focus = shown?.contains(document.activeElement) ? document.activeElement?.id : "";
  box.replaceChildren(made);
  if (focus) document.getElementById(focus)?.focus();
}

/** Answers as they are held against the last hand-in, by what this browser counts. @param {Whole} found */
function held({ answers, receipts }) {
  const { at = "", revision } = receipts.at(-1) ?? {};
  return revision === undefined ? answers : Object.fromEntries(Object.entries(answers).map(([id, one]) => [id, against(one, one.revision > revision, at)]));
}

/** What this browser keeps of a learner's copy; nothing where none is known: a workbook itself says why nothing can be kept.
 * @param {OnShelf} book @param {string} learner @param {(found: Whole) => Whole["answers"]} answers as they are shown @returns {Promise<Mine>} */
export async function kept(book, learner, answers = held) {
  const found = learner ? await store.read({ person: person(learner), workbook: book.workbook, class_id: book.class_id }).catch(() => null) : null;
  return found ? mineOf(book, found.copy, answers(found), found.receipts) : NOTHING;
}

/** @param {OnShelf} book @param {{ copy: string, seed: string }} copy @param {Record<string, Stored<unknown>>} answers @param {Receipt[]} receipts @returns {Mine} */
export function mineOf({ items }, { copy, seed }, answers, receipts) {
  const given = Object.entries(answers).filter(([id, { value }]) => Object.hasOwn(items, id) && how(items[id], value) !== "open");
  const started = given.filter(([id, { value }]) => how(items[id], value) === "started").map(([id]) => id);
  return { copy, seed, answered: Object.fromEntries(given.map(([id, { saved_at }]) => [id, saved_at])), started, handed: receipts.at(-1) ?? null };
}

/** @param {OnShelf} book @param {Mine} mine @returns {Card} */
export function looked(book, mine) {
  const { answered, started, handed } = mine, all = paper(book, mine.seed);
  const how = (/** @type {Asked} */ { id }) => (!Object.hasOwn(answered, id) ? "open" : started.includes(id) ? "started" : "done");
  const { waiting } = chosen([...all.values()].filter(({ about }) => about), {}, (spec) => how(spec) !== "open"); // as many as the page does not show
  const asked = new Map([...all].filter(([, spec]) => !waiting.includes(spec)));
  const counts = far(all.values(), how), { done, total } = whole(far(asked.values(), how));
  const saved = (/** @type {string} */ id) => Date.parse(answered[id]) || 1; // a file may lack the time
  const since = handed ? Date.parse(handed.at) + SECOND_MS : Infinity;
  const changed = [...asked.values()].some((spec) => spec.purpose !== "private" && how(spec) !== "open" && saved(spec.id) >= since);
  const over = mine.feedback || (handed?.through === "file" && done === total && !changed);
  const given = handed || (mine.feedback && !Object.keys(answered).length); // as a file, made elsewhere
  return { book, mine, asked, how, counts, changed, at: Math.max(0, ...Object.keys(answered).map(saved)), group: book.fault ? "fault" : !given || mine.again ? "todo" : over ? "done" : "handed" };
}

/** @param {Card[]} cards @param {string} next what to do where there is none */
function page(cards, next) {
  if (!cards.length) return [h("div", { className: "wb-card" }, h("p", {}, h("strong", {}, say("home-nothing"))), next ? h("p", {}, say(next)) : null)];
  /** @param {Group} group */
  const of = (group) => cards.filter((card) => card.group === group);
  const todo = of("todo"), first = todo.find(({ mine }) => mine.again) ?? todo.filter(({ at }) => at).sort((one, other) => other.at - one.at)[0] ?? todo[0];
  const done = grouped("home-done", say("home-done-about"), of("done"));
  const cameForIt = !first?.mine.again && cards.every(({ at }) => !at); // who has begun nothing here
  return [
    ...(cameForIt ? done : []),
    first ? goOn(first) : of("fault").length < cards.length ? h("section", { className: "wb-card wb-first" }, h("h2", {}, say("home-all-done")), h("p", {}, say("home-all-done-about"))) : null,
    ...grouped("home-todo", null, todo.filter((card) => card !== first)),
    ...grouped("home-handed", say("home-handed-about"), of("handed")),
    ...(cameForIt ? [] : done),
    ...grouped("home-broken", null, of("fault")),
  ];
}

/** @param {string} title @param {string | null} about @param {Card[]} cards */
const grouped = (title, about, cards) => (cards.length ? [h("h2", {}, say(title)), about && h("p", { className: "wb-quiet" }, about), ...cards.map(card)] : []);

/** The one card on top: where to go on, or what to start. @param {Card} card */
function goOn(card) {
  const { book, at, mine: { again, feedback } } = card, n = at ? place(card) : -1, section = book.sections[n];
  return h("section", { className: "wb-card wb-first" },
    h("h2", {}, again ? titled(again.n, again.until) : section ? say("home-continue-at", { n: n + 1, minutes: minutesLeft(section, card.asked, card.how) }) : say("home-next")),
    h("p", { className: "wb-title", lang: "en-GB" }, book.title),
    !again && section && section.title !== book.title ? h("p", { className: "wb-quiet", lang: "en-GB" }, section.title) : null,
    ...facts(card), h("p", { className: "wb-row" }, way(card, " wb-big"), feedback ? link(book, feedback, say("home-see-feedback"), " wb-second") : null));
}

/** Which section the student was in; where that is not known, the first one with a question that is not done. @param {Card} card */
function place({ book: { sections }, mine, asked, how }) {
  const kept = keptPlace(mine.copy);
  const was = sections.findIndex(({ title, more }) => isAt(kept, [title, ...more]));
  return was < 0 ? Math.max(0, sections.findIndex(({ items }) => items.some((name) => { const spec = asked.get(name); return spec && how(spec) !== "done"; }))) : was;
}

/** @param {Card} card */
function card(card) {
  const { book, mine, group } = card, { again } = mine;
  if (group === "fault") return h("section", { className: "wb-card" }, h("h3", { lang: "en-GB" }, book.title), h("p", {}, book.fault));
  return h("section", { className: "wb-card" },
    h("h3", { lang: "en-GB" }, book.title),
    book.fetch ? h("p", {}, say("home-new")) : null,
    again ? h("p", {}, h("strong", {}, titled(again.n, again.until))) : null,
    ...facts(card),
    h("p", { className: "wb-row" },
      mine.feedback ? link(book, mine.feedback, say("home-see-feedback")) : null,
      way(card, " wb-second"),
      mine.receipt ? link(book, mine.receipt, say("home-see-receipt"), " wb-second") : null,
      mine.look ? sends(book, mine.look, say(mine.feedback ? "home-newer-feedback" : "home-look-feedback"), " wb-second") : null));
}

/** How long it takes a quicker and a slower reader. @param {OnShelf} book */
const minutes = ({ minutes: [least, most] }) => (least < most ? say("home-minutes-range", { least, most }) : say("home-minutes", { n: most }));

/** How far the student is, when it is due, and what became of it. @param {Card} card */
function facts({ book, mine: { handed, feedback, again }, counts, group, at, changed }) {
  const { done, total } = whole(counts), through = handed?.through;
  const lines = [
    again || (!at && !handed && feedback) ? "" : at || group !== "todo" ? say("home-answered", { counts: farInWords(counts) }) : [minutes(book), farInWords(counts)].filter(Boolean).join(" · "),
    group === "todo" && !again ? due(book.due) : "",
    handed ? say(through === "exchange" ? "home-handed-in" : "home-given", { time: new Date(handed.at).toLocaleString(locale, { dateStyle: "long", timeStyle: "short" }) }) : "",
    feedback ? say("home-marked") : through === "exchange" && !again ? say("home-not-marked") : "",
    changed && !again ? say("hand-in-changed") : "",
  ];
  const bar = at && group === "todo" && !again ? h("progress", { value: done, max: Math.max(total, 1), "aria-label": say("home-answered-in", { title: book.title }) }) : null;
  return [bar, ...lines.filter(Boolean).map((line) => h("p", {}, line))];
}

/** When it is due, by this device's clock; nothing where there is no date. @param {string} iso */
function due(iso, now = new Date()) {
  if (!iso) return "";
  const at = new Date(iso);
  const day = (/** @type {Date} */ date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()); // one of 23 hours is a day, too
  const whole = at.getHours() === 23 && at.getMinutes() === 59; // the tutor gave a date alone
  const date = at.toLocaleString(locale, {
    weekday: "long", day: "numeric", month: "long", ...(at.getFullYear() === now.getFullYear() ? {} : { year: "numeric" }), ...(whole ? {} : { hour: "2-digit", minute: "2-digit" }),
  });
  return at < now ? say("home-was-due", { date }) : say("home-due", { date, days: (day(at) - day(now)) / 86_400_000 });
}

/** @param {OnShelf} book */
const away = (book) => h("span", { className: "wb-away", lang: "en-GB" }, `: ${book.title}`);

/** The way into a workbook. @param {Card} card @param {string} more */
function way({ book, group, at }, more) {
  const text = say(group !== "todo" ? "home-open-again" : at ? "home-continue" : "home-start");
  return book.fetch ? sends(book, book.fetch, text, more) : link(book, book.href, text, more);
}

/** @param {OnShelf} book @param {string} href @param {string} text */
const link = (book, href, text, more = "") => h("a", { className: `wb-button${more}`, href, id: href }, text, away(book));

/** A button that sends the page's form (home.html.j2). @param {OnShelf} book @param {string} to @param {string} text @param {string} more */
const sends = (book, to, text, more) => h("button", { className: `wb-button${more}`, form: "wb-fetch", formAction: to, name: "assignment", value: book.assignment }, text, away(book));
