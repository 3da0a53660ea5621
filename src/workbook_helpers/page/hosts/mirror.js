// @ts-check
// What this browser keeps of answers that a service keeps, too: which of them the service does not have yet, and what becomes of
// those that it has of another device. First the rules, which are pure; then each step in one transaction of the browser's database.
import { same } from "../answers.js";
import { against } from "../far.js";
import { all, copyOf, got, plain, putBack, whole, within } from "./device_store.js";

const MOST = 50, LONGEST = 200_000; // answers, and letters of them, in one request

/** @import { Earlier, Receipt, Referral, Tried } from "../types.js" */
/** @import { Copy, HandedIn, Kept, Rules, Stores, Whole } from "./device_store.js" */
/** @import { Done, Save, Told } from "./service.js" */
/** What was sent and has no answer yet; `at`: which save of this browser it holds. It is sent again as it was, so that the service knows it by its key.
 * @typedef {Save & { at: number }} Flight */
/** What the service has of an answer: its revision there, which save of this browser that is (0: none), and which one it will not take.
 * @typedef {{ revision: number, at: number, tried?: Tried | null, refused?: number, flight?: Flight }} There */
/** What was told beside the answers, for when there is no connection.
 * @typedef {{ referral: Referral | null, feedback: string | null, earlier?: Record<string, Earlier> }} Beside */
/** `birth`: of the service's data. @typedef {Copy & { there?: Record<string, There>, beside?: Beside, birth?: string }} Mirrored */
/** @typedef {Pick<Copy, "person" | "workbook" | "class_id">} Whose */

/** @type {There} */
const NEVER = { revision: 0, at: 0 };

/** Whether the service does not have an answer yet; one that waits for the student to choose is not sent. @param {Kept} kept @param {There} [there] */
export const isDue = (kept, { at, tried, refused } = NEVER) => !kept.other && refused !== kept.revision && (kept.revision > at || Boolean(kept.tried && !same(kept.tried, tried)));

/** Whether anything would be lost with this browser. @param {Kept} kept @param {There} [there] */
export const isOnlyHere = (kept, there) => Boolean(kept.other) || there?.refused === kept.revision || isDue(kept, there);

/** @param {Whole | null} known @returns {Record<string, There>} */
export const thereOf = (known) => /** @type {Mirrored | undefined} */ (known?.copy)?.there ?? {};

/** What this browser keeps of an answer, as it is held against the last hand-in by what the service counts. One that a merge of ids has brought is counted nowhere here: by the clock, unless it is newer for sure.
 * @template {Kept} T @param {T} kept @param {There | undefined} there @param {HandedIn} [last] @returns {T} */
export function againstLast(kept, there, last) {
  const newer = isOnlyHere(kept, there) || (there?.revision ?? 0) > (last?.there ?? Infinity);
  return last && (newer || last.there !== undefined) ? against(kept, newer, last.at) : kept;
}

/** What is to be sent next, oldest first; what has no answer yet goes again as it was, before anything else.
 * @param {Whole} known @param {() => string} key makes one that nobody else has @param {string[]} later names of what is not to be sent now @returns {Flight[]} */
export function outgoing(known, key, later = []) {
  const there = thereOf(known), now = Object.entries(known.answers).filter(([name]) => !later.includes(name));
  const again = now.flatMap(([name]) => there[name]?.flight ?? []);
  if (again.length) return again.sort((one, other) => one.at - other.at);
  const due = now.filter(([name, kept]) => isDue(kept, there[name])).sort(([, one], [, other]) => one.revision - other.revision);
  /** @type {Flight[]} */
  const found = [];
  let left = LONGEST;
  for (const [name, { value, said = [], typed, tried, revision, release }] of due) {
    const { at, revision: base } = there[name] ?? NEVER;
    const made = { id: name, key: key(), base, at: revision, ...(revision > at ? { value, release, said, typed: typed ?? {} } : {}), ...(tried ? { tried } : {}) };
    left -= JSON.stringify(made).length;
    if (found.length && (left < 0 || found.length >= MOST)) break;
    found.push(made);
  }
  return found;
}

/** What stands here, and is known of there, once the service has told its version of an answer.
 * @param {string} name @param {Kept | undefined} old @param {There} there @param {import("../types.js").Stored<any>} theirs
 * @param {{ revision: number, release: string }} next what a new version would be here @param {Rules} rules @returns {{ kept: Kept, there: There }} */
