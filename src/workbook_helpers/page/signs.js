// @ts-check
// The warning below a field in which one writes of people: what stands there may tell who somebody is.
import { list } from "./answers.js";
import { h, put } from "./dom.js";
import { findSigns } from "./privacy.js";
import { say } from "./words.js";

/** @import { Field, PrivacyRules } from "./types.js" */

/** Watch a field: `nodes` belong below it, `look` is for what is put there by the page. @param {Field} field @param {PrivacyRules | null} rules */
export function signs(field, rules) {
  const warning = h("p", { className: "wb-signs", id: `${field.id}-warning`, role: "status" });
  const pieces = h("p", { className: "wb-signs-pieces", id: `${field.id}-pieces` }); // changes with each letter, so it is not announced
  field.setAttribute("aria-describedby", [field.getAttribute("aria-describedby"), warning.id, pieces.id].filter(Boolean).join(" "));
  function look() {
    const found = rules ? findSigns(field.value, rules) : [];
    const text = found.length ? say("signs-warn", { signs: list(found.map((one) => say(`signs-${one.sign}`))) }) : "";
    if (warning.textContent !== text) put(warning, text); // unchanged text is not announced again
    put(pieces, found.length ? say("signs-look", { pieces: list(found.map((one) => `“${one.text}”`)) }) : "");
  }
  field.addEventListener("input", look);
  return { nodes: [warning, pieces], look };
}
