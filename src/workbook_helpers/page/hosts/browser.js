// @ts-check
// The browser itself keeps the answers: a page from a web server or a file, with nothing behind it. Several people may work on one device.
import { isBlank, same } from "../answers.js";
import { h, put, redraw } from "../dom.js";
import { changedSince } from "../far.js";
import { fits } from "../fits.js";
import { receiptOf } from "../hand_in.js";
import { kinds } from "../kinds.js";
import { cleanId } from "../learner_id.js";
import { paperSeed } from "../paper.js";
import { printSheet } from "../print.js";
import { aside, begins, keptAs, standing, whole } from "../referral.js";
import { safely } from "../remember.js";
import { locale, ready, say } from "../words.js";
import { Workbook } from "../workbook.js";
import { copyFile, readCopy } from "./copy.js";
import { store } from "./device_store.js";
import { give, shares } from "./give.js";
import { pack } from "./pack.js";
import { person, who } from "./person.js";
import { toTutor } from "./to_tutor.js";

const AGAIN_MS = 1000;
const MANY = 3; // answers since the work was last taken away: from so many on, the student is reminded

/** @import { Book, Host, Kept, Notice, Receipt, Referral, Spec } from "../types.js" */
/** @import { Copy, HandedIn, Kept as Record_, Rules, Whole } from "./device_store.js" */
/** @typedef {Record<string, Record_>} Records */

/** What a browser says when it will not keep anything, in the student's words. @param {unknown} error */
function inWords(error) {
  const name = error instanceof DOMException || error instanceof Error ? error.name : "";
  return Object.assign(new Error(say(name === "QuotaExceededError" ? "device-full" : "device-forbidden")), { cause: error });
}

/** Take away what stands beside the answers of these copies: drafts, places, what was opened. @param {string[]} copies */
export function forgetNotes(copies) {
  for (const kept of [() => localStorage, () => sessionStorage]) safely(() => { for (const key of Object.keys(kept())) if (copies.some((one) => key.includes(`:${one}`))) kept().removeItem(key); });
}

/** The host of one workbook. @implements {Host} */
export class Device {
  /** @type {Host["place"]} */
  place = "device";
  unshared = "reflection-private";
  /** @type {Copy | null} */
  copy = null;
  /** @type {Records} */
  answers = {};
  /** What a referral's tasks begin with. @type {Records} */
  begins = {};
  /** @type {HandedIn[]} */
  receipts = [];
  /** @type {Notice[]} */
  news = [];
  /** Whether this browser keeps anything. */
  keeps = true;
  learner = who.get();
  anew = who.anew();
  /** @type {Kept["earlier"]} */
  earlier = {};
  /** @type {(() => void)[]} */
  #heard = [];
  /** @type {BroadcastChannel | null} */
  #channel = null;
  begun = 0; // how much there was to take away when the page was opened, or left
  /** @type {Rules} */
  rules = {
    same,
    fits: (id, value) => !this.#spec(id) || fits(this.#spec(id), value),
    goesOn: (id, old, next) => { const spec = this.#spec(id); return (spec && kinds[spec.kind].goesOn?.(spec, old, next)) ?? true; },
  };

  /** @param {Book} book @param {Referral | null} sent what came with the file, for whomever */
  constructor(book, sent = null) {
    this.book = book;
    this.sent = sent;
    safely(() => {
      this.#channel = new BroadcastChannel("workbooks");
      this.#channel.onmessage = ({ data }) => {
        if (data?.gone) forgetNotes(data.copies); // what this tab alone has of them, whoever works here now
        if (!this.copy) return;
        if (data?.gone === this.copy.person) { this.#none(); who.ask("removed"); } else if (data?.left === this.copy.person) who.ask("elsewhere"); else if (data?.copy === this.copy.copy) this.look();
      };
    });
    store.lost(() => { if (this.copy) this.look(); });
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") this.begun = this.changes(); });
    // After Back a page may be there as it was left, by somebody else; where nobody works here any more it asks.
    globalThis.addEventListener("pageshow", ({ persisted }) => { if (persisted && this.copy && (who.left() || (who.get() && person(who.get()) !== this.copy.person))) globalThis.location.reload(); });
  }

  /** @param {() => void} heard */
  changed(heard) {
    this.#heard.push(heard);
  }

  /** @returns {Promise<Kept>} */
  async open() {
    if (this.learner) await this.#read();
    return this.kept();
  }

  look() {
    for (const call of this.#heard) call();
  }

  /** @param {string} id @returns {Spec} */
  #spec(id) {
    const [item] = id.split("@");
    return Object.hasOwn(this.book.items, item) ? this.book.items[item] : /** @type {any} */ (undefined);
  }

  /** What the tutor asks who works here to look at again; nothing of what somebody else is asked. */
  get referral() {
    return this.#of(this.copy?.person);
  }

  /** @param {string} [whose] */
  #of(whose) {
    return this.sent && person(cleanId(this.sent.learner)) === whose ? this.sent : null;
  }

