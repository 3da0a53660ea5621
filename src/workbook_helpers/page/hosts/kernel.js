// @ts-check
// The kernel keeps the answers, in a file beside the notebook. All places of a page ask it in one way: over a line, or in JupyterLab by a widget.
import { h, the } from "../dom.js";
import { language, ready, say } from "../words.js";
import { Workbook } from "../workbook.js";
import { line } from "./line.js";
import { toTutor } from "./to_tutor.js";

/** @import { Book, Host, KernelSays, Model, Way } from "../types.js" */
/** @typedef {Model<{ book: Book }, KernelSays>} Link */

/** @type {WeakMap<object, Workbook>} */
const books = new WeakMap(); // several notebooks may be open in one JupyterLab

/** @param {Book} book @param {Way} way @returns {Host} */
function kernel(book, way) {
  let n = 0;
  /** @type {Map<number, [(reply: any) => void, (error: Error) => void]>} */
  const asked = new Map();
  way.listen(({ n, ...reply }) => {
    const [resolve, reject] = asked.get(n) ?? [];
    asked.delete(n);
    if (reply.do === "problem") reject?.(Object.assign(new Error(reply.text), { about: reply.about, change: reply.change }));
    else resolve?.(reply);
  });
  /** @param {object} message @returns {Promise<any>} */
  const ask = (message) => new Promise((resolve, reject) => {
    n += 1;
    asked.set(n, [resolve, reject]);
    try { way.send({ ...message, n, language }); } catch { /* the connection is gone; who waits says so */ }
  });
  /** @param {string} path */
  const address = (path) => new URL(import.meta.url.replace(/workbook\/static\/.*/, `workbook/${path}`)).pathname;
  return {
    place: "disk",
    unshared: "program-private",
    open: () => ask({ do: "open" }),
    save: (name, value, base) => ask({ do: "save", id: name, value, base: base.revision, was: base.value }),
    tried: (id, tried, revision) => ask({ do: "tried", id, tried, base: revision }),
    changed: (heard) => way.back(heard), // else seen when the window is looked at again
    work: (learner) => ask({ do: "work", learner }),
    handIn: (learner) => ask({ do: "hand-in", learner }),
    seen: () => ask({ do: "seen" }),
    /** @type {Host["next"]} */
    next: (receipt, saved) => ({
      now: receipt.through === "exchange" ? [h("p", { className: "wb-next" }, say("receipt-nothing-else"))] : [
        ...toTutor(book, receipt.given ? "save" : null),
        h("p", { className: "wb-row" }, h("a", { className: "wb-button wb-big", href: address(`handed-in/${encodeURIComponent(receipt.file)}`), onclick: () => setTimeout(saved) }, say(receipt.given ? "receipt-save-again" : "receipt-save")))],
      paper: h("a", { className: "wb-button wb-second", href: address(`receipt/${encodeURIComponent(receipt.file.replace(/\.zip$/, ".html"))}`), target: "_blank", rel: "noopener" }, say("hand-in-receipt")),
    }),
  };
}

/**
 * Show what a cell asks for; called by anywidget for each.
 * @param {{ model: Model<{ name: string, session: string }> & { widget_manager: { get_model(id: string): Promise<Link> } }, el: HTMLElement }} context
 */
export async function render({ model, el }) {
  const link = await model.widget_manager.get_model(model.get("session"));
  await ready;
  let book = books.get(link);
  if (!book) {
    const way = { send: link.send.bind(link), listen: (/** @type {(said: KernelSays) => void} */ heard) => link.on("msg:custom", heard), back: () => { /* JupyterLab finds the kernel again */ } };
    books.set(link, book = new Workbook(link.get("book"), kernel(link.get("book"), way)));
  }
  return book.mount(model.get("name"), el);
}

/** Put a workbook's questions onto a page of ours, behind which a kernel runs. */
export async function onServer() {
  const inside = the("#wb-book");
  const [id, folder, base] = ["kernel", "folder", "base"].map((name) => JSON.parse(inside.dataset[name] ?? ""));
  const way = line({ kernel: id, folder, base });
  await ready;
  /** @type {Book} */
  const book = JSON.parse(inside.textContent);
  const page = new Workbook(book, kernel(book, way));
  globalThis.addEventListener("pagehide", () => { page.hurry(); if (!page.waiting) way.end(); }); // what was not saved yet may still be on its way
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-wb-ask]"))) page.mount(place.dataset.wbAsk ?? "", place);
}
