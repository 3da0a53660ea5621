// @ts-check
// The answers of everybody who works on this device, in the browser's own database: one record for each answer, durable when it says so.

import { ask } from "./asked.js";

const VISITS = 8; // so many are known by an answer: a browser writes down a cleared draft some minutes later at most

/** @import { Outcome, Receipt, Seen, Stored } from "../types.js" */
/** Whose copy of which workbook. `revision` counts its saves, `taken` is the one at which it was last taken away or handed in,
 * `copied` that of the last copy, which was made at `kept_at`; `back`: how often the browser had lost it, and up to which save the page knew all of it that put it back.
 * @typedef {{ copy: string, person: string, learner: string, workbook: string, class_id: string, seed: string, revision: number, taken: number, copied?: number, kept_at: string, back?: { id: string, at: number }[] }} Copy */
/** @typedef {Stored<any> & { release: string, before?: Stored<any>[] }} Kept */
/** @typedef {import("../types.js").Tried} Tried */
/** `there`: the revision that a service counts it by. @typedef {Receipt & { zip: Uint8Array, there?: number }} HandedIn */
/** A copy with all that is kept of it. @typedef {{ copy: Copy, answers: Record<string, Kept>, receipts: HandedIn[] }} Whole */
/** @typedef {Record<"copies" | "answers" | "receipts", IDBObjectStore>} Stores */
/** What holds for answers: which say the same, which are answers to their question as it is now, and which may follow which.
 * @typedef {{ same(one: any, other: any): boolean, fits(id: string, value: any): boolean, goesOn(id: string, old: any, next: any): boolean }} Rules */

/** @type {Promise<IDBDatabase> | null} */
let opening = null;
/** @type {(() => void)[]} */
const lost = []; // told when the browser has thrown everything away

/** @returns {Promise<IDBDatabase>} */
function database() {
  opening ??= new Promise((resolve, reject) => {
    const asked = globalThis.wbAsked ?? ask(), opened = () => {
      const db = asked.result;
      db.onversionchange = ({ newVersion }) => { db.close(); opening = null; if (newVersion === null) lost.forEach((call) => call()); };
      db.onclose = () => { opening = null; lost.forEach((call) => call()); };
      resolve(db);
    };
    globalThis.wbAsked = null;
    if (asked.readyState === "done" && asked.result.onversionchange) opened(); // early.js was told that it is open: "done" is one that is still being made, too
    else asked.onsuccess = opened;
    asked.onerror = () => reject(asked.error);
    asked.onblocked = () => reject(new DOMException("blocked", "AbortError"));
  });
  opening.catch(() => { opening = null; });
  return opening;
}

/**
 * Do `step` in one transaction over everything; gives what it gave once that is on disk.
 * @template T @param {IDBTransactionMode} mode @param {(stores: Stores) => Promise<T>} step @returns {Promise<T>}
 */
export async function within(mode, step) {
  const db = await database();
  return new Promise((resolve, reject) => {
    /** @type {IDBTransaction} */
    let transaction;
    try {
      transaction = db.transaction(["copies", "answers", "receipts"], mode, { durability: "strict" });
    } catch (error) {
      opening = null; // closed under our hands: the next try opens it anew
      reject(error);
      return;
    }
    /** @type {T} */
    let result;
    transaction.oncomplete = () => resolve(result);
    transaction.onabort = () => reject(transaction.error ?? new DOMException("aborted", "AbortError"));
    const store = (/** @type {string} */ name) => transaction.objectStore(name);
    step({ copies: store("copies"), answers: store("answers"), receipts: store("receipts") }).then(
      (given) => { result = given; },
      (error) => { reject(error); try { transaction.abort(); } catch { /* it has ended already */ } });
  });
}

/** @template T @param {IDBRequest<T>} asked @returns {Promise<T>} */
export const got = (asked) => new Promise((resolve, reject) => { asked.onsuccess = () => resolve(asked.result); asked.onerror = () => reject(asked.error); });

