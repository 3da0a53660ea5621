// @ts-check
// The frame of every question: shows it, keeps a draft, saves with a handshake, says what happened.

import { isBlank, same } from "./answers.js";
import { paperOf } from "./document.js";
import { h, put } from "./dom.js";
import { feedback } from "./feedback.js";
import { watch } from "./fields.js";
import { fitsIn } from "./fits.js";
import { kinds } from "./kinds.js";
import { keptAs, returned } from "./referral.js";
import { safely } from "./remember.js";
import { has, locale, say } from "./words.js";

const ACK_MS = 2500; // no word from the host for so long: say that nothing is saved yet
const RETRY_MS = 3000; // doubled after each try that failed
const LONGEST_RETRY_MS = 30_000;
/** Whoever types on and on is saved so often: a device keeps what it is told before the browser can be killed, a disk is asked by a network. */
const LONGEST_MS = { disk: 1000, device: 150 };

/** @import { Ctx, Draft, Happening, Outcome, Seen, Spec, State, Stored, Values } from "./types.js" */
/** @import { Workbook } from "./workbook.js" */

/** @param {string | Date} iso */
const clock = (iso) => new Date(iso).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
/** @param {string | number} time */
const moment = (time) => { // with the day where that is not today
  const at = new Date(time), today = at.toDateString() === new Date().toDateString();
  return Number.isNaN(at.getTime()) ? "none" : today ? clock(at) : at.toLocaleString(locale, { dateStyle: "long", timeStyle: "short" });
};

/** State → what happens → the next state; what is not named changes nothing. What is on screen follows from the state.
 * @type {Record<State, { [what in Happening]?: State }>} */
const NEXT = {
  unknown: { edit: "dirty", empty: "clean", stored: "saved", offer: "offered", differ: "conflict" }, // the host has not yet said what it keeps
  clean: { edit: "dirty", empty: "clean", stored: "saved", differ: "conflict" }, // never answered
  saved: { edit: "dirty", empty: "clean", stored: "saved", refuse: "refused", differ: "conflict" }, // what is here is kept
  dirty: { edit: "dirty", send: "saving", stored: "saved", fail: "unsaved", refuse: "refused", differ: "conflict" }, // changed, soon to be sent
  saving: { edit: "dirty", stored: "saved", fail: "unsaved", refuse: "refused", differ: "conflict" }, // sent, not yet acknowledged
  unsaved: { edit: "unsaved", stored: "saved", fail: "unsaved", refuse: "refused", differ: "conflict" }, // did not come through; tried again
  refused: { edit: "dirty", stored: "saved", differ: "conflict" }, // no answer to this question; waits for a change
  conflict: { keep: "dirty", empty: "clean", stored: "saved" }, // another version is kept; waits for a choice
  offered: { keep: "dirty", empty: "clean", stored: "saved" }, // a draft was found; waits for a choice
};
/** @type {State[]} */
const QUIET = ["unknown", "clean", "saved"]; // nothing here waits to be saved
/** @type {{ [state in State]?: string }} */
const MOOD = { unsaved: "wb-bad", refused: "wb-bad" };
/** @type {State[]} */
const OPEN = ["conflict", "offered"]; // what stands in the controls is no answer before the student has chosen

const VISIT = Math.random().toString(36).slice(2); // what was typed since this page was loaded was typed by who sits here
let changes = 0; // made in this visit

/** A draft that outlives the page, until the host has said that the answer is kept: in the tab's own storage as well, because a page that
 * opens at once may not find what was just put into the other one (remember.js). @param {string} scope @param {string} id */
export function drafts(scope, id) {
  const key = `wb-draft:${scope}:${id}`;
  const lasts = !scope.startsWith("page-"); // else no page will look for it again
  const places = [() => sessionStorage, () => localStorage];
  /** @param {() => Storage} place @returns {Draft<any> | null} */
  const read = (place) => safely(() => JSON.parse(place().getItem(key) ?? "null"));
  return {
    /** @param {Draft<any>} draft */
    put(draft) {
      const text = JSON.stringify(draft);
      const [, later] = places.map((place) => safely(() => { place().setItem(key, text); return lasts; }));
      return Boolean(later);
    },
    /** The newest. */
    get: () => places.map(read).reduce((mine, all) => ((all?.at ?? 0) > (mine?.at ?? 0) ? all : mine)),
    /** Forget it; not what another window has typed meanwhile, unless the student saw it here. */
    clear(whose = VISIT) {
      for (const place of places) safely(() => { if ([undefined, whose].includes(read(place)?.visit)) place().removeItem(key); });
    },
  };
}

