// @ts-check
// One of a few, as a row of buttons: radio buttons, each unseen over its label. A column where a row has too little room for the texts;
// four may also stand two by two, and six two by two or three by three.
import { h } from "./dom.js";

/** @import { Part } from "./types.js" */

const LETTER_EM = 0.55; // about as wide as a letter is, with some room
/** @type {Record<number, string>} */
const EVEN = { 4: "four", 6: "six" };
const AROUND_EM = 1.6; // a button's padding and border, and its share of the gap

/** How wide a button has to be for its text to take two lines at most, in em. @param {string} text */
const width = (text) => Math.max(Math.ceil(text.length / 2) + 2, ...text.split(/\s+/).map((word) => word.length)) * LETTER_EM + AROUND_EM;

/** @param {string} name Of the group, unique on the page. @param {Part[]} parts @param {"row" | "column"} shape A row where it fits, or always a column. */
export function segments(name, parts, shape = "row") {
  const inputs = parts.map((part) => h("input", { type: "radio", name, value: part.id, id: `${name}-${part.id}` }));
  const labels = parts.map((part, n) => h("label", { htmlFor: inputs[n].id }, h("span", {}, part.text)));
  const node = h("div", { className: `wb-segments wb-segments-${shape === "row" && EVEN[parts.length] || shape}` }, ...inputs.map((input, n) => h("div", { className: "wb-segment" }, input, labels[n])));
  node.style.setProperty("--wb-each", `${Math.max(...parts.map((part) => width(part.text)))}em`);
  node.style.setProperty("--wb-of", String(parts.length));
  return {
    node, inputs, labels,
    /** What is chosen, "" for nothing. */
    get: () => inputs.find((input) => input.checked)?.value ?? "",
    /** @param {string | undefined} id */
    set: (id) => inputs.forEach((input) => { input.checked = input.value === id; }),
  };
}
