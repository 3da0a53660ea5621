// @ts-check
// The table of contents with what is done, and the way back to where the student was.
import { h } from "./dom.js";
import { say } from "./words.js";

/** @param {HTMLElement} node */
const isDone = (node) => node.dataset.wbAnswered === "true";

/** @param {HTMLElement} nav @param {HTMLElement} main */
export function contents(nav, main) {
  /** @param {HTMLElement} node */
  const key = (node) => `wb-place:${node.dataset.wbScope}`; // by the copy, not by its place: another student's copy may lie there later
  /** @template T @param {() => T} call */
  const safely = (call) => { try { return call(); } catch { return null; } }; // a private window
  /** @type {string | null | undefined} */
  let before;
  const first = () => { // asked when the first question is there, before anything is remembered anew
    const node = /** @type {HTMLElement | null} */ (main.querySelector("[data-wb-scope]"));
    if (before === undefined && node) before = safely(() => localStorage.getItem(key(node)));
  };

  /** Headings of level 2 with the questions that stand below each. */
  function sections() {
    /** @type {{ heading: HTMLElement, questions: HTMLElement[] }[]} */
    const found = [];
    for (const node of /** @type {NodeListOf<HTMLElement>} */ (main.querySelectorAll("h2, .wb-question"))) {
      if (node.tagName === "H2") found.push({ heading: node, questions: [] });
      else if (node.matches(".wb-practice, .wb-assessed")) found.at(-1)?.questions.push(node); // what progress.py counts
    }
    return found;
  }
  /** @param {HTMLElement} node */
  function go(node) {
    nav.closest("details")?.removeAttribute("open");
    node.tabIndex = -1;
    node.scrollIntoView({ block: "start" });
    node.focus({ preventScroll: true });
  }
  /** @param {string} text @param {HTMLElement} node */
  const link = (text, node) => h("a", { href: `#${node.id}`, onclick: (event) => { event.preventDefault(); go(node); } }, text);
  function draw() {
    nav.replaceChildren(h("ol", {}, ...sections().map(({ heading, questions }) => {
      const done = questions.filter(isDone).length;
      const state = !questions.length ? null : done === questions.length ? say("page-section-done") : say("progress-count", { done, total: questions.length });
      return h("li", {}, link(heading.textContent.trim(), heading), " ", state && h("span", {}, state));
    })));
  }
  function offerPlace() {
    const node = before && document.getElementById(before);
    if (!node || document.getElementById("wb-place")) return;
    main.querySelector("h1")?.after(h("p", { id: "wb-place", className: "wb-card" }, h("span", {}, say("page-welcome-back")), " ", link(say("page-continue"), node)));
  }
  main.addEventListener("focusin", (event) => {
    const node = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-wb-scope]"));
    first();
    if (node) safely(() => localStorage.setItem(key(node), node.id));
  });
  /** @type {number | null} */
  let due = null;
  const soon = () => { first(); due ??= setTimeout(() => { due = null; draw(); offerPlace(); }, 300); };
  globalThis.addEventListener("wb-answered", soon); // also sent when a question has come onto the page
  draw();
  soon();
}
