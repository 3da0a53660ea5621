// @ts-check
// One workbook on a page: which questions this student is asked, what is kept of them, how far they are. All of it is decided here, for every host.

import { isBlank } from "./answers.js";
import { h, put } from "./dom.js";
import { far } from "./far.js";
import { gate } from "./gate.js";
import { handIn } from "./hand_in.js";
import { kinds } from "./kinds.js";
import { lay, wrongAt } from "./earlier.js";
import { drawn, paper } from "./paper.js";
import { progress } from "./progress.js";
import { question } from "./question.js";
import { closed, how, layOut, opens, tasks } from "./referral.js";
import { savedLine } from "./saved.js";
import { ready, say } from "./words.js";

const RETRY_MS = 3000; // doubled after each try to read that failed
const LONGEST_RETRY_MS = 30_000;
const SETTLE_MS = 5000; // a device has kept an answer long before, but for a slow disk
const SLICE_MS = 30; // of making questions, before the browser may show what there is

/** @import { Book, Host, Kept, Notice, Spec, State, Stored, Values } from "./types.js" */
/** @typedef {import("./question.js").Asked} Asked */
/** @typedef {{ el: HTMLElement, asked: Asked | null, end: (() => void) | null }} Place */

/** @type {Stored<unknown>} */
const NOTHING = { value: null, saved_at: "", revision: 0 };
/** Parts of the page that are no question. @type {Record<string, (book: Workbook, el: HTMLElement) => () => void>} */
const PARTS = { progress, "hand-in": handIn };

/** Whether a place stands in a section that is not shown now: it can wait. @param {Place} place */
const isAway = ({ el }) => el.closest("[hidden]") !== null;

/** Events: "change" when what is kept, or waits to be, has changed. The window hears "wb-opened" when all that is kept was read. */
export class Workbook extends EventTarget {
  /** What the host keeps; nothing of the page is asked before it is known. @type {Kept} */
  kept = { copy: "", answers: {}, learner: "", known: "", seed: "", earlier: {}, notices: [], receipts: [] };
  /** Place → what is asked there, with its parts as this student sees them. @type {Map<string, Spec>} */
  paper = new Map();
  /** The same in the order of the page; what it does not ask comes after all that it asks. @type {Spec[]} */
  #ordered = [];
  /** Why nothing can be kept here just now, in words; "" while all is well. */
  ill = "";
  /** Whose work this page has shown before, where another learner ID was typed when handing in. */
  left = "";
  /** Whether it was said just now who works here. */
  arrived = false;
  #open = false;
  #looking = false;
  #again = false; // something changed while everything was read
  #wait_ms = RETRY_MS;
  /** @type {Map<string, Place>} */
  #places = new Map();
  /** @type {Map<string, unknown>} */
  #answers = new Map();
  /** Questions that wait to be saved, or for the student to choose. @type {Map<string, { id: string, state: State }>} */
  unsettled = new Map();
  /** @type {ReturnType<typeof savedLine> | null} */
  #line = null;
  /** Puts the page back as it was without a referral. @type {(() => void) | null} */
  #asWas = null;
  #due = 0;
  #filling = 0;
  #told = 0;
  #looked = () => { if (document.visibilityState === "visible") this.look(); };
  #back = (/** @type {PageTransitionEvent} */ { persisted }) => { if (persisted) this.look(); }; // the page is as it was left
  #online = () => { this.hurry(); this.look(); };

  /** @param {Book} book @param {Host} host */
  constructor(book, host) {
    super();
    this.book = book;
    this.places = book.sections.flatMap((section) => section.items); // in the order of the page
    this.host = host;
    host.changed(() => this.look());
  }

