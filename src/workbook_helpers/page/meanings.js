// @ts-check
// The words of “Words to know” can be tapped where they first stand in a section, and say there what they mean.
import { chosen } from "./display.js";
import { h } from "./dom.js";

/** @typedef {{ name: string, meaning: string, proper: boolean }} Term A proper name is another word where it is written otherwise: “Protect”, “protects”. */

const LIST = "Words to know"; // the heading of the list, the same in every workbook
const READ = ".jp-RenderedMarkdown :is(p, li, td)"; // the text, and nothing that belongs to a question
const NOT = "a, button, code, h1, h2, h3, h4, h5, h6";
const ANNOUNCED_MS = 100; // a region that comes with its text is not announced by every screen reader

/** @param {HTMLElement} main */
export function meanings(main) {
  const apply = () => {
    const there = main.querySelector(".wb-term") !== null, wanted = chosen("words") === "normal";
    if (wanted && !there) explain(main);
    if (!wanted && there) leave(main);
  };
  globalThis.addEventListener("wb-display", apply);
  apply();
}

/** @param {HTMLElement} main */
function leave(main) {
  for (const box of main.querySelectorAll(".wb-meaning")) box.remove();
  for (const word of main.querySelectorAll(".wb-term")) {
    const parent = word.parentNode;
    word.replaceWith(...word.childNodes);
    parent?.normalize();
  }
}

/** @param {HTMLElement} main */
function explain(main) {
  const heading = [...main.querySelectorAll("h2, h3")].find((node) => node.textContent.trim() === LIST);
  const list = heading && [...main.querySelectorAll("ul")].find((node) => heading.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING);
  const terms = [...list?.children ?? []].flatMap(termOf).sort((one, other) => other.name.length - one.name.length); // “safeguarding lead” before “safeguarding”
  if (!list || !terms.length) return;
  const pattern = new RegExp(`\\b(?:${terms.map(({ name }) => `(${forms(name)})`).join("|")})\\b`, "gi"); // a group for each, in their order
  const own = sectionOf(main, list);
  const texts = document.createTreeWalker(main, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  /** @type {Set<Term>} */
  let said = new Set();
  /** @type {Element | null} */
  let section = null;
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    if (node instanceof Element && node.matches("h1, h2")) { section = node; said = new Set(); }
    if (!(node instanceof Text) || section === own || !node.parentElement?.closest(READ) || node.parentElement.closest(NOT)) continue;
    for (let text = node, match; (match = pattern.exec(text.data));) {
      const term = terms[match.slice(1).findIndex(Boolean)];
      if (said.has(term) || term.proper && match[0].replace(/\s+/g, " ") !== term.name) continue;
      said.add(term);
      const word = text.splitText(match.index);
      texts.currentNode = text = word.splitText(match[0].length);
      pattern.lastIndex = 0;
      word.replaceWith(tappable(match[0], term));
    }
  }
}

/** The heading under which an element stands. @param {HTMLElement} main @param {Element} node */
const sectionOf = (main, node) => [...main.querySelectorAll("h1, h2")].filter((one) => one.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING).at(-1) ?? null;

/** @param {Element} item @returns {Term[]} */
function termOf(item) {
  const word = item.querySelector("strong"), name = word?.textContent.trim();
  return word && name ? [{ name, proper: word.parentElement !== item, meaning: item.textContent.trim().slice(name.length).replace(/^\s*:\s*/, "") }] : [];
}

/** The pattern of a term, in the singular and the plural, however its words are broken into lines. @param {string} name */
const forms = (name) => `${name.replace(/[^\w ]/g, "\\$&").replace(/ /g, "\\s+").replace(/y$/, "(?:y|ie)")}s?`;

/** @param {string} word @param {Term} term */
function tappable(word, { name, meaning }) {
  const box = h("span", { className: "wb-meaning", role: "status" });
  // A button would not break into two lines, and is left out of what is copied.
  const node = h("span", { className: "wb-term", role: "button", tabIndex: 0, "aria-expanded": "false" }, word);
  let open = false;
  /** @param {boolean} now */
  function show(now) {
    open = now;
    node.setAttribute("aria-expanded", String(open));
    box.replaceChildren();
    if (!open) { box.remove(); return; }
    node.after(box);
    setTimeout(() => {
      box.replaceChildren(h("strong", {}, name), `: ${meaning}`);
      if (open) box.scrollIntoView({ block: "nearest" }); // it may end below the window, or under a bar
    }, ANNOUNCED_MS);
  }
  node.addEventListener("click", () => show(!open));
  node.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); show(!open); }
    if (event.key === "Escape" && open) show(false);
  });
  return node;
}
