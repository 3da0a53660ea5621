// @ts-check
// The frame of every question: shows it, keeps a draft, saves with a handshake, says what happened.
// A kind's own module ends with `export default question({ build })`.

import { h, put } from "./dom.js";
import "./keys.js";
import { has, language, locale, ready, say } from "./words.js";

const ACK_MS = 2500; // no word from Python for so long: say that nothing is saved yet
const RETRY_MS = 3000; // doubled after each try that failed
const LONGEST_RETRY_MS = 30_000;
const LONGEST_MS = 1000; // whoever types on and on is saved so often

export { h, locale, put, say };

/** @import { Ctx, Draft, Happening, Kind, Message, Model, Part, QuestionTraits, Seen, Shared, Spec, State, Stored, Values } from "./types.js" */

/** Join texts as a sentence does, each once. @param {string[]} texts */
export const list = (texts) => new Intl.ListFormat(locale).format(new Set(texts));

/** @param {string | Date} iso */
const clock = (iso) => new Date(iso).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
/** @param {string | number} time */
const moment = (time) => { // with the day where that is not today
  const at = new Date(time), today = at.toDateString() === new Date().toDateString();
  return Number.isNaN(at.getTime()) ? "none" : today ? clock(at) : at.toLocaleString(locale, { dateStyle: "long", timeStyle: "short" });
};

/** Two answers that say the same, whatever the order of an object's parts. @param {unknown} a @param {unknown} b */
function same(a, b) {
  /** @param {string} _ @param {unknown} value */
  const plain = (_, value) => (value && typeof value === "object" && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))) : value);
  return JSON.stringify(a ?? null, plain) === JSON.stringify(b ?? null, plain);
}

// oxlint-disable-next-line no-control-regex -- Python takes these for white space
const SIGN = /[^\s\x1c-\x1f\x85]|\ufeff/; // anything but white space, as Python knows it

/** Whether an answer says nothing; the rule of `blank` in items/base.py. A kind may have its own for a part of it. @param {unknown} value @returns {boolean} */
export function isBlank(value) {
  if (typeof value === "string") return !SIGN.test(value);
  if (value && typeof value === "object") return Object.values(value).every(isBlank);
  return value == null || value === false;
}

/** State → what happens → the next state; what is not named changes nothing. What is on screen follows from the state.
 * @type {Record<State, { [what in Happening]?: State }>} */
const NEXT = {
  unknown: { edit: "dirty", empty: "clean", stored: "saved", offer: "offered", differ: "conflict" }, // Python has not yet said what is on disk
  clean: { edit: "dirty", empty: "clean", stored: "saved", differ: "conflict" }, // never answered
  saved: { edit: "dirty", empty: "clean", stored: "saved", differ: "conflict" }, // what is here is on disk
  dirty: { edit: "dirty", send: "saving", stored: "saved", fail: "unsaved", refuse: "refused", differ: "conflict" }, // changed, soon to be sent
  saving: { edit: "dirty", stored: "saved", fail: "unsaved", refuse: "refused", differ: "conflict" }, // sent, not yet acknowledged
  unsaved: { edit: "unsaved", stored: "saved", fail: "unsaved", refuse: "refused", differ: "conflict" }, // did not come through; tried again
  refused: { edit: "dirty", stored: "saved", differ: "conflict" }, // no answer to this question; waits for a change
  conflict: { keep: "dirty", empty: "clean", stored: "saved" }, // another version is on disk; waits for a choice
  offered: { keep: "dirty", empty: "clean", stored: "saved" }, // a draft was found; waits for a choice
};
/** @type {State[]} */
const QUIET = ["unknown", "clean", "saved"]; // nothing here waits to be saved
/** @type {{ [state in State]?: string }} */
const MOOD = { saved: "wb-good", unsaved: "wb-bad", refused: "wb-bad" };

