// @ts-check
// How far the student is, drawn into the page's header where there is one, and what is to be known of the answers file.
import { h, put } from "./dom.js";
import { notices } from "./notices.js";
import { language, ready, say } from "./words.js";

/** @import { Model, Notice } from "./types.js" */

export default {
/** @param {{ model: Model<{ done: number, total: number, notices: Notice[] }>, el: HTMLElement }} context */
async render({ model, el }) {
  await ready;
  const bar = h("progress", { "aria-label": say("progress-label") });
  const text = h("span");
  const box = h("div", { className: "wb-progress" }, bar, text);
  const draw = () => {
    const done = model.get("done"), total = model.get("total");
    bar.max = Math.max(total, 1);
    bar.value = done;
    put(text, say("progress-count", { done, total }));
    news.replaceChildren(...notices(model.get("notices"), () => send("seen")));
  };
  /** @param {string} what */
  const send = (what) => { try { model.send({ do: what, language }); } catch { /* told by the questions */ } };
  const news = h("div", { className: "wb-notices", role: "status" });
  const slot = document.getElementById("wb-progress-slot");
  if (slot) slot.replaceChildren(box);
  else el.append(box);
  el.classList.add("wb-widget");
  el.append(news);
  const looked = () => { if (document.visibilityState === "visible") send("open"); };
  model.on("change", draw);
  globalThis.addEventListener("focus", looked);
  draw();
  return () => { model.off("change", draw); globalThis.removeEventListener("focus", looked); };
} };
