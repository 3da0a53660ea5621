// @ts-check
// Who works on this device: in the tab's own storage where others use the device, too, else in the browser's.
const WHO = "wb-learner";

/** How a learner's answers are filed: an id is the same in capitals. @param {string} learner */
export const person = (learner) => learner.toLowerCase();

/** @param {() => void} call */
const safely = (call) => { try { call(); } catch { /* storage is forbidden or full: then for this page alone */ } };

/** As far as this browser remembers. */
export const who = {
  get() {
    try { return sessionStorage.getItem(WHO) ?? localStorage.getItem(WHO) ?? ""; } catch { return ""; }
  },
  /** @param {string} learner @param {boolean} shared */
  set(learner, shared) {
    this.clear();
    safely(() => (shared ? sessionStorage : localStorage).setItem(WHO, learner));
  },
  /** Whether others use this device, too. */
  shares() {
    try { return sessionStorage.getItem(WHO) !== null; } catch { return false; }
  },
  clear() {
    safely(() => { sessionStorage.removeItem(WHO); localStorage.removeItem(WHO); });
  },
};
