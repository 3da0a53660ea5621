// @ts-check
// Who works on this device: known to this tab alone where others use the device, too.
import { remembered, safely } from "../remember.js";

/** How a learner's answers are filed: an id is the same in capitals. @param {string} learner */
export const person = (learner) => learner.toLowerCase();

const kept = remembered("wb-learner");

/** As far as this browser remembers. */
export const who = {
  /** @returns {string} */
  get: () => kept.get() ?? "",
  /** @param {string} learner @param {boolean} shared */
  set: (learner, shared) => kept.set(learner, shared),
  /** Whether others use this device, too. */
  shares: () => kept.isOnly() && kept.get() !== null,
  clear: () => kept.set(null),
  /** Open the page anew and ask who works here, at its beginning and not where somebody else was. */
  ask() {
    this.clear();
    safely(() => history.replaceState(null, "", location.pathname + location.search));
    globalThis.location.reload();
  },
};
