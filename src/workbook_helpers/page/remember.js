// @ts-check
// What this browser remembers of a choice: for this tab, where a reload finds it, and for later. A page that opens at once may not find
// yet what was just put into localStorage (Chromium, busy: 1 reload in 20), nor that it was taken away; of the two the newest holds, but
// what this tab alone is to know holds here whatever is picked in another one.

/** Storage may be forbidden or full, a message may reach nobody: then for this page alone. @template T @param {() => T} call */
export const safely = (call) => { try { return call(); } catch { return null; } };

/** @typedef {{ value: any, at: number, only?: boolean }} Note `at` is 0 for what stands there without a time. */

/** @param {() => Storage} storage @param {string} key @returns {Note | null} */
function read(storage, key) {
  const text = safely(() => storage().getItem(key));
  if (text == null) return null;
  const note = safely(() => JSON.parse(text));
  // An older page kept a plain text: a learner's id may read like a number.
  return typeof note?.at === "number" ? note : { value: note && typeof note === "object" ? note : text, at: 0 };
}

const tab = () => sessionStorage, later = () => localStorage;

/** @param {string} key */
export function remembered(key) {
  const newest = () => {
    const mine = read(tab, key), all = read(later, key);
    return mine && (mine.only || mine.at >= (all?.at ?? 0)) ? mine : all;
  };
  return {
    /** What was picked last, null where nothing was. */
    get: () => newest()?.value ?? null,
    /** Whether this tab alone is to know it. */
    isOnly: () => newest()?.only === true,
    /** Whether something was picked and is forgotten. */
    isForgotten: () => newest()?.value === null,
    /** @param {any} value null to forget it @param {boolean} [only] for this tab alone */
    set(value, only = false) {
      const before = [tab, later].map((one) => read(one, key)?.at ?? 0), at = Math.max(Date.now(), ...before.map((time) => time + 1)); // a clock may have been ahead
      const lasting = only ? null : value;
      safely(() => tab().setItem(key, JSON.stringify({ value, at, only })));
      if (lasting !== null || read(later, key)?.value != null) safely(() => later().setItem(key, JSON.stringify({ value: lasting, at })));
    },
  };
}
