// @ts-check
/* Comments that were used before are found by typing, as a list below the field; placeholders are shown as the learner will read them. */

import { $, h } from "./marking.js";
import { headers, secret } from "./secret.js";

const form = /** @type {HTMLFormElement} */ (document.getElementById("marking"));
const field = /** @type {HTMLTextAreaElement} */ (document.getElementById("mark-comment"));
const list = /** @type {HTMLElement} */ (document.getElementById("mark-found"));
const preview = /** @type {HTMLElement} */ (document.getElementById("mark-preview"));
const mine = /** @type {HTMLElement} */ (document.getElementById("mark-own"));
const amiss = $("mark-own-told");
const MOST = 6;
/** @type {string[]} */
let bank = [];
/** Answer → its comment as it was saved last, which may be before it was typed to its end. @type {Map<string, string>} */
const used = new Map();
/** @type {string[]} */
let own = [];
/** @type {string[]} */
let found = [];
let at = -1;

/* The line in which the caret stands is what is searched by, and what a comment takes the place of. */
const line = () => {
  const end = field.selectionEnd, start = field.value.lastIndexOf("\n", end - 1) + 1, stop = field.value.indexOf("\n", end);
  return { start, end: stop < 0 ? field.value.length : stop };
};
const look = () => {
  const { start, end } = line(), words = field.value.slice(start, end).toLowerCase().split(/\s+/).filter(Boolean);
  const text = field.value.slice(start, end).trim();
  found = words.length ? [...new Set([...own, ...[...used.values()].reverse(), ...bank])].filter((one) => one !== text && words.every((word) => one.toLowerCase().includes(word))).slice(0, MOST) : [];
  at = -1;
  draw();
};
const draw = () => {
  list.replaceChildren(...found.map((text, number) => {
    const option = document.createElement("li");
    Object.assign(option, { id: `mark-found-${number}`, textContent: text });
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", String(number === at));
    option.addEventListener("mousedown", (event) => { event.preventDefault(); take(text); });
    return option;
  }));
  list.hidden = !found.length;
  if (at < 0) field.removeAttribute("aria-activedescendant");
  else {
    field.setAttribute("aria-activedescendant", `mark-found-${at}`);
    list.children[at]?.scrollIntoView({ block: "nearest" });
  }
};
/** @param {string} text */
const take = (text) => {
  const { start, end } = line();
  field.setRangeText(text, start, end, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  found = [];
  draw();
};
const show = () => {
  /** @param {boolean} ticked */
  const must = (ticked) => [...form.querySelectorAll(".mark-guide:not([disabled]) input[name=seen]")].filter((one) => /** @type {HTMLInputElement} */ (one).checked === ticked)
    .map((one) => (one.nextElementSibling?.firstChild?.textContent ?? "").trim().replace(/\.+$/, "")).map((text) => text.slice(0, 1).toLowerCase() + text.slice(1)).join("; ") || "nothing";
  const text = field.value.replace(/\{(name|seen|not seen)\}/g, (_, name) => (name === "name" ? field.dataset["markName"] ?? "" : must(name === "seen")));
  preview.hidden = text === field.value;
  preview.textContent = preview.hidden ? "" : `The learner reads: ${text}`;
};
const close = () => { found = []; at = -1; draw(); };

field.addEventListener("input", () => { look(); show(); });
field.addEventListener("mark:put", () => { close(); show(); });
field.addEventListener("blur", close);
form.addEventListener("change", show);
field.addEventListener("keydown", (event) => {
  if (!found.length || event.isComposing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    at = (at + (event.key === "ArrowDown" ? 1 : -1) + found.length + 1) % (found.length + 1);
    if (at === found.length) at = -1;
    draw();
  } else if (event.key === "Enter" && at >= 0 && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    take(found[at] ?? "");
  } else if (event.key === "Escape") {
    event.preventDefault();
    close();
  }
});

/* One's own, for all tasks and classes. */
/** @param {string} comment @param {boolean} drop */
const keep = async (comment, drop) => {
  const body = new URLSearchParams({ _xsrf: secret(), comment, drop: drop ? "1" : "" });
  try {
    const reply = await fetch(form.dataset["markOwn"] ?? "", { method: "POST", body, headers: headers() });
    const { own: now, told, fault } = /** @type {{ own?: string[], told?: string, fault?: string }} */ (await reply.json());
    const said = fault || told;
    if (now) draws(now);
    amiss.replaceChildren(...(said ? [h("p", { class: "desk-fault" }, said)] : []));
  } catch { /* the bar says that the server has gone */ }
};
/** @param {string[]} next */
const draws = (next) => {
  own = next;
  mine.replaceChildren(...own.map((text) => {
    const item = document.createElement("li"), button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: "Remove", className: "wb-button wb-second" });
    button.setAttribute("aria-label", `Remove: ${text.slice(0, 60)}`);
    button.addEventListener("click", () => keep(text, true));
    item.append(text, " ", button);
    return item;
  }));
};
document.getElementById("mark-own-keep")?.addEventListener("click", () => { if (field.value.trim()) void keep(field.value.trim(), false); });
document.addEventListener("mark:used", (event) => {
  const { answer, comment } = /** @type {CustomEvent<{ answer: string, comment: string }>} */ (event).detail;
  used.delete(answer);
  if (comment) used.set(answer, comment);
});
document.addEventListener("mark:bank", (event) => {
  const given = /** @type {CustomEvent<{ bank: string[], own: string[] }>} */ (event).detail;
  bank = given.bank;
  draws(given.own);
  /** @type {HTMLElement} */ (document.getElementById("mark-mine")).hidden = false;
});
export {}; // a module of its own: its names are nobody else’s
