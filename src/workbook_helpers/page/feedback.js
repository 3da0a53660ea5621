// @ts-check
// What practice says to an answer: a mark and a sentence at each part of it, one verdict on all, and the right answer after a second try.
import { same } from "./answers.js";
import { h, put } from "./dom.js";
import { missing } from "./far.js";
import { has, say } from "./words.js";

/** @import { Body, Kind, Note, Response, Spec, Tried } from "./types.js" */
/** @typedef {{ note: Note, node: HTMLElement, spot: HTMLElement | null | undefined, undo(): void }} Line */
/** What a question has of it. `changed`: the student has changed the answer; `whole`: and has come to its end; `stands`: this is kept, and how practice went with it.
 * @typedef {{ buttons: HTMLElement[], verdict: HTMLElement, tried: Tried, changed(): void, whole(): boolean, stands(value: any, kept?: Tried | null): void }} Feedback */

const FAR = 3 / 4; // of the window's height: so much is seen between its bars
const TRIES = 2; // so many answers are checked before the right one can be asked for
/** @type {Tried} */
const NEVER = { n: 0, first: [], checked: false, shown: false };
const FIELD = "input, textarea, button", GROUP = "fieldset, [role='group'], [role='radiogroup']";

/** Say in a line what a response comes to; a kind may have a line of its own. @param {string} kind @param {Response} response @param {Tried} tried */
function inShort(kind, { right, notes, missing }, { n, shown }) {
  const done = notes.filter((note) => note.verdict === "right").length, again = notes.length - done, of = missing === undefined ? notes.length : done + missing;
  if (shown) return say("frame-shown");
  if (right) return say("frame-all-right", { of, n });
  if (has(`${kind}-score`)) return say(`${kind}-score`, { done, of });
  if (missing === undefined && of === 1) return say("frame-not-this");
  const wrong = notes.some((note) => note.verdict === "wrong"), open = notes.some((note) => note.verdict === "missed");
  const signs = wrong && open ? say("frame-signs") : wrong ? "✗" : "○"; // those that are there
  const next = missing === 0 ? say("frame-too-many", { n: again }) : again ? say("frame-again", { n: again, signs }) : "";
  return [say("frame-score", { done, of }), next, missing ? say("frame-missing", { n: missing }) : ""].filter(Boolean).join(" ");
}

/** Put a line at a part of a question. @param {Body<any>} body @param {string} uid @param {Note} note @param {string} mood @param {string} [right] What is right there @returns {Line} */
function line(body, uid, note, mood, right) {
  const spot = body.spot?.(note.id), end = spot?.closest(".wb-spots") ?? spot ?? body.node;
  const part = right ?? (end !== spot || (mood === "answer" && !spot.textContent.includes(note.part)) ? note.part : "");
  const node = h("p", { className: `wb-note wb-note-${mood}`, id: `${uid}-${mood}-${note.id}` },
    h("strong", {}, h("span", {}, mood !== "answer" && note.mark ? note.mark : say(`frame-${mood}`)), part ? `: ${part}${note.text && !/[.!?]$/.test(part) ? "." : ""}` : "."), ` ${note.hint && note.text ? `${say("frame-hint")} ` : ""}${note.text}`); // one text: after an empty one Chromium tells a screen reader no space
  end.append(node);
  // Whoever comes to the part by a screen reader hears it there; the verdict alone is announced.
  const field = spot?.matches(`${GROUP}, ${FIELD}`) ? spot : spot?.querySelector(FIELD);
  /** @param {(ids: Set<string>) => unknown} step */
  function described(step) {
    const ids = new Set(field?.getAttribute("aria-describedby")?.split(" "));
    step(ids);
    if (ids.size) field?.setAttribute("aria-describedby", [...ids].join(" "));
    else field?.removeAttribute("aria-describedby");
  }
  described((ids) => ids.add(node.id));
  const marks = spot && !spot.dataset.wbMark;
  if (marks) spot.dataset.wbMark = mood;
  return { note, node, spot, undo() { node.remove(); described((ids) => ids.delete(node.id)); if (marks) delete spot.dataset.wbMark; } };
}

/**
 * Make what belongs to a practice question. `keep` is called when there is something new of `tried`.
 * @param {Kind<any, any>} kind @param {Spec} spec as its author wrote it @param {Body<any>} body @param {string} uid
 * @param {(value: any) => boolean} blank @param {() => void} keep @returns {Feedback}
 */
