// @ts-check
/* What the desk's pages do beside htmx: say at once when the server has gone, keep what was typed, follow what others change.
   One state is named: the server `answers`, or it does not ("gone"), or it answers and wants a log-in ("locked"), or it is at another
   class than this page is of ("elsewhere"). */

import { headers } from "./secret.js";

/** @typedef {"answers" | "gone" | "locked" | "elsewhere"} Server */

const SAID = {
  gone: "The desk does not answer: its server has ended or the connection is broken. What you typed is kept on this page, which goes on by itself when the server is back.",
  locked: "The desk was started anew. Open it again as you did before; this page then goes on by itself, with what you typed.",
  elsewhere: "The desk is at another class now, or at the list of classes. What you typed is kept on this page, which goes on by itself when its own class is open again.",
  failed: "That did not work, and nothing was saved. What you typed is still here.",
};
const htmx = /** @type {{ process(el: Element): void, trigger(el: Element, name: string): void }} */ (Reflect.get(globalThis, "htmx"));
const gone = /** @type {HTMLElement} */ (document.getElementById("desk-gone"));
const tell = /** @type {HTMLElement} */ (document.getElementById("desk-tell"));

/** @type {Server} */
let server = "answers";

/** @param {Server} next */
const become = (next) => {
  const before = server;
  server = next;
  if (next !== "answers") {
    bar(SAID[next]);
  } else if (before !== "answers") {
    bar("");
    tell.textContent = "The desk answers again.";
    follow();
  }
};

/** @param {string} text */
const bar = (text) => {
  gone.hidden = text === "";
  if (gone.textContent !== text) gone.textContent = text;
};

/* Following. The part #now is asked for again and again; when it says that the class has changed, each live part of this page is fetched. */

/** @param {Element} part */
const source = (part) => part.outerHTML.replace(/name="_xsrf" value="[^"]*"/g, "").replace(/ class=""/g, "");
/** @type {Map<string, string>} */
const shown = new Map();
const note = () => {
  for (const part of live()) if (!shown.has(part.id)) shown.set(part.id, source(part));
};
const live = () => [...document.querySelectorAll("[data-desk-live]")];

/* What is pressed just now stays under the finger: of a button that is replaced before it is let go the press is lost. */
const LONGEST_PRESS_MS = 3000, LONGEST_WAIT_MS = 10_000;
let pressed = -LONGEST_PRESS_MS;
const isPressed = () => performance.now() - pressed < LONGEST_PRESS_MS;
document.addEventListener("pointerdown", () => { pressed = performance.now(); }, true);
document.addEventListener("keydown", ({ key }) => { if (key === " ") pressed = performance.now(); }, true);
for (const kind of ["pointerup", "pointercancel", "keyup"]) document.addEventListener(kind, () => setTimeout(() => { pressed = -LONGEST_PRESS_MS; }), true); // the click comes first
let posts = 0; // sent from this page
const isBusy = () => isPressed() || document.querySelector(":is(form, [hx-post]).htmx-request") !== null;
const WRONG = "[aria-invalid=true], .desk-fault[tabindex]"; // what was wrong in a form
/** @param {Element} part whether something is wrong in a form of it in which somebody is just now */
const isWrong = (part) => [...part.querySelectorAll(WRONG)].some((one) => (one.closest("form") ?? one).contains(document.activeElement));

let following = false;
let again = false; // the class has changed once more while it was fetched
const follow = async () => {
  again = following;
  if (following || !live().length) return;
  following = true;
  const sent = posts;
  try {
    const reply = await fetch(location.href, { headers: { ...headers(), "Desk-Follows": "true" } }); // what a form of any window leaves to be said is not for this
    const fresh = new DOMParser().parseFromString(await reply.text(), "text/html");
    if (!reply.ok) {
      bar(fresh.getElementById("desk-fault-text")?.textContent ?? ""); // what is wrong with the class, e.g. its gradebook is gone
      return;
    }
    if (server === "answers") bar("");
    if (isBusy() || posts !== sent) {
      for (const end = performance.now() + LONGEST_WAIT_MS; isBusy() && performance.now() < end;) await new Promise((done) => { setTimeout(done, 50); });
      again = true; // what was fetched is of before the press
      return;
    }
    for (const part of live()) {
      const next = fresh.getElementById(part.id);
      if (next && !isWrong(part) && source(next) !== shown.get(part.id)) {
        shown.set(part.id, source(next));
        replace(part, document.adoptNode(next));
      }
    }
  } catch { /* the next look at #now says that the server has gone */
  } finally {
    following = false;
    if (again) follow();
  }
};

/* What changes without the class, as a lesson does: while somebody can see it, a page with a part of data-desk-often is followed all the time. */
const OFTEN_MS = 3000;
if (document.querySelector("[data-desk-often]")) setInterval(() => { if (!document.hidden && server === "answers") follow(); }, OFTEN_MS);

