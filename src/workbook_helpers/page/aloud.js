// @ts-check
// Read aloud: the browser's own voice reads a section paragraph by paragraph, and a mark shows where it is.
import { chosen, isCalm } from "./display.js";
import { h, put } from "./dom.js";
import { say } from "./words.js";

/** What is read without stopping, and marked: an element, and its text. @typedef {{ node: HTMLElement, text: string }} Piece */

const RATE = .9;
const SILENCE_MS = 6000; // a voice that has not begun by then will not
const SCROLL_MS = 1000; // a smooth scroll takes less
const SECTION = ".wb-section";
const BLOCKS = "h1, h2, h3, h4, h5, h6, p, li, td, th, dt, dd, legend, label, figcaption, blockquote, summary, div";
// What is no part of the text: states, what is said to screen readers alone, what says again what is there, what is pressed but no choice.
const SKIPPED = "[hidden], [aria-hidden=true], [role=status], [role=alert], [data-wb-silent], .wb-away, .wb-label, .wb-foot, .wb-progress, .wb-noprint, button:not([aria-pressed]), "
  + "summary, details:not([open]), textarea, pre, code, svg, script, style";
// Chromium falls silent after some 15 seconds of one utterance (https://issues.chromium.org/issues/41294170): a sentence is one.
const SENTENCE = /\S.*?(?:[.!?]["”’')\]]*(?=\s|$)|$)/g;

/** What comes from a heading to the next section, as a student sees it now. @param {HTMLElement} main @param {HTMLElement} heading @returns {Piece[]} */
function piecesFrom(main, heading) {
  /** @type {Map<HTMLElement, string>} */
  const found = new Map();
  /** @param {HTMLElement} node @param {string} text */
  const add = (node, text) => found.set(node, (found.get(node) ?? "") + text);
  const nodes = document.createTreeWalker(main, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT,
    (node) => (node instanceof Element && node.matches(SKIPPED) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT));
  nodes.currentNode = heading;
  for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
    if (node instanceof Element && node.matches("h1, h2") && node.closest(SECTION) !== heading.closest(SECTION)) break;
    const block = /** @type {HTMLElement | null | undefined} */ (node.parentElement?.closest(BLOCKS));
    if (!block || !node.parentElement?.getClientRects().length) continue; // not shown
    if (node instanceof Text) add(block, node.data);
    if (node instanceof HTMLImageElement) add(node, node.alt);
  }
  return [...found].flatMap(([node, text]) => (/[\p{L}\d]/u.test(text) ? [{ node, text: text.replace(/\s+/g, " ") }] : []));
}

/** Offer to read each section of `main`, while the student wants it. @param {HTMLElement} main */
export function aloud(main) {
  if (!("speechSynthesis" in globalThis)) return;
  /** @type {(() => void) | null} */
  let stop = null;
  const offer = () => {
    const wanted = chosen("sound") === "on";
    if (wanted === (main.querySelector(".wb-listen") !== null)) return;
    stop?.();
    if (!wanted) { for (const button of main.querySelectorAll(".wb-listen")) button.remove(); return; }
    speechSynthesis.getVoices(); // they come late where nobody has asked for them
    for (const heading of /** @type {NodeListOf<HTMLElement>} */ (main.querySelectorAll(":is(h1, h2):not(.wb-away)"))) {
      if (![null, undefined, heading].includes(heading.closest(SECTION)?.querySelector("h1, h2"))) continue; // one for all that is shown together
      const button = h("button", { type: "button", className: "wb-listen wb-button wb-second wb-noprint", "aria-label": say("aloud-listen-to", { what: heading.textContent.trim() }),
        onclick: () => { stop?.(); stop = read(main, heading, button); } }, say("aloud-listen"));
      heading.after(button);
    }
  };
  globalThis.addEventListener("wb-display", offer);
  globalThis.addEventListener("pagehide", () => stop?.()); // Chromium reads on when the page is left
  offer();
}

/** Read a section, with a player; gives what ends it. @param {HTMLElement} main @param {HTMLElement} heading @param {HTMLElement} button */
function read(main, heading, button) {
  const pieces = () => piecesFrom(main, heading); // asked again and again: with an answer, the next card of a question comes
  let [now] = pieces(), part = 0; // which sentence of it
  /** @type {SpeechSynthesisUtterance | null} */
  let speech = null; // also kept because Chromium forgets one that nobody holds, and then it never ends
  let watch = 0;
  let way = 0, arrives = 0; // where a scroll of ours goes that is under way, and until when: a short sentence ends before it
  /** @param {string} name @param {() => void} onclick */
  const press = (name, onclick) => h("button", { type: "button", className: "wb-button wb-second", onclick }, say(name));
  const pause = press("aloud-pause", () => {
    if (speech) rest();
    else if (pieces().some(({ node }) => node === now.node)) go(now, part);
    else go(beside(Node.DOCUMENT_POSITION_FOLLOWING)[0] ?? now, 0); // the card was answered meanwhile
  });
  const trouble = h("span", { role: "status" });
  const player = h("div", { className: "wb-player wb-noprint", role: "group", "aria-label": say("display-sound"), onkeydown: (/** @type {KeyboardEvent} */ event) => { if (event.key === "Escape") stop(); } },
    pause, press("aloud-back", () => go(beside(Node.DOCUMENT_POSITION_PRECEDING).at(-1) ?? now, 0)), press("aloud-stop", stop), trouble);

  /** The pieces on one side of this one. @param {number} where */
  const beside = (where) => pieces().filter(({ node }) => node !== now.node && now.node.compareDocumentPosition(node) & where);
  const sentences = () => now.text.match(SENTENCE) ?? [];

  function hush() {
    clearTimeout(watch);
    speech = null;
    speechSynthesis.cancel();
  }
  // Android's own pause ends the utterance, and Chromium's does not come back from a long one: here it stops, and begins the sentence again.
  function rest(text = "") {
    hush();
    put(pause, say("aloud-play"));
    put(trouble, text);
  }
  /** Read on from there, and bring it before the eyes, unless the student has gone elsewhere meanwhile. @param {Piece} piece @param {number} sentence */
  function go(piece, sentence, isNear = true) {
    hush();
    now = piece;
    part = sentence;
    mark(now.node);
    if (isNear) follow();
    put(pause, say("aloud-pause"));
    put(trouble, "");
    const mine = speech = Object.assign(new SpeechSynthesisUtterance(sentences()[part]), { lang: /** @type {HTMLElement | null} */ (now.node.closest("[lang]"))?.lang ?? "", rate: RATE });
    const fail = () => { if (speech === mine) rest(say("aloud-silent")); };
    mine.onstart = () => clearTimeout(watch);
    mine.onerror = fail;
    mine.onend = () => {
      if (speech !== mine) return; // stopped by us
      const { isNear } = span(), [next] = beside(Node.DOCUMENT_POSITION_FOLLOWING);
      if (part + 1 < sentences().length) go(now, part + 1, isNear);
      else if (next) go(next, 0, isNear);
      else stop();
    };
    watch = setTimeout(fail, SILENCE_MS);
    speechSynthesis.speak(mine);
  }
  /** @param {HTMLElement | null} node */
  function mark(node) {
    for (const old of main.querySelectorAll("[data-wb-aloud]")) old.removeAttribute("data-wb-aloud");
    node?.setAttribute("data-wb-aloud", "");
  }
  /** Where the sentence stands, about, once the page stands still, and whether that can be seen between the bars. */
  function span() {
    if (Date.now() > arrives) way = scrollY;
    const { top: is, height } = now.node.getBoundingClientRect(), top = is + scrollY - way, bars = getComputedStyle(document.documentElement), all = sentences().length;
    const from = top + (height * part) / all, to = top + (height * (part + 1)) / all;
    const high = Number.parseFloat(bars.scrollPaddingTop) || 0, low = innerHeight - (Number.parseFloat(bars.scrollPaddingBottom) || 0);
    return { from, high, low, isSeen: from >= high && to <= low, isNear: from < low && to > high };
  }
  function follow() {
    const { from, high, low, isSeen } = span();
    if (isSeen) return;
    arrives = Date.now() + SCROLL_MS;
    way = Math.max(0, Math.min(way + from - high - (low - high) / 5, document.documentElement.scrollHeight - innerHeight));
    scrollTo({ top: way, behavior: isCalm() ? "auto" : "smooth" });
  }
  const watcher = new MutationObserver(() => { if (heading.closest("[hidden]")) stop(); }); // another section is shown
  const section = heading.closest("section");
  if (section) watcher.observe(section, { attributes: true, attributeFilter: ["hidden"] });
  function stop() {
    watcher.disconnect();
    hush();
    mark(null);
    if (player.contains(document.activeElement)) button.focus();
    player.remove();
    document.documentElement.style.removeProperty("--wb-player");
  }
  main.append(player);
  document.documentElement.style.setProperty("--wb-player", `${player.offsetHeight}px`); // what gets the focus must not lie under it
  go(now, 0);
  pause.focus({ preventScroll: true });
  return stop;
}
