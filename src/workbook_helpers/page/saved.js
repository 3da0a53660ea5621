// @ts-check
// One line on what is kept, for the whole workbook: in the page's header where there is one. A question itself speaks only when something is wrong.
import { h, put } from "./dom.js";
import { say } from "./words.js";

const CALM_MS = 400; // who types on and on is saved several times a second: the line does not flicker with it

/** @import { State } from "./types.js" */
/** @import { Workbook } from "./workbook.js" */

/** What the line can say, what is worst first, and of which states of a question. @type {[string, State[]][]} */
const SAYS = [["waits", ["conflict", "offered"]], ["not", ["unsaved", "refused"]], ["now", ["dirty", "saving"]]];

/** Make the line; where the page has a header it is there at once. @param {Workbook} book */
export function savedLine(book) {
  const node = h("p", { className: "wb-saved" });
  const top = document.querySelector(".wb-top");
  const slot = document.getElementById("wb-saved-slot") ?? top?.appendChild(h("div", { id: "wb-saved-slot" }));
  slot?.replaceChildren(node);
  let calm = 0;
  /** @param {string} name @param {string} [id] the question that it is about */
  function show(name, id) {
    const text = name === "none" ? "" : say(`saved-${name}`);
    if (id && slot) node.replaceChildren(h("a", { href: `#${id}` }, text)); // in JupyterLab an address is not the page's own
    else put(node, text);
  }
  function draw() {
    const waits = [...book.unsettled.values()], rest = book.host.line?.() ?? (book.keeps ? (book.holds() ? "all" : "none") : "nothing");
    const [name, first] = SAYS.map(([one, states]) => /** @type {const} */ ([one, waits.find(({ state }) => states.includes(state))])).find(([, one]) => one) ?? [rest];
    const id = name === "now" ? undefined : first?.id;
    if (node.dataset.wbSaved === name && node.dataset.wbQuestion === (id ?? "")) return;
    const late = name === "all" && node.dataset.wbSaved === "now";
    node.dataset.wbSaved = name;
    node.dataset.wbQuestion = id ?? "";
    clearTimeout(calm);
    if (late) calm = setTimeout(() => show(name), CALM_MS);
    else show(name, id);
  }
  book.addEventListener("change", draw);
  draw();
  return { node, end() { clearTimeout(calm); book.removeEventListener("change", draw); node.remove(); } };
}