/** @type {Map<string, Shared>} */
const pages = new Map(); // several notebooks may be open in one JupyterLab: each has its own
/** Give what the questions of one copy of a workbook share. @param {string} scope */
function pageOf(scope) {
  const page = pages.get(scope) ?? { unsaved: new Set(), answers: new Map(), held: false };
  pages.set(scope, page);
  return page;
}

/** Whether questions of this copy wait to be saved, or for the student to choose. @param {string} scope */
export const isUnsaved = (scope) => pageOf(scope).unsaved.size > 0;

const VISIT = Math.random().toString(36).slice(2); // what was typed since this page was loaded was typed by who sits here

/** A draft that outlives the page, until Python has said that the answer is on disk. @param {string} scope @param {string} id */
function drafts(scope, id) {
  const key = `wb-draft:${scope}:${id}`;
  const lasts = !scope.startsWith("page-"); // else no page will look for it again
  /** @template T @param {() => T} call */
  const safely = (call) => { try { return call(); } catch { return null; } }; // private windows may refuse storage, or it is full
  return {
    /** @param {Draft<any>} draft */
    put: (draft) => Boolean(safely(() => { localStorage.setItem(key, JSON.stringify(draft)); return lasts; })),
    /** @returns {Draft<any> | null} */
    get: () => safely(() => JSON.parse(localStorage.getItem(key) ?? "null")),
    /** Forget it; not what another window has typed meanwhile, unless the student saw it here. */
    clear: (whose = VISIT) => safely(() => { if ([undefined, whose].includes(JSON.parse(localStorage.getItem(key) ?? "null")?.visit)) localStorage.removeItem(key); }),
  };
}

/** Radio buttons or check boxes in a fieldset; used by the kinds that offer options.
 * @param {Spec & { options: Part[] }} spec @param {Ctx} ctx @param {"radio" | "checkbox"} type */
export function choices(spec, ctx, type) {
  const inputs = spec.options.map((option) => h("input", { type, name: ctx.uid, value: option.id, id: `${ctx.uid}-${option.id}` }));
  const rows = spec.options.map((option, n) => h("div", { className: "wb-option" }, inputs[n], h("label", { htmlFor: inputs[n].id }, option.text)));
  const node = h("fieldset", { className: "wb-field", onchange: () => ctx.changed(0) }, h("legend", { className: "wb-stem" }, spec.stem), ...rows);
  return {
    node,
    chosen: () => inputs.filter((input) => input.checked).map((input) => input.value),
    /** @param {(string | null)[]} ids */
    choose: (ids) => inputs.forEach((input) => { input.checked = ids.includes(input.value); }),
    /** @param {(string | null)[]} ids */
    words: (ids) => spec.options.filter((option) => ids.includes(option.id)).map((option) => option.text).join("; "),
  };
}

/** Say what stands above a question; a kind may have words of its own for one that carries no points. @param {{ id: string } & Values} label @param {string} kind */
const label = ({ id, ...values }, kind) => say(["frame-record", "frame-private"].includes(id) && has(`${kind}-label`) ? `${kind}-label` : id, values);

/**
 * Make the widget of a kind.
 * kind.build(spec, ctx) → { node, get(), set(value), words(value), blank(value)? }: `Body` and `Ctx` in types.d.ts
 * @template {Spec} Item @template Answer @param {Kind<Item, Answer>} kind
 */