export function arrived(name, old, there, theirs, next, { same, fits, goesOn }) {
  const { flight, ...before } = there;
  /** @type {Kept} */
  const taken = { ...plain(theirs), typed: { ...old?.typed, ...theirs.typed }, tried: theirs.tried ?? null, ...next, release: theirs.release ?? next.release };
  const told = { revision: theirs.revision, at: next.revision, tried: theirs.tried ?? null };
  if (!old) return { kept: taken, there: told };
  if (same(old.value, theirs.value)) {
    const newer = (theirs.tried?.n ?? 0) > (old.tried?.n ?? 0);
    const { other, ...kept } = newer ? { ...old, tried: theirs.tried ?? null } : old;
    const open = other && !same(other.value, old.value) ? { other } : {};
    return { kept: { ...kept, ...open, saved_at: theirs.saved_at }, there: { revision: theirs.revision, at: old.revision, tried: newer ? told.tried : before.tried ?? null } };
  }
  if (flight && "value" in flight && same(flight.value, theirs.value)) return { kept: old, there: { ...before, revision: theirs.revision, at: flight.at } }; // our own, of which no word came back
  if (theirs.revision < before.revision) return { kept: old, there: { ...before, revision: theirs.revision, at: 0 } }; // it has lost what it had: it gets it again
  const changed = old.revision > before.at;
  if (theirs.revision === before.revision && (changed || old.other)) return { kept: old, there };
  const mine = old.other ?? (changed ? plain(old) : null);
  if (!mine) return { kept: { ...taken, ...(old.before ? { before: old.before } : {}) }, there: told };
  if (!fits(name, theirs.value)) return { kept: { ...old, before: [...(old.before ?? []), plain(theirs)] }, there: { ...before, revision: theirs.revision } };
  if (!goesOn(name, theirs.value, mine.value)) return { kept: { ...taken, before: [...(old.before ?? []), mine] }, there: told }; // what was decided there cannot be taken back
  return { kept: { ...taken, other: mine }, there: told }; // the student says which of the two holds
}

/** All copies of a person. @param {Pick<Stores, "copies">} stores @param {string} person @returns {Promise<Mirrored[]>} */
const copiesOf = ({ copies }, person) => got(copies.getAll(IDBKeyRange.bound([person], [person, []])));

/** Those of a workbook that were set apart. @param {Stores} stores @param {Whose} whose @returns {Promise<Mirrored[]>} */
const apartOf = async (stores, { person, workbook, class_id }) => (await copiesOf(stores, person)).filter((copy) => copy.workbook === workbook && copy.class_id.startsWith(`${class_id} `));

/** @param {Stores} stores @param {Copy} copy */
function remove({ copies, answers, receipts }, { copy, person, workbook, class_id }) {
  for (const store of [answers, receipts]) store.delete(IDBKeyRange.bound([copy], [copy, []]));
  copies.delete([person, workbook, class_id]);
}

/** @param {Mirrored} copy @param {Record<string, There>} there @returns {Mirrored} */
const knowing = (copy, there) => ({ ...copy, there: { ...copy.there, ...there } });

/** Take over versions of answers that came from the service; gives the copy as it is then.
 * @param {import("./device_store.js").Stores} stores @param {Mirrored} copy @param {[string, import("../types.js").Stored<any>][]} told @param {string} release @param {Rules} rules */
async function takeOver({ answers, copies }, copy, told, release, rules) {
  let { revision } = copy;
  /** @type {Record<string, There>} */
  const there = {};
  for (const [name, theirs] of told) {
    /** @type {Kept | undefined} */
    const old = await got(answers.get([copy.copy, name]));
    const now = arrived(name, old, copy.there?.[name] ?? NEVER, theirs, { revision: revision + 1, release }, rules);
    there[name] = now.there;
    revision = Math.max(revision, now.kept.revision);
    if (now.kept !== old) answers.put(now.kept, [copy.copy, name]);
  }
  const now = knowing({ ...copy, revision }, there);
  copies.put(now);
  return now;
}

/** What was written to a task that is asked for no more, and that the service does not have, is put beside the answer to its question, to be chosen from; gives the copy as it is then.
 * @param {import("./device_store.js").Stores} stores @param {Mirrored} copy @param {Rules} rules */