/** All of what belongs to a copy, key → record. @param {IDBObjectStore} store @param {string} copy @returns {Promise<[any, any][]>} */
export async function all(store, copy) {
  const range = IDBKeyRange.bound([copy], [copy, []]); // an array comes after every text and number
  const [keys, values] = await Promise.all([got(store.getAllKeys(range)), got(store.getAll(range))]);
  return keys.map((key, n) => [/** @type {any[]} */ (key)[1], values[n]]);
}

/** @type {Stored<any>} */
const NOTHING = { value: null, saved_at: "", revision: 0 };

/** @param {Stores} stores @param {Pick<Copy, "person" | "workbook" | "class_id">} whose @returns {Promise<Copy | undefined>} */
export const copyOf = ({ copies }, { person, workbook, class_id }) => got(copies.get([person, workbook, class_id]));

/** @param {Stores} stores @param {Pick<Copy, "person" | "workbook" | "class_id">} whose @returns {Promise<Whole | null>} */
export async function whole(stores, whose) {
  const copy = await copyOf(stores, whose);
  if (!copy) return null;
  const [kept, handed] = await Promise.all([all(stores.answers, copy.copy), all(stores.receipts, copy.copy)]);
  return { copy, answers: Object.fromEntries(kept), receipts: handed.map(([, receipt]) => receipt) };
}

/** Put in what a page knows of a copy that is not there. @param {Stores} stores @param {Whole} known */
export function putBack({ copies, answers, receipts }, known) {
  copies.put(known.copy);
  for (const [id, kept] of Object.entries(known.answers)) answers.put(kept, [known.copy.copy, id]);
  known.receipts.forEach((receipt, n) => { receipts.put(receipt, [known.copy.copy, n]); });
}

/** A copy that a page puts back: every other page sees by it that it was lost. @param {Whole} known @returns {Copy} */
const back = ({ copy, answers }) => ({
  ...copy, revision: Math.max(copy.revision, ...Object.values(answers).map(({ revision }) => revision)),
  back: [...(copy.back ?? []), { id: Math.random().toString(36).slice(2), at: copy.revision }],
});

/** Up to which save two pages know the same of a copy: that of the first loss that they do not share. @param {Copy} one @param {Copy} other */
function common({ copy, back: some = [] }, { copy: name, back: others = [] }) {
  const n = some.findIndex(({ id }, n) => id !== others[n]?.id), at = n < 0 ? some.length : n;
  return copy === name ? Math.min(...[some, others].flatMap((all) => all[at]?.at ?? [])) : -1;
}

/** Put in the hand-ins that a page knows of and a copy has not, each at its time. @param {Stores} stores @param {string} copy @param {HandedIn[]} known */
async function handedInToo({ receipts }, copy, known) {
  const there = (await all(receipts, copy)).map(([, receipt]) => receipt), files = there.map(({ file }) => file);
  const more = known.filter(({ file }) => !files.includes(file));
  if (more.length) [...there, ...more].sort((one, other) => Date.parse(one.at) - Date.parse(other.at)).forEach((receipt, n) => { receipts.put(receipt, [copy, n]); });
}

/** @param {Stored<any>} kept @returns {Stored<any>} */
export const plain = ({ value, saved_at, revision, said }) => ({ value, saved_at, revision, said: said ?? [] });

/** Put in answers from elsewhere: what is new is taken, what differs is put beside what stands there, to be chosen from, and what
 * is no answer to its question any more is kept behind it. Up to the save `at` both have the same history, of which the newer counts.
 * @param {Stores} stores @param {Copy} copy @param {Record<string, Kept>} brought @param {Rules} rules @param {{ at?: number, isFile?: boolean }} from */
