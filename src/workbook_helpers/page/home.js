// @ts-check
// "My workbooks" of a service: the page to sign in, then what there is for who has signed in. Without a connection it shows what this browser keeps.
import { h, put, the } from "./dom.js";
import { against } from "./far.js";
import { arrives, goesOn, leave, settleLeaving, works } from "./hosts/leaving.js";
import { againstLast, mirror, thereOf } from "./hosts/mirror.js";
import { person, who } from "./hosts/person.js";
import { sendAll } from "./hosts/server.js";
import { Failed, service } from "./hosts/service.js";
import { join } from "./join.js";
import { around, drawCards, kept, looked, mineOf, worker } from "./shelf.js";
import { say } from "./words.js";

const AGAIN_MS = 60_000; // so often it is asked whether anything new was given

/** @import { Mine, OnShelf } from "./types.js" */
/** @import { Whole } from "./hosts/device_store.js" */
/** @import { Me, Told } from "./hosts/service.js" */

/** @param {OnShelf} book @param {Told} told @returns {Mine} */
function mineTold(book, told) {
  const { referral, feedback, receipts } = told, handed = receipts.at(-1), { revision: last } = handed ?? {};
  const answers = Object.entries(told.answers).map(([id, one]) => [id, handed && last !== undefined ? against(one, one.revision > last, handed.at) : one]);
  return {
    ...mineOf(book, told, Object.fromEntries(answers), receipts),
    handed: handed ? { at: handed.at, through: "exchange" } : null, // the tutor has it already
    ...(referral && receipts.every(({ attempt = 1 }) => attempt !== referral.attempt) ? { again: { n: referral.tasks.length, until: referral.until } } : {}),
    ...(feedback ? { feedback } : {}),
  };
}

/** The answers that this browser keeps, as they are held against the last hand-in. @param {Whole} known */
function held(known) {
  const there = thereOf(known), last = known.receipts.at(-1);
  return Object.fromEntries(Object.entries(known.answers).map(([name, kept]) => [name, againstLast(kept, there[name], last)]));
}

/** The file that an address of this site names, "" for the first page. @param {string} address */
const nameOf = (address) => address.split(/[?#]/)[0].split("/").at(-1) ?? "";

export async function home() {
  await around();
  /** @type {OnShelf[]} */
  const books = JSON.parse(the("#wb-shelf").textContent);
  const title = the("h1"), box = the("#wb-cards");
  const note = h("p", { className: "wb-notice", role: "status", hidden: true });
  box.before(h("div", { className: "wb-widget" }, note));
  /** @param {string} text */
  const tell = (text) => { put(note, text); note.hidden = !text; };
  let asking = false;

  async function leaving() {
    const learner = who.get();
    await sendAll(books, learner);
    const found = await mirror.unsent(person(learner)).catch(() => []);
    leave(learner, found.reduce((all, { n }) => all + n, 0), () => { asking = true; });
  }
  /** @param {Me} me @param {boolean} shared */
  async function joined({ learner }, shared) {
    await arrives(learner, shared);
    const to = goesOn();
    if (to) { location.assign(to); return; }
    history.replaceState(null, "", location.pathname); // the class's code has done its work
    asking = false;
    show().then(() => { the("#wb-main").focus(); });
  }
  /** Ask who it is, in place of the cards. @param {string} why */
  function ask(why) {
    tell(why);
    if (asking) return;
    asking = true;
    worker("", "", () => { /* nobody */ });
    put(title, say("join-title"));
    const { form, start } = join(who.get(), joined);
    box.replaceChildren(h("div", { className: "wb-widget" }, form));
    start();
  }
  /** @param {string} learner @param {Record<string, Told> | null} told */
  async function cards(learner, told) {
    const mine = await Promise.all(books.map(async (book) => looked(book, told?.[book.assignment] ? mineTold(book, told[book.assignment]) : await kept(book, learner, held))));
    if (asking) box.replaceChildren();
    asking = false;
    put(title, say("page-home"));
    worker(learner, "served-leave", leaving);
    drawCards(mine);
  }
  let showing = false;
  async function show() {
    if (showing) return;
    showing = true;
    try {
      const then = await settleLeaving();
      if (then) { location.replace(then); return; } // the hub still knows who has left, and would sign them in again
      if (who.get()) await sendAll(books, who.get()); // what was still on its way when a workbook was left
      const { learner, birth, workbooks } = await service.mine();
      works(learner);
      for (const { class_id } of books) await mirror.apart({ person: person(learner), class_id }, birth).catch(() => null);
      tell("");
      await cards(learner, workbooks);
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      const learner = who.get();
      if (error.signIn) location.replace(`${error.signIn}?next=${encodeURIComponent(nameOf(goesOn()))}`); // a hub knows who it is
      else if (["out", "other"].includes(error.why)) ask(learner ? say("join-back", { learner }) : "");
      else if (learner) { tell(say(error.why === "away" ? "served-offline" : "served-busy")); await cards(learner, null); }
      else ask(say(error.why === "away" ? "join-away" : "join-busy"));
    } finally {
      showing = false;
    }
  }
  await show();
  const again = () => { if (document.visibilityState === "visible" && !asking) show(); };
  setInterval(again, AGAIN_MS);
  for (const [name, target] of /** @type {[string, EventTarget][]} */ ([["focus", globalThis], ["online", globalThis], ["visibilitychange", document]])) target.addEventListener(name, again);
  globalThis.addEventListener("pageshow", ({ persisted }) => { if (persisted) again(); });
  try { new BroadcastChannel("workbooks").onmessage = ({ data }) => { if (data?.gone && !asking) { if (data.gone === person(who.get())) who.clear(); again(); } }; } catch { /* then it is seen when the window is looked at */ }
}