export function question(kind) {
  return {
  /** @param {{ model: Model<QuestionTraits<Item, Answer>, Message<Answer>>, el: HTMLElement }} context */
  async render({ model, el }) {
    await ready;
    const spec = model.get("spec");
    const scope = model.get("scope");
    const page = pageOf(scope);
    const uid = `wb-${spec.id}-${Math.random().toString(36).slice(2, 8)}`;
    const draft = drafts(scope, spec.id);
    /** @type {State} */
    let state = "unknown";
    /** @type {Seen<Answer>} */
    let seen = { value: null, revision: 0 }; // what Python last acknowledged: the answer that the page builds on
    let seq = 0;
    let flying = false; // a save is on its way: a second one would run into the first one's revision
    let newer = false; // changed since the last save was sent
    let blocked = false; // a save was due while one was on its way; it follows when that one has landed
    let kept = true; // the browser has the draft, too
    let since = 0; // when the first change came that no save has taken yet
    let wait_ms = RETRY_MS;
    let timer = 0, watch = 0, checking = 0;
    let spoken = "";

    const status = h("p", { className: "wb-status", role: "status" });
    const hint = h("p", { className: "wb-saving", "aria-hidden": "true" });
    const choice = h("div", { className: "wb-conflict", role: "alert", hidden: true });
    const response = h("div", { className: "wb-response", role: "status" });
    const root = h("div", { className: `wb-question wb-${spec.purpose}`, id: spec.id, tabIndex: -1 });
    root.dataset.wbScope = scope;
    /** @type {Ctx} */
    const ctx = { uid, changed, answerOf: (id) => page.answers.get(id) ?? null };
    const body = kind.build(spec, ctx);

    /** @param {object} message */
    const send = (message) => { try { model.send({ ...message, language }); } catch { /* the connection is gone; the watch says so */ } };

    /** Go to the next state and show it; `text` is what it has to say. False if nothing follows from `what` here. @param {Happening} what */
    function on(what, text = "") {
      const next = NEXT[state][what];
      if (!next) return false;
      if (next !== "unsaved" || text) show(text, MOOD[next]);
      state = root.dataset.wbState = next;
      put(hint, ["dirty", "saving"].includes(state) ? say("frame-saving") : "");
      body.node.inert = state === "offered";
      if (!["conflict", "offered"].includes(state)) { choice.hidden = true; choice.replaceChildren(); }
      if (QUIET.includes(state)) page.unsaved.delete(uid); else page.unsaved.add(uid);
      globalThis.dispatchEvent(new CustomEvent("wb-state"));
      return true;
    }
    /** @param {string} text */
    function show(text, mood = "") {
      status.setAttribute("aria-live", text === spoken ? "off" : "polite"); // the same words are not announced again and again
      if (text) spoken = text;
      if (status.textContent !== text) put(status, text);
      status.className = `wb-status ${mood}`;
    }
    /** @param {number} delay_ms */
    function changed(delay_ms) {
      if (!newer) since = Date.now();
      newer = true;
      on("edit");
      kept = draft.put({ value: body.get(), base: seen.revision, was: seen.value, at: Date.now(), by: model.get("learner"), held: page.held, visit: VISIT });
      response.replaceChildren();
      due(Math.min(delay_ms, Math.max(0, since + LONGEST_MS - Date.now())));
    }
    /** @param {number} delay_ms */
    function due(delay_ms) {
      clearTimeout(timer);
      timer = setTimeout(save, delay_ms);
    }
    function later() {
      due(wait_ms);
      wait_ms = Math.min(2 * wait_ms, LONGEST_RETRY_MS);
    }
    function save() {
      clearTimeout(timer);
      if (!["dirty", "unsaved"].includes(state)) return;
      blocked = flying;
      if (flying) return;
      flying = true;
      newer = false;
      seq += 1;
      on("send");
      send({ do: "save", value: body.get(), base: seen.revision, was: seen.value, seq });
      clearTimeout(watch);
      watch = setTimeout(() => {
        flying = false;
        on("fail", say("frame-unsaved", { kept: String(kept) }));
        globalThis.dispatchEvent(new CustomEvent("wb-connection-lost", { detail: { kept } }));
        later();
      }, ACK_MS);
    }
    /** @param {Stored<Answer>} message */
    function settled({ value, revision, saved_at }) { // the answer on this page is the answer on disk
      newer = false;
      draft.clear();
      seen = { value, revision };
      if (saved_at) page.held = true;
      on(saved_at ? "stored" : "empty", saved_at ? say("frame-saved", { time: clock(saved_at) }) : "");
      stands(value);
    }
    /** @param {Answer | null} value */
    function stands(value) { // what the rest of the page goes by
      page.answers.set(spec.id, value);
      root.dataset.wbAnswered = String(!(body.blank ?? isBlank)(value));
      globalThis.dispatchEvent(new CustomEvent("wb-answered"));
    }
    /** Ask the student to choose; each button is [its text, what it does].
     * @param {string} text @param {string} title @param {Answer | null} value @param {[string, () => void][]} buttons */
    function ask(text, title, value, ...buttons) {
      clearTimeout(timer);
      choice.replaceChildren(
        h("p", {}, text),
        h("details", {}, h("summary", {}, title), h("blockquote", {}, body.words(value) || say("frame-blank"))),
        h("p", {}, ...buttons.flatMap(([name, act], n) => [n ? " " : null, h("button", { type: "button", className: `wb-button${n ? " wb-second" : ""}`, onclick: () => {
          act();
          /** @type {HTMLElement} */ (body.node.querySelector("input, textarea, select, button") ?? root).focus();
        } }, name)])),
      );
      choice.hidden = false;
    }
    /** Of this answer there is another version: what is on disk (`message`), or what was there before another program put back an older file.
     * @param {Stored<Answer>} message @param {Stored<Answer>} theirs */
    function disagree(message, name = "frame-conflict", theirs = message) {
      if (!on("differ")) return;
      /** @param {Answer | null} [value] */
      const keep = (value) => { seen = { value: message.value, revision: message.revision }; if (value !== undefined) body.set(value); on("keep"); changed(0); };
      const take = () => { if (message.other) return keep(theirs.value); /* so that it is on disk alone */ body.set(message.value); settled(message); };
      const text = say(name, { time: moment(theirs.saved_at) });
      if (message.final) ask(text, say("frame-other"), theirs.value, [say("frame-go-on"), take]);
      else ask(text, say("frame-other"), theirs.value, [say("frame-mine"), () => keep()], [say("frame-theirs"), take]);
    }
    /** Show a draft that may be somebody else's; it becomes an answer only if the student says so. @param {Draft<Answer>} found @param {Stored<Answer>} message */
    function offer(found, message) {
      on("offer");
      ask(say("frame-offer", { time: moment(found.at), who: found.by || "none" }), say("frame-offered"), found.value,
        [say("frame-use"), () => { body.set(found.value); on("keep"); changed(0); }], [say("frame-leave"), () => { draft.clear(found.visit); settled(message); }]);
    }
    /** @param {Draft<Answer> | null} found */
    function legible(found) { // a draft may be to an older version of the question
      try { if (found) body.words(found.value); return found; } catch { return null; }
    }
    /** @param {Stored<Answer>} message */
    function opened(message) { // what is on disk, told when the page opens and when the window is looked at again
      if (message.held) page.held = true;
      if (state === "unknown") {
        const found = legible(draft.get());
        body.set(message.value);
        seen = { value: message.value, revision: message.revision };
        stands(message.value);
        if (found && !same(found.value, message.value)) { // typed earlier, never acknowledged
          if (found.visit !== VISIT && !(found.held && message.held)) return offer(found, message);
          body.set(found.value);
          if (found.base !== message.revision || !same(found.was, message.value)) return disagree(message);
          newer = true;
          on("edit");
          return save();
        }
        draft.clear(found?.visit);
        return message.other ? disagree(message, "frame-older", message.other) : settled(message);
      }
      if (!QUIET.includes(state)) return; // what the student is doing now comes first; a conflict shows when it is saved
      const alike = same(message.value, seen.value);
      // What was acknowledged is not given up without asking.
      if (!alike && (message.other || message.revision <= seen.revision)) return disagree(message, "frame-older");
      if (message.other) return disagree(message, "frame-older", message.other);
      if (message.revision !== seen.revision) body.set(message.value);
      settled(message);
    }
    /** @param {Extract<Message<Answer>, { do: "response" }>} message */
    function answered(message) { // practice
      clearTimeout(checking);
      if (message.text !== undefined) { response.replaceChildren(h("p", {}, message.text)); return; }
      response.className = `wb-response ${message.right ? "wb-right" : "wb-wrong"}`;
      response.replaceChildren(
        h("p", { className: "wb-verdict" }, say(message.right ? "frame-all-right" : "frame-not-yet")),
        h("ul", {}, ...message.notes.map((note) => h("li", {}, h("strong", {}, h("span", {}, say(`frame-${note.verdict}`)), ` ${note.part}`), h("br"), note.text))),
      );
    }

    /** @param {Message<Answer>} message */
    const heard = (message) => {
      if (message.do === "response") return answered(message);
      globalThis.dispatchEvent(new CustomEvent("wb-connection-back"));
      if (message.do === "state") return opened(message);
      if (message.do === "problem" && message.seq === 0) { // it could not even be read
        if (state === "unknown") { show(say("frame-unread", { why: message.text }), "wb-bad"); clearTimeout(timer); timer = setTimeout(open, wait_ms); wait_ms = Math.min(2 * wait_ms, LONGEST_RETRY_MS); }
        return;
      }
      if (message.do === "saved") seen = { value: message.value, revision: message.revision };
      if (message.seq !== seq) return;
      flying = false;
      clearTimeout(watch);
      if (message.do === "saved") {
        wait_ms = RETRY_MS;
        if (!newer) settled(message);
        else { if (state === "unsaved") { on("stored"); on("edit"); } if (blocked) save(); }
      } else if (message.do === "conflict") {
        // Perhaps our own save, acknowledged after we had stopped waiting.
        if (!message.final && message.revision === seen.revision && same(message.value, seen.value)) save(); else disagree(message, message.final ? "frame-final" : "frame-conflict");
      } else if (message.do === "refused") {
        if (newer) save(); else on("refuse", say("frame-refused"));
      } else if (message.do === "problem") {
        on("fail", say("frame-failed", { why: message.text, kept: String(kept) }));
        later();
      }
    };
    const open = () => send({ do: "open" });
    const looked = () => { if (document.visibilityState === "visible" && QUIET.includes(state)) open(); };
    const leaving = () => { if (newer) save(); };
    /** @param {BeforeUnloadEvent} event */
    const closing = (event) => { if (!QUIET.includes(state) && !kept) event.preventDefault(); }; // what only this page holds

    model.on("msg:custom", heard);
    globalThis.addEventListener("focus", looked);
    document.addEventListener("visibilitychange", looked);
    globalThis.addEventListener("pagehide", leaving);
    globalThis.addEventListener("beforeunload", closing);
    el.addEventListener("focusout", leaving);

    const button = spec.purpose === "practice" && h("button", { type: "button", className: "wb-button wb-second", onclick: () => {
      send({ do: "check", value: body.get() });
      clearTimeout(checking);
      checking = setTimeout(() => response.replaceChildren(h("p", {}, say("frame-no-reply"))), ACK_MS);
    } }, say("frame-check"));
    el.classList.add("wb-widget");
    const rule = spec.purpose === "assessed" && has(`${spec.kind}-rule`) ? h("p", { className: "wb-hint wb-rule" }, say(`${spec.kind}-rule`)) : null;
    root.dataset.wbState = state;
    root.append(
      h("p", { className: "wb-label" }, label(model.get("label"), spec.kind)), body.node, ...(rule ? [rule] : []), choice,
      h("div", { className: "wb-foot" }, button || null, h("div", { className: "wb-saved-line" }, status, hint)), response);
    el.append(root);
    const start = model.get("start");
    if ("revision" in start) opened(start);
    open();
    return () => {
      model.off("msg:custom", heard);
      globalThis.removeEventListener("focus", looked);
      document.removeEventListener("visibilitychange", looked);
      globalThis.removeEventListener("pagehide", leaving);
      globalThis.removeEventListener("beforeunload", closing);
      clearTimeout(timer);
      clearTimeout(watch);
      clearTimeout(checking);
      page.unsaved.delete(uid);
    };
  } };
}