async function merge({ copies, answers }, copy, brought, { same, fits }, { at = -1, isFile = false }) {
  let { revision } = copy, taken = 0, differ = 0;
  for (const [id, kept] of Object.entries(brought)) {
    /** @type {Kept | undefined} */
    const old = await got(answers.get([copy.copy, id]));
    if (old && same(old.value, kept.value)) {
      const tried = (kept.tried?.n ?? 0) > (old.tried?.n ?? 0) ? { tried: kept.tried } : {}, other = kept.other && !old.other && kept.revision >= old.revision ? { other: kept.other } : {}; // a file asks no choice again
      if (tried.tried || other.other) answers.put({ ...old, ...tried, ...other }, [copy.copy, id]);
      continue;
    }
    if (old ? old.revision <= at : at >= 0) {
      if (old && old.revision >= kept.revision) continue;
      answers.put(old?.other && old.other.revision > at && !kept.other ? { ...kept, other: old.other } : kept, [copy.copy, id]);
      revision = Math.max(revision, kept.revision);
      continue;
    }
    if (kept.revision <= at) continue; // what it was before it was changed there
    revision += 1;
    if (!old?.saved_at) { answers.put({ ...kept, revision }, [copy.copy, id]); taken += 1; }
    else if (fits(id, kept.value)) {
      const before = old.other && !same(old.other.value, kept.value) ? { before: [...(old.before ?? []), plain(old.other)] } : {};
      answers.put({ ...old, ...before, other: { ...plain(kept), revision } }, [copy.copy, id]);
      differ += 1;
    }
    else answers.put({ ...old, before: [...(old.before ?? []), plain(kept)] }, [copy.copy, id]);
  }
  const elsewhere = isFile && !differ && copy.taken === copy.revision; // all of it lies in a file already
  copies.put({ ...copy, revision, taken: elsewhere ? revision : copy.taken });
  return { taken, differ };
}