  /** The answers as they stand for this attempt, item → record. */
  standing() {
    return standing(this.referral, this.book.items, { ...this.begins, ...this.answers });
  }

  /** The hand-ins of this attempt; each one is kept. */
  handed() {
    return this.receipts.filter(({ attempt = 1 }) => attempt === (this.referral?.attempt ?? 1));
  }

  async #read() {
    const { learner } = this, whose = { person: person(learner), workbook: this.book.workbook, class_id: this.book.class_id };
    const mine = this.known(whose.person);
    this.begins = begins(this.#of(whose.person), this.book, this.rules.fits);
    const here = mine !== null && Object.keys(mine.answers).length > 0; // what this page knows, whatever the browser has thrown away
    try {
      // All of it begins at once, so that none of it waits behind a save of this page, which would then be newer than what is read here.
      const [there, earlier, stranger] = await Promise.all([store.read(whose), this.#earlier(whose), !mine && store.stranger(whose.person)]); // or one who has mistyped an ID
      let found = there;
      const lost = (/** @type {Copy} */ { copy, back, revision }) => copy !== mine?.copy.copy || back?.at(-1)?.id !== mine.copy.back?.at(-1)?.id || revision < mine.copy.revision;
      const forgot = here && (!found || lost(found.copy)); // another page may have put it back, and known less
      if (learner !== this.learner) return; // the work was removed from here meanwhile
      if (!found || forgot) found = await store.begin(mine ?? { copy: this.#fresh(learner), answers: {}, receipts: [] }, this.rules);
      if (learner !== this.learner) return; // somebody else works here now
      const first = !this.copy;
      ({ copy: this.copy, answers: this.answers, receipts: this.receipts } = found);
      this.earlier = earlier;
      this.keeps = true;
      if (first) this.begun = this.changes();
      if (forgot) { this.news = [{ id: "device-forgot" }]; this.tell(); }
      else if (stranger) this.news = [{ id: "device-new-here", learner }];
    } catch { // nothing can be kept here: what is on the page is all there is, and no page finds it again
      if (learner !== this.learner) return;
      this.keeps = false;
      if (here) setTimeout(() => this.look(), AGAIN_MS); // a browser that throws things away cannot take them back at the same moment
      this.copy ??= { ...this.#fresh(learner), copy: `page-${Math.random().toString(36).slice(2)}` };
    }
  }

  /** What this page knows of a person's copy. @param {string} [whose] @returns {Whole | null} */
  known(whose = this.copy?.person) {
    return this.copy && this.copy.person === whose ? { copy: this.copy, answers: this.answers, receipts: this.receipts } : null;
  }

  /** @param {Pick<Copy, "person" | "workbook" | "class_id">} whose */
  async #earlier(whose) {
    const wanted = Object.values(this.book.items).flatMap((spec) => [...(spec.about ?? []), /** @type {{ before?: string }} */ (spec).before ?? []].flat()).filter((id) => !this.#spec(id));
    const short = (/** @type {string} */ id) => id.split("-")[0];
    const found = await Promise.all([...new Set(wanted.map(short))].map((workbook) => store.elsewhere({ ...whose, workbook }, wanted.filter((id) => short(id) === workbook))));
    return Object.assign({}, ...found);
  }

  /** How many answers were changed since the work was last taken away, or since another save. */
  changes(since = this.copy?.taken ?? 0) {
    return this.copy ? Object.values(this.answers).filter((kept) => kept.revision > since).length : 0;
  }

  /** @param {string} learner @returns {Copy} */
  #fresh(learner) {
    const { workbook, class_id } = this.book;
    const copy = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return { copy, person: person(learner), learner, workbook, class_id, seed: paperSeed(class_id, workbook, learner), revision: 0, taken: 0, kept_at: "" };
  }

  /** @returns {Kept} */
  kept() {
    const { copy } = this;
    const n = this.changes(), due = Math.min(n, this.begun) >= MANY ? [{ id: "device-copy-due", n: String(n) }] : [];
    return {
      copy: copy?.copy ?? "page-nobody", answers: this.standing(), learner: copy?.learner ?? "", known: this.learner, seed: copy?.seed ?? "", earlier: this.earlier,
      aside: aside(this.referral, this.book.items, this.answers),
      notices: [...(copy && this.sent && !this.referral ? [{ id: "referral-other", learner: copy.learner, place: this.place }] : []), ...(copy && !this.keeps ? [{ id: "device-keeps-nothing" }] : []), ...this.news, ...due], receipts: this.handed(), referral: this.referral,
    };
  }

  /** @type {Host["save"]} */
  async save(name, value, base, said, typed) {
    const known = this.known();
    if (!known) throw new Error(say("device-forbidden"));
    try {
      const { kept, forgot, ...outcome } = await store.save(known, name, { value, said, typed, release: this.book.release }, base, this.rules, this.begins[name]);
      if (this.copy?.copy !== known.copy.copy) return outcome; // somebody else works here now
      this.keeps = true;
      this.answers[name] = kept;
      if (forgot) { this.news = [{ id: "device-forgot" }]; this.look(); }
      if (outcome.do === "saved") {
        if (kept.revision === this.copy.revision + 1) this.copy = { ...this.copy, revision: kept.revision }; // else another tab has saved what this one has not read yet
        this.tell();
        this.#persist();
      }
      return outcome;
    } catch (error) {
      throw inWords(error);
    }
  }

  /** @type {Host["tried"]} */
  async tried(id, tried, revision) {
    const { copy } = this;
    const kept = copy && await store.tried(copy, id, tried, revision);
    if (kept && this.copy?.copy === copy.copy) {
      this.answers[id] = kept;
      this.tell();
    }
  }

  #asked = false;
  #persist() { // once, after the first answer: a browser is more likely to agree when there is something to keep
    if (this.#asked) return;
    this.#asked = true;
    navigator.storage?.persist?.().catch(() => { /* it may throw the answers away when it needs room */ });
  }

  tell() {
    safely(() => this.#channel?.postMessage({ copy: this.copy?.copy }));
  }

  /** @type {Host["work"]} */
  async work(typed, shared) {
    const learner = cleanId(typed);
    if (!learner) throw Object.assign(new Error(say("error-learner")), { about: "learner" });
    who.set(learner, shared || who.shares());
    this.learner = learner;
    this.copy = null;
    this.answers = {};
    this.receipts = [];
    this.news = [];
    return this.open();
  }

  /** @type {Host["handIn"]} */
  async handIn(typed) {
    const learner = cleanId(typed);
    if (!learner) throw Object.assign(new Error(say("error-learner")), { about: "learner" });
    if (!this.copy || person(learner) !== this.copy.person) throw Object.assign(new Error(say("device-not-you", { learner: this.learner, typed: learner })), { about: "learner", change: true });
    await this.#read();
    if (!this.keeps) throw new Error(say("device-forbidden"));
    const answers = whole(this.referral, this.book.items, this.answers, this.rules.fits);
    if (Object.values(this.book.items).some((spec) => spec.kind === "declaration" && isBlank(answers[spec.id]?.value))) throw new Error(say("error-declaration"));
    const made = pack(this.book, this.copy, answers, this.referral);
    try { await store.handedIn(this.copy, made); } catch (error) { throw inWords(error); }
    this.receipts = [...this.receipts, made]; // known here from now on, should the browser throw it away while the file is given
    const giving = this.#give(made);
    if (shares(this.#file(made))) giving.then(() => { this.tell(); this.look(); }); // the sheet stays open for as long as the student likes
    else await giving;
    await this.#read();
    this.tell();
    return this.kept();
  }

  async seen() {
    this.news = [];
    return this.open();
  }

  /** @param {Workbook} page @returns {Record<string, [string, () => void][]>} */
  acts(page) {
    /** @type {[string, () => void]} */
    const copy = [say("device-save-copy"), () => { this.take(page); }];
    /** @type {[string, () => void]} */
    const seen = [say("page-seen"), () => { this.seen().then((kept) => page.opened(kept)); }], right = /** @type {[string, () => void]} */ ([say("device-right"), seen[1]]);
    /** @param {string} name @returns {[string, () => void]} */
    const leave = (name) => [say(name), () => { this.leave(page); }];
    /** @type {[string, () => void]} */
    const later = [say("device-not-now"), () => { this.begun = 0; page.opened(this.kept()); }];
    return { "device-keeps-nothing": [copy], "device-ill": [copy], "device-copy-due": [copy, later], "device-forgot": [copy, seen], "device-copied": [seen], "device-new-here": [leave("device-again"), right], "referral-other": [leave("device-not-me")] };
  }

  /** @param {HandedIn} made */
  #file(made) {
    return new File([/** @type {BlobPart} */ (made.zip)], made.file, { type: "application/zip" });
  }

  /** Give the file of a hand-in, and keep that the student has it. @param {HandedIn} made */
  async #give(made) {
    const { copy } = this, given = await give(this.#file(made));
    if (given && copy) await store.given(copy, made.file).catch(() => { /* then it is offered once more */ });
    return given;
  }

  /** @type {Host["next"]} */
  next(receipt, saved) {
    const made = this.receipts.find((one) => one.file === receipt.file);
    const file = made && this.#file(made), way = file && shares(file) ? "share" : "save";
    return {
      now: [...toTutor(this.book, receipt.given ? way : null), h("p", { className: "wb-row" }, made ? h("button", { type: "button", className: "wb-button wb-big", onclick: () => this.#give(made).then((given) => { if (given) { made.given = true; saved(); } }) }, say(receipt.given ? `receipt-${way}-again` : `receipt-${way}`)) : null)],
      paper: h("button", { type: "button", className: "wb-button wb-second", onclick: () => this.print(receipt) }, say("receipt-print")),
    };
  }

  /** @param {Receipt} receipt @param {string} title @param {HTMLElement[]} next @param {[string, string]} has */
  print(receipt, title = "receipt-heading-file", next = toTutor(this.book, receipt.given ? "save" : null), has = [say("receipt-file"), receipt.file]) {
    const { at, code, unanswered, started = [], learner } = receipt;
    /** @param {string} title @param {string[]} stems */
    const listed = (title, stems) => (stems.length ? [h("h2", {}, say(title)), h("ul", {}, ...stems.map((stem) => h("li", {}, stem)))] : []);
    const rows = [[say("receipt-workbook"), this.book.title], ...(receipt.attempt && receipt.attempt > 1 ? [[say("receipt-attempt"), String(receipt.attempt)]] : []), [say("receipt-learner"), learner], [say("receipt-when"), new Date(at).toLocaleString(locale, { dateStyle: "long", timeStyle: "short" })],
      [say("receipt-short-code"), code], [say("receipt-answered"), receiptOf(receipt)], has];
    printSheet(h("div", {}, h("h1", {}, say(title)), h("dl", {}, ...rows.flatMap(([name, text]) => [h("dt", {}, name), h("dd", {}, text)])),
      ...listed("receipt-started", started), ...listed("receipt-unanswered", unanswered), ...next));
  }

  /** Another section is shown: a word on copies or on the ID was read, and does not stand above every section. @param {Workbook} page */
  turned(page) {
    if (!page.kept.notices.some(({ id }) => ["device-copied", "device-copy-due", "device-new-here"].includes(id))) return;
    this.news = this.news.filter(({ id }) => !["device-copied", "device-new-here"].includes(id));
    this.begun = 0;
    page.opened(this.kept());
  }

  /** What makes a copy of the work and opens one, and where it says what came of that. @param {Workbook} page */
  copies(page) {
    const said = h("p", { className: "wb-hint", role: "status" });
    /** @param {string} text */
    const tell = (text) => { put(said, text); said.scrollIntoView({ block: "nearest" }); };
    const file = h("input", { type: "file", accept: ".json,application/json", hidden: true, "aria-label": say("device-open-copy"), onchange: () => { const [one] = file.files ?? []; put(said, ""); if (one) this.#bring(page, one).then(tell, (error) => tell(error.message)); file.value = ""; } });
    /** @param {string} name @param {() => void} onclick */
    const button = (name, onclick) => h("button", { type: "button", className: "wb-button wb-second", onclick }, say(name));
    return { said, buttons: [button("device-save-copy", () => this.take(page)), " ", button("device-open-copy", () => file.click()), file, " "] };
  }

  /** Below the questions: where the work is, a copy of it to take away, and the end of it on a device of others. @param {Workbook} page */
  more(page) {
    const where = h("p", {}), { said, buttons } = this.copies(page);
    const remove = h("button", { type: "button", className: "wb-button wb-second", onclick: () => { sure.hidden = false; sure.focus(); } }, say("device-finish"));
    const sure = h("div", { className: "wb-conflict", hidden: true, tabIndex: -1 }, h("p", {}, say("device-sure")), h("p", { className: "wb-row" },
      h("button", { type: "button", className: "wb-button", onclick: () => { sure.hidden = true; remove.focus(); } }, say("device-leave")),
      h("button", { type: "button", className: "wb-button wb-second", onclick: () => this.#finish() }, say("device-remove"))));
    const draw = () => {
      const last = this.handed().at(-1), since = changedSince(this.book.items, this.standing(), last);
      put(where, page.ill ? say("device-not-all") : say("device-where", { learner: this.learner, copied: this.copy?.kept_at ? new Date(this.copy.kept_at).toLocaleString(locale, { dateStyle: "long", timeStyle: "short" }) : "none", n: this.changes(this.copy?.copied), handed: last ? since : "none" }));
    };
    const node = h("section", { className: "wb-question wb-device", id: "your-work", tabIndex: -1, "aria-label": say("device-title") },
      h("h3", {}, say("device-title")), where,
      h("p", { className: "wb-row" }, ...buttons, remove),
      h("p", { className: "wb-quiet" }, say("device-copy-private")), said, sure);
    return { node, draw };
  }

  /** Give a copy of everything, what is on the page and cannot be kept included. @param {Workbook} page */
  async take(page) {
    if (!this.copy) return;
    /** @type {Records} */
    const now = { ...this.answers };
    for (const { id, value, said, state } of page.now()) {
      const name = keptAs(this.referral, this.book.items[id]), old = now[name];
      if (["unknown", "clean", "saved", "offered"].includes(state) || same(old?.value, value)) continue;
      now[name] = { value, said, saved_at: new Date().toISOString(), revision: 0, release: this.book.release, ...(old?.tried ? { tried: { ...old.tried, checked: false } } : {}), ...(state === "conflict" && old ? { other: old } : {}) };
    }
    const file = copyFile(this.book, this.copy, now);
    if (!(await give(file))) return;
    this.begun = 0;
    this.news = [{ id: "device-copied", file: file.name }];
    try { await store.taken(this.copy); page.opened(await this.open()); } catch { /* nothing can be kept here */ }
  }

  /** @param {Workbook} page @param {File} file @returns {Promise<string>} */
  async #bring(page, file) {
    const { learner, answers } = await readCopy(this.book, file);
    const known = this.known(person(learner));
    if (!known) throw new Error(say("device-copy-of", { learner, me: this.learner }));
    await page.settle();
    try {
      const { taken, differ } = await store.bring(known, answers, this.rules);
      page.opened(await this.open());
      this.tell();
      return say("device-brought", { taken, differ });
    } catch (error) { throw inWords(error); }
  }

  /** Nobody works here: nothing is saved from here on, and nothing begun. */
  #none() {
    this.copy = null;
    this.learner = "";
  }

  async #finish() {
    const { copy, learner } = this, gone = copy?.person ?? person(learner);
    this.#none();
    try {
      const copies = (await store.forget(gone)).map((one) => one.copy);
      forgetNotes(copies);
      safely(() => this.#channel?.postMessage({ gone, copies }));
    } catch (error) {
      Object.assign(this, { copy, learner });
      globalThis.alert(inWords(error).message);
      this.look();
      return;
    }
    who.ask("removed");
  }

  /** Somebody else works here now, in every tab. @param {Workbook} page */
  async leave(page) {
    const left = this.copy?.person;
    await page.settle();
    safely(() => this.#channel?.postMessage({ left }));
    who.ask("left");
  }
}

/** Put a workbook's questions onto the page, and into its menu who works there. @param {Book} book @param {Device} host @param {string} away what leaving is called */
export function putOn(book, host, away) {
  const page = new Workbook(book, host);
  const slot = document.getElementById("wb-who-slot");
  const draw = () => {
    if (!slot) return;
    const { learner } = page.kept;
    redraw(slot, ...(learner ? [h("span", {}, say("device-who", { learner })), " ", h("button", { type: "button", className: "wb-linklike", onclick: () => host.leave(page) }, say(away))] : []));
  };
  page.addEventListener("change", draw);
  globalThis.addEventListener("wb-turned", () => host.turned(page));
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-wb-ask]"))) page.mount(place.dataset.wbAsk ?? "", place);
  return page;
}

/** Put a workbook's questions onto a page that the browser alone keeps. */
export async function device() {
  const inside = document.getElementById("wb-book");
  if (!inside) return;
  await ready;
  /** @type {Book} */
  const book = JSON.parse(inside.textContent);
  const sent = document.getElementById("wb-referral");
  const host = new Device(book, sent && JSON.parse(sent.textContent));
  sent?.remove(); // whoever else works here finds nothing of it on the page
  if (inside.dataset.looked_at) host.learner = JSON.parse(inside.dataset.looked_at); // nobody works here, so nobody is asked
  putOn(book, host, "device-not-me");
}
