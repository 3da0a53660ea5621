// @ts-check
// How the page looks and sounds: what the student picked, remembered in this browser. What was not picked follows the device (display.css).
import { h } from "./dom.js";
import { remembered } from "./remember.js";
import { LANGUAGES, language, pick, say } from "./words.js";

/** @typedef {keyof typeof CHOICES} Choice */

const KEY = "wb-display", kept = remembered(KEY);
const CHOICES = { // the first is the usual one
  size: ["normal", "large", "larger", "largest"],
  colours: ["normal", "light", "dark", "contrast", "night"],
  font: ["normal", "dyslexic"],
  spacing: ["normal", "wide"],
  motion: ["normal", "less"],
  pages: ["normal", "one"],
  words: ["normal", "off"],
  sound: ["normal", "on"],
};
const NAMES = /** @type {Choice[]} */ (Object.keys(CHOICES));
/** @type {Choice[]} */
const LOOKS = ["size", "colours", "font", "spacing", "motion"]; // what makes sense on every page

/** @type {{ [name in Choice]?: string }} */
let picked = {};
function read() {
  const value = kept.get();
  if (value && typeof value === "object") picked = value; // else in a private window, or not ours: what was picked here goes on
}

/** What holds now. @param {Choice} name */
export const chosen = (name) => CHOICES[name].find((id) => id === picked[name]) ?? "normal";

/** Whether nothing should move by itself. */
export const isCalm = () => chosen("motion") === "less" || matchMedia("(prefers-reduced-motion: reduce)").matches;

function apply() {
  for (const name of NAMES) {
    const value = chosen(name);
    if (value === "normal") document.documentElement.removeAttribute(`data-wb-${name}`);
    else document.documentElement.setAttribute(`data-wb-${name}`, value);
  }
  globalThis.dispatchEvent(new CustomEvent("wb-display"));
}
const again = () => { read(); apply(); };
again(); // before anything waits: the text is on screen already
globalThis.addEventListener("storage", (event) => { if (event.key === KEY) again(); }); // picked in another window
globalThis.addEventListener("pageshow", (event) => { if (event.persisted) again(); }); // back to a page that was left before

/** @param {string} selector @returns {NodeListOf<HTMLDetailsElement>} */
const all = (selector) => document.querySelectorAll(selector);

/** Close one menu of the header when another opens, on Escape, and when one clicks elsewhere. */
export function menus() {
  for (const menu of all(".wb-menu")) {
    menu.addEventListener("keydown", (event) => { if (event.key === "Escape") { menu.open = false; menu.querySelector("summary")?.focus(); } });
    menu.addEventListener("toggle", () => { if (menu.open) for (const other of all(".wb-menu")) if (other !== menu) other.open = false; });
  }
  document.addEventListener("click", (event) => { for (const menu of all(".wb-menu[open]")) if (!menu.contains(/** @type {Node} */ (event.target))) menu.open = false; });
}

/** Fill the panel with the language, the looks, and what else can be picked on this page. @param {HTMLElement} panel @param {Choice[]} more */
export function display(panel, ...more) {
  /** @param {string} title @param {string[][]} options @param {string} now @param {(id: string) => void} change */
  const row = (title, options, now, change) => {
    const select = h("select", { onchange: () => { change(select.value); } }, ...options.map(([id, text, lang]) => h("option", { value: id, lang }, text)));
    select.value = now;
    panel.append(h("label", {}, h("span", {}, title), select));
    return select;
  };
  row(say("display-language"), Object.entries(LANGUAGES).map(([id, text]) => [id, text, id]), language, pick);
  for (const name of [...LOOKS, ...more]) {
    const select = row(say(`display-${name}`), CHOICES[name].map((id) => [id, say(`display-${name}-${id}`)]), chosen(name), (id) => {
      picked[name] = id;
      kept.set(picked);
      apply();
    });
    globalThis.addEventListener("wb-display", () => { select.value = chosen(name); });
  }
}
