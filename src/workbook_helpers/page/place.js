// @ts-check
// In which section each student was last, and at which question, kept in this browser by the copy: another student's copy may lie at this address later.
import { remembered, safely } from "./remember.js";

const PLACE = "wb-place:";

/** @typedef {{ section?: string, spot?: string, at?: string }} Kept */
/** @param {string} copy */
const kept = (copy) => remembered(PLACE + copy);

/** @param {string} copy @param {string} section its title @param {string} spot the place of a question there or the id of a heading, "" for its beginning */
export function keepPlace(copy, section, spot) {
  kept(copy).set({ section, spot, at: location.pathname });
}

/** Whether a section is the one where the student was, by its first heading or one that follows in it: that may have stood alone. @param {Kept} place @param {string[]} headings */
export const isAt = ({ section = "" }, headings) => headings.includes(section);

/** @param {string} copy @returns {Kept} */
export const keptPlace = (copy) => kept(copy).get() ?? {}; // an older page kept only an id

/** The same before anything has said whose copy it is: the one place that was kept at this address. @returns {Kept} */
export function likelyPlace() {
  const copies = Object.keys(safely(() => ({ ...localStorage, ...sessionStorage })) ?? {}).filter((key) => key.startsWith(PLACE)).map((key) => key.slice(PLACE.length));
  const here = copies.map(keptPlace).filter(({ at }) => at === location.pathname);
  return here.length === 1 ? { ...here[0], spot: "" } : {};
}
