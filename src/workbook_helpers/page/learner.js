// @ts-check
// Who works here: asked before the questions of a workbook that draws them for each learner.
import { h, put } from "./dom.js";
import { language, ready, say } from "./words.js";

const WAIT_MS = 8000;
const LOOK_MS = 100, LOOKS = 50; // the question that comes in the place of this panel is drawn a moment later

/** @import { Model } from "./types.js" */

export default {
/** @param {{ model: Model<{ first: boolean, learner: string }, { do: "refused", text: string }>, el: HTMLElement }} context */
async render({ model, el }) {
  await ready;
  el.classList.add("wb-widget");
  if (!model.get("first")) {
    el.append(h("p", { className: "wb-gate wb-quiet" }, say("learner-later")));
    return undefined;
  }
  const uid = `wb-learner-${Math.random().toString(36).slice(2, 8)}`;
  /** @type {number | undefined} */
  let busy;
  let taken = false;
  const box = el.parentElement;
  const field = h("input", { type: "text", id: uid, autocomplete: "off", autocapitalize: "none", spellcheck: false, maxLength: 128, value: model.get("learner") });
  const hint = h("p", { className: "wb-hint", id: `${uid}-hint` }, say("learner-why"));
  const error = h("p", { className: "wb-error", id: `${uid}-error`, role: "alert" });
  const button = h("button", { type: "submit", className: "wb-button" }, say("learner-start"));
  field.setAttribute("aria-describedby", `${hint.id} ${error.id}`);

  /** @param {string} text */
  function done(text) {
    clearTimeout(busy);
    busy = undefined;
    button.removeAttribute("aria-disabled");
    put(error, text);
    field.setAttribute("aria-invalid", String(Boolean(text)));
    if (text) field.focus();
  }
  /** @param {Event} event */
  function start(event) {
    event.preventDefault();
    if (busy) return;
    if (!field.value.trim()) return done(say("hand-in-learner-missing"));
    done("");
    button.setAttribute("aria-disabled", "true");
    busy = setTimeout(() => done(say("learner-no-reply")), WAIT_MS);
    taken = true;
    try { model.send({ do: "learner", student: field.value, language }); } catch { /* the wait says so */ }
  }
  /** @param {{ do: "refused", text: string }} message */
  const heard = (message) => { if (message.do === "refused") { taken = false; done(message.text); } };
  model.on("msg:custom", heard);
  el.addEventListener("focusin", (event) => /** @type {Element} */ (event.target).setAttribute("data-lm-suppress-shortcuts", "true"));
  el.append(h("form", { className: "wb-gate", onsubmit: start, noValidate: true },
    h("p", { className: "wb-stem" }, say("learner-title")), h("label", { htmlFor: uid }, say("hand-in-learner")), hint, field, error, button));
  return () => {
    clearTimeout(busy);
    model.off("msg:custom", heard);
    if (taken) focusOnCome(box);
  };
} };

/** Put the focus on the question that comes into `box`, so that nobody is thrown back to the top of the page. @param {Element | null} box */
export function focusOnCome(box, looks = LOOKS) {
  const found = box?.querySelector(".wb-question");
  if (found instanceof HTMLElement) found.focus();
  else if (looks) setTimeout(() => focusOnCome(box, looks - 1), LOOK_MS);
}
