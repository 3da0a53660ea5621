// @ts-check
// The kernel keeps the answers, in a file beside the notebook. One widget of the page, the session, asks it for all places.
import { h } from "../dom.js";
import { language, ready, say } from "../words.js";
import { Workbook } from "../workbook.js";
import { toTutor } from "./to_tutor.js";

/** @import { Book, Host, Model, Receipt } from "../types.js" */
/** @typedef {Model<{ book: Book }, { n: number, do: string, text?: string, about?: string, change?: boolean }>} Session */

/** @type {WeakMap<object, Workbook>} */
const books = new WeakMap(); // several notebooks may be open in one JupyterLab

/** @param {Session} session @returns {Host} */
function kernel(session) {
  let n = 0;
  /** @type {Map<number, [(reply: any) => void, (error: Error) => void]>} */
  const asked = new Map();
  session.on("msg:custom", ({ n, ...reply }) => {
    const [resolve, reject] = asked.get(n) ?? [];
    asked.delete(n);
    if (reply.do === "problem") reject?.(Object.assign(new Error(reply.text), { about: reply.about, change: reply.change }));
    else resolve?.(reply);
  });
  /** @param {object} message @returns {Promise<any>} */
  const ask = (message) => new Promise((resolve, reject) => {
    n += 1;
    asked.set(n, [resolve, reject]);
    try { session.send({ ...message, n, language }); } catch { /* the connection is gone; who waits says so */ }
  });
  /** @param {string} path */
  const address = (path) => new URL(`../${path}`, import.meta.url).pathname; // this script lies in workbook/static
  return {
    place: "disk",
    open: () => ask({ do: "open" }),
    save: (id, value, base) => ask({ do: "save", id, value, base: base.revision, was: base.value }),
    changed: () => { /* seen when the window is looked at again */ },
    work: (learner) => ask({ do: "work", learner }),
    handIn: (learner) => ask({ do: "hand-in", learner }),
    seen: () => ask({ do: "seen" }),
    /** @param {Receipt} receipt */
    next: (receipt) => [
      ...(receipt.through === "exchange" ? [h("p", {}, say("receipt-nothing-else"))] : [
        toTutor(session.get("book")),
        h("p", {}, h("a", { className: "wb-button", href: address(`handed-in/${encodeURIComponent(receipt.file)}`) }, say("receipt-save")))]),
      h("p", {}, h("a", { className: "wb-button wb-second", href: address(`receipt/${encodeURIComponent(receipt.file.replace(/\.zip$/, ".html"))}`), target: "_blank", rel: "noopener" }, say("hand-in-receipt"))),
    ],
  };
}

/**
 * Show what a cell asks for; called by anywidget for each.
 * @param {{ model: Model<{ name: string, session: string }> & { widget_manager: { get_model(id: string): Promise<Session> } }, el: HTMLElement }} context
 */
export async function render({ model, el }) {
  const session = await model.widget_manager.get_model(model.get("session"));
  await ready;
  let book = books.get(session);
  if (!book) books.set(session, book = new Workbook(session.get("book"), kernel(session)));
  return book.mount(model.get("name"), el);
}
