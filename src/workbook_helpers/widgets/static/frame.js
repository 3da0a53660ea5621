// The frame of every question: shows it, keeps a draft, saves with a handshake, says what happened.
// A kind's own module follows in the same file and ends with `export default question({ build })`.

const SAY = {
  saving: "Saving…",
  saved: (time) => `Saved ${time}`,
  unsaved: "Not saved yet. Your answer is kept on this page, and it will be saved as soon as possible.",
  failed: (why) => `Not saved yet: ${why}. Your answer is kept on this page. Saving is tried again every few seconds.`,
  check: "Check my answer",
  allRight: "✓ That is right.",
  notYet: "Not quite. Read the notes, then try again.",
  right: "✓ Right:", // the three verdicts of a note
  wrong: "✗ Not this:",
  missed: "○ This too:",
  noreply: "Your answer cannot be checked just now. Please try again in a moment.",
  conflict: (time) => `You changed this answer in another window${time ? " at " + time : ""}. Which one do you want to keep?`,
  other: "The answer from the other window",
  blank: "No answer",
  mine: "Keep what is on this page",
  theirs: "Use the answer from the other window",
};
const ACK_MS = 2500; // no word from Python for so long: say that nothing is saved yet
const RETRY_MS = 3000;

const clock = (iso) => (iso ? new Date(iso).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" }) : "");
const same = (a, b) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** Which questions of this page wait to be saved; the hand-in panel and the page itself look here. */
const unsaved = (globalThis.wbUnsaved ??= new Set());

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
function choices(spec, ctx, type) {
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

/**
 * Make the widget of a kind.
 * kind.build(spec, ctx) → { node, get(), set(value), words(value) }
 *   ctx.uid: unique on the page · ctx.changed(delay_ms): call when the student changed something
 */
function question(kind) {
  return { render({ model, el }) {
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
    let timer = null, watch = null, checking = null;

    const status = h("p", { className: "wb-status", role: "status" });
    const hint = h("p", { className: "wb-saving", "aria-hidden": "true" });
    const conflict = h("div", { className: "wb-conflict", role: "alert", hidden: true });
    const response = h("div", { className: "wb-response", role: "status" });
    const say = (text, mood = "") => {
      hint.textContent = "";
      if (status.textContent !== text) status.textContent = text; // unchanged text is not announced again
      status.className = `wb-status ${mood}`;
    };
    const root = h("div", { className: `wb-question wb-${spec.purpose}`, id: spec.id, tabIndex: -1 });
    const ctx = { uid, h, changed };
    const body = kind.build(spec, ctx);

    const send = (message) => { try { model.send(message); } catch { /* the connection is gone; the watch says so */ } };

    function changed(delay_ms) {
      dirty = queued = true;
      unsaved.add(uid);
      draft.put(body.get(), base);
      hint.textContent = SAY.saving;
      response.replaceChildren();
      clearTimeout(timer);
      timer = setTimeout(save, delay_ms);
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
        say(SAY.unsaved, "wb-bad");
        globalThis.dispatchEvent(new CustomEvent("wb-connection-lost"));
        timer = setTimeout(save, RETRY_MS);
      }, ACK_MS);
    }
    function settled(message) { // the answer on this page is the answer on disk
      dirty = false;
      unsaved.delete(uid);
      draft.clear();
      base = message.revision;
      say(message.saved_at ? SAY.saved(clock(message.saved_at)) : "", "wb-good");
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
        h("p", {}, SAY.conflict(clock(message.saved_at))),
        h("details", {}, h("summary", {}, SAY.other), h("blockquote", {}, body.words(message.value) || SAY.blank)),
        h("p", {}, h("button", { type: "button", className: "wb-button", onclick: () => end(true) }, SAY.mine), " ",
          h("button", { type: "button", className: "wb-button wb-second", onclick: () => end(false) }, SAY.theirs)),
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
        h("p", { className: "wb-verdict" }, message.right ? SAY.allRight : SAY.notYet),
        h("ul", {}, ...message.notes.map((note) => h("li", {}, h("strong", {}, `${SAY[note.verdict]} ${note.part}`), h("br"), note.text))),
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
        say(SAY.failed(message.text), "wb-bad");
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
      checking = setTimeout(() => response.replaceChildren(h("p", {}, SAY.noreply)), ACK_MS);
    } }, SAY.check);
    el.classList.add("wb-widget");
    root.append(
      h("p", { className: "wb-label" }, model.get("label")), body.node, conflict,
      h("div", { className: "wb-foot" }, button || null, h("div", { className: "wb-said" }, status, hint)), response);
    el.append(root);
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