/** Say what a question is called; a kind may have words of its own for one that carries no points. @param {{ id: string } & Values} label @param {string} kind */
export const called = ({ id, ...values }, kind) => say(["frame-record", "frame-private"].includes(id) && has(`${kind}-label`) ? `${kind}-label` : id, values);

/** Which level of heading a question has: the one below the last heading of the text before it. @param {HTMLElement} el */
export function level(el) {
  const titles = [...(el.closest("main, .jp-Notebook") ?? document).querySelectorAll("h1, h2, h3, h4")].filter((one) => !one.closest(".wb-widget:not(.wb-referral)"));
  const last = titles.filter((one) => one.compareDocumentPosition(el) & Node.DOCUMENT_POSITION_FOLLOWING).at(-1);
  return last ? Number(last.tagName.slice(1)) + 1 : 3;
}

/** What a question gives to its workbook. @typedef {{ opened(stored: Stored<any>): void, now(): { id: string, value: any, said: string[], state: State }, hurry(): void, end(): void, node: HTMLElement }} Asked */

/**
 * Show a question in `el`; the workbook is open, and says at once (`opened`) what is kept of it.
 * @param {Workbook} book @param {Spec} spec @param {HTMLElement} el @returns {Asked}
 */
export function question(book, spec, el) {
  const kind = kinds[spec.kind];
  const authored = book.book.items[spec.id]; // words and responses follow the author's order, what is shown the student's
  const says = kind.blank ?? isBlank;
  const uid = `wb-${spec.id}-${Math.random().toString(36).slice(2, 8)}`;
  const whose = book.kept.learner, name = keptAs(book.referral, spec);
  const draft = drafts(book.kept.copy, name);
  /** @type {State} */
  let state = "unknown";
  /** @type {Seen<any>} */
  let seen = { value: null, revision: 0 }; // what the host last acknowledged: the answer that the page builds on
  let seq = 0;
  let flying = false; // a save is on its way: a second one would run into the first one's revision
  let newer = false; // changed since the last save was sent
  let blocked = false; // a save was due while one was on its way; it follows when that one has landed
  let kept = true; // the browser has the draft, too
  let fit = true; // what is kept is an answer to the question as it is now
  let since = 0; // when the first change came that no save has taken yet
  /** @type {any} */
  let sent; // what was last on its way: a page that is closed then does not hear that it is kept
  let wait_ms = RETRY_MS;
  let timer = 0, overdue = 0;
  let untold = false; // how practice went is not kept yet
  let spoken = "";

  const status = h("p", { className: "wb-status", role: "status" });
  const choice = h("div", { className: "wb-conflict", role: "alert", hidden: true });
  const earlier = h("div", { className: "wb-earlier", role: "note", hidden: true });
  const heading = h("h3", { className: "wb-label", id: `${uid}-label`, "aria-level": level(el) }, called(book.label(spec), spec.kind));
  const paper = paperOf(book, spec, uid, level(el));
  const why = book.comesBack(spec) ? h("p", { className: "wb-hint", id: `${uid}-why` }, say("earlier-why")) : null;
  const rule = spec.purpose === "assessed" && has(`${spec.kind}-rule`) ? h("p", { className: "wb-hint wb-rule", id: `${uid}-rule` }, say(`${spec.kind}-rule`)) : null;
  const again = returned(book, spec, uid, level(el));
  const root = h("div", { className: `wb-question wb-${spec.purpose}`, id: spec.id, tabIndex: -1, role: "group", "aria-labelledby": heading.id, "aria-describedby": [why?.id, again?.says, paper && `${uid}-document`, rule?.id].filter(Boolean).join(" ") || null });
  root.dataset.wbScope = book.kept.copy;
  /** @type {Ctx} */
  const ctx = { uid, changed, whole: () => practice?.whole() ?? false, privacy: book.book.privacy, unshared: book.host.unshared, answerOf: (id) => book.answerOf(id), before: () => book.before(spec) };
  const body = kind.build(spec, ctx);
  const between = [paper, again?.node].flatMap((node) => node ?? []); // read between what is asked and what is answered
  const stem = body.node.querySelector(".wb-stem");
  if (stem) stem.after(...between); else body.node.prepend(...between);
  let there = body.get(); // what the controls held when they were last set or changed
  const practice = spec.purpose === "practice" ? feedback(kind, authored, body, uid, says, () => { untold = true; tell(); }) : null;

  /** Go to the next state and show it; `text` is what it has to say. False if nothing follows from `what` here. @param {Happening} what */
  function on(what, text = "") {
    const next = NEXT[state][what];
    if (!next) return false;
    if (next !== "unsaved" || text) show(text, MOOD[next]);
    state = root.dataset.wbState = next;
    if (state === "unsaved") stands(body.get()); // it is answered all the same
    body.node.inert = state === "offered";
    if (!OPEN.includes(state)) { choice.hidden = true; choice.replaceChildren(); }
    book.waits(uid, QUIET.includes(state) ? null : { id: spec.id, state });
    return true;
  }
  /** @param {string} text */
  function show(text, mood = "") {
    status.setAttribute("aria-live", text === spoken ? "off" : "polite"); // the same words are not announced again and again
    if (text) spoken = text;
    if (status.textContent !== text) put(status, text);
    status.className = `wb-status ${mood}`;
  }
  /** Show an answer in the controls. @param {any} value */
  function set(value) {
    const inside = body.node.contains(document.activeElement);
    body.set(value);
    there = body.get();
    if (inside && !body.node.contains(document.activeElement)) root.focus({ preventScroll: true }); // nobody is thrown back to the top of the page
  }
  /** @param {number} delay_ms */
  function changed(delay_ms) {
    if (!newer) since = Date.now();
    newer = true;
    on("edit");
    there = body.get();
    kept = draft.put({ value: there, base: seen.revision, was: seen.value, at: Date.now(), by: book.kept.learner, held: book.holds(), visit: VISIT, sent, change: (changes += 1) });
    practice?.changed();
    due(Math.min(delay_ms, Math.max(0, since + LONGEST_MS[book.host.place] - Date.now())));
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
    const mine = seq, value = sent = body.get();
    book.host.save(name, value, seen, words(value), { [VISIT]: changes }).then((outcome) => landed(outcome, mine), (error) => failed(error, mine));
    clearTimeout(overdue);
    overdue = setTimeout(() => {
      flying = false;
      on("fail", say("frame-unsaved", { kept: String(kept) }));
      if (book.host.place === "disk") globalThis.dispatchEvent(new CustomEvent("wb-connection-lost", { detail: { kept } }));
      later();
    }, ACK_MS);
  }
  /** @param {Outcome<any>} outcome @param {number} mine */
  function landed(outcome, mine) {
    globalThis.dispatchEvent(new CustomEvent("wb-connection-back"));
    if (outcome.do === "saved") seen = { value: outcome.value, revision: outcome.revision };
    if (mine !== seq) return;
    flying = false;
    clearTimeout(overdue);
    if (outcome.do === "saved") {
      wait_ms = RETRY_MS;
      book.stored(spec.id, outcome);
      fit = true;
      if (!newer) settled(outcome);
      else { if (state === "unsaved") { on("stored"); on("edit"); } if (blocked) save(); }
    } else if (outcome.do === "conflict") {
      // Perhaps our own save, acknowledged after we had stopped waiting.
      if (!outcome.final && outcome.revision === seen.revision && same(outcome.value, seen.value)) save();
      else { stands(outcome.value); disagree(outcome, outcome.final ? "frame-final" : "frame-conflict", outcome, outcome.final); }
    } else if (newer) save();
    else on("refuse", say("frame-refused"));
  }
  /** @param {Error} error @param {number} mine */
  function failed(error, mine) {
    if (mine !== seq) return;
    flying = false;
    clearTimeout(overdue);
    on("fail", say("frame-failed", { why: error.message, kept: String(kept) }));
    book.trouble(error);
    later();
  }
  /** @param {Stored<any>} stored */
  function settled({ value, revision, saved_at, tried, refused }) { // the answer on this page is the answer that is kept
    newer = false;
    draft.clear();
    seen = { value, revision };
    earlier.hidden = fit;
    on(saved_at && fit ? "stored" : "empty");
    if (refused) on("refuse", say("frame-refused"));
    stands(fit ? value : null);
    if (untold) tell();
    else practice?.stands(fit ? value : null, tried);
  }
  /** Have it kept how practice went, once the answer is. */
  function tell() {
    if (state !== "saved" || !practice) return;
    const { tried } = practice;
    book.host.tried(spec.id, tried, seen.revision).then(() => {
      if (tried !== practice.tried) return;
      untold = false;
      book.stored(spec.id, { ...book.kept.answers[spec.id], tried });
    }, () => { /* told again when the answer is next looked at */ });
  }
  /** @param {any} value */
  function stands(value) { // what the rest of the page goes by
    root.dataset.wbAnswered = String(!says(value));
    again?.stands(value);
    book.stands(spec.id, value);
  }
  /** The answer in words, as far as it can be read. @param {any} value @returns {string[]} */
  function words(value) {
    try { return kind.words(authored, value); } catch { return []; }
  }
  /** Ask the student to choose; each button is [its text, what it does].
   * @param {string} text @param {string} title @param {any} value @param {[string, () => void][]} buttons */
  function ask(text, title, value, ...buttons) {
    clearTimeout(timer);
    choice.replaceChildren(
      h("p", {}, text),
      h("details", {}, h("summary", {}, title), h("blockquote", {}, words(value).join("; ") || say("frame-blank"))),
      h("p", { className: "wb-row" }, ...buttons.map(([name, act], n) => h("button", { type: "button", className: `wb-button${n ? " wb-second" : ""}`, onclick: () => {
        act();
        /** @type {HTMLElement} */ (body.node.querySelector("input, textarea, select, button") ?? root).focus();
      } }, name))),
    );
    choice.hidden = false;
  }
  /** Of this answer there is another version: what is kept (`stored`), or what was there before another program put back an older file.
   * @param {Stored<any>} stored @param {Stored<any>} theirs */
  function disagree(stored, name = "frame-conflict", theirs = stored, final = false) {
    if (!on("differ")) return;
    /** @param {any} [value] */
    const keep = (value) => { seen = { value: stored.value, revision: stored.revision }; if (value !== undefined) set(value); on("keep"); changed(0); };
    const take = () => { if (stored.other) return keep(theirs.value); /* so that it alone is kept */ fit = fits(stored.value); set(fit ? stored.value : null); book.stored(spec.id, stored); settled(stored); };
    const text = say(name, { time: moment(theirs.saved_at) });
    if (final) ask(text, say("frame-other"), theirs.value, [say("frame-go-on"), take]);
    else ask(text, say("frame-other"), theirs.value, [say("frame-mine"), () => keep()], [say("frame-theirs"), take]);
  }
  /** Show a draft that may be somebody else's; it becomes an answer only if the student says so. @param {Draft<any>} found @param {Stored<any>} stored */
  function offer(found, stored) {
    on("offer");
    ask(say("frame-offer", { time: moment(found.at), who: found.by || "none" }), say("frame-offered"), found.value,
      [say("frame-use"), () => { set(found.value); on("keep"); changed(0); }], [say("frame-leave"), () => { draft.clear(found.visit); set(fit ? stored.value : null); settled(stored); }]);
  }
  /** @param {any} value */
  const fits = (value) => fitsIn(kind, authored, body, value);
  /** Say what the student had answered before the question was changed. @param {Stored<any>} stored */
  function tellEarlier({ said, value }) {
    const text = said?.join("; ") || (typeof value === "string" ? value : "");
    earlier.replaceChildren(h("p", {}, say("frame-changed")), ...(text ? [h("blockquote", {}, text)] : []));
    earlier.hidden = false;
  }
  const older = book.host.place === "device" ? "frame-brought" : "frame-older";
  /** @param {Stored<any>} stored */
  function opened(stored) { // what is kept, told when the page opens and when the window is looked at again
    if (state !== "unknown" && !QUIET.includes(state)) return undefined; // what the student is doing now comes first; a conflict shows when it is saved
    const news = state === "unknown" || stored.revision !== seen.revision || !same(stored.value, seen.value);
    if (news) fit = fits(stored.value);
    if (news && !fit) tellEarlier(stored);
    if (stored.other && !fits(stored.other.value)) stored = { ...stored, other: null };
    const shown = fit ? stored.value : null;
    if (state === "unknown") {
      let found = draft.get();
      // A browser that is killed may give back a draft that was cleared: what it holds has been saved since, or written over by the student.
      if (found?.visit && (found.change ?? Infinity) <= (stored.typed?.[found.visit] ?? 0)) { draft.clear(found.visit); found = null; }
      set(shown);
      seen = { value: stored.value, revision: stored.revision };
      stands(shown);
      if (found && fits(found.value) && !same(found.value, stored.value)) { // typed earlier, never acknowledged
        const mine = book.host.place === "device" ? found.by === book.kept.learner : found.held && book.holds() && ["", book.kept.learner].includes(found.by);
        if (found.visit !== VISIT && !mine) return offer(found, stored);
        set(found.value);
        kept = draft.put({ ...found, visit: VISIT, change: (changes += 1) }); // the student sees it here: forgotten with what becomes of it
        const next = (found.base === stored.revision && same(found.was, stored.value)) || (found.sent !== undefined && same(found.sent, stored.value));
        if (!next) return disagree(stored);
        newer = true;
        on("edit");
        return save();
      }
      draft.clear(found?.visit);
      return stored.other ? disagree(stored, older, stored.other) : settled(stored);
    }
    const alike = same(stored.value, seen.value);
    // What was acknowledged is not given up without asking.
    if (!alike && (stored.other || stored.revision <= seen.revision)) return disagree(stored, older);
    if (stored.other) return disagree(stored, older, stored.other);
    if (news) set(shown);
    return settled(stored);
  }
  /** Take what a field holds without having said so for what the student has just put there. @param {unknown} field */
  function look(field) {
    if (OPEN.includes(state) || same(body.get(), there)) return;
    if (field instanceof HTMLElement && body.node.contains(field)) field.dispatchEvent(new Event(field.matches("textarea, [type='text']") ? "input" : "change", { bubbles: true }));
    if (!same(body.get(), there)) changed(0);
  }
  /** After Back a browser puts into the fields what stood there when the page was left; the page shows what is kept. */
  function back() {
    if (QUIET.includes(state) && !same(body.get(), there)) set(fit ? seen.value : null);
  }

  const leaving = () => { look(document.activeElement); if (newer) save(); };
  const hurry = () => { look(document.activeElement); save(); };
  const hiding = () => { if (document.visibilityState === "hidden") leaving(); }; // a phone may end the page without another word
  /** @param {BeforeUnloadEvent} event */
  const closing = (event) => { if (!QUIET.includes(state) && !kept) event.preventDefault(); }; // what only this page holds
  globalThis.addEventListener("pagehide", leaving);
  document.addEventListener("visibilitychange", hiding);
  globalThis.addEventListener("beforeunload", closing);
  globalThis.addEventListener("pageshow", back);
  const unwatch = watch(root, look);
  root.addEventListener("focusout", leaving);
  for (const field of body.node.querySelectorAll("input, select, textarea")) field.setAttribute("autocomplete", "off"); // else a browser fills them in anew when the page is loaded again

  root.dataset.wbState = state;
  root.append(
    heading, ...(why ? [why] : []), body.node, ...(rule ? [rule] : []), earlier, choice,
    h("div", { className: "wb-foot" }, ...(practice ? [...practice.buttons, practice.verdict] : []), status));
  el.append(root);
  return {
    node: root,
    opened,
    now: () => ({ id: spec.id, value: body.get(), said: words(body.get()), state }),
    hurry,
    end() {
      if (whose !== book.kept.learner || name !== keptAs(book.referral, spec)) seq += 1; // what is still on its way is no answer of this page any more
      globalThis.removeEventListener("pagehide", leaving);
      document.removeEventListener("visibilitychange", hiding);
      globalThis.removeEventListener("beforeunload", closing);
      globalThis.removeEventListener("pageshow", back);
      unwatch();
      clearTimeout(timer);
      clearTimeout(overdue);
      body.end?.();
      book.waits(uid, null);
      root.remove();
    },
  };
}
