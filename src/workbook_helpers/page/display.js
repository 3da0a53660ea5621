// @ts-check
// How the page looks and sounds, remembered in this browser: language, size, spacing, letters, colours, reading aloud, easier words.
import { h, put } from "./dom.js";
import { LANGUAGES, language, pick, say } from "./words.js";

const KEY = "wb-display";
/** @type {Record<string, string[]>} */
const CHOICES = { // the first is the usual one
  size: ["normal", "large", "larger", "largest"],
  spacing: ["normal", "wide"],
  font: ["normal", "dyslexic"],
  colours: ["normal", "dark", "contrast"],
  words: ["normal", "easier"],
  sound: ["normal", "on"],
};

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

/**
 * Fill the panel with the choices and apply what was chosen before; `main` holds the text, `only` names the choices that make sense here.
 * @param {HTMLElement} panel @param {HTMLElement} main
 */
export function display(panel, main, only = Object.keys(CHOICES)) {
  const root = document.documentElement;
  /** @type {Record<string, string>} */
  let chosen = {};
  try { chosen = JSON.parse(localStorage.getItem(KEY) ?? "null") ?? {}; } catch { /* a private window, or not ours */ }
  /** @param {string} name */
  const value = (name) => (CHOICES[name].includes(chosen[name]) ? chosen[name] : "normal");

  function apply() {
    for (const name of Object.keys(CHOICES)) root.setAttribute(`data-wb-${name}`, value(name));
    listenButtons();
    easierWords();
  }
  /** @param {string} title @param {string[][]} options @param {string} now @param {(id: string) => void} change */
  const row = (title, options, now, change) => {
    const select = h("select", { onchange: () => { change(select.value); } }, ...options.map(([id, text, lang]) => h("option", { value: id, lang }, text)));
    select.value = now;
    panel.append(h("label", {}, h("span", {}, title), select));
  };
  row(say("display-language"), Object.entries(LANGUAGES).map(([id, text]) => [id, text, id]), language, pick);
  for (const name of only) {
    row(say(`display-${name}`), CHOICES[name].map((id) => [id, say(`display-${name}-${id}`)]), value(name), (id) => {
      chosen[name] = id;
      try { localStorage.setItem(KEY, JSON.stringify(chosen)); } catch { /* then for this page only */ }
      apply();
    });
  }

  /** Give what stands right behind, if it is such a thing. @param {Element} node @param {string} selector */
  function after(node, selector) {
    const next = node.nextElementSibling;
    return next?.matches(selector) ? next : null;
  }

  /** A Listen button at each heading: the browser's own voice reads up to the next heading. */
  function listenButtons() {
    const on = root.getAttribute("data-wb-sound") === "on" && "speechSynthesis" in window;
    if (!on && "speechSynthesis" in window) speechSynthesis.cancel();
    for (const heading of main.querySelectorAll("h2, h3")) {
      const there = after(heading, ".wb-listen");
      if (!on) { there?.remove(); continue; }
      if (there) continue;
      const button = h("button", { type: "button", className: "wb-listen wb-button wb-second", "aria-label": say("display-listen-to", { what: heading.textContent.trim() }), onclick: () => { listen(heading, button); } }, say("display-listen"));
      heading.after(button);
    }
  }
  /** @param {HTMLElement} button @param {boolean} on */
  function speaks(button, on) {
    button.dataset.wbSpeaking = String(on);
    put(button, say(on ? "display-stop" : "display-listen"));
  }
  /** @param {Element} heading @param {HTMLElement} button */
  function listen(heading, button) {
    const speaking = button.dataset.wbSpeaking === "true";
    speechSynthesis.cancel();
    for (const other of /** @type {NodeListOf<HTMLElement>} */ (main.querySelectorAll(".wb-listen"))) speaks(other, false);
    if (speaking) return;
    const nodes = [...main.querySelectorAll("h2, h3, p, li, legend, label, figcaption")];
    const from = nodes.indexOf(heading);
    const to = nodes.findIndex((node, n) => n > from && /^H[23]$/.test(node.tagName));
    const text = nodes.slice(from, to < 0 ? undefined : to).filter((node) => !node.querySelector("p, li")).map((node) => node.textContent.trim());
    const speech = text.filter(Boolean).map((part) => Object.assign(new SpeechSynthesisUtterance(part), { lang: "en-GB", rate: 0.9 }));
    if (!speech.length) return;
    speech.at(-1)?.addEventListener("end", () => speaks(button, false));
    speech.forEach((part) => speechSynthesis.speak(part));
    speaks(button, true);
  }

  /** The words of the section "Words to know", to be tapped where they stand in the text. */
  function glossary() {
    const heading = [...main.querySelectorAll("h2")].find((node) => node.textContent.trim() === "Words to know");
    const list = heading && [...main.querySelectorAll("ul")].find((node) => heading.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING);
    const terms = new Map();
    for (const item of list?.querySelectorAll("li") ?? []) {
      const term = item.querySelector("strong")?.textContent.trim();
      if (term) terms.set(term.toLowerCase(), item.textContent.trim());
    }
    return { list, terms };
  }
  function easierWords() {
    for (const node of main.querySelectorAll(".wb-term, .wb-meaning")) {
      if (node.matches(".wb-term")) node.replaceWith(node.textContent); else node.remove();
    }
    if (root.getAttribute("data-wb-words") !== "easier") return;
    const { list, terms } = glossary();
    if (!list || !terms.size) return;
    const pattern = new RegExp(`\\b(${[...terms.keys()].map((term) => term.replace(/[^\w ]/g, "\\$&")).join("|")})\\b`, "i");
    for (const block of main.querySelectorAll(".jp-RenderedMarkdown p, .jp-RenderedMarkdown li")) {
      if (list.contains(block)) continue;
      block.normalize();
      for (const text of [...block.childNodes].filter((node) => node instanceof Text)) {
        const match = pattern.exec(text.data);
        if (!match) continue;
        const word = text.splitText(match.index);
        word.splitText(match[0].length);
        const button = h("button", { type: "button", className: "wb-term", "aria-expanded": "false" }, match[0]);
        button.addEventListener("click", () => {
          const shown = after(button, ".wb-meaning");
          button.setAttribute("aria-expanded", String(!shown));
          if (shown) { shown.remove(); return; }
          button.after(h("span", { className: "wb-meaning", role: "status" }, ` (${terms.get(match[0].toLowerCase())}) `));
        });
        word.replaceWith(button);
      }
    }
  }

  apply();
  if (document.readyState !== "complete") globalThis.addEventListener("load", apply); // the text is there by then
}
