// @ts-check
// The answers of everybody who works on this device, in the browser's own database: one record for each answer, durable when it says so.

const NAME = "workbooks", VERSION = 1;
const VISITS = 8; // so many are known by an answer: a browser writes down a cleared draft some minutes later at most

/** @import { Outcome, Receipt, Seen, Stored } from "../types.js" */
/** Whose copy of which workbook. `revision` counts its saves, `since` those since it was last taken away or handed in.
 * @typedef {{ copy: string, person: string, learner: string, workbook: string, class_id: string, seed: string, revision: number, since: number, kept_at: string }} Copy */
/** @typedef {Stored<any> & { release: string, before?: Stored<any>[] }} Kept */
/** @typedef {Receipt & { zip: Uint8Array }} HandedIn */

/** @type {Promise<IDBDatabase> | null} */
let opening = null;

/** @returns {Promise<IDBDatabase>} */
function database() {
  opening ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, VERSION);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("copies", { keyPath: ["person", "workbook", "class_id"] });
      asked.result.createObjectStore("answers"); // [copy, item]
      asked.result.createObjectStore("receipts"); // [copy, number]
    };
    asked.onsuccess = () => {
      const db = asked.result;
      db.onversionchange = () => { db.close(); opening = null; };
      db.onclose = () => { opening = null; }; // the browser has thrown it away
      resolve(db);
    };
    asked.onerror = () => reject(asked.error);
    asked.onblocked = () => reject(new DOMException("blocked", "AbortError"));
  });
  opening.catch(() => { opening = null; });
  return opening;
}

/**
 * Do `step` in one transaction over everything; gives what it gave once that is on disk.
 * @template T @param {IDBTransactionMode} mode @param {(stores: Record<"copies" | "answers" | "receipts", IDBObjectStore>) => Promise<T>} step @returns {Promise<T>}
 */
