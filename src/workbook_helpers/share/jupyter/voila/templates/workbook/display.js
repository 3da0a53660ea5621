// How the page looks and sounds, remembered in this browser: size, spacing, letters, colours, reading aloud, easier words.
(() => {
  const KEY = "wb-display";
  const CHOICES = {
    size: ["Text size", { normal: "Normal", large: "Large", larger: "Larger", largest: "Largest" }],
    spacing: ["Spacing", { normal: "Normal", wide: "Wide" }],
    font: ["Letters", { normal: "Normal", dyslexic: "OpenDyslexic" }],
    colours: ["Colours", { normal: "Off-white", dark: "Dark", contrast: "High contrast" }],
    words: ["Hard words", { normal: "As they are", easier: "Tap for the meaning" }],
    sound: ["Read aloud", { normal: "Off", on: "Show Listen buttons" }],
  };
  const root = document.documentElement;
  const main = document.getElementById("wb-main");
  const panel = document.querySelector("#wb-display .wb-panel");
  let chosen = {};
  try { chosen = JSON.parse(localStorage.getItem(KEY)) ?? {}; } catch { /* a private window, or not ours */ }

  function make(tag, text, ...kids) {
    const node = document.createElement(tag);
    if (text) node.textContent = text;
    node.append(...kids);
    return node;
  }
  function apply() {
    for (const name of Object.keys(CHOICES)) {
      const value = Object.hasOwn(CHOICES[name][1], chosen[name]) ? chosen[name] : "normal";
      root.setAttribute(`data-wb-${name}`, value);
    }
    listenButtons();
    easierWords();
  }
  for (const [name, [title, values]] of Object.entries(CHOICES)) {
    const select = make("select", "", ...Object.entries(values).map(([value, text]) => Object.assign(make("option", text), { value })));
    select.value = Object.hasOwn(values, chosen[name]) ? chosen[name] : "normal";
    select.addEventListener("change", () => {
      chosen[name] = select.value;
      try { localStorage.setItem(KEY, JSON.stringify(chosen)); } catch { /* then for this page only */ }
      apply();
    });
    panel.append(make("label", "", make("span", title), select));
  }

  /** A Listen button at each heading: the browser's own voice reads up to the next heading. */
  function listenButtons() {
    const on = root.getAttribute("data-wb-sound") === "on" && "speechSynthesis" in window;
    if (!on && "speechSynthesis" in window) speechSynthesis.cancel();
    for (const heading of main.querySelectorAll("h2, h3")) {
      const there = heading.nextElementSibling?.matches(".wb-listen") ? heading.nextElementSibling : null;
      if (!on) { there?.remove(); continue; }
      if (there) continue;
      const button = Object.assign(make("button", "Listen"), { type: "button", className: "wb-listen wb-button wb-second" });
      button.setAttribute("aria-label", `Listen: ${heading.textContent.trim()}`);
      button.addEventListener("click", () => listen(heading, button));
      heading.after(button);
    }
  }
  function listen(heading, button) {
    const speaking = button.textContent === "Stop";
    speechSynthesis.cancel();
    for (const other of main.querySelectorAll(".wb-listen")) other.textContent = "Listen";
    if (speaking) return;
    const nodes = [...main.querySelectorAll("h2, h3, p, li, legend, label, figcaption")];
    const from = nodes.indexOf(heading);
    const to = nodes.findIndex((node, n) => n > from && /^H[23]$/.test(node.tagName));
    const text = nodes.slice(from, to < 0 ? undefined : to).filter((node) => !node.querySelector("p, li")).map((node) => node.textContent.trim());
    const speech = text.filter(Boolean).map((part) => Object.assign(new SpeechSynthesisUtterance(part), { lang: "en-GB", rate: 0.9 }));
    if (!speech.length) return;
    speech.at(-1).addEventListener("end", () => { button.textContent = "Listen"; });
    speech.forEach((part) => speechSynthesis.speak(part));
    button.textContent = "Stop";
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
    if (!terms.size) return;
    const pattern = new RegExp(`\\b(${[...terms.keys()].map((term) => term.replace(/[^\w ]/g, "\\$&")).join("|")})\\b`, "i");
    for (const block of main.querySelectorAll(".jp-RenderedMarkdown p, .jp-RenderedMarkdown li")) {
      if (list.contains(block)) continue;
      block.normalize();
      for (const text of [...block.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE)) {
        const match = pattern.exec(text.data);
        if (!match) continue;
        const word = text.splitText(match.index);
        word.splitText(match[0].length);
        const button = Object.assign(make("button", match[0]), { type: "button", className: "wb-term" });
        button.setAttribute("aria-expanded", "false");
        button.addEventListener("click", () => {
          const shown = button.nextElementSibling?.matches(".wb-meaning") ? button.nextElementSibling : null;
          button.setAttribute("aria-expanded", String(!shown));
          if (shown) { shown.remove(); return; }
          const meaning = Object.assign(make("span", ` (${terms.get(match[0].toLowerCase())}) `), { className: "wb-meaning" });
          meaning.setAttribute("role", "status");
          button.after(meaning);
        });
        word.replaceWith(button);
      }
    }
  }

  for (const menu of document.querySelectorAll(".wb-menu")) {
    menu.addEventListener("keydown", (event) => { if (event.key === "Escape") { menu.open = false; menu.querySelector("summary").focus(); } });
    menu.addEventListener("toggle", () => { if (menu.open) for (const other of document.querySelectorAll(".wb-menu")) if (other !== menu) other.open = false; });
  }
  document.addEventListener("click", (event) => { for (const menu of document.querySelectorAll(".wb-menu[open]")) if (!menu.contains(event.target)) menu.open = false; });
  apply();
  window.addEventListener("load", apply); // the text is there by now
})();
