// @ts-check
// In which section each student was last, and at which question, kept in this browser by the copy: another student's copy may lie at this address later.
import { safely } from "./remember.js";

const PLACE = "wb-place:";

/** @typedef {{ section?: string, spot?: string, at?: string }} Kept */
/** @param {string} key @returns {Kept} */
const read = (key) => safely(() => JSON.parse(localStorage.getItem(key) ?? "null")) ?? {}; // an older page kept only an id

/** @param {string} copy @param {string} section its title @param {string} spot the place of a question there or the id of a heading, "" for its beginning */
export function keepPlace(copy, section, spot) {
  safely(() => localStorage.setItem(PLACE + copy, JSON.stringify({ section, spot, at: location.pathname })));
}

/** Whether a section is the one where the student was, by its first heading or one that follows in it: that may have stood alone. @param {Kept} place @param {string[]} headings */
export const isAt = ({ section = "" }, headings) => headings.includes(section);

/** @param {string} copy */
export const keptPlace = (copy) => read(PLACE + copy);

/** The same before anything has said whose copy it is: the one place that was kept at this address. @returns {Kept} */
export function likelyPlace() {
  const kept = (safely(() => Object.keys(localStorage)) ?? []).filter((key) => key.startsWith(PLACE)).map(read);
  const here = kept.filter(({ at }) => at === location.pathname);
  return here.length === 1 ? { ...here[0], spot: "" } : {};
}
