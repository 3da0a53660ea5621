// @ts-check
// What the page decides by itself, rule by rule, to be asked from Python: the fixture `rules` in tests/conftest.py bundles this.
import { isBlank, same } from "../../src/workbook_helpers/page/answers.js";
import { chosen, wrongFirst } from "../../src/workbook_helpers/page/earlier.js";
import { against, changedSince, missing } from "../../src/workbook_helpers/page/far.js";
import { fits } from "../../src/workbook_helpers/page/fits.js";
import { LATER_DAYS } from "../../src/workbook_helpers/page/hand_in.js";
import { againstLast, arrived, outgoing } from "../../src/workbook_helpers/page/hosts/mirror.js";
import { register } from "../../src/workbook_helpers/page/kinds.js";
import { cleanId } from "../../src/workbook_helpers/page/learner_id.js";
import { drawn, paper, paperSeed } from "../../src/workbook_helpers/page/paper.js";
import { findSigns } from "../../src/workbook_helpers/page/privacy.js";
import { aside, begins, standing, whole } from "../../src/workbook_helpers/page/referral.js";
import { longestRun } from "../../src/workbook_helpers/page/run.js";
import { drawCards, looked } from "../../src/workbook_helpers/page/shelf.js";
import { accept, distance, plain } from "../../src/workbook_helpers/page/spelling.js";
import { countWords } from "../../src/workbook_helpers/page/text.js";
import { ready } from "../../src/workbook_helpers/page/words.js";
import { Workbook } from "../../src/workbook_helpers/page/workbook.js";

/** @import { Book, Ctx, Draw, Host, Kept, Kind, Mine, OnShelf, Referral, Stored } from "../../src/workbook_helpers/page/types.js" */
/** @typedef {Record<string, Kind<any, any>>} Kinds */

/** A value in one form, whatever the order of an object's parts. @param {unknown} value */
const plainly = (value) => JSON.stringify(value ?? null, (_, part) =>
  (part && typeof part === "object" && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1))) : part));

/** @type {Ctx} */
const CTX = { uid: "wb", changed() {}, whole: () => false, privacy: null, unshared: "", answerOf: () => null, before: () => null };

/** @param {Record<string, Stored<any>>} answers */
const values = (answers) => Object.fromEntries(Object.entries(answers).map(([id, { value }]) => [id, value]));

/** What stands at each place of a page in front of a disk, after the disk has said this, one after the other, and what was to be saved. Where
 * something is typed to an item before the last of it, the disk says that it is saved when all is said. @param {Book} book @param {Kept[]} keeps @param {[string, string]} [typed] */
async function onDisk(book, keeps, typed) {
  /** @type {Record<string, () => void>} */
  const saves = {};
  /** @type {Host["save"]} */
  const save = (name, value) => new Promise((done) => { saves[name] = () => done({ do: "saved", value, revision: 99, saved_at: new Date().toISOString() }); });
  const never = () => new Promise(() => { /* nobody answers */ });
  /** @type {Host} */
  const host = { place: "disk", unshared: "", changed() { /* nothing does */ }, open: never, save, tried: never, work: never, handIn: never, seen: never, next: () => ({ now: [], paper: document.body }) };
  const page = new Workbook(book, host), names = ["progress", ...Object.keys(book.items), "hand-in"];
  const places = names.map((name) => { const el = document.createElement("div"); document.body.append(el); return { name, el, end: page.mount(name, el) }; });
  for (const kept of keeps) {
    const field = kept === keeps.at(-1) && typed && places.find(({ name }) => name === typed[0])?.el.querySelector("textarea");
    if (field) { field.value = typed[1]; field.dispatchEvent(new Event("input", { bubbles: true })); }
    const old = places.map(({ el }) => el.appendChild(document.createElement("i")));
    page.opened(kept);
    await new Promise((done) => { const look = () => (old.some((one) => one.isConnected) ? setTimeout(look) : done(null)); look(); });
  }
  for (const answer of Object.values(saves)) answer();
  await new Promise((done) => { setTimeout(done); });
  const found = Object.fromEntries(places.map(({ name, el }) => [name, el.textContent]));
  for (const { el, end } of places) { end(); el.remove(); }
  return { ...found, saves: Object.keys(saves).join() };
}

