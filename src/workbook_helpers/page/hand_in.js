// @ts-check
// Review, hand in, receipt.
import { h, put } from "./dom.js";
import { isUnsaved } from "./frame.js";
import { focusOnCome } from "./learner.js";
import { notices } from "./notices.js";
import { language, locale, ready, say } from "./words.js";

const WAIT_MS = 20000; // the first hand-in through an exchange takes some seconds

/** @import { Kid, Model, Notice, Values } from "./types.js" */
/** @typedef {{ at: string, code: string, answered: number, total: number, file: string, through: string, page: string }} Receipt */
/** @typedef {{ id: string, label: { id: string } & Values, stem: string }} Left */
/** @typedef {{ total: number, left: Left[], practice_left: number, declaration: string, declared: boolean, learner: string, receipt: Receipt | null, times: number, notices: Notice[] }} State */
/** @typedef {{ do: "handed-in" } | { do: "refused", text: string, about?: string, change?: boolean }} Message */

/** @param {string} iso */
const when = (iso) => new Date(iso).toLocaleString(locale, { dateStyle: "long", timeStyle: "short" });
/** @param {string} path */
const address = (path) => new URL(`../${path}`, import.meta.url).pathname; // this script lies in workbook/static

/** @param {string} id @param {HTMLElement} from */
function goTo(id, from) {
  const target = /** @type {HTMLElement | null} */ ((from.closest(".jp-NotebookPanel") ?? document).querySelector(`#${CSS.escape(id)}`)); // a JupyterLab may show two copies
  if (!target) return;
  target.scrollIntoView({ block: "start" });
  /** @type {HTMLElement} */ (target.querySelector("input, textarea, select, button") ?? target).focus({ preventScroll: true });
}