async function within(mode, step) {
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
const got = (asked) => new Promise((resolve, reject) => { asked.onsuccess = () => resolve(asked.result); asked.onerror = () => reject(asked.error); });

/** All of what belongs to a copy, key → record. @param {IDBObjectStore} store @param {string} copy @returns {Promise<[any, any][]>} */
async function all(store, copy) {
  const range = IDBKeyRange.bound([copy], [copy, []]); // an array comes after every text and number
  const [keys, values] = await Promise.all([got(store.getAllKeys(range)), got(store.getAll(range))]);
  return keys.map((key, n) => [/** @type {any[]} */ (key)[1], values[n]]);
}

/** @type {Stored<any>} */
const NOTHING = { value: null, saved_at: "", revision: 0 };

export const store = {
  /** Give a copy with all that is kept of it; null where there is none.
   * @param {string} person @param {string} workbook @param {string} class_id */
  read: (person, workbook, class_id) => within("readonly", async ({ copies, answers, receipts }) => {
    /** @type {Copy | undefined} */
    const copy = await got(copies.get([person, workbook, class_id]));
    if (!copy) return null;
    const [kept, handed] = await Promise.all([all(answers, copy.copy), all(receipts, copy.copy)]);
    return { copy, answers: /** @type {Record<string, Kept>} */ (Object.fromEntries(kept)), receipts: /** @type {HandedIn[]} */ (handed.map(([, receipt]) => receipt)) };
  }),

  /** Give every copy of a person. @param {string} person @returns {Promise<Copy[]>} */
  copies: (person) => within("readonly", ({ copies }) => got(copies.getAll(IDBKeyRange.bound([person], [person, []])))),

  /** Make a copy, with answers that it already has, unless it is there. @param {Copy} copy @param {Record<string, Kept>} [found] */
  begin: (copy, found = {}) => within("readwrite", async ({ copies, answers }) => {
    const there = await got(copies.get([copy.person, copy.workbook, copy.class_id]));
    if (there) return;
    copies.put(copy);
    for (const [id, kept] of Object.entries(found)) answers.put(kept, [copy.copy, id]);
  }),

  /**
   * Keep an answer if what stands there is still `base`. Where the browser has thrown everything away meanwhile, what this
   * page knows (`copy`, `found`) is put back with it.
   * @param {Copy} copy @param {Record<string, Kept>} found @param {string} id @param {Omit<Kept, "revision" | "saved_at">} given @param {Seen<any>} base
   * @param {(old: any) => boolean} goesOn whether this may follow what stands there @param {(one: any, other: any) => boolean} same @param {(old: Kept) => boolean} strange
   * @returns {Promise<Exclude<Outcome<any>, { do: "refused" }> & { kept: Kept, forgot: boolean }>}
   */
  save: (copy, found, id, given, base, goesOn, same, strange) => within("readwrite", async ({ copies, answers }) => {
    const there = await got(copies.get([copy.person, copy.workbook, copy.class_id]));
    const now = there ?? copy;
    if (!there) for (const [name, kept] of Object.entries(found)) answers.put(kept, [copy.copy, name]);
    /** @type {Kept | undefined} */
    const old = there ? await got(answers.get([now.copy, id])) : found[id];
    const current = old ?? { ...NOTHING, release: "" };
    if (!goesOn(current.value)) return { do: "conflict", final: true, ...current, kept: current, forgot: !there };
    if ((current.revision !== base.revision || !same(current.value, base.value)) && !same(current.value, given.value)) return { do: "conflict", ...current, kept: current, forgot: !there };
    const revision = now.revision + 1;
    const before = [...(current.before ?? []), ...(old && strange(old) ? [{ value: old.value, saved_at: old.saved_at, revision: old.revision, said: old.said ?? [] }] : [])];
    /** @type {Kept} */
    const kept = { ...given, typed: Object.fromEntries(Object.entries({ ...current.typed, ...given.typed }).slice(-VISITS)), revision, saved_at: new Date().toISOString(), ...(before.length ? { before } : {}) };
    answers.put(kept, [now.copy, id]);
    copies.put({ ...now, revision, since: now.since + 1 });
    return { do: "saved", ...kept, kept, forgot: !there };
  }),

  /** Keep a hand-in. @param {Copy} copy @param {HandedIn} receipt */
  handedIn: (copy, receipt) => within("readwrite", async ({ copies, receipts }) => {
    const n = (await all(receipts, copy.copy)).length;
    receipts.put(receipt, [copy.copy, n]);
    const now = await got(copies.get([copy.person, copy.workbook, copy.class_id]));
    if (now) copies.put({ ...now, since: 0 });
  }),

  /** Note that the work was taken away as a file. @param {Copy} copy */
  taken: (copy) => within("readwrite", async ({ copies }) => {
    const now = await got(copies.get([copy.person, copy.workbook, copy.class_id]));
    if (now) copies.put({ ...now, since: 0, kept_at: new Date().toISOString() });
  }),

  /** Put in answers of a copy that was brought along: what is new is taken, what differs is put beside what stands there.
   * @param {Copy} copy @param {Record<string, Kept>} brought @param {(one: any, other: any) => boolean} same */
  bring: (copy, brought, same) => within("readwrite", async ({ copies, answers }) => {
    const now = await got(copies.get([copy.person, copy.workbook, copy.class_id]));
    let revision = now?.revision ?? 0, taken = 0, differ = 0;
    for (const [id, kept] of Object.entries(brought)) {
      /** @type {Kept | undefined} */
      const old = await got(answers.get([copy.copy, id]));
      if (old && same(old.value, kept.value)) continue;
      revision += 1;
      if (old?.saved_at) { answers.put({ ...old, other: { value: kept.value, saved_at: kept.saved_at, revision, said: kept.said ?? [] } }, [copy.copy, id]); differ += 1; }
      else { answers.put({ ...kept, revision }, [copy.copy, id]); taken += 1; }
    }
    copies.put({ ...(now ?? copy), revision });
    return { taken, differ };
  }),

  /** Remove everything of a person from this device. @param {string} person */
  forget: (person) => within("readwrite", async ({ copies, answers, receipts }) => {
    const range = IDBKeyRange.bound([person], [person, []]);
    for (const { copy } of await got(copies.getAll(range))) {
      answers.delete(IDBKeyRange.bound([copy], [copy, []]));
      receipts.delete(IDBKeyRange.bound([copy], [copy, []]));
    }
    copies.delete(range);
  }),
};
