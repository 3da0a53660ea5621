// The frame of every question: shows it, keeps a draft, saves with a handshake, says what happened.
// A kind's own module ends with `export default question({ build })`.

import { h, put } from "./dom.js";
import { has, language, locale, ready, say } from "./words.js";

const ACK_MS = 2500; // no word from Python for so long: say that nothing is saved yet
const RETRY_MS = 3000;
const LONGEST_MS = 1000; // whoever types on and on is saved so often

export { h, locale, put, say };

/** Join texts as a sentence does, each once. */
export const list = (texts) => new Intl.ListFormat(locale).format(new Set(texts));

const clock = (iso) => (iso ? new Date(iso).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" }) : "");
const same = (a, b) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** Which questions of this page wait to be saved; the hand-in panel and the page itself look here. */
const unsaved = (globalThis.wbUnsaved ??= new Set());

const answers = new Map();

/** Give the answer to another question of the page as it stands on disk, null before it is known. */
export const answerOf = (id) => answers.get(id) ?? null;

/** A draft that outlives the page, until Python has said that the answer is on disk. */
function drafts(key) {
  const safely = (call) => { try { return call(); } catch { return null; } }; // private windows may refuse storage
  return {
    put: (value, base) => safely(() => localStorage.setItem(key, JSON.stringify({ value, base, at: Date.now() }))),
    get: () => safely(() => JSON.parse(localStorage.getItem(key))),
    clear: () => safely(() => localStorage.removeItem(key)),
  };
}

/** Radio buttons or check boxes in a fieldset; used by the kinds that offer options. */
export function choices(spec, ctx, type) {
  const inputs = spec.options.map((option) => h("input", { type, name: ctx.uid, value: option.id, id: `${ctx.uid}-${option.id}` }));
  const rows = spec.options.map((option, n) => h("div", { className: "wb-option" }, inputs[n], h("label", { htmlFor: inputs[n].id }, option.text)));
  const node = h("fieldset", { className: "wb-field", onchange: () => ctx.changed(0) }, h("legend", { className: "wb-stem" }, spec.stem), ...rows);
  return {
    node,
    chosen: () => inputs.filter((input) => input.checked).map((input) => input.value),
    choose: (ids) => inputs.forEach((input) => { input.checked = ids.includes(input.value); }),
    words: (ids) => spec.options.filter((option) => ids.includes(option.id)).map((option) => option.text).join("; "),
  };
}

/** Say what stands above a question; a kind may have words of its own for one that carries no points. */
const label = ({ id, ...values }, kind) => say(["frame-record", "frame-private"].includes(id) && has(`${kind}-label`) ? `${kind}-label` : id, values);

/**
 * Make the widget of a kind.
 * kind.build(spec, ctx) → { node, get(), set(value), words(value) }
 *   ctx.uid: unique on the page · ctx.changed(delay_ms): call when the student changed something
 */
export function question(kind) {
  return { async render({ model, el }) {
    await ready;
    const spec = model.get("spec");
    const uid = `wb-${spec.id}-${Math.random().toString(36).slice(2, 8)}`;
    const draft = drafts(`wb-draft:${model.get("scope")}:${spec.id}`);
    let base = 0; // the revision of this answer that the page last saw
    let seq = 0;
    let dirty = false; // changed here, not yet known to be on disk
    let queued = false; // changed since the last save was sent
    let flying = false; // a save is on its way: a second one would run into the first one's revision
    let blocked = false; // a save was due while one was on its way; it follows when that one has landed
    let known = false; // Python has said once what is on disk
    let since = 0; // when the first change came that no save has taken yet
    let timer = null, watch = null, checking = null;

    const status = h("p", { className: "wb-status", role: "status" });
    const hint = h("p", { className: "wb-saving", "aria-hidden": "true" });
    const conflict = h("div", { className: "wb-conflict", role: "alert", hidden: true });
    const response = h("div", { className: "wb-response", role: "status" });
    const tell = (text, mood = "") => {
      hint.textContent = "";
      if (status.textContent !== text) put(status, text); // unchanged text is not announced again
      status.className = `wb-status ${mood}`;
    };
    const root = h("div", { className: `wb-question wb-${spec.purpose}`, id: spec.id, tabIndex: -1 });
    const ctx = { uid, changed };
    const body = kind.build(spec, ctx);

    const send = (message) => { try { model.send({ ...message, language }); } catch { /* the connection is gone; the watch says so */ } };

    function changed(delay_ms) {
      if (!queued) since = Date.now();
      dirty = queued = true;
      unsaved.add(uid);
      draft.put(body.get(), base);
      put(hint, say("frame-saving"));
      response.replaceChildren();
      clearTimeout(timer);
      timer = setTimeout(save, Math.min(delay_ms, Math.max(0, since + LONGEST_MS - Date.now())));
    }
    function save() {
      clearTimeout(timer);
      blocked = flying;
      if (!dirty || flying || !conflict.hidden) return;
      queued = false;
      flying = true;
      seq += 1;
      send({ do: "save", value: body.get(), base, seq });
      clearTimeout(watch);
      watch = setTimeout(() => {
        flying = false;
        tell(say("frame-unsaved"), "wb-bad");
        globalThis.dispatchEvent(new CustomEvent("wb-connection-lost"));
        timer = setTimeout(save, RETRY_MS);
      }, ACK_MS);
    }
    function settled(message) { // the answer on this page is the answer on disk
      dirty = false;
      unsaved.delete(uid);
      draft.clear();
      base = message.revision;
      tell(message.saved_at ? say("frame-saved", { time: clock(message.saved_at) }) : "", "wb-good");
      answers.set(spec.id, message.value);
      root.dataset.wbAnswered = String(!["null", "false", '""', "[]", "{}"].includes(JSON.stringify(message.value ?? null)));
      globalThis.dispatchEvent(new CustomEvent("wb-answered"));
    }
    function disagree(message) {
      clearTimeout(timer);
      hint.textContent = "";
      const end = (keep) => {
        conflict.hidden = true;
        conflict.replaceChildren();
        base = message.revision;
        if (keep) { changed(0); } else { body.set(message.value); settled(message); }
        el.querySelector("input, textarea, select, button")?.focus();
      };
      conflict.replaceChildren(
        h("p", {}, say("frame-conflict", { time: clock(message.saved_at) || "none" })),
        h("details", {}, h("summary", {}, say("frame-other")), h("blockquote", {}, body.words(message.value) || say("frame-blank"))),
        h("p", {}, h("button", { type: "button", className: "wb-button", onclick: () => end(true) }, say("frame-mine")), " ",
          h("button", { type: "button", className: "wb-button wb-second", onclick: () => end(false) }, say("frame-theirs"))),
      );
      conflict.hidden = false;
    }
    function opened(message) { // what is on disk, asked for when the page opens and when the window is looked at again
      if (dirty && known) return; // what the student is doing now comes first; a conflict shows when it is saved
      const kept = known ? null : draft.get();
      if (dirty) { // typed before Python first answered
        base = message.revision;
        known = true;
        return save();
      }
      if (kept && !same(kept.value, message.value)) { // typed earlier, never acknowledged
        body.set(kept.value);
        dirty = true;
        known = true;
        unsaved.add(uid);
        if (kept.base === message.revision) { base = message.revision; save(); } else disagree(message);
        return;
      }
      if (!known || message.revision !== base) body.set(message.value);
      known = true;
      settled(message);
    }
    function answered(message) { // practice
      clearTimeout(checking);
      if (message.text) { response.replaceChildren(h("p", {}, message.text)); return; }
      response.className = `wb-response ${message.right ? "wb-right" : "wb-wrong"}`;
      response.replaceChildren(
        h("p", { className: "wb-verdict" }, say(message.right ? "frame-all-right" : "frame-not-yet")),
        h("ul", {}, ...message.notes.map((note) => h("li", {}, h("strong", {}, h("span", {}, say(`frame-${note.verdict}`)), ` ${note.part}`), h("br"), note.text))),
      );
    }

    const heard = (message) => {
      if (message.do === "response") return answered(message);
      globalThis.dispatchEvent(new CustomEvent("wb-connection-back"));
      if (message.do === "state") return opened(message);
      if (message.seq === seq) { flying = false; clearTimeout(watch); }
      if (message.do === "saved") {
        base = message.revision;
        if (!queued && message.seq === seq) settled(message); else if (blocked) save();
      } else if (message.do === "conflict" && message.seq === seq) {
        if (message.revision === base) save(); // our own save, acknowledged after we had stopped waiting
        else disagree(message);
      }
      else if (message.do === "problem") {
        tell(say("frame-failed", { why: message.text }), "wb-bad");
        clearTimeout(timer);
        timer = setTimeout(dirty ? save : open, RETRY_MS);
      }
    };
    const open = () => send({ do: "open" });
    const looked = () => { if (document.visibilityState === "visible" && !dirty) open(); };
    const leaving = () => { if (queued) save(); };

    model.on("msg:custom", heard);
    globalThis.addEventListener("focus", looked);
    document.addEventListener("visibilitychange", looked);
    globalThis.addEventListener("pagehide", leaving);
    // JupyterLab's one-letter shortcuts (d d deletes a cell) look for this attribute on the focused element itself.
    el.addEventListener("focusin", (event) => event.target.setAttribute("data-lm-suppress-shortcuts", "true"));
    el.addEventListener("focusout", leaving);

    const button = spec.purpose === "practice" && h("button", { type: "button", className: "wb-button wb-second", onclick: () => {
      send({ do: "check", value: body.get() });
      clearTimeout(checking);
      checking = setTimeout(() => response.replaceChildren(h("p", {}, say("frame-no-reply"))), ACK_MS);
    } }, say("frame-check"));
    el.classList.add("wb-widget");
    const rule = spec.purpose === "assessed" && has(`${spec.kind}-rule`) ? h("p", { className: "wb-hint wb-rule" }, say(`${spec.kind}-rule`)) : null;
    root.append(
      h("p", { className: "wb-label" }, label(model.get("label"), spec.kind)), body.node, ...(rule ? [rule] : []), conflict,
      h("div", { className: "wb-foot" }, button || null, h("div", { className: "wb-said" }, status, hint)), response);
    el.append(root);
    const start = model.get("start");
    if ("revision" in start) opened(start);
    open();
    return () => {
      model.off("msg:custom", heard);
      globalThis.removeEventListener("focus", looked);
      document.removeEventListener("visibilitychange", looked);
      globalThis.removeEventListener("pagehide", leaving);
      clearTimeout(timer);
      clearTimeout(watch);
      unsaved.delete(uid);
    };
  } };
}
