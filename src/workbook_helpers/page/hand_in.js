// @ts-check
// Review, hand in, receipt.
import { h, put, redraw } from "./dom.js";
import { changedSince, missing } from "./far.js";
import { kinds } from "./kinds.js";
import { cleanId } from "./learner_id.js";
import { notices } from "./notices.js";
import { called } from "./question.js";
import { show } from "./sections.js";
import { locale, say } from "./words.js";

const WAIT_MS = 20000; // the first hand-in through an exchange takes some seconds

/** @import { Kept, Kid, Receipt, Refusal, Spec } from "./types.js" */
/** @import { Workbook } from "./workbook.js" */

/** @param {string} iso */
const when = (iso) => new Date(iso).toLocaleString(locale, { dateStyle: "long", timeStyle: "short" });

export const LATER_DAYS = 14; // after a hand-in: whether what was learned is done at work shows only then
/** @param {string} iso */
function later(iso) {
  const day = new Date(iso);
  day.setDate(day.getDate() + LATER_DAYS);
  return day.toLocaleDateString(locale, { weekday: "long", day: "numeric", month: "long" });
}

/** How much was answered. @param {Pick<Receipt, "answered" | "total" | "started" | "attempt">} receipt */
export const receiptOf = ({ answered, total, started = [], attempt = 1 }) => say(attempt > 1 ? "receipt-of-again" : "receipt-of", { done: answered, total, started: started.length });

/** Go to a question; `word` is to be read there first. @param {string} id @param {HTMLElement} from @param {HTMLElement} [word] */
function goTo(id, from, word) {
  const target = /** @type {HTMLElement | null} */ ((from.closest(".jp-NotebookPanel") ?? document).querySelector(`#${CSS.escape(id)}`)); // a JupyterLab may show two copies
  if (!target) return;
  show(id); // it may be in another section
  if (word) target.prepend(word);
  target.scrollIntoView({ block: "start" });
  const field = /** @type {HTMLElement} */ (target.querySelector("input, textarea, select, button") ?? target);
  field.focus({ preventScroll: true });
  field.classList.add("wb-led"); // after a tap a browser shows no focus on a box that a script has given it to
  field.addEventListener("blur", () => field.classList.remove("wb-led"), { once: true });
}

