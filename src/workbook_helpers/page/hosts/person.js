// @ts-check
// Who works on this device: known to this tab alone where others use the device, too.
import { remembered, safely } from "../remember.js";

/** How a learner's answers are filed: an id is the same in capitals. @param {string} learner */
export const person = (learner) => learner.toLowerCase();

const kept = remembered("wb-learner");
const ANEW = "wb-anew";

/** Why the next page asks anew who works here: somebody left, here or in another tab; all that was theirs was removed. @typedef {"left" | "elsewhere" | "removed"} Anew */

if (safely(() => history.state?.wbAsks)) {
  kept.set(null);
  safely(() => history.replaceState(null, ""));
}

/** As far as this browser remembers. */
export const who = {
  /** @returns {string} */
  get: () => kept.get() ?? "",
  /** @param {string} learner @param {boolean} shared */
  set: (learner, shared) => kept.set(learner, shared),
  /** Whether others use this device, too. */
  shares: () => kept.isOnly() && kept.get() !== null,
  clear: () => kept.set(null),
  /** Whether somebody who worked here has left, and nobody works here now. */
  left: () => kept.isForgotten(),
  /** Why this page asks anew, said once. @returns {Anew | undefined} */
  anew() {
    const why = safely(() => sessionStorage.getItem(ANEW));
    safely(() => sessionStorage.removeItem(ANEW));
    return /** @type {Anew | null} */ (why) ?? undefined;
  },
  /** Open the page anew and ask who works here, at its beginning and not where somebody else was. @param {Anew} [why] */
  ask(why) {
    this.clear();
    if (why) safely(() => sessionStorage.setItem(ANEW, why));
    scrollTo(0, 0); // a browser scrolls a page that it loads again to where it was
    safely(() => history.replaceState({ wbAsks: true }, "", location.pathname + location.search)); // known to the next page at once, as storage may not be
    globalThis.location.reload();
  },
};