async function withdrawn({ answers }, copy, { same, fits, goesOn }) {
  let { revision } = copy;
  const there = { ...copy.there };
  for (const [name, kept] of await all(answers, copy.copy)) {
    const [id, attempt] = name.split("@");
    if (!attempt || !isOnlyHere(kept, there[name])) continue;
    /** @type {Kept | undefined} */
    const old = await got(answers.get([copy.copy, id])), mine = plain(kept.other ?? kept);
    const chooses = !old?.other && fits(id, mine.value) && goesOn(id, old?.value ?? null, mine.value);
    if (!old) answers.put({ ...kept, revision: revision += 1 }, [copy.copy, id]);
    else if (!same(old.value, mine.value)) answers.put(chooses ? { ...old, other: mine } : { ...old, before: [...(old.before ?? []), mine] }, [copy.copy, id]);
    answers.delete([copy.copy, name]);
    delete there[name];
  }
  return { ...copy, revision, there };
}

export const mirror = {
  /** Set apart what this browser keeps of other data than the service has: a class of the same name, where somebody else has this ID, or this
   * one begun anew. @param {Pick<Whose, "person" | "class_id">} whose @param {string} birth of the service's data */
  apart: ({ person, class_id }, birth) => within("readwrite", async ({ copies }) => {
    for (const copy of await copiesOf({ copies }, person)) {
      if (copy.class_id !== class_id || !copy.birth || copy.birth === birth) continue;
      copies.delete([person, copy.workbook, class_id]);
      copies.put({ ...copy, class_id: `${class_id} ${copy.birth}`, there: {} });
    }
  }),

  /** Whether answers of a workbook were set apart. @param {Whose} whose */
  isApart: (whose) => within("readonly", async (stores) => {
    const found = await Promise.all((await apartOf(stores, whose)).map(({ copy }) => all(stores.answers, copy)));
    return found.some((answers) => answers.length);
  }),

  /** Put in what was set apart, where it is the student's, and keep it apart no longer; gives those copies. @param {Whose} whose @param {boolean} isMine @param {Rules} rules @returns {Promise<string[]>} */
  together: (whose, isMine, rules) => within("readwrite", async (stores) => {
    /** @type {Mirrored | undefined} */
    let copy = await copyOf(stores, whose);
    if (!copy) return [];
    const found = await apartOf(stores, whose);
    for (const old of found) {
      for (const [name, kept] of isMine ? await all(stores.answers, old.copy) : []) {
        const now = await got(stores.answers.get([copy.copy, name])), revision = copy.revision + 1, there = copy.there?.[name] ?? NEVER;
        if (now && rules.same(now.value, kept.value)) continue;
        const next = now ? arrived(name, kept, NEVER, now, { revision, release: now.release }, rules).kept : { ...kept, revision };
        stores.answers.put(next, [copy.copy, name]);
        copy = knowing({ ...copy, revision: Math.max(revision, next.revision) }, now && !isDue(now, there) ? { [name]: { ...there, at: next.revision } } : {});
      }
      remove(stores, old);
    }
    stores.copies.put(copy);
    return found.map((one) => one.copy);
  }),

  /** Bring this browser's copy up to what the service has told; what is here alone stays, to be sent, and what the page still knows where the browser has lost it.
   * @param {Whose} whose @param {Told} told @param {string} release @param {Rules} rules @param {Whole | null} known @returns {Promise<Whole>} */
  take: (whose, told, release, rules, known) => within("readwrite", async (stores) => {
    const { referral, feedback, earlier, birth, copy: name, seed, learner } = told, { answers, receipts } = stores;
    /** @type {Mirrored | undefined} */
    const kept = await copyOf(stores, whose);
    /** @type {Mirrored | undefined} */
    const before = kept ?? (known?.copy.copy === name ? known.copy : undefined);
    if (!kept && before && known) putBack(stores, known);
    /** @type {Mirrored} */
    let copy = { ...(before ?? { ...whose, revision: 0, taken: 0, kept_at: "" }), copy: name, seed, learner, birth, beside: { referral, feedback, ...(earlier ? { earlier } : {}) } };
    if (before && before.copy !== name) { // begun here without a connection, or the service has lost it: then all of it is to be sent
      copy.there = {};
      putBack(stores, { copy, answers: Object.fromEntries(await all(answers, before.copy)), receipts: [] });
      for (const store of [answers, receipts]) store.delete(IDBKeyRange.bound([before.copy], [before.copy, []]));
    }
    copy = await takeOver(stores, copy, Object.entries(told.answers).sort(([, one], [, other]) => one.revision - other.revision), release, rules);
    for (const [id, there] of Object.entries(copy.there ?? {})) if (there.revision && !Object.hasOwn(told.answers, id)) copy = knowing(copy, { [id]: NEVER }); // gone there
    if (!referral) copy = await withdrawn(stores, copy, rules);
    stores.copies.put(copy);
    receipts.delete(IDBKeyRange.bound([name], [name, []])); // one that a merge of ids had brought may be gone there
    told.receipts.forEach((receipt, n) => { receipts.put(asHere(receipt), [name, n]); });
    return /** @type {Whole} */ (await whole(stores, whose));
  }),

  /** Give what is to be sent next, and keep that it is on its way. @param {Whose} whose @param {() => string} key @param {string[]} later @returns {Promise<{ known: Whole, flights: Flight[] } | null>} */
  outgoing: (whose, key, later) => within("readwrite", async (stores) => {
    const known = await whole(stores, whose);
    if (!known) return null;
    const flights = outgoing(known, key, later), there = thereOf(known);
    const copy = knowing(known.copy, Object.fromEntries(flights.map((flight) => [flight.id, { ...(there[flight.id] ?? NEVER), flight }])));
    if (flights.length) stores.copies.put(copy);
    return { known: { ...known, copy }, flights };
  }),

  /** Keep what became of it; without rules, what differs is left to the workbook's own page. What was not taken and is nowhere is no longer on its way: it is made anew when it is due.
   * @param {Whose} whose @param {Flight[]} flights @param {(Done | { id: string, do: "later", kept: null })[]} done @param {string} release @param {Rules | null} rules */
  landed: (whose, flights, done, release, rules) => within("readwrite", async (stores) => {
    const found = await whole(stores, whose);
    if (!found) return null;
    /** @type {Mirrored} */
    let copy = found.copy;
    /** @type {[string, import("../types.js").Stored<any>][]} */
    const differs = [];
    for (const { id, key, at, tried = null } of flights) {
      const what = done.find((one) => one.id === id), old = found.answers[id], { flight, ...before } = copy.there?.[id] ?? NEVER;
      if (!what || !old || (flight && flight.key !== key)) continue; // another window has heard of it first
      if (what.do === "refused" || what.do === "later") copy = knowing(copy, { [id]: what.do === "refused" ? { ...before, refused: at } : before });
      else if (what.do === "saved" && what.kept) {
        copy = knowing(copy, { [id]: { revision: what.kept.revision, at, tried } });
        if (old.revision === at && !old.other) stores.answers.put({ ...old, saved_at: what.kept.saved_at }, [copy.copy, id]); // by the service's clock
      } else if (rules && what.kept) {
        copy = knowing(copy, { [id]: before });
        differs.push([id, what.kept]);
      }
    }
    stores.copies.put(copy);
    if (rules) await takeOver(stores, copy, differs, release, rules);
    return { known: /** @type {Whole} */ (await whole(stores, whose)), differs: differs.length > 0 };
  }),

  /** Remove what other people's copies hold, where the service has all of it; gives those copies. @param {string} person who works here now @returns {Promise<string[]>} */
  tidy: (person) => within("readwrite", async (stores) => {
    /** @type {Mirrored[]} */
    const others = (await got(stores.copies.getAll())).filter((/** @type {Copy} */ copy) => copy.person !== person);
    const gone = await Promise.all(others.map(async (copy) => {
      if ((await all(stores.answers, copy.copy)).some(([name, kept]) => isOnlyHere(kept, copy.there?.[name]))) return [];
      remove(stores, copy);
      return [copy.copy];
    }));
    return gone.flat();
  }),

  /** Give all copies of a person, and how many answers in each the service does not have. @param {string} person @returns {Promise<{ whose: Whose, n: number }[]>} */
  unsent: (person) => within("readonly", async (stores) => {
    const copies = await copiesOf(stores, person);
    return Promise.all(copies.map(async (copy) => {
      const answers = await all(stores.answers, copy.copy);
      return { whose: copy, n: answers.filter(([name, kept]) => isOnlyHere(kept, copy.there?.[name])).length };
    }));
  }),
};

/** @param {Receipt} receipt @returns {HandedIn} */
export function asHere({ revision, ...receipt }) { // which is counted there
  return { ...receipt, ...(revision === undefined ? {} : { there: revision }), through: "exchange", zip: new Uint8Array() }; // the tutor has it already
}
