// @ts-check
// What stands around a workbook: contents, display settings, and the word that the connection is gone.
import { contents } from "./contents.js";
import { display, menus } from "./display.js";
import { put, the } from "./dom.js";
import { ready, say } from "./words.js";

const PATIENCE_MS = 20_000;

export async function around() {
  // nbconvert ends each heading with a paragraph mark, which would be read out and stand in the contents.
  for (const mark of document.querySelectorAll("#wb-main .jp-InternalAnchorLink, #wb-main .anchor-link")) mark.remove();

  // What gets the focus must not lie under the header, which is two lines high on a phone and more with large text.
  const head = the(".wb-top");
  new ResizeObserver(() => document.documentElement.style.setProperty("--wb-head", `${head.offsetHeight}px`)).observe(head);

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
    const still = document.querySelectorAll(".voila-skeleton-container").length;
    if (still && still === waiting) show(true);
    waiting = still;
  }, PATIENCE_MS);
  the("button", panel).addEventListener("click", () => globalThis.location.reload());

  await ready;
  for (const node of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-wb-say]"))) put(node, say(node.dataset.wbSay ?? ""));
  const main = the("#wb-main");
  const nav = the("#wb-contents nav");
  nav.setAttribute("aria-label", say("page-contents"));
  menus();
  display(the("#wb-display .wb-panel"), main);
  contents(nav, main);
}