/**
 * Put a part into the place of another, so that who types or looks in it notices nothing.
 * @param {Element} old
 * @param {Element} next
 */
const replace = (old, next) => {
  const focused = document.activeElement;
  const inside = focused && old.contains(focused) ? focused : null;
  const selection = inside instanceof HTMLInputElement || inside instanceof HTMLTextAreaElement ? [inside.selectionStart, inside.selectionEnd] : null;
  for (const control of controls(old)) {
    const twin = control.id && next.querySelector(`#${CSS.escape(control.id)}`);
    if (twin && isChanged(control)) put(/** @type {Control} */ (twin), value(control));
  }
  for (const open of old.querySelectorAll("details[open][id]")) next.querySelector(`#${CSS.escape(open.id)}`)?.setAttribute("open", "");
  for (const box of old.querySelectorAll("[data-desk-scroll], .desk-scroll")) {
    const twin = box.id && next.querySelector(`#${CSS.escape(box.id)}`);
    if (twin) requestAnimationFrame(() => twin.scrollTo(box.scrollLeft, box.scrollTop));
  }
  old.replaceWith(next);
  htmx.process(next);
  const again = inside?.id ? document.getElementById(inside.id) : null;
  if (again) {
    again.focus({ preventScroll: true });
    if (selection && "setSelectionRange" in again) /** @type {HTMLInputElement} */ (again).setSelectionRange(selection[0] ?? null, selection[1] ?? null);
  }
};

/* Drafts. What is typed into a form that posts is kept in this window until the form is done, and put back after a reload. It belongs to
   what the form is about, as its address says: what was typed for one learner, question or class never comes into the form of another.
   A form of `data-desk-own` keeps its own. */

/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Control */

/** @param {Element} root @returns {Control[]} */
const controls = (root) =>
  /** @type {Control[]} */ ([...root.querySelectorAll("input:not([type=hidden], [type=file], [type=password]), textarea, select")]).filter((one) => one.name);
/** @param {Control} control @returns {control is HTMLInputElement} whether it is ticked or picked rather than typed into */
const isTicked = (control) => control instanceof HTMLInputElement && ["checkbox", "radio"].includes(control.type);
/** @param {Control} control */
const value = (control) => (isTicked(control) ? String(control.checked) : control.value);
/** @param {Control} control @param {string} text */
const put = (control, text) => {
  if (isTicked(control)) control.checked = text === "true";
  else control.value = text;
};
/** @param {Control} control */
const isChanged = (control) => {
  if (control instanceof HTMLSelectElement) return ![...control.options].every((one) => one.selected === one.defaultSelected);
  if (isTicked(control)) return control.checked !== control.defaultChecked;
  return control.value !== control.defaultValue;
};
/** @param {HTMLFormElement} form @param {string} id its own, or that of another form about the same */
const key = (form, id) => `desk-draft:${location.pathname}${new URL(form.getAttribute("action") ?? "", location.href).search}:${id}`;
const KEPT = "form[method=post][id]:not([data-desk-own])";
/** @param {HTMLFormElement} form @returns {Record<string, string>} */
const draft = (form) => {
  try {
    return JSON.parse(sessionStorage.getItem(key(form, form.id)) ?? "{}");
  } catch {
    return {};
  }
};
/** @param {HTMLFormElement} form @param {Record<string, string>} kept */
const keep = (form, kept, id = form.id) => {
  try {
    if (Object.keys(kept).length) sessionStorage.setItem(key(form, id), JSON.stringify(kept));
    else sessionStorage.removeItem(key(form, id));
  } catch { /* no storage here: then it is only on the page */ }
};
/** @param {ParentNode} root */
const restore = (root) => {
  for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (root.querySelectorAll(KEPT))) {
    const kept = draft(form);
    for (const control of controls(form)) if (control.id in kept && !isChanged(control)) put(control, kept[control.id] ?? "");
  }
};

document.addEventListener("input", ({ target }) => {
  const control = /** @type {Control} */ (target);
  const form = control.form;
  if (!form?.matches(KEPT) || !control.id || !controls(form).includes(control)) return;
  const kept = draft(form);
  for (const one of control.type === "radio" ? controls(form).filter(({ type, name }) => type === "radio" && name === control.name) : [control]) {
    if (isChanged(one)) kept[one.id] = value(one);
    else delete kept[one.id];
  }
  keep(form, kept);
});

/* What is picked in a field of `data-desk-at-once` is looked at without a button. */
document.addEventListener("change", ({ target }) => {
  const control = /** @type {Control} */ (target);
  if (control.matches("[data-desk-at-once]")) /** @type {HTMLElement | null | undefined} */ (control.form?.querySelector("[data-desk-look]"))?.click();
});

