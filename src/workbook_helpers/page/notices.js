// @ts-check
// What the student should know of the answers file, said calmly above the questions and before handing in.
import { h } from "./dom.js";
import { locale, say } from "./words.js";

/** @param {string} iso */
const moment = (iso) => new Date(iso).toLocaleString(locale, { dateStyle: "long", timeStyle: "short" });

/**
 * Make a paragraph of each; `seen`, where given, is called when the student has read of what was mended.
 * @param {import("./types.js").Notice[]} [found] @param {() => void} [seen]
 */
export function notices(found, seen) {
  return (found ?? []).map(({ id, at, ...values }) => h("div", { className: "wb-notice" },
    h("p", {}, say(id, { ...values, time: at ? moment(at) : "" })),
    seen && id !== "page-stranger" ? h("button", { type: "button", className: "wb-button wb-second", onclick: seen }, say("page-seen")) : null));
}
