// @ts-check
// What the student should know of what is kept, said calmly above the questions and before handing in.
import { h } from "./dom.js";
import { locale, say } from "./words.js";

/** @param {string} iso */
const moment = (iso) => new Date(iso).toLocaleString(locale, { dateStyle: "long", timeStyle: "short" });

/**
 * Make a paragraph of each, with the button that helps where there is one.
 * @param {import("./types.js").Notice[]} found @param {Record<string, [string, () => void][]>} [acts] the notice's id → what each of its buttons says and does
 */
export function notices(found, acts = {}) {
  return found.map(({ id, at, ...values }) => h("div", { className: "wb-notice" },
    h("p", {}, say(id, { ...values, ...(at === undefined ? {} : { time: at ? moment(at) : "" }) })),
    acts[id] ? h("p", { className: "wb-row" }, ...acts[id].map(([name, act]) => h("button", { type: "button", className: "wb-button wb-second", onclick: act }, name))) : null));
}