/** @param {Kinds} kinds @returns {Record<string, (...input: any[]) => unknown>} */
const rules = (kinds) => ({
  chosen: (asked, earlier, answered) => Object.values(chosen(asked, earlier, ({ id }) => answered.includes(id))).map((specs) => specs.map(({ id }) => id)),
  waiting: (ids, answered) => chosen(ids.map((/** @type {string} */ id) => ({ id })), {}, ({ id }) => answered.includes(id)).waiting.map(({ id }) => id),
  "wrong first": wrongFirst,
  accept, distance, plain, "clean id": cleanId, "count of words": countWords, "longest run": longestRun, "paper seed": paperSeed, signs: findSigns,
  drawn: (ids, seed, name) => drawn(ids.map((/** @type {string} */ id) => ({ id })), seed, name).map((part) => part.id),
  paper: (book, seed) => Object.fromEntries([...paper(book, seed)].map(([place, item]) => [place, item.id])),
  missing, "changed since": changedSince, "days until asked": () => LATER_DAYS,
  shelf(books) {
    document.body.replaceChildren(Object.assign(document.createElement("div"), { id: "wb-cards" }));
    drawCards(books.map((/** @type {OnShelf} */ book) => looked(book, /** @type {Mine} */ (book.mine))));
    return [...document.querySelectorAll("h2, h3, p:not(.wb-row), a")].map((node) => node.textContent);
  },
  blank: (spec, value) => (kinds[spec.kind].blank ?? isBlank)(value),
  words: (spec, value) => kinds[spec.kind].words(spec, value),
  respond: (spec, value) => kinds[spec.kind].respond?.(spec, value) ?? null,
  right: (spec) => kinds[spec.kind].right?.(spec) ?? null,
  "goes on": (spec, old, next) => kinds[spec.kind].goesOn?.(spec, old, next) ?? true,
  shared: (spec, value) => kinds[spec.kind].shared?.(value) ?? false,
  /** @param {Referral} referral @param {Book} book @param {Record<string, Stored<any>>} kept */
  again(referral, book, kept) {
    /** @param {string} name @param {unknown} value */
    const fit = (name, value) => fits(book.items[name.split("@")[0]], value);
    return { stands: values(standing(referral, book.items, { ...begins(referral, book, fit), ...kept })), whole: values(whole(referral, book.items, kept, fit)), aside: aside(referral, book.items, kept) };
  },
  "on a disk": onDisk,
  against, "against the last": againstLast, outgoing: (known, key) => outgoing(known, () => key),
  /** What a service tells of an answer; `stuck` is a value from which nothing follows, `unfit` one that is no answer. */
  arrived: (old, there, theirs) => arrived("w99-q01", old ?? undefined, there, theirs, { revision: 9, release: "r" }, { same, fits: (_, value) => value !== "unfit", goesOn: (_, before) => before !== "stuck" }),
  arrange(spec, seed) {
    /** @type {Draw} */
    const draw = (parts, name = spec.id) => (spec.shuffle ? drawn(parts, seed, name) : [...parts]);
    return kinds[spec.kind].arrange?.(spec, draw) ?? spec;
  },
  fits(spec, value) { // as the engine decides it
    const body = kinds[spec.kind].build(spec, CTX);
    document.body.replaceChildren(body.node);
    try {
      body.set(value);
      return body.fits ? body.fits(value) : plainly(body.get()) === plainly(value);
    } catch { return false; } finally {
      body.set(null); // no value does harm that lasts
    }
  },
});

/** Answer `ask([rule, input][])`, as JSON: one result, or an object `thrown`, for each. @param {Kinds} kinds */
export async function serve(kinds) {
  await ready;
  register(kinds);
  const all = rules(kinds);
  Object.assign(globalThis, { ask: async (/** @type {string} */ json) => JSON.stringify(await Promise.all(JSON.parse(json).map(async (/** @type {[string, any[]]} */ [rule, input]) => {
    try { return await all[rule](...input); } catch (error) { return { thrown: String(error) }; }
  }))) });
}
