// @ts-check
// A record of evidence from the workplace. The answer is an object of strings; what is empty is not in it.
import { isObject, partOf } from "../answers.js";
import { h, put } from "../dom.js";
import { printSheet } from "../print.js";
import { segments } from "../segments.js";
import { signs } from "../signs.js";
import { isEmpty, split } from "../text.js";
import { locale, say } from "../words.js";
/** @import { Field, Kid, Kind, Spec } from "../types.js" */
/** @typedef {Spec & { evidence: string[], places: string[], criteria: { code: string, text: string }[], max_characters: number }} Item */
/** @typedef {Record<string, string>} Answer */

const TYPING_MS = 200;

const AGAIN = ["place", "role"]; // not asked for twice: what the form before says of them is filled in (WCAG 2.2, 3.3.7)
const FIELDS = ["evidence", "date", "place", "done", "criteria", "role"]; // in the order of the form

/** @param {string} name */
const label = (name) => say(`workplace-label-${name}`);
/** @param {string} iso */
const day = (iso) => new Date(`${iso}T12:00Z`).toLocaleDateString(locale, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
/** Whether a date is one, as a date field gives it. @param {string} iso */
function isDay(iso) {
  const at = new Date(`${iso}T12:00Z`);
  return /^(?!0000)\d{4}-\d\d-\d\d$/.test(iso) && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(iso);
}
/** Give what a field says, one text for each criterion. @param {Item} spec @param {string} name @param {string} text */
function said(spec, name, text) {
  switch (name) {
    case "evidence": return [say(`workplace-evidence-${text}`)];
    case "place": return [say(`workplace-place-${text}`)];
    case "date": return [day(text)];
    case "criteria": return spec.criteria.filter((one) => split(text).includes(one.code)).map((one) => `${one.code} ${one.text}`);
    default: return [text];
  }
}
/** Give the fields that are filled in. @param {Answer | null} value */
const filled = (value) => FIELDS.flatMap((name) => { const text = value?.[name] ?? ""; return isEmpty(text) ? [] : [{ name, text }]; });

/** @type {Kind<Item, Answer>} */
const kind = {
  build(spec, ctx) {
    const { uid } = ctx;
    /** @param {string} name */
    const id = (name) => `${uid}-${name}`;
    let again = AGAIN; // what nothing is known of in a form that is still empty
    /** @type {Answer | null} */
    let gone = null; // what stood in the form before it was emptied
    /** The student has changed something. @param {number} delay_ms */
    function changed(delay_ms) {
      gone = null;
      takeOver();
      draw();
      ctx.changed(delay_ms);
    }
    const picked = () => changed(0);
    /** @param {string} name @param {HTMLElement} field @param {Kid[]} more */
    const part = (name, field, ...more) => h("div", { className: "wb-workplace-part" }, h("label", { htmlFor: field.id }, label(name)), ...more);
    /** One of a few. @param {"evidence" | "place"} name @param {string[]} ids */
    function pick(name, ids) {
      const { node, get, set } = segments(id(name), ids.map((one) => ({ id: one, text: said(spec, name, one)[0] })));
      const line = taken[name];
      return { get, set, node: h("fieldset", { className: "wb-workplace-part", "aria-describedby": line?.id, onchange: () => { tell(name); picked(); } }, h("legend", {}, label(name)), line, node) };
    }
    /** Says that a field has what the form before says. @type {Record<string, HTMLElement>} */
    const taken = Object.fromEntries(AGAIN.map((name) => [name, h("p", { className: "wb-hint", id: id(`${name}-taken`) })]));
    /** @param {string} name */
    const tell = (name, text = "") => { if (taken[name]) put(taken[name], text); };
    const empty = h("button", { type: "button", className: "wb-button wb-second", onclick: turn });
    const emptied = h("p", { className: "wb-hint wb-workplace-emptied", role: "status" });
    const evidence = pick("evidence", spec.evidence), place = pick("place", spec.places);
    const date = h("input", { type: "date", id: id("date"), max: "2099-12-31", onchange: picked });
    const done = watched("done", h("textarea", { id: id("done"), rows: 6, spellcheck: true }), `${say("workplace-done")} ${say("workplace-nameless")}`);
    const role = watched("role", h("input", { type: "text", id: id("role"), autocomplete: "off" }), say("workplace-role"));
    const boxes = spec.criteria.map((one) => h("input", { type: "checkbox", id: id(`criterion-${one.code.replace(/\W/g, "-")}`), value: one.code }));
    const criteria = h("fieldset", { className: "wb-workplace-part", onchange: picked }, h("legend", {}, label("criteria")),
      ...spec.criteria.map((one, n) => h("div", { className: "wb-option" }, boxes[n], h("label", { htmlFor: boxes[n].id }, `${one.code} ${one.text}`))));
    const node = h("fieldset", { className: "wb-field" }, h("legend", { className: "wb-stem" }, spec.stem),
      evidence.node, part("date", date, date), place.node, done.node, criteria, role.node,
      h("div", { className: "wb-row" }, h("button", { type: "button", className: "wb-button wb-second", onclick: print }, say("workplace-print")), empty), emptied);

    /** A field that is looked through while one types, and the warning tied to it. @param {string} name @param {Field} field @param {string} hint */
    function watched(name, field, hint) {
      const line = h("p", { className: "wb-hint", id: `${field.id}-hint` }, hint);
      field.maxLength = spec.max_characters;
      field.setAttribute("aria-describedby", [line, taken[name]].flatMap((one) => one?.id ?? []).join(" "));
      const { nodes, look } = signs(field, ctx.privacy);
      field.addEventListener("input", () => { tell(name); changed(TYPING_MS); });
      return { node: part(name, field, line, taken[name], field, ...nodes), field, look };
    }
    const get = () => Object.fromEntries(Object.entries({
      evidence: evidence.get(), date: date.value, place: place.get(), done: done.field.value,
      criteria: boxes.filter((box) => box.checked).map((box) => box.value).join(" "), role: role.field.value,
    }).filter(([, text]) => text.trim()));
    function print() {
      const now = get();
      /** @param {string[]} names */
      const lines = (...names) => names.map((name) => h("p", { className: "wb-sign" }, h("span", {}, say(`workplace-line-${name}`)), h("span", {})));
      const sheet = h("div", { className: "wb-workplace-sheet" }, h("h1", {}, say("workplace-sheet")), h("p", {}, spec.stem),
        h("dl", {}, ...FIELDS.flatMap((name) => [h("dt", {}, label(name)), h("dd", {}, now[name] ? said(spec, name, now[name]).join("\n") : say("workplace-empty"))])),
        h("h2", {}, say("workplace-by-witness")), h("p", {}, say("workplace-statement")), ...lines("witness-name", "role", "signature", "date"),
        h("h2", {}, say("workplace-by-learner")), ...lines("learner-name", "signature", "date"));
      printSheet(sheet);
    }
    /** Fill in what the form before says: the place, and who saw it where it was seen in the same way. */
    function takeOver() {
      const before = again.length ? ctx.before() : null, last = isObject(before) ? before : null, now = get();
      again = again.filter((name) => {
        const said = partOf(last, name), text = typeof said === "string" && holds(name, said) ? said : "";
        if (now[name] || !text) return !now[name];
        if (name === "role" && (!now.evidence || now.evidence !== partOf(last, "evidence"))) return !now.evidence;
        if (name === "role") { role.field.value = text; role.look(); } else place.set(text);
        tell(name, say("workplace-taken"));
        return false;
      });
    }
    function draw() {
      const is = filled(get()).length > 0;
      empty.hidden = !is && !gone;
      put(empty, say(is ? "workplace-empty-form" : "workplace-put-back"));
      put(emptied, gone ? say("workplace-emptied") : "");
    }
    /** @param {Answer | null} value */
    function set(value) {
      evidence.set(value?.evidence);
      date.value = value?.date ?? "";
      place.set(value?.place);
      done.field.value = value?.done ?? "";
      role.field.value = value?.role ?? "";
      const codes = split(value?.criteria ?? "");
      for (const box of boxes) box.checked = codes.includes(box.value);
      done.look();
      role.look();
      for (const name of AGAIN) tell(name);
      again = filled(value).length ? [] : AGAIN;
      gone = null;
      draw();
    }
    /** Take everything out of the form, or put it back. */
    function turn() {
      const before = gone, now = get();
      set(before);
      again = [];
      if (!before) gone = now;
      draw();
      ctx.changed(0);
    }
    draw();
    /** Whether a field can hold a text. @param {string} name @param {string} text */
    function holds(name, text) {
      if (!text || name === "done" || name === "role") return [...text].length <= spec.max_characters;
      if (name === "date") return isDay(text);
      const chosen = split(text);
      if (name === "criteria") return new Set(chosen).size === chosen.length && chosen.every((code) => spec.criteria.some((one) => one.code === code));
      return (name === "evidence" ? spec.evidence : spec.places).includes(text);
    }
    return {
      node,
      get,
      set,
      fits: (value) => value === null || (isObject(value) && Object.entries(value).every(([name, text]) => FIELDS.includes(name) && typeof text === "string" && holds(name, text))),
    };
  },
  words: (spec, value) => filled(value).map(({ name, text }) => `${label(name)}: ${said(spec, name, text).join("; ")}`),
};

export default kind;