/* A file that is dropped anywhere on a form of `data-desk-drop` goes into its field. */
for (const kind of ["dragover", "drop"]) {
  document.addEventListener(kind, (event) => {
    const drag = /** @type {DragEvent} */ (event);
    const form = /** @type {Element} */ (drag.target).closest("[data-desk-drop]");
    const field = /** @type {HTMLInputElement | null | undefined} */ (form?.querySelector("input[type=file]"));
    if (!field || !drag.dataTransfer) return;
    event.preventDefault();
    if (kind === "drop" && drag.dataTransfer.files.length) {
      field.files = drag.dataTransfer.files;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
}

/* What htmx tells. */

/** @typedef {CustomEvent<{ elt: Element, target: Element, xhr: XMLHttpRequest, requestConfig: { verb: string, path: string, elt: Element } }>} Told */

document.body.addEventListener("htmx:configRequest", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  Object.assign(detail.headers, headers());
  if (detail.verb === "post") posts += 1;
});
document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  if (detail.target.id === "now" && isPressed()) detail.shouldSwap = false; // it asks again
});
document.body.addEventListener("htmx:sendError", () => become("gone"));
document.body.addEventListener("htmx:timeout", () => become("gone"));
document.body.addEventListener("htmx:responseError", (event) => {
  const { xhr, requestConfig } = /** @type {Told} */ (event).detail;
  if (xhr.status === 403 || xhr.status === 401) {
    become("locked");
  } else if (xhr.status === 409) {
    become("elsewhere");
  } else if (requestConfig.verb !== "get") {
    const text = new DOMParser().parseFromString(xhr.responseText, "text/html").getElementById("desk-fault-text")?.textContent;
    bar(`${SAID.failed} ${text ?? ""}`);
  }
});
document.body.addEventListener("htmx:beforeOnLoad", (event) => {
  const { xhr, requestConfig } = /** @type {Told} */ (event).detail;
  if (xhr.status === 204 || (xhr.status >= 200 && xhr.status < 300) || xhr.status === 422) become("answers");
  const form = requestConfig.elt;
  if (requestConfig.verb === "post" && xhr.status < 300 && form instanceof HTMLFormElement) {
    bar("");
    const done = xhr.responseURL.split("?")[0] !== new URL(requestConfig.path, location.href).href.split("?")[0]; // it went on to a page; a preview stays at the form's address
    if (done || !form.hasAttribute("data-desk-keep")) keep(form, {});
    if (done) for (const other of (form.dataset["deskClears"] ?? "").split(" ")) if (other) keep(form, {}, other);
  }
});
/** @type {{ fingerprint: string, work: string }} */
let before = { fingerprint: "", work: "" };
const look = () => {
  const now = document.getElementById("now");
  if (!now) return;
  const { deskFingerprint: fingerprint = "", deskWork: work = "" } = now.dataset;
  if (before.fingerprint && fingerprint !== before.fingerprint) follow();
  if (before.work !== work && before.work && ["completed", "failed"].includes(work)) tell.textContent = document.getElementById("desk-work-line")?.textContent ?? "";
  before = { fingerprint, work };
};
/** @param {Element} element whether its beginning is off the screen */
const isAway = (element) => {
  const { top, height } = element.getBoundingClientRect();
  return top < 0 || top + Math.min(height, window.innerHeight / 4) > window.innerHeight;
};
/** @param {Element | null} element what came of a press: it gets the focus, and nothing jumps where it is on the screen already */
const lead = (element) => {
  if (!(element instanceof HTMLElement)) return;
  element.focus({ preventScroll: true });
  if (isAway(element)) element.scrollIntoView();
};
document.body.addEventListener("htmx:afterSettle", (event) => {
  const { elt, requestConfig } = /** @type {Told} */ (event).detail;
  if (elt.id === "now" || document.getElementById("now")?.contains(elt)) look();
  else for (const part of live()) shown.set(part.id, source(part));
  if (requestConfig?.verb !== "post") return;
  const now = document.getElementById("now");
  if (now) htmx.trigger(now, "desk-look"); // the work that a form begins is seen at once
  const wrong = /** @type {HTMLElement | null} */ (document.querySelector(`#main :is(${WRONG})`));
  const lost = document.activeElement === document.body;
  if (elt.id === "now") { // what was said of a piece of work is put away
    if (lost) document.getElementById("main")?.focus({ preventScroll: true });
    return;
  }
  const said = document.querySelector(".desk-said");
  const found = document.querySelector("#main :is(section, [role=status])[tabindex]"); // a preview, or what a check has found
  if (wrong) wrong.focus();
  else if (lost && found) lead(found); // what is said of it stays in view above it
  else if (said && (lost || isAway(said))) lead(document.getElementById("said"));
  else if (lost) document.getElementById("main")?.focus({ preventScroll: true });
  if (elt instanceof Element) restore(document);
});

restore(document);
note();
look();
