// @ts-check
// A record of evidence from the workplace. The answer is an object of strings; what is empty is not in it.
import { h, list, locale, put, question, say } from "../frame.js";
/** @import { Body, Ctx, Field, Kid, PrivacyRules, Spec } from "../types.js" */

const TYPING_MS = 200;

/** Find what may tell who a person is, with the patterns and words of `items/privacy.py`. A date is left out before: with a time
 * it has as many digits as a telephone number. What one pattern has found no later one looks at again. @param {string} text @param {PrivacyRules} rules */
function findSigns(text, rules) {
  const found = [];
  let left = text.replace(new RegExp(rules.date, "g"), "; ;");
  /** @param {string} piece */
  const nhs = (piece) => {
    const digits = [...piece].filter((sign) => sign >= "0" && sign <= "9").map(Number);
    const total = digits.slice(0, 9).reduce((sum, digit, n) => sum + digit * (10 - n), 0);
    return digits.length === 10 && 11 - (total % 11) === (digits[9] || 11);
  };
  for (const [sign, pattern] of rules.patterns) {
    for (const match of left.matchAll(new RegExp(pattern, "g"))) {
      const piece = match[1];
      if (sign === "nhs-number" && !nhs(piece)) continue;
      if (sign === "name" && new RegExp(rules.role).test(piece) && rules.ordinary.includes(piece.toLowerCase().split(/\s+/).at(-1) ?? "")) continue;
      found.push({ sign, text: piece });
    }
    for (const one of found) left = left.replaceAll(one.text, "; ;");
  }
  /** @param {string} word */
  const capitalised = (word) => word.length > 1 && word[0] !== word[0].toLowerCase() && word !== word.toUpperCase();
  /** @param {string} word */
  const ordinary = (word) => rules.ordinary.includes(word.toLowerCase().replace(/['’](?:s|m|d|ve|ll|re)?$/, ""));
  const pair = new RegExp(rules.pair, "g");
  for (let match; (match = pair.exec(left));) {
    const [all, first, second] = match;
    if (capitalised(first) && capitalised(second) && !ordinary(first) && !first.endsWith("ing") && !ordinary(second)) {
      found.push({ sign: new RegExp(rules.street).test(second) ? "address" : "name", text: all });
    } else pair.lastIndex = match.index + all.length - second.length;
  }
  return found;
}

export default question({
  /** @param {Spec & { evidence: string[], places: string[], criteria: { code: string, text: string }[], rules: PrivacyRules, max_characters: number }} spec @param {Ctx} ctx @returns {Body<Record<string, string>>} */
  build(spec, ctx) {
    const { uid } = ctx;
    /** @param {string} name */
    const id = (name) => `${uid}-${name}`;
    const now = () => ctx.changed(0);
    /** @param {string} name */
    const label = (name) => say(`workplace-label-${name}`);
    /** @param {string} name @param {HTMLElement} field @param {Kid[]} more */
    const part = (name, field, ...more) => h("div", { className: "wb-workplace-part" }, h("label", { htmlFor: field.id }, label(name)), ...more);
    /** @param {string} name @param {string[]} ids */
    const pick = (name, ids) => h("select", { id: id(name), onchange: now }, h("option", { value: "" }, say("workplace-none")), ...ids.map((one) => h("option", { value: one }, say(`workplace-${name}-${one}`))));
    const evidence = pick("evidence", spec.evidence);
    const place = pick("place", spec.places);
    const date = h("input", { type: "date", id: id("date"), max: "2099-12-31", onchange: now });
    const done = watched("done", h("textarea", { id: id("done"), rows: 6, spellcheck: true }), `${say("workplace-done")} ${say("workplace-nameless")}`);
    const role = watched("role", h("input", { type: "text", id: id("role"), autocomplete: "off" }), say("workplace-role"));
    const boxes = spec.criteria.map((one) => h("input", { type: "checkbox", id: id(`criterion-${one.code.replace(/\W/g, "-")}`), value: one.code }));
    const criteria = h("fieldset", { className: "wb-workplace-part", onchange: now }, h("legend", {}, label("criteria")),
      ...spec.criteria.map((one, n) => h("div", { className: "wb-option" }, boxes[n], h("label", { htmlFor: boxes[n].id }, `${one.code} ${one.text}`))));
    const node = h("fieldset", { className: "wb-field" }, h("legend", { className: "wb-stem" }, spec.stem),
      part("evidence", evidence, evidence), part("date", date, date), part("place", place, place), done.node, criteria, role.node,
      h("button", { type: "button", className: "wb-button wb-second", onclick: print }, say("workplace-print")));

    /** A field that is looked through while one types, and the warning tied to it. @param {string} name @param {Field} field @param {string} hint */
    function watched(name, field, hint) {
      const line = h("p", { className: "wb-hint", id: `${field.id}-hint` }, hint);
      const warning = h("p", { className: "wb-workplace-warning", id: `${field.id}-warning`, role: "status" });
      const pieces = h("p", { className: "wb-workplace-pieces", id: `${field.id}-pieces` }); // changes with each letter, so it is not announced
      field.maxLength = spec.max_characters;
      field.setAttribute("aria-describedby", `${line.id} ${warning.id} ${pieces.id}`);
      const look = () => {
        const found = findSigns(field.value, spec.rules);
        const text = found.length ? say("workplace-warn", { signs: list(found.map((one) => say(`workplace-sign-${one.sign}`))) }) : "";
        if (warning.textContent !== text) put(warning, text); // unchanged text is not announced again
        put(pieces, found.length ? say("workplace-look", { pieces: list(found.map((one) => `“${one.text}”`)) }) : "");
      };
      field.addEventListener("input", () => { look(); ctx.changed(TYPING_MS); });
      return { node: part(name, field, line, field, warning, pieces), field, look };
    }
    const get = () => Object.fromEntries(Object.entries({
      evidence: evidence.value, date: date.value, place: place.value, done: done.field.value,
      criteria: boxes.filter((box) => box.checked).map((box) => box.value).join(" "), role: role.field.value,
    }).filter(([, text]) => text.trim()));
    /** @param {string | undefined} iso */
    const day = (iso) => (iso ? new Date(`${iso}T12:00`).toLocaleDateString(locale, { day: "numeric", month: "long", year: "numeric" }) : "");
    /** @param {Record<string, string> | null} value */
    function rows(value) {
      const codes = (value?.criteria ?? "").split(" ").filter(Boolean);
      return [
        [label("evidence"), value?.evidence ? say(`workplace-evidence-${value.evidence}`) : ""], [label("date"), day(value?.date)], [label("place"), value?.place ? say(`workplace-place-${value.place}`) : ""],
        [label("done"), value?.done ?? ""], [label("criteria"), spec.criteria.filter((one) => codes.includes(one.code)).map((one) => `${one.code} ${one.text}`).join("\n")],
        [label("role"), value?.role ?? ""]];
    }
    function print() {
      /** @param {string[]} names */
      const lines = (...names) => names.map((name) => h("p", { className: "wb-workplace-sign" }, h("span", {}, say(`workplace-line-${name}`)), h("span", {})));
      const sheet = h("div", { className: "wb-workplace-sheet" }, h("h1", {}, say("workplace-sheet")), h("p", {}, spec.stem),
        h("dl", {}, ...rows(get()).flatMap(([name, text]) => [h("dt", {}, name), h("dd", {}, text || say("workplace-empty"))])),
        h("h2", {}, say("workplace-by-witness")), h("p", {}, say("workplace-statement")), ...lines("witness-name", "role", "signature", "date"),
        h("h2", {}, say("workplace-by-learner")), ...lines("learner-name", "signature", "date"));
      document.querySelectorAll(".wb-workplace-sheet").forEach((old) => old.remove());
      document.body.append(sheet);
      document.documentElement.classList.add("wb-workplace-printing");
      globalThis.addEventListener("afterprint", () => { // some phones print after print() has returned, so not before this
        sheet.remove();
        document.documentElement.classList.remove("wb-workplace-printing");
      }, { once: true });
      globalThis.print();
    }
    return {
      node,
      get,
      set: (value) => {
        evidence.value = value?.evidence ?? "";
        date.value = value?.date ?? "";
        place.value = value?.place ?? "";
        done.field.value = value?.done ?? "";
        role.field.value = value?.role ?? "";
        const codes = (value?.criteria ?? "").split(" ");
        for (const box of boxes) box.checked = codes.includes(box.value);
        done.look();
        role.look();
      },
      words: (value) => rows(value).filter(([, text]) => text).map(([name, text]) => `${name}: ${text}`).join("; "),
    };
  },
});
