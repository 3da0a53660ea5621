// @ts-check
// The document that a question rests on: open at the first question of the page that needs it, and at hand at the others.
import { h } from "./dom.js";
import { remembered } from "./remember.js";
import { say } from "./words.js";

/** @import { Sheet, Spec } from "./types.js" */
/** @typedef {import("./workbook.js").Workbook} Workbook */

const SVG = "http://www.w3.org/2000/svg", HTML = "http://www.w3.org/1999/xhtml";
const SHAPES = ["svg", "path", "circle", "text"];

/** Make the elements of what `Document.sheet` (items/documents.py) has drawn. @param {Sheet | string} part @returns {Node | string} */
function drawn(part) {
  if (typeof part === "string") return part;
  const [name, about, ...kids] = part;
  const node = document.createElementNS(SHAPES.includes(name) ? SVG : HTML, name);
  for (const [key, value] of Object.entries(about)) node.setAttribute(key, value);
  node.append(...kids.map(drawn));
  return node;
}

/** Give the document of a question, null where it rests on none. @param {Workbook} book @param {Spec} spec @param {string} uid @param {number} level that of the question's heading */
export function paperOf(book, spec, uid, level) {
  const paper = spec.document ? book.book.documents[spec.document] : null;
  if (!paper) return null;
  const first = book.firstOn(spec) === spec.id;
  const says = say(first ? "document-first" : "document-again");
  const kept = remembered(`wb-document:${spec.id}:${book.kept.copy}`), was = kept.get();
  // Told by the click and not by "toggle": that one also comes when the browser's own search opens it, or a printer.
  const name = h("span", { id: `${uid}-document`, hidden: true }, `${says}: ${paper.title}`); // whole, also where the sheet says the title
  const summary = h("summary", { onclick: () => { if (!book.kept.copy.startsWith("page-")) kept.set(node.open ? "closed" : "open"); } },
    says, h("span", {}, `: ${paper.title}`), name);
  const node = h("details", { className: `wb-document${first ? "" : " wb-document-again"}`, "aria-labelledby": name.id, open: was ? was === "open" : first }, summary, drawn(paper.sheet));
  for (const [n, name] of ["h4", "h5"].entries()) for (const heading of node.querySelectorAll(name)) heading.setAttribute("aria-level", String(level + 1 + n));
  return node;
}

// On paper a document stands once, open, whatever is open on the screen.
/** @type {HTMLDetailsElement[]} */
let turned = [];
globalThis.addEventListener("beforeprint", () => {
  turned = [.../** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll("details.wb-document"))].filter((node) => node.open === node.matches(".wb-document-again"));
  for (const node of turned) node.open = !node.open;
});
globalThis.addEventListener("afterprint", () => {
  for (const node of turned) node.open = !node.open;
  turned = [];
});
