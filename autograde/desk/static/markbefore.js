// @ts-check
/* The attempts before the answer that is shown, as templates/mark_before.html.j2 has them. */

import { $, h } from "./marking.js";

/** @typedef {{ attempt: number, at: string, stem: string, lines: string[], same: boolean, points: string, comment: string, missing: string }} Before */

/** @param {string} name @param {string} text */
const said = (name, text) => (text ? [h("p", {}, h("strong", {}, name), " ", text)] : []);
/** @param {string} text */
const words = (text) => h("p", { class: "mark-text" }, text);
/** @param {Before[]} all */
export const before = (all) => {
  $("mark-before").replaceChildren(...all.map((one) => h("section", { class: "mark-hint mark-before", "aria-label": `Attempt ${one.attempt}` },
    h("h3", {}, `Before: attempt ${one.attempt}, ${one.at}`),
    ...said("Asked for:", one.missing),
    ...said("The task then:", one.stem),
    ...(one.same ? [h("p", {}, "The same answer.")] : [h("p", {}, h("strong", {}, "Answered:")), ...(one.lines.length ? one.lines.map(words) : [h("p", {}, "No answer.")])]),
    ...said("Given:", one.points),
    ...(one.comment ? [h("p", {}, h("strong", {}, "Comment:")), words(one.comment)] : []))));
};