export function feedback(kind, spec, body, uid, blank, keep) {
  /** @type {Line[]} */
  let marks = []; // what is said of the answer
  /** @type {Line[]} */
  let told = []; // the right answer
  let tapped = false; // what was last used here was a finger or a mouse: keys go through the options one by one
  /** @type {unknown} */
  let drawn = null; // of which answer all of it is on the page, and whether with the right one
  let early = false; // checked before there was an answer: that is what is said
  const check = h("button", { type: "button", className: "wb-button wb-second", onclick: checked }, say("frame-check"));
  const ask = h("button", { type: "button", className: "wb-button wb-second", hidden: true, onclick: shown }, say("frame-show"));
  const there = h("button", { type: "button", className: "wb-button wb-second", hidden: true, onclick: goThere });
  const verdict = h("p", { className: "wb-response", role: "status", tabIndex: -1 });
  body.node.addEventListener("pointerdown", () => { tapped = true; });
  body.node.addEventListener("keydown", () => { tapped = false; });
  /** @type {Feedback} */
  const made = { buttons: kind.atOnce === "whole" ? [ask, there] : [check, ask, there], verdict, tried: NEVER, changed, whole, stands };

  /** @param {any} value @returns {Response | null} */
  const respond = (value) => (blank(value) ? null : kind.respond?.(spec, value) ?? null);
  /** Whether an answer says how it went without having been asked. @param {any} value */
  const byItself = (value) => kind.atOnce === "whole" && !missing(spec, value);
  /** Take away what is not so of an answer. @param {any} value */
  function prune(value) {
    const now = new Map(respond(value)?.notes.map((note) => [note.id, note]));
    const still = marks.filter(({ note }) => now.get(note.id)?.verdict === note.verdict && now.get(note.id)?.part === note.part);
    for (const one of marks) if (!still.includes(one)) one.undo();
    marks = still;
    ask.hidden = there.hidden = true;
    drawn = null;
    early = false;
    verdict.classList.remove("wb-right");
    put(verdict, "");
  }
  /** Show what there is to say, as far as the student has got. @param {any} value @param {Response} response */
  function draw(value, response) {
    prune(null);
    for (const one of told) one.undo();
    told = [];
    drawn = [value, made.tried.shown];
    marks = response.notes.map((note) => line(body, uid, note, note.verdict));
    if (made.tried.shown && kind.right) {
      const right = respond(kind.right(spec))?.notes ?? [];
      const mine = new Map(response.notes.map((note) => [note.id, note]));
      for (const note of right) {
        const { verdict, text } = mine.get(note.id) ?? {};
        if (verdict !== "right") told.push(line(body, uid, text?.endsWith(note.text) ? { ...note, text: "" } : note, "answer", kind.rightOf?.(spec, note.id))); // not the same reason twice
      }
    }
    ask.hidden = response.right || made.tried.shown || made.tried.n < TRIES || !kind.right;
    verdict.classList.toggle("wb-right", response.right);
    put(verdict, inShort(spec.kind, response, made.tried));
    const one = first();
    there.hidden = !one || verdict.getBoundingClientRect().bottom - one.node.getBoundingClientRect().top < innerHeight * FAR;
    if (one) put(there, say("frame-go", { sign: one.note.verdict === "wrong" ? "✗" : "○" }));
  }
  /** What is not right and stands highest on the page: a student's cards have an order of their own. */
  const first = () => marks.filter(({ note }) => note.verdict !== "right")
    .sort((one, other) => one.node.getBoundingClientRect().top - other.node.getBoundingClientRect().top).at(0);
  function goThere() {
    const one = first();
    if (!one) return;
    (one.spot ?? one.node).scrollIntoView({ block: "start" });
    one.node.tabIndex = -1;
    one.node.focus({ preventScroll: true });
  }
  function checked() {
    const value = body.get(), response = respond(value);
    if (!response) { early = true; put(verdict, say(has(`frame-first-${spec.kind}`) ? `frame-first-${spec.kind}` : "frame-first")); return; }
    const { n, first, checked } = made.tried;
    if (!checked) made.tried = { n: n + 1, first: n ? first : response.notes.filter((note) => note.verdict === "right").map((note) => note.id), checked: true, shown: false };
    announce(value, response);
  }
  function shown() {
    const value = body.get(), response = respond(value);
    if (!response) return;
    made.tried = { ...made.tried, shown: true };
    announce(value, response);
    (made.buttons.includes(check) ? check : verdict).focus({ preventScroll: true }); // the button that had it is gone
  }
  /** @param {any} value @param {Response} response */
  function announce(value, response) {
    verdict.setAttribute("aria-live", "polite");
    draw(value, response);
    verdict.scrollIntoView({ block: "nearest" }); // the marks above it may have moved it off the screen
    keep();
  }
  function changed() {
    made.tried = { ...made.tried, checked: false, shown: false };
    prune(body.get());
    if (kind.atOnce === "tap" ? tapped : byItself(body.get())) checked();
  }
  /** As if it had been asked, so that who goes by keys goes on from there. */
  function whole() {
    check.focus({ preventScroll: true });
    checked();
    return true;
  }
  /** @param {any} value @param {Tried | null} [kept] */
  function stands(value, kept) {
    made.tried = kept ?? NEVER;
    const response = made.tried.checked || byItself(value) ? respond(value) : null;
    const now = response && [value, made.tried.shown];
    if (now && same(now, drawn) && marks.every(({ node }) => node.isConnected)) return; // it is on the page
    if (early && !response && blank(value)) return; // so is that there is nothing to check: saving it changes nothing
    verdict.setAttribute("aria-live", "off"); // nothing has happened just now
    if (response) draw(value, response);
    else prune(value);
  }
  return made;
}
