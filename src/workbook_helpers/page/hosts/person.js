// @ts-check
// Who works on this device: in the tab's own storage where others use the device, too, else in the browser's.
const WHO = "wb-learner", ASKED = "#wb-who";

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
  /** Open the page anew and ask who works here, at its beginning and not where somebody else was. */
  ask() {
    this.clear();
    safely(() => history.replaceState(null, "", location.pathname + location.search + ASKED));
    globalThis.location.reload();
  },
};

if (globalThis.location?.hash === ASKED) { // said in the address, too: a page that is opened at once may still find what was just cleared
  who.clear();
  safely(() => history.replaceState(null, "", location.pathname + location.search));
}