export default {
/** @param {{ model: Model<{ state: State, scope: string }, Message>, el: HTMLElement }} context */
async render({ model, el }) {
  await ready;
  const uid = `wb-hand-in-${Math.random().toString(36).slice(2, 8)}`;
  /** @type {number | undefined} */
  let busy;
  let changing = false;
  /** @type {number | null} */
  let asked = null; // how many questions were open when the student was asked whether to hand in all the same
  let still = () => true; // whether what the alert says is still so
  const box = el.parentElement;

  const review = h("div", { className: "wb-review" });
  const learner = h("input", { type: "text", id: `${uid}-learner`, autocomplete: "off", autocapitalize: "none", spellcheck: false, maxLength: 128, oninput: () => { if (learner.getAttribute("aria-invalid") === "true") complain(""); } });
  const hint = h("p", { className: "wb-hint", id: `${uid}-hint` }, say("hand-in-learner-hint"));
  const error = h("p", { className: "wb-error", id: `${uid}-error`, role: "alert" });
  const button = h("button", { type: "button", className: "wb-button", onclick: tryHandIn });
  const change = h("button", { type: "button", className: "wb-button wb-second", hidden: true, onclick: () => ask({ do: "change-learner" }) }, say("hand-in-change"));
  const receipt = h("div", { className: "wb-receipt", role: "status" });
  learner.setAttribute("aria-describedby", `${hint.id} ${error.id}`);

  /** @param {string} id @param {Kid[]} text */
  const link = (id, ...text) => h("a", { href: `#${id}`, onclick: (event) => { event.preventDefault(); goTo(id, el); } }, ...text);
  /** @param {object} message */
  const send = (message) => { try { model.send({ ...message, language }); } catch { /* the wait, or the questions, say so */ } };
  /** Say what is in the way, for as long as `so` holds, and go where it can be mended. @param {string} text @param {HTMLElement | null} [field] */
  const complain = (text, field, so = () => true) => {
    put(error, text);
    still = so;
    learner.setAttribute("aria-invalid", String(field === learner));
    field?.focus();
  };
  function check() { // what the alert said may be done by now
    if (error.textContent && !still()) complain("");
  }
  /** @param {Left} left */
  const named = ({ id, label: { id: name, ...values }, stem }) => h("li", {}, link(id, h("span", {}, say(name, values)), `: ${stem}`));

  function draw() {
    const s = model.get("state");
    const left = s.left ?? [];
    if (asked !== null && asked !== left.length) asked = null;
    check();
    review.replaceChildren(...[
      ...notices(s.notices),
      h("p", {}, left.length ? say("hand-in-left", { done: s.total - left.length, total: s.total }) : say("hand-in-all", { total: s.total })),
      left.length ? h("ul", {}, ...left.map(named)) : null,
      s.practice_left ? h("p", { className: "wb-quiet" }, say("hand-in-practice", { n: s.practice_left })) : null,
      s.declaration && !s.declared ? h("p", {}, link(s.declaration, say("hand-in-declare"))) : null,
    ].filter((one) => one != null)); // null would be shown as a word
    if (s.learner && !learner.value) learner.value = s.learner;
    if (!busy) put(button, say(asked !== null ? "hand-in-anyway" : s.times ? "hand-in-again" : "hand-in-now"));
    button.classList.toggle("wb-second", s.times > 0); // what is next then stands in the receipt
    if (!s.receipt) { receipt.replaceChildren(); return; }
    const r = s.receipt;
    receipt.replaceChildren(
      h("h3", {}, say("hand-in-done")),
      h("dl", {}, h("dt", {}, say("receipt-when")), h("dd", {}, when(r.at)), h("dt", {}, say("receipt-code")), h("dd", {}, h("strong", {}, r.code)),
        h("dt", {}, say("receipt-answered")), h("dd", {}, say("progress-count", { done: r.answered, total: r.total })), h("dt", {}, say("receipt-file")), h("dd", {}, r.file)),
      r.through === "exchange"
        ? h("p", {}, say("receipt-nothing-else"))
        : h("div", {}, h("p", {}, say("hand-in-next")),
            h("p", {}, h("a", { className: "wb-button", href: address(`handed-in/${encodeURIComponent(r.file)}`) }, say("receipt-save")))),
      h("p", {}, h("a", { className: "wb-button wb-second", href: address(`receipt/${encodeURIComponent(r.page)}`), target: "_blank", rel: "noopener" }, say("hand-in-receipt"))),
      h("p", { className: "wb-quiet" }, say("hand-in-newest")),
    );
  }

  /** @returns {void} */
  function tryHandIn() {
    const s = model.get("state");
    if (busy) return;
    complain("");
    const waits = () => isUnsaved(model.get("scope"));
    if (waits()) return complain(say("hand-in-unsaved"), button, waits);
    if (s.declaration && !s.declared) {
      complain(say("hand-in-declare-first"), null, () => !model.get("state").declared);
      return goTo(s.declaration, el);
    }
    if (!learner.value.trim()) return complain(say("hand-in-learner-missing"), learner);
    const n = s.left.length;
    if (n && asked === null) {
      asked = n;
      put(button, say("hand-in-anyway"));
      return complain(say("hand-in-sure", { n }), button, () => asked === n);
    }
    asked = null;
    put(button, say("hand-in-busy"));
    ask({ do: "hand-in" });
  }
  /** @param {{ do: string }} message */
  function ask(message) {
    if (busy) return;
    change.hidden = true;
    changing = message.do === "change-learner";
    button.setAttribute("aria-disabled", "true");
    send({ ...message, student: learner.value });
    busy = setTimeout(() => done(say("hand-in-no-reply"), button), WAIT_MS);
  }
  /** @param {string} text @param {HTMLElement} [field] */
  function done(text, field) {
    clearTimeout(busy);
    busy = undefined;
    button.removeAttribute("aria-disabled");
    draw();
    complain(text, field);
  }
  /** @param {Message} message */
  const heard = (message) => {
    if (message.do === "refused") {
      changing = false;
      done(message.text, message.about === "learner" ? learner : button);
      change.hidden = !message.change;
    }
    if (message.do === "handed-in") { done(""); receipt.tabIndex = -1; receipt.focus(); }
  };
  const looked = () => { if (document.visibilityState === "visible") send({ do: "open" }); };

  el.classList.add("wb-widget");
  el.append(h("section", { className: "wb-question wb-hand-in", id: "hand-in", tabIndex: -1, "aria-label": say("hand-in-title") },
    review, h("div", { className: "wb-field" }, h("label", { htmlFor: learner.id }, say("hand-in-learner")), hint, learner), error, button, change, receipt));
  model.on("change:state", draw);
  model.on("msg:custom", heard);
  globalThis.addEventListener("focus", looked);
  globalThis.addEventListener("wb-state", check);
  draw();
  return () => {
    model.off("change:state", draw);
    model.off("msg:custom", heard);
    globalThis.removeEventListener("focus", looked);
    globalThis.removeEventListener("wb-state", check);
    if (changing) focusOnCome(box);
  };
} };
