// @ts-check
// A service keeps the answers of a class. This browser keeps them first, as it does where it is alone, and sends them in order: what is
// written on a bus is sent when the connection is back. "Saved" is said once the service has answered.
import { h, put } from "../dom.js";
import { changedSince } from "../far.js";
import { keptAs, opens } from "../referral.js";
import { about, shown } from "../sections.js";
import { locale, ready, say } from "../words.js";
import { Device, forgetNotes, putOn } from "./browser.js";
import { store } from "./device_store.js";
import { leave, toSignIn, works } from "./leaving.js";
import { againstLast, asHere, isDue, isOnlyHere, mirror, thereOf } from "./mirror.js";
import { person, who } from "./person.js";
import { Failed, service } from "./service.js";

const PACE_MS = 1000; // who types on and on is sent so often
const BEAT_MS = 30_000; // so often the tutor is told where who works here is; every second time it is asked whether anything new was given
const FIRST_MS = 2000, LONGEST_MS = 60_000; // between tries that fail; doubled after each

/** @import { Book, Host, Kept } from "../types.js" */
/** @import { HandedIn, Rules, Whole } from "./device_store.js" */
/** @import { Beside, Mirrored, Whose } from "./mirror.js" */
/** @import { Why } from "./service.js" */
/** @import { Workbook } from "../workbook.js" */

/** A key for a save that nobody else has; crypto.randomUUID is missing where the page came without TLS. */
const key = () => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
/** @param {import("./mirror.js").Flight[]} flights */
const asked = (flights) => flights.map(({ at: _, ...save }) => save);
/** Nothing is shown while another page is opened. */
const never = () => new Promise(() => { /* for good */ });
const isSeen = () => document.visibilityState === "visible";

/** Send all that is due of a copy. What is not taken does not stand before the rest; rejects with `Failed` where some of it stays due. Without rules, what differs is left to the workbook's own page.
 * @param {string} assignment @param {Whose} whose @param {string} release @param {Rules | null} rules
 * @param {(known: Whole) => void} [stands] told how it stands, before and after each request
 * @param {(done: { do: string, id: string }[], revision?: number) => void} [heard] told what became of some, and the copy's revision where the service said it */
async function sendDue(assignment, whose, release, rules, stands, heard) {
  /** @type {string[]} */
  const later = [];
  /** @type {Failed | null} */
  let failed = null;
  for (let most = Infinity;;) {
    const due = await mirror.outgoing(whose, key, later), flights = due?.flights.slice(0, most) ?? [];
    if (due) stands?.(due.known); // another tab may have sent it
    if (!due || !flights.length) break;
    /** @type {Parameters<typeof mirror.landed>[2]} */
    let done, revision;
    try {
      ({ saved: done, revision } = await service.save(assignment, due.known.copy.copy, asked(flights)));
      if (!rules) later.push(...done.flatMap((one) => (one.do === "saved" ? [] : one.id)));
    } catch (error) {
      if (!(error instanceof Failed) || !["no", "long"].includes(error.why)) throw error;
      if (flights.length > 1) { most = 1; continue; } // which of them it is
      const [{ id }] = flights, isLong = error.why === "long";
      if (!isLong) failed ??= error;
      later.push(id);
      done = [{ id, do: isLong ? "refused" : "later", kept: null }];
    }
    const landed = await mirror.landed(whose, flights, done, release, rules);
    if (landed) stands?.(landed.known);
    heard?.(done, revision);
  }
  if (failed) throw failed;
}

/** @implements {Host} */
export class Server extends Device {
  signedIn = true;
  /** @override */
  unshared = "served-private";
  /** Who is signed in, as far as this browser knows. @override */
  learner = who.get();
  /** Why the service did not answer last, "" while it does. @type {Why | ""} */
  failure = "";
  /** The page that shows the workbook. @type {Workbook | null} */
  page = null;
  /** @type {Beside} */
  beside = { referral: null, feedback: null };
  /** Whether answers of this ID are here that may be somebody else's. */
  apart = false;
  /** One thing after the other is asked: an answer that was overtaken would look like a change. @type {Promise<unknown>} */
  #asking = Promise.resolve();
  #there = 0; // the revision of the whole copy that the service told last
  #due = 0;
  #last = 0;
  #wait_ms = FIRST_MS;
  #told = ""; // the section that the service knows of
  #toldAt = 0;
  #left = false;

