// @ts-check
// Who works here: asked before the questions, where they are drawn for each learner or where many may use one device.
import { h, put } from "./dom.js";
import { LEAD, show } from "./sections.js";
import { say } from "./words.js";

const WAIT_MS = 8000;
const ID = "who-works-here";

/** @import { Workbook } from "./workbook.js" */

/** Ask in `el`, or say there that it is asked above; gives what ends it. @param {Workbook} book @param {HTMLElement} el @param {boolean} first */
export function gate(book, el, first) {
  const section = el.closest(".wb-section"), heading = first ? /** @type {HTMLElement | null | undefined} */ (section?.querySelector("h1, h2")) : null; // a scene and its question stay together: it is asked above them
  if (!first || heading) {
    el.append(h("p", { className: "wb-gate wb-quiet" }, say("learner-later"), ...(el.closest(".wb-section") ? [" ", h("a", { href: `#${ID}`, onclick: () => setTimeout(() => /** @type {HTMLElement | null} */ (document.querySelector(`#${ID} input`))?.focus()) }, say("learner-there"))] : [])));
    if (!heading) return () => {};
  }
  const uid = `wb-learner-${Math.random().toString(36).slice(2, 8)}`;
  const device = book.host.place === "device";
  /** @type {number | undefined} */
  let busy;
  const field = h("input", { type: "text", id: uid, autocomplete: "off", autocapitalize: "none", spellcheck: false, maxLength: 128, value: book.kept.known, oninput: () => { if (field.getAttribute("aria-invalid") === "true") done(""); } });
  const hint = h("p", { className: "wb-hint", id: `${uid}-hint` }, say(book.book.pools.length ? "learner-why" : "learner-why-device"), " ", say("learner-none"));
  const shared = h("input", { type: "checkbox", id: `${uid}-shared` });
  const share = device ? h("div", { className: "wb-option" }, shared, h("label", { htmlFor: shared.id }, say("learner-shared"))) : null;
  const error = h("p", { className: "wb-error", id: `${uid}-error`, role: "alert" });
  const button = h("button", { type: "submit", className: "wb-button" }, say("learner-start"));
  const { anew } = book.host; // why it is asked again
  const reason = anew && anew !== "left" ? h("p", { id: `${uid}-anew` }, say(`learner-${anew}`)) : null;
  field.setAttribute("aria-describedby", `${reason ? `${reason.id} ` : ""}${hint.id} ${error.id}`);

  /** @param {string} text */
  function done(text) {
    clearTimeout(busy);
    busy = undefined;
    button.removeAttribute("aria-disabled");
    put(error, text);
    field.setAttribute("aria-invalid", String(Boolean(text)));
    if (!text) return;
    field.focus();
    error.scrollIntoView({ block: "nearest" }); // it stands below: a low window may end between them
  }
  /** Read on from the section's beginning, unless the page has led elsewhere. */
  function begin() {
    if (!heading || document.activeElement !== document.body || document.getElementById("wb-place") || section?.hasAttribute("hidden")) return;
    heading.focus({ preventScroll: true });
    heading.scrollIntoView({ block: "start" });
  }
  /** @param {Event} event */
  function start(event) {
    event.preventDefault();
    if (busy) return;
    if (!field.value.trim()) { done(say("hand-in-learner-missing")); return; }
    done("");
    button.setAttribute("aria-disabled", "true");
    busy = setTimeout(() => done(say("learner-no-reply")), WAIT_MS);
    const { hash } = location; // a question that the page was opened at goes before what a tutor asks for
    book.host.work(field.value, shared.checked).then((kept) => {
      book.opened(kept);
      if (!document.getElementById(LEAD) || [...book.paper.values()].some(({ id }) => hash === `#${id}`) || !show(LEAD)) begin();
    }, (why) => done(why.message));
  }
  const form = h("form", { className: "wb-gate", id: el.closest(".wb-section") ? ID : false, tabIndex: -1, onsubmit: start, noValidate: true }, reason,
    h("p", { className: "wb-stem" }, say("learner-title")), h("label", { htmlFor: uid }, say("hand-in-learner")), hint, field, share, error, button);
  // In JupyterLab a letter on what has the focus may move a cell, unless that element says otherwise.
  form.addEventListener("focusin", (event) => /** @type {Element} */ (event.target).setAttribute("data-lm-suppress-shortcuts", "true"));
  const place = h("div", { className: "wb-widget" }, form);
  if (heading) heading.after(place); else el.append(place);
  if (anew && show(ID)) { // the student's next step is this box, wherever the page was
    if (heading && scrollY) heading.scrollIntoView({ block: "start" });
    field.focus();
  }
  return () => { clearTimeout(busy); place.remove(); };
}