/** Show it in `el`; gives what ends it. @param {Workbook} book @param {HTMLElement} el */
export function handIn(book, el) {
  const uid = `wb-hand-in-${Math.random().toString(36).slice(2, 8)}`;
  /** @type {number | undefined} */
  let busy;
  /** @type {number | null} */
  let asked = null; // how many questions were open when the student was asked whether to hand in all the same
  let still = () => true; // whether what the alert says is still so
  /** @type {Set<string>} */
  const given = new Set(); // files that the student has saved from this page

  const more = book.host.more?.(book);
  const review = h("div", { className: "wb-review" });
  const learner = h("input", { type: "text", id: `${uid}-learner`, autocomplete: "off", autocapitalize: "none", spellcheck: false, maxLength: 128, value: book.kept.learner || book.kept.known, oninput: () => { if (learner.getAttribute("aria-invalid") === "true" || !other.hidden) complain(""); } });
  const hint = h("p", { className: "wb-hint", id: `${uid}-hint` }, say("hand-in-learner-hint"));
  const error = h("p", { className: "wb-error", id: `${uid}-error`, role: "alert" });
  const tick = h("p", { className: "wb-error" }, say("hand-in-tick")); // shown at the declaration: the alert is off the screen by then
  const button = h("button", { type: "button", className: "wb-button", onclick: tryHandIn });
  const other = h("div", { className: "wb-conflict", hidden: true, tabIndex: -1 }); // the ID that was typed is not the one of this work
  const changed = h("div", { className: "wb-notice", hidden: true }, h("p", {}, say("hand-in-changed")));
  const receipt = h("div", { className: "wb-receipt", id: "your-receipt", role: "status" });
  learner.setAttribute("aria-describedby", `${hint.id} ${error.id}`);

  /** @param {string} id @param {Kid[]} text */
  const link = (id, ...text) => h("a", { href: `#${id}`, onclick: (event) => { event.preventDefault(); goTo(id, el); } }, ...text);
  /** Say what is in the way, for as long as `so` holds, and go where it can be mended. @param {string} text @param {HTMLElement | null} [field] */
  const complain = (text, field, so = () => true) => {
    put(error, text);
    other.hidden = true;
    button.hidden = false;
    still = so;
    learner.setAttribute("aria-invalid", String(field === learner));
    field?.focus();
    if (text) error.scrollIntoView({ block: "nearest" }); // it stands beside: a low window may end between them
  };
  /** What is worth a word of an answer. @param {Spec} spec */
  const advice = (spec) => (book.how(spec) === "done" && kinds[spec.kind]?.advice?.(spec, book.value(spec))) || "";
  /** @param {Spec} spec */
  const named = (spec) => {
    const half = book.how(spec) === "started" ? say(`${spec.kind}-missing`, { n: missing(spec, book.value(spec)), of: spec.size ?? 1 }) : advice(spec);
    return h("li", {}, link(spec.id, h("span", {}, called(book.label(spec), spec.kind)), `: ${spec.stem}`, half ? h("strong", { className: "wb-half" }, half) : null));
  };
  /** @param {string} title @param {Spec[]} specs */
  const listed = (title, specs) => (specs.length ? [h("p", {}, say(title)), h("ul", {}, ...specs.map(named))] : []);
  const declaration = () => book.of("record").find((spec) => spec.kind === "declaration");
  const undeclared = () => book.of("record").some((spec) => spec.kind === "declaration" && book.how(spec) === "open");
  /** The questions that are marked, or for the record, and are so far. @param {import("./far.js").How} how @param {Spec["purpose"][]} purposes */
  const all = (how, ...purposes) => book.of(...purposes).filter((spec) => book.isOpen(spec) && book.how(spec) === how);
  /** @param {import("./far.js").How} how */
  const due = (how) => book.due().filter((spec) => book.how(spec) === how);
  const notDone = () => due("open").length + due("started").length;

  function draw() {
    more?.draw();
    const again = book.referral !== null;
    const forms = again ? [] : all("open", "record").filter((spec) => spec.kind === "workplace");
    const open = due("open"), started = again ? due("started") : all("started", "assessed", "record"), { practice, assessed } = book.far(), mine = declaration();
    if (asked !== null && asked !== notDone()) asked = null;
    if (error.textContent && !still()) complain(""); // what the alert said may be done by now
    if (!undeclared()) tick.remove();
    redraw(review,
      ...notices(book.notices().filter(({ id }) => id !== "device-copy-due")), // that stands above already, and what helps just below
      h("p", {}, notDone() ? say(again ? "referral-left" : "hand-in-left", assessed) : say(again ? "referral-all" : "hand-in-all", { total: assessed.total })),
      ...listed("hand-in-started", started), ...listed(again ? "referral-open" : "hand-in-open", open), ...listed("hand-in-forms", forms), ...listed("hand-in-look", book.due().filter(advice)),
      practice.done < practice.total ? h("p", { className: "wb-quiet" }, say("hand-in-practice", practice)) : null,
      mine && undeclared() ? h("p", {}, link(mine.id, say("hand-in-declare"))) : null);
    const { receipts } = book.kept, last = receipts.at(-1);
    if (!busy) put(button, say(asked !== null ? "hand-in-anyway" : last ? "hand-in-again" : "hand-in-now"));
    const old = changedSince(book.book.items, book.kept.answers, last) > 0;
    changed.hidden = !old;
    button.classList.toggle("wb-second", Boolean(last) && !old); // what is next then stands in the receipt
    receipt.classList.toggle("wb-old", old); // as it was, but for what is next: nobody who types is read a receipt
    const saved = Boolean(last?.given || (last && given.has(last.file)));
    const shown = `${last?.code ?? ""}${receipts.length}${saved}`;
    if (receipt.dataset.wbCode === shown) return;
    receipt.dataset.wbCode = shown;
    if (!last) { receipt.replaceChildren(); return; }
    const focused = receipt.contains(document.activeElement) && document.activeElement !== receipt;
    const home = /** @type {HTMLAnchorElement | null} */ (document.querySelector("a.wb-home")); // a file has none
    const { now, paper, has = [say("receipt-file"), last.file] } = book.host.next({ ...last, given: saved }, () => { given.add(last.file); draw(); });
    receipt.replaceChildren(
      h("h3", {}, say(last.through === "exchange" ? "hand-in-done" : "hand-in-made")), ...now,
      h("dl", {}, ...(last.attempt && last.attempt > 1 ? [h("dt", {}, say("receipt-attempt")), h("dd", {}, String(last.attempt))] : []), h("dt", {}, say("receipt-when")), h("dd", {}, when(last.at)), h("dt", {}, say("receipt-code")), h("dd", {}, h("strong", {}, last.code)),
        h("dt", {}, say("receipt-answered")), h("dd", {}, receiptOf(last)), h("dt", {}, has[0]), h("dd", {}, has[1])),
      h("p", { className: "wb-row" }, paper), h("p", { className: "wb-quiet" }, say("hand-in-newest")), ...(!again && book.of("assessed").some(({ kind }) => kind === "written") ? [h("p", {}, say("receipt-later", { day: later(last.at) }))] : []), ...(home ? [h("p", {}, h("a", { href: home.href }, say("hand-in-home")))] : []));
    if (focused) /** @type {HTMLElement | null} */ (receipt.querySelector(".wb-big"))?.focus({ preventScroll: true }); // the button that was pressed is there anew
  }
  /** Let the student choose whose work this is, the calm way first. @param {string} text */
  function choose(text) {
    const mine = book.kept.learner, typed = cleanId(learner.value);
    other.replaceChildren(h("p", {}, text), h("p", { className: "wb-row" },
      h("button", { type: "button", className: "wb-button", onclick: () => { learner.value = mine; complain(""); button.focus(); tryHandIn(); } }, say("hand-in-as", { learner: mine })),
      h("button", { type: "button", className: "wb-button wb-second", onclick: () => ask((student) => book.become(student)) }, say("hand-in-am", { typed, learner: mine, place: book.host.place }))));
    other.hidden = false;
    button.hidden = true;
    other.focus({ preventScroll: true });
    other.scrollIntoView({ block: "nearest" });
  }
  /** Whether somebody else's ID is typed than the one that this work is kept under, or was chosen for; the host says so in words. */
  const isOther = () => {
    const { learner: mine } = book.kept;
    return Boolean(mine) && (book.host.place === "device" || book.book.pools.length > 0 || book.referral !== null || book.kept.notices.some(({ id }) => id === "referral-other")) && cleanId(learner.value).toLowerCase() !== mine.toLowerCase();
  };
  function tryHandIn() {
    if (busy) return;
    complain("");
    if (learner.value.trim() && isOther()) { ask((student) => book.host.handIn(student), true); return; } // before anything else is asked
    if (book.waiting) { complain(say("hand-in-unsaved"), button, () => book.waiting); return; }
    const mine = declaration();
    if (mine && undeclared()) {
      complain(say("hand-in-declare-first"), null, undeclared);
      goTo(mine.id, el, tick);
      return;
    }
    if (!learner.value.trim()) { complain(say("hand-in-learner-missing"), learner); return; }
    const n = notDone();
    if (n && asked === null) {
      asked = n;
      put(button, say("hand-in-anyway"));
      complain(say("hand-in-sure", { n }), button, () => asked === n);
      return;
    }
    asked = null;
    put(button, say("hand-in-busy"));
    ask((student) => book.host.handIn(student), true);
  }
  /** @param {(student: string) => Promise<Kept>} act */
  function ask(act, handed = false) {
    if (busy) return;
    button.setAttribute("aria-disabled", "true");
    busy = setTimeout(() => done(say("hand-in-no-reply"), button), WAIT_MS);
    act(learner.value).then((kept) => {
      done("");
      book.opened(kept);
      draw();
      if (handed) { receipt.tabIndex = -1; receipt.focus({ preventScroll: true }); receipt.scrollIntoView({ block: "start" }); } // what to do next stands on top
    }, (/** @type {Refusal} */ why) => {
      if (why.change) { done(""); choose(why.message); } else done(why.message, why.about === "learner" ? learner : button);
    });
  }
  /** @param {string} text @param {HTMLElement} [field] */
  function done(text, field) {
    clearTimeout(busy);
    busy = undefined;
    button.removeAttribute("aria-disabled");
    draw();
    complain(text, field);
  }

  el.append(h("section", { className: "wb-question wb-hand-in", id: "hand-in", tabIndex: -1, "aria-label": say("hand-in-title") },
    review, h("div", { className: "wb-field", hidden: Boolean(book.host.signedIn) }, h("label", { htmlFor: learner.id }, say("hand-in-learner")), hint, learner), error, other, changed, button, receipt));
  if (more) el.append(more.node);
  book.addEventListener("change", draw);
  draw();
  return () => book.removeEventListener("change", draw);
}