  /** @param {Book} book */
  constructor(book) {
    super(book);
    globalThis.addEventListener("wb-section", () => this.#beat());
    let n = 0;
    setInterval(() => {
      if (!isSeen()) return;
      this.#toldAt = 0;
      this.#beat();
      if (++n % 2 === 0) this.look();
    }, BEAT_MS);
  }

  /** @returns {Whose} */
  get #whose() {
    return { person: person(this.learner), workbook: this.book.workbook, class_id: this.book.class_id };
  }

  /** @template T @param {() => Promise<T>} step @returns {Promise<T>} */
  #inTurn(step) {
    const now = this.#asking.then(step);
    this.#asking = now.catch(() => null);
    return now;
  }

  /** @override */
  async open() {
    await this.#inTurn(() => this.#ask());
    if (!this.learner) throw new Error(say("served-away"));
    const kept = await super.open();
    this.#soon();
    this.#beat();
    return kept;
  }

  /** Nothing comes back onto a device that is being left. */
  #here() {
    return this.#left ? never() : null;
  }

  /** Hear what the service has; without a connection, remember what it told last. */
  async #ask() {
    try {
      const told = await service.told(this.book.assignment);
      await this.#here();
      this.#works();
      if (told.class_id !== this.book.class_id) { toSignIn(); await never(); } // another class is served at this address
      const copy = /** @type {Mirrored | null} */ (this.copy), other = copy && (person(told.learner) !== copy.person || (copy.birth && copy.birth !== told.birth));
      works(told.learner);
      if (other) { location.reload(); return; } // somebody else has signed in, in another tab; or the service has other data
      if (this.copy && this.copy.copy !== told.copy) await this.page?.settle();
      this.learner = told.learner;
      this.#there = told.revision;
      this.#knows({ referral: told.referral, feedback: told.feedback, earlier: told.earlier ?? {} });
      await mirror.apart(this.#whose, told.birth).catch(() => null);
      this.apart = await mirror.isApart(this.#whose).catch(() => false);
      const taken = await mirror.take(this.#whose, told, this.book.release, this.rules, this.known()).catch(() => null);
      if (taken) this.news.splice(0, Infinity, ...this.news.filter(({ id }) => id !== "device-forgot")); // it was here again before it was missed
      if (!taken && !this.copy) throw new Error(say("device-forbidden")); // nobody types into a page that keeps nothing
      if (taken && this.copy) ({ copy: this.copy, answers: this.answers, receipts: this.receipts } = taken);
    } catch (error) {
      await this.#here();
      this.#fails(error);
      if (this.failure === "out" && (!this.copy || !who.get())) { toSignIn(); await never(); }
      const known = /** @type {Mirrored | undefined} */ (this.learner ? (await store.read(this.#whose).catch(() => null))?.copy : undefined);
      if (known?.beside) this.#knows(known.beside);
    }
  }

  /** @param {Beside} beside */
  #knows(beside) {
    this.beside = beside;
    this.sent = beside.referral;
  }

  /** @override @returns {Kept} */
  kept() {
    const kept = super.kept(), there = thereOf(this.known()), last = /** @type {HandedIn | undefined} */ (kept.receipts.at(-1));
    const answers = Object.fromEntries(Object.entries(kept.answers).map(([id, one]) => {
      const name = Object.keys(this.answers).find((name) => this.answers[name] === one);
      return [id, name ? { ...againstLast(this.answers[name], there[name], last), refused: there[name]?.refused === this.answers[name].revision } : one];
    }));
    return {
      ...kept, answers, earlier: { ...kept.earlier, ...this.beside.earlier },
      notices: [...(this.failure === "out" ? [{ id: "served-out" }] : []), ...(this.apart ? [{ id: "served-apart", learner: this.learner }] : []), ...(this.beside.feedback ? [{ id: "served-feedback" }] : []), ...kept.notices.filter(({ id }) => !["device-copy-due", "device-new-here"].includes(id))],
    };
  }

  /** Whether an answer can be kept under this name now: what was written to a question that was taken out is in nobody's way. @param {string} name */
  #asks(name) {
    const [item] = name.split("@"), { items } = this.book;
    return Object.hasOwn(items, item) && opens(this.referral, items[item]) && keptAs(this.referral, items[item]) === name;
  }

  /** The items of which something is here only, or on the page only, and whether any of it is still sent by itself. @param {Workbook} page @param {(name: string) => boolean} counts of what waits for the student */
  #onlyHere(page, counts = (name) => this.#asks(name)) {
    const there = thereOf(this.known()), all = Object.entries(this.answers), due = all.filter(([name, kept]) => isDue(kept, there[name]));
    const wait = all.filter(([name, kept]) => counts(name) && isOnlyHere(kept, there[name]));
    const open = [...page.unsettled.values()].filter(({ state }) => !["dirty", "saving"].includes(state));
    return { items: new Set([...[...due, ...wait].map(([name]) => name.split("@")[0]), ...open.map(({ id }) => id)]), goes: due.length > 0 };
  }

  /** What the line on what is kept says; nothing of its own where the service has all of it. */
  line() {
    const there = thereOf(this.known());
    if (!this.keeps) return undefined;
    if (!Object.entries(this.answers).some(([name, kept]) => there[name]?.flight || isDue(kept, there[name]))) return undefined;
    return { "": "now", away: "device", busy: "later", long: "later", no: "later", out: "out", other: "out" }[this.failure];
  }

  /** Something was kept here: it is sent, too. @override */
  tell() {
    super.tell();
    this.#soon();
  }

  #soon() {
    if (this.#due || !this.copy || this.failure === "out") return; // then it is asked when the window is looked at
    this.#due = setTimeout(() => { this.#due = 0; this.send(); }, isSeen() ? Math.max(0, this.#last + PACE_MS - Date.now()) : 0); // a page that is left may be ended at any moment
  }

  /** Send all that the service does not have; gives whether it has all of it then. */
  send() {
    return this.#inTurn(async () => {
      let news = false; // to be shown
      try {
        if (!this.copy || !this.keeps) return !this.failure;
        await sendDue(this.book.assignment, this.#whose, this.book.release, this.rules, (known) => this.#stands(known), (done, revision) => {
          this.#last = Date.now();
          if (revision !== undefined) { this.#works(); this.#there = revision; }
          news ||= this.receipts.length > 0 || done.some((one) => one.do !== "saved");
          if (revision !== undefined && done.some((one) => one.do === "refused")) this.look(); // perhaps it is asked for no more
        });
        return !this.failure;
      } catch (error) {
        this.#fails(error);
        return false;
      } finally {
        if (news) this.page?.opened(this.kept());
        this.page?.tell();
      }
    });
  }

  /** @param {Whole} known */
  #stands(known) {
    if (known.copy.copy === this.copy?.copy) ({ copy: this.copy, answers: this.answers } = known);
  }

  #works() {
    const back = this.failure;
    this.failure = "";
    this.#wait_ms = FIRST_MS;
    if (!back) return;
    clearTimeout(this.#due); // of the next try
    this.#due = 0;
    this.#soon();
  }

  /** @param {unknown} error */
  #fails(error) {
    if (!(error instanceof Failed)) throw error;
    const before = this.failure;
    this.failure = error.why;
    if (error.why === "other") { this.look(); return; } // somebody else has signed in, in another tab; or the service has begun anew
    if (error.why !== before && this.page && this.copy) this.page.opened(this.kept());
    this.page?.tell();
    if (error.why === "out") return;
    clearTimeout(this.#due);
    this.#due = setTimeout(() => { this.#due = 0; this.send(); }, Math.max(error.wait_ms, this.#wait_ms * (0.75 + Math.random() / 2)));
    this.#wait_ms = Math.min(2 * this.#wait_ms, LONGEST_MS);
  }

  #beat() {
    const section = shown()?.title ?? "", now = Date.now();
    if (!this.copy || !isSeen() || this.failure || (section === this.#told && this.#toldAt) || now - this.#toldAt < BEAT_MS) return;
    this.#told = section;
    this.#toldAt = now;
    service.beat(this.book.assignment, this.copy.copy, section).catch(() => null); // it tells nothing that is lost
  }

  /** @override @type {Host["handIn"]} */
  async handIn() {
    /** @param {Why | ""} why */
    const not = (why) => new Error(say(why === "away" ? "served-hand-in-later" : ["out", "other"].includes(why) ? "served-hand-in-out" : "served-hand-in-busy"));
    await this.open(); // what another device has changed is seen before it is handed in
    if (this.failure || !(await this.send()) || !this.copy) throw not(this.failure);
    if (Object.entries(this.answers).some(([name, kept]) => this.#asks(name) && isOnlyHere(kept, thereOf(this.known())[name]))) throw new Error(say("served-hand-in-choose"));
    const { copy } = this, before = this.receipts.length;
    try {
      const receipt = await service.handIn(this.book.assignment, copy.copy, this.#there, this.referral?.attempt ?? 1);
      await store.handedIn(copy, asHere(receipt)).catch(() => null); // it is told again with the rest
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      if (error.code === "changed") { await this.open(); throw new Error(say("served-hand-in-changed")); }
      if (error.text) throw new Error(error.text);
      const kept = await this.open(); // it may have come through all the same
      if (this.receipts.length > before) return kept;
      throw error.why === "away" ? new Error(say("served-hand-in-unknown")) : not(error.why);
    }
    return this.open();
  }

  /** @override who works here is who is signed in @type {Host["work"]} */
  work() {
    return this.open();
  }

  /** @override @param {Workbook} page @returns {Record<string, [string, () => void][]>} */
  acts(page) {
    return { ...super.acts(page), "served-out": [[say("served-sign-in"), toSignIn]], "served-apart": [[say("served-apart-mine"), () => this.#together(true)], [say("served-apart-not"), () => this.#together(false)]], "served-feedback": [[say("home-see-feedback"), () => { if (this.beside.feedback) location.assign(this.beside.feedback); }]] };
  }

  /** What was set apart is the student's, or it is not. @param {boolean} isMine */
  async #together(isMine) {
    await this.page?.settle();
    forgetNotes(await this.#inTurn(() => mirror.together(this.#whose, isMine, this.rules)).catch(() => []));
    this.page?.opened(await this.open());
  }

  /** @override @type {Host["next"]} */
  next(receipt) {
    const next = [h("p", { className: "wb-next" }, say("receipt-nothing-else"))];
    const time = new Date(receipt.at).toLocaleString(locale, { dateStyle: "long", timeStyle: "short" });
    /** @type {[string, string]} */
    const has = [say("served-has"), say("served-has-what", { time })];
    return { now: next, has, paper: h("button", { type: "button", className: "wb-button wb-second", onclick: () => this.print(receipt, "receipt-heading", next.map((one) => /** @type {HTMLElement} */ (one.cloneNode(true))), has) }, say("receipt-print")) };
  }

  /** @override below the questions: where the work is, who sees what of it, and the end of it on this device. @param {Workbook} page */
  more(page) {
    const where = h("p", {});
    const draw = () => {
      const last = this.handed().at(-1), since = changedSince(this.book.items, page.kept.answers, last);
      const { items, goes } = this.#onlyHere(page), how = !goes ? "wait" : ["out", "other"].includes(this.failure) ? "out" : "sent";
      put(where, page.ill || !this.keeps ? say("device-not-all") : say("served-where", { learner: this.learner, unsent: items.size, how: items.size ? how : "none", handed: last ? since : "none" }));
    };
    const { buttons, said } = this.copies(page);
    const node = h("section", { className: "wb-question wb-device", id: "your-work", tabIndex: -1, "aria-label": say("device-title") },
      h("h3", {}, say("device-title")), where, h("p", {}, say("served-seen")),
      h("p", { className: "wb-row" }, ...buttons, h("button", { type: "button", className: "wb-button wb-second", onclick: () => this.leave(page) }, say("served-leave"))), said);
    return { node, draw };
  }

  /** @override @param {Workbook} page */
  async leave(page) {
    await page.settle();
    await this.send();
    const { workbook, class_id } = this.book, found = await mirror.unsent(person(this.learner)).catch(() => []);
    const others = found.filter(({ whose }) => whose.workbook !== workbook || whose.class_id !== class_id);
    leave(this.learner, others.reduce((all, { n }) => all + n, this.#onlyHere(page, () => true).items.size), () => { this.#left = true; this.copy = null; this.learner = ""; });
  }
}

/** Send what this browser keeps of a person in any workbook, and the service does not have; what differs there is left to the workbook's own page.
 * @param {{ assignment: string, workbook: string, class_id: string }[]} books @param {string} learner */
export async function sendAll(books, learner) {
  for (const { whose, n } of await mirror.unsent(person(learner)).catch(() => [])) {
    const book = books.find((one) => one.workbook === whose.workbook && one.class_id === whose.class_id);
    if (book && n) await sendDue(book.assignment, whose, "", null).catch(() => null);
  }
}

/** Put a workbook's questions onto a page behind which a service keeps the answers. */
export async function served() {
  const inside = document.getElementById("wb-book");
  if (!inside) return;
  await ready;
  const host = new Server(JSON.parse(inside.textContent));
  host.page = putOn(host.book, host, "served-leave");
  about()?.node.append(h("p", {}, say("served-seen")));
}
