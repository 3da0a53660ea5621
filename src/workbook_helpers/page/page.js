// @ts-check
// What stands around a workbook: contents, display settings, and the word that the connection is gone.
import { aloud } from "./aloud.js";
import { bar } from "./bar.js";
import { contents, legend } from "./contents.js";
import { display, menus } from "./display.js";
import { put, the } from "./dom.js";
import { handed } from "./handed.js";
import { meanings } from "./meanings.js";
import { sections, steps } from "./sections.js";
import { ready, say } from "./words.js";

/** @import { Workbook } from "./workbook.js" */

const PATIENCE_MS = 20_000;
const MOST = 1 / 5; // of the window's height, for what always stays in view

/** Let bars stay in view while there is room to read beside them; those named first go before. A name says in the style sheets how much
 * of the window its bar takes, so that nothing that gets the focus lies under it. @param {Record<string, HTMLElement>} bars */
function stay(bars) {
  const measure = () => {
    let room = innerHeight * MOST;
    for (const [name, bar] of Object.entries(bars)) {
      const high = bar.offsetHeight, fits = high <= room;
      if (fits) room -= high;
      bar.classList.toggle("wb-stays", fits);
      document.documentElement.style.setProperty(name, fits ? `${high}px` : "0px");
    }
  };
  const seen = new ResizeObserver(measure);
  for (const bar of Object.values(bars)) seen.observe(bar);
  globalThis.addEventListener("resize", measure);
}

export async function around() {
  // nbconvert ends each heading with a paragraph mark, which would be read out and stand in the contents.
  for (const mark of document.querySelectorAll("#wb-main .jp-InternalAnchorLink, #wb-main .anchor-link")) mark.remove();

  const main = the("#wb-main");
  sections(main); // at once: what follows waits for the words
  stay({ "--wb-head": the(".wb-top"), "--wb-foot": the("#wb-bar") });
  main.addEventListener("keyup", ({ key, target }) => { // of a box to write in, a browser brings only the line with the cursor into view; the rest may lie under a bar
    if (key === "Tab" && target instanceof HTMLTextAreaElement && target.offsetHeight < innerHeight / 2) target.scrollIntoView({ block: "nearest" });
  });

  // The questions find out first that the connection is gone, because an acknowledgement does not come.
  const panel = the("#wb-lost");
  let kept = true; // whether this browser has what the questions still wait to save
  const text = the("p", panel);
  /** @param {boolean} lost */
  const show = (lost) => {
    panel.hidden = !lost;
    document.body.classList.toggle("wb-is-lost", lost);
    const name = text.dataset.wbSay = kept ? "page-lost" : "page-lost-unkept";
    ready.then(() => put(text, say(name)));
  };
  globalThis.addEventListener("wb-connection-lost", (event) => { kept &&= !(event instanceof CustomEvent) || event.detail?.kept !== false; show(true); });
  globalThis.addEventListener("wb-connection-back", () => { kept = true; show(false); });
  let waiting = 0;
  setInterval(() => { // questions that have yet to come, and of which none came for so long, will not
    const still = document.querySelectorAll('[data-wb-ask]:not([data-wb-ask="progress"]):empty').length;
    if (still && still === waiting) show(true);
    waiting = still;
  }, PATIENCE_MS);
  the("button", panel).addEventListener("click", () => globalThis.location.reload());

  await ready;
  for (const node of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-wb-say]"))) put(node, say(node.dataset.wbSay ?? ""));
  const menu = /** @type {HTMLDetailsElement} */ (the("#wb-contents")), nav = the("nav", menu);
  nav.setAttribute("aria-label", say("page-contents"));
  /** @type {Workbook | undefined} */
  let book;
  /** @param {import("./sections.js").Shown} section */
  const known = (section) => book?.book.sections[steps().indexOf(section)];
  const drawContents = contents(menu, nav, () => book, known);
  const drawBar = bar(the("#wb-bar"), the("#wb-here"), known);
  const tellHanded = handed();
  globalThis.addEventListener("wb-opened", (event) => {
    if (!(event instanceof CustomEvent)) return;
    tellHanded(event.detail);
    if (book) return;
    book = event.detail;
    book?.addEventListener("change", drawContents);
    drawBar();
  });
  legend(the("#wb-legend"));
  menus();
  display(the("#wb-display .wb-settings"), "pages", "words", "sound");
  meanings(main);
  aloud(main);
}