  /** Show what stands at a place of the notebook; gives what takes it away again. @param {string} name @param {HTMLElement} el */
  mount(name, el) {
    if (!this.#places.size) {
      globalThis.addEventListener("focus", this.#looked);
      document.addEventListener("visibilitychange", this.#looked);
      globalThis.addEventListener("pageshow", this.#back);
      globalThis.addEventListener("online", this.#online);
      this.#line = savedLine(this);
    }
    el.classList.add("wb-widget");
    /** @type {Place} */
    const place = { el, asked: null, end: null };
    const key = this.#places.has(name) ? `${name} ${Math.random()}` : name; // a JupyterLab may show one cell twice
    this.#places.set(key, place);
    if (this.#open) this.#fill(name, place);
    else if (!this.#looking) this.look(); // what is being read is for this place as well
    return () => {
      this.#empty(place);
      this.#places.delete(key);
      if (this.#places.size) return;
      clearTimeout(this.#due);
      globalThis.removeEventListener("focus", this.#looked);
      document.removeEventListener("visibilitychange", this.#looked);
      globalThis.removeEventListener("pageshow", this.#back);
      globalThis.removeEventListener("online", this.#online);
      this.#line?.end();
    };
  }

  /** Read everything that is kept, once for the whole page; tried again by itself. */
  async look() {
    this.#again = this.#looking;
    if (this.#looking) return;
    this.#looking = true;
    clearTimeout(this.#due);
    try {
      const kept = await this.host.open();
      await ready;
      globalThis.dispatchEvent(new CustomEvent("wb-connection-back"));
      this.#wait_ms = RETRY_MS;
      this.opened(kept);
    } catch (error) {
      await ready;
      this.#unread(error);
    } finally {
      this.#looking = false;
      if (this.#again) this.look();
    }
  }

  /** Take over what is kept. @param {Kept} kept */
  opened(kept) {
    // On disk another copy is a file that something else has put there: what is on screen is not given up for it.
    const other = kept.copy !== this.kept.copy && this.host.place === "device";
    const again = kept.referral?.id !== this.kept.referral?.id;
    const anew = !this.#open || other || again || kept.seed !== this.kept.seed;
    if (again && kept.learner === this.kept.learner) this.hurry(); // as what it was typed for
    this.arrived = this.#open && this.asksLearner;
    this.kept = kept;
    this.#open = true;
    if (anew) {
      this.#answers.clear();
      this.paper = new Map([...paper(this.book, kept.seed)].map(([place, spec]) => [place, this.#arranged(spec)]));
      if (again) {
        this.#asWas?.();
        this.#asWas = this.referral && layOut(this, this.referral, new Map([...this.#places].map(([name, { el }]) => [name, el])));
      }
      lay(this);
      const at = new Map(this.places.map((place, n) => [place, n])); // as they were just laid out
      this.#ordered = [...this.paper].sort(([one], [other]) => (at.get(one) ?? at.size) - (at.get(other) ?? at.size)).map(([, spec]) => spec);
      this.#fillAll([...this.#places].sort(([, one], [, other]) => Number(isAway(one)) - Number(isAway(other))));
    } else for (const { asked } of this.#places.values()) asked?.opened(this.#stored(asked.node.id));
    globalThis.dispatchEvent(new CustomEvent("wb-opened", { detail: this }));
    this.tell();
  }

  /** Whether this page must first know who works here. */
  get asksLearner() {
    return !this.kept.learner && (this.host.place === "device" || this.book.pools.length > 0 || Boolean(this.kept.asks));
  }

  /** What the tutor asks this learner to look at again. */
  get referral() {
    return this.kept.referral ?? null;
  }

  /** Whether a question can be answered now. @param {Spec} spec */
  isOpen(spec) {
    return opens(this.referral, spec);
  }

  /** Whether anything was ever answered in this copy. */
  holds() {
    return Object.values(this.kept.answers).some((stored) => stored.saved_at);
  }

  /** Work on as another learner; the page then says where the work of the first one is. @param {string} learner */
  async become(learner) {
    const before = this.kept.learner;
    const kept = await this.host.work(learner, false);
    this.left = kept.learner.toLowerCase() === this.left.toLowerCase() ? "" : before; // back again: nothing is elsewhere
    return kept;
  }

  /** An answer has been kept. @param {string} id @param {Stored<unknown>} stored */
  stored(id, stored) {
    this.kept.answers[id] = stored;
    if (this.ill) this.ill = "";
  }

  /** Have all that was typed saved now. */
  hurry() {
    for (const { asked } of this.#places.values()) asked?.hurry();
  }

  /** Have all that was typed saved now, and wait for what is on its way; what did not come through, or waits for a choice, stays a draft. */
  async settle() {
    const comes = () => [...this.unsettled.values()].some(({ state }) => state === "dirty" || state === "saving");
    this.hurry();
    for (const end = performance.now() + SETTLE_MS; comes() && performance.now() < end;) await new Promise((done) => { setTimeout(done, 20); });
  }

  /** What is on the page now, kept or not. @returns {{ id: string, value: unknown, said: string[], state: State }[]} */
  now() {
    return [...this.#places.values()].flatMap(({ asked }) => (asked ? [asked.now()] : []));
  }

  /** An answer as it stands where answers are kept. @param {string} id @param {unknown} value */
  stands(id, value) {
    this.#answers.set(id, value);
    globalThis.dispatchEvent(new CustomEvent("wb-answered"));
    this.tell();
  }

  /** The answer to a question, as it is kept. @param {string} id */
  answerOf(id) {
    return this.#answers.get(id) ?? this.#stored(id).value ?? this.kept.earlier[id]?.value ?? null; // what is closed has no controls
  }

  /** What of a question waits to be saved, or for the student to choose; null for nothing. @param {string} uid @param {{ id: string, state: State } | null} what */
  waits(uid, what) {
    if (what) this.unsettled.set(uid, what);
    else this.unsettled.delete(uid);
    this.tell();
  }

  get waiting() {
    return this.unsettled.size > 0;
  }

  /** Whether anything that is typed here is kept at all. */
  get keeps() {
    return !this.kept.notices.some(({ id }) => id === "device-keeps-nothing");
  }

  /** Something could not be kept. @param {Error} error */
  trouble(error) {
    this.ill = error.message;
    this.tell();
  }

  /** What the student is to do now: the tasks of a referral, else all that is marked. */
  due() {
    return this.referral ? tasks(this.referral, this.paper.values()) : this.of("assessed");
  }

  /** The items of these purposes, in order. @param {Spec["purpose"][]} purposes */
  of(...purposes) {
    return [...this.paper.values()].filter((spec) => purposes.includes(spec.purpose));
  }

  /** How far the answer to a question is. @param {Spec} spec */
  how(spec) {
    return how(this.referral, spec, this.value(spec));
  }

  /** How many questions of practice and how many marked ones there are, and have an answer. */
  far() {
    return far(this.referral ? this.due() : this.paper.values(), (spec) => this.how(/** @type {Spec} */ (spec)));
  }

  /** What is kept of a question, or stands there. @param {Spec} spec @returns {any} */
  value(spec) { // one that is not on the page yet may hold an answer all the same
    return this.#answers.has(spec.id) ? this.#answers.get(spec.id) : this.#stored(spec.id).value;
  }

  /** The last answer before this question to one of its kind; null where there is none. @param {Spec} spec */
  before({ id, kind }) {
    const all = [...this.paper.values()];
    const given = all.slice(0, all.findIndex((one) => one.id === id)).filter((one) => one.kind === kind && this.how(one) !== "open");
    return given.length ? this.value(given[given.length - 1]) : null;
  }

  /** Whether a question is asked because of what was wrong in an earlier workbook. @param {Spec} spec */
  comesBack(spec) {
    return wrongAt(spec, this.kept.earlier) !== "";
  }

  /** What a question is called, for the catalogue: the third of twelve, private. @param {Spec} spec @returns {{ id: string } & Values} */
  label({ id: item }) {
    const spec = this.book.items[item]; // a task is counted as marked, whatever it is
    if (spec.purpose !== "practice" && spec.purpose !== "assessed") return { id: `frame-${spec.purpose}` };
    const id = spec.purpose === "practice" ? "frame-practice" : spec.asks_person ? "frame-task" : "frame-question";
    const alike = this.#ordered.filter((one) => one.purpose === spec.purpose && (id === "frame-practice" || one.asks_person === spec.asks_person));
    return { id, n: alike.findIndex((one) => one.id === spec.id) + 1, of: alike.length, points: spec.points };
  }

  /** The id of the first question on the page that rests on the same document. @param {Spec} spec */
  firstOn(spec) {
    return this.#ordered.find((one) => one.document === spec.document)?.id;
  }

  /** What the student should know of what is kept. @returns {Notice[]} */
  notices() {
    const gone = Object.entries(this.kept.answers).filter(([id, stored]) => !Object.hasOwn(this.book.items, id) && !isBlank(stored.value)).length;
    return [...(this.ill && this.host.place === "device" ? [{ id: "device-ill", why: this.ill }] : []), ...(this.left ? [{ id: "page-other", learner: this.kept.learner, other: this.left, place: this.host.place }] : []), ...this.kept.notices.filter(({ id }) => !this.left || id !== "device-new-here"), ...(gone ? [{ id: "page-removed", n: String(gone) }] : [])];
  }

  /** Say that something has changed; once for all that changes together. */
  tell() {
    if (this.#told) return;
    this.#told = 1;
    queueMicrotask(() => { this.#told = 0; this.dispatchEvent(new Event("change")); });
  }

  /** @param {string} id @returns {Stored<any>} */
  #stored(id) {
    return this.kept.answers[id] ?? NOTHING;
  }

  /** @param {Spec} spec @returns {Spec} */
  #arranged(spec) {
    const { arrange } = kinds[spec.kind] ?? {};
    return arrange ? arrange(spec, (parts, name = spec.id) => (spec.shuffle ? drawn(parts, this.kept.seed, name) : parts)) : spec;
  }

  /** Fill the places, a few at a time: a slow phone shows the first ones while it makes the others. @param {[string, Place][]} places */
  #fillAll(places) {
    clearTimeout(this.#filling);
    const end = performance.now() + SLICE_MS;
    while (places.length && performance.now() < end) {
      const [[key, place]] = places.splice(0, 1);
      if (this.#places.get(key) === place) this.#fill(key.split(" ")[0], place);
    }
    if (places.length) this.#filling = setTimeout(() => this.#fillAll(places));
  }

  /** @param {string} name @param {Place} place */
  #fill(name, place) {
    const before = place.el.contains(document.activeElement);
    this.#empty(place);
    const { el } = place;
    if (this.asksLearner) place.end = name === "progress" ? null : gate(this, el, this.#first() === place);
    else if (PARTS[name]) {
      place.end = PARTS[name](this, el);
      if (name === "progress" && this.#line && !this.#line.node.isConnected) el.append(this.#line.node); // a page without a header of ours
    }
    else {
      const spec = this.paper.get(name);
      if (!spec) { el.replaceChildren(h("p", { className: "wb-calm" }, say("frame-no-question", { name }))); return; }
      if (!this.isOpen(spec)) { closed(this, spec, el); return; }
      place.asked = question(this, spec, el);
      place.asked.opened(this.#stored(spec.id));
    }
    if (before) place.asked?.node.focus(); // nobody is thrown back to the top of the page
  }

  #first() {
    return [...this.#places].find(([name]) => name !== "progress")?.[1];
  }

  /** @param {Place} place */
  #empty(place) {
    place.asked?.end();
    place.end?.();
    place.asked = place.end = null;
    place.el.replaceChildren();
  }

  /** @param {unknown} error */
  #unread(error) {
    const why = error instanceof Error ? error.message : String(error);
    if (!this.#open) for (const { el } of this.#places.values()) {
      const line = h("p", { className: "wb-status wb-bad", role: "status" });
      el.replaceChildren(line);
      put(line, say("frame-unread", { why }));
    }
    this.#due = setTimeout(() => this.look(), this.#wait_ms);
    this.#wait_ms = Math.min(2 * this.#wait_ms, LONGEST_RETRY_MS);
  }
}
