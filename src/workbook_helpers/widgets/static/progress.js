// How far the student is, drawn into the page's header where there is one.
import { h, put } from "./dom.js";
import { language, ready, say } from "./words.js";

export default { async render({ model, el }) {
  await ready;
  const bar = h("progress", { "aria-label": say("progress-label") });
  const text = h("span");
  const box = h("div", { className: "wb-progress" }, bar, text);
  const draw = () => {
    const done = model.get("done"), total = model.get("total");
    bar.max = Math.max(total, 1);
    bar.value = done;
    put(text, say("progress-count", { done, total }));
  };
  const slot = document.getElementById("wb-progress-slot");
  if (slot) slot.replaceChildren(box);
  else { el.classList.add("wb-widget"); el.append(box); }
  const looked = () => { if (document.visibilityState === "visible") try { model.send({ do: "open", language }); } catch { /* told by the questions */ } };
  model.on("change", draw);
  globalThis.addEventListener("focus", looked);
  draw();
  return () => { model.off("change", draw); globalThis.removeEventListener("focus", looked); };
} };