export const store = {
  /** Have `heard` called when the browser has thrown everything away. @param {() => void} heard */
  lost(heard) { lost.push(heard); },

  /** Give a copy with all that is kept of it; null where there is none. @param {Pick<Copy, "person" | "workbook" | "class_id">} whose */
  read: (whose) => within("readonly", (stores) => whole(stores, whose)),

  /** Whether others have worked on this device, and this person has not. @param {string} person */
  stranger: (person) => within("readonly", async ({ copies }) => {
    const people = (await got(copies.getAllKeys())).map((key) => /** @type {string[]} */ (key)[0]);
    return people.length > 0 && !people.includes(person);
  }),

  /** Give a person's answers to items of another workbook, each of its latest attempt; what has none is left out.
   * @param {Pick<Copy, "person" | "workbook" | "class_id">} whose @param {string[]} ids @returns {Promise<Record<string, import("../types.js").Earlier>>} */
  elsewhere: (whose, ids) => within("readonly", async (stores) => {
    const copy = await copyOf(stores, whose);
    const kept = copy ? await all(stores.answers, copy.copy) : [];
    return Object.fromEntries(ids.flatMap((id) => {
      const [last] = kept.filter(([name]) => name.split("@")[0] === id).sort(([one], [other]) => Number(other.split("@")[1] ?? 1) - Number(one.split("@")[1] ?? 1));
      return last ? [[id, { value: last[1].value, saved_at: last[1].saved_at, tried: last[1].tried }]] : [];
    }));
  }),

  /** Make a copy, with what a page knows of it; where there is another one meanwhile, nothing of either is lost. Gives what stands there then.
   * @param {Whole} known @param {Rules} rules @returns {Promise<Whole>} */
  begin: (known, rules) => within("readwrite", async (stores) => {
    const there = await copyOf(stores, known.copy);
    if (!there) {
      const now = known.copy.revision ? { ...known, copy: back(known) } : known;
      putBack(stores, now);
      return now;
    }
    await merge(stores, there, known.answers, rules, { at: common(there, known.copy) });
    await handedInToo(stores, there.copy, known.receipts);
    return (await whole(stores, known.copy)) ?? known;
  }),

  /**
   * Keep an answer if what stands there is still `base`. Where the browser has thrown everything away meanwhile, what this
   * page knows is put back with it.
   * @param {Whole} known @param {string} id @param {Omit<Kept, "revision" | "saved_at">} given @param {Seen<any>} base @param {Rules} rules
   * @param {Kept} [begins] what stands there while nothing is kept
   * @returns {Promise<Exclude<Outcome<any>, { do: "refused" }> & { kept: Kept, forgot: boolean }>}
   */
  save: (known, id, given, base, { same, fits, goesOn }, begins = { ...NOTHING, release: "" }) => within("readwrite", async (stores) => {
    const there = await copyOf(stores, known.copy);
    const now = there ?? back(known), forgot = !there;
    if (forgot) putBack(stores, { ...known, copy: now });
    /** @type {Kept | undefined} */
    const old = forgot ? known.answers[id] : await got(stores.answers.get([now.copy, id]));
    const current = old ?? begins;
    const strange = !fits(id, current.value); // to an older version of the question
    if (!strange && !goesOn(id, current.value, given.value)) return { do: "conflict", final: true, ...current, kept: current, forgot };
    if ((current.revision !== base.revision || !same(current.value, base.value)) && !same(current.value, given.value)) return { do: "conflict", ...current, kept: current, forgot };
    const revision = now.revision + 1;
    const stays = old && same(old.value, given.value), changed = old && !stays && (strange || old.release !== given.release);
    const tried = old?.tried && !strange ? { tried: { ...old.tried, checked: old.tried.checked && same(old.value, given.value) } } : {};
    const before = [...(current.before ?? []), ...(changed ? [plain(old)] : []), ...(old?.other && !fits(id, old.other.value) ? [plain(old.other)] : [])];
    /** @type {Kept} */
    const kept = { ...given, ...(stays ? { release: old.release } : {}), typed: Object.fromEntries(Object.entries({ ...current.typed, ...given.typed }).slice(-VISITS)), revision, saved_at: new Date().toISOString(), ...tried, ...(before.length ? { before } : {}) };
    stores.answers.put(kept, [now.copy, id]);
    stores.copies.put({ ...now, revision });
    return { do: "saved", ...kept, kept, forgot };
  }),

  /** Keep how practice went with the answer of this revision, which stays as it was; gives it. @param {Copy} copy @param {string} id @param {Tried} tried @param {number} revision */
  tried: (copy, id, tried, revision) => within("readwrite", async ({ answers }) => {
    /** @type {Kept | undefined} */
    const old = await got(answers.get([copy.copy, id]));
    if (!old) return null;
    /** @type {Kept} */
    const kept = { ...old, tried: { ...tried, checked: tried.checked && old.revision === revision } };
    answers.put(kept, [copy.copy, id]);
    return kept;
  }),

  /** Keep a hand-in. @param {Copy} copy @param {HandedIn} receipt */
  handedIn: (copy, receipt) => within("readwrite", async (stores) => {
    const n = (await all(stores.receipts, copy.copy)).length;
    stores.receipts.put(receipt, [copy.copy, n]);
    const now = await copyOf(stores, copy);
    if (now) stores.copies.put({ ...now, taken: copy.revision });
  }),

  /** Note that the student was given the file of a hand-in. @param {Copy} copy @param {string} file */
  given: (copy, file) => within("readwrite", async ({ receipts }) => {
    for (const [n, receipt] of await all(receipts, copy.copy)) if (receipt.file === file) receipts.put({ ...receipt, given: true }, [copy.copy, n]);
  }),

  /** Note that the work was taken away as a file. @param {Copy} copy */
  taken: (copy) => within("readwrite", async (stores) => {
    const now = await copyOf(stores, copy);
    if (now) stores.copies.put({ ...now, taken: copy.revision, copied: copy.revision, kept_at: new Date().toISOString() });
  }),

  /** Put in answers of a copy that was brought along. @param {Whole} known @param {Record<string, Kept>} brought @param {Rules} rules */
  bring: (known, brought, rules) => within("readwrite", async (stores) => {
    const there = await copyOf(stores, known.copy);
    const now = there ?? back(known);
    if (!there) putBack(stores, { ...known, copy: now });
    return merge(stores, now, brought, rules, { isFile: true });
  }),

  /** Remove everything of a person from this device; gives the copies there were. @param {string} person @returns {Promise<Copy[]>} */
  forget: (person) => within("readwrite", async ({ copies, answers, receipts }) => {
    const range = IDBKeyRange.bound([person], [person, []]);
    /** @type {Copy[]} */
    const there = await got(copies.getAll(range));
    for (const { copy } of there) {
      answers.delete(IDBKeyRange.bound([copy], [copy, []]));
      receipts.delete(IDBKeyRange.bound([copy], [copy, []]));
    }
    copies.delete(range);
    return there;
  }),
};
