// @ts-check
// The one helper that every script of ours begins with.
import { spoken } from "./words.js";

/** @import { Kid, Props } from "./types.js" */

/**
 * Make an element: h("p", { className: "x", onclick: f }, "text", child…).
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag @param {Props} props @param {Kid[]} kids
 */
export function h(tag, props = {}, ...kids) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === false || value == null) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else if (name in node && name !== "list" && name !== "form") Object.assign(node, { [name]: value });
    else node.setAttribute(name, String(value));
  }
  const wanted = kids.filter((kid) => kid != null);
  if (wanted.every((kid) => typeof kid === "string")) spoken(node, wanted);
  node.append(...wanted);
  return node;
}

/** Put another text into an element, with its language. @param {HTMLElement} node @param {string} text */
export function put(node, text) {
  node.removeAttribute("lang");
  spoken(node, text ? [text] : []);
  node.textContent = text;
}

/** Put in what is drawn anew, where it says anything else than what stands there: what has the focus keeps it, as long as it is there.
 * @param {HTMLElement} node @param {Kid[]} kids */
export function redraw(node, ...kids) {
  const made = h("div", {}, ...kids), old = [...node.childNodes];
  if (old.length === made.childNodes.length && old.every((one, n) => one.isEqualNode(made.childNodes[n]))) return;
  const at = node.contains(document.activeElement) ? document.activeElement : null;
  node.replaceChildren(...made.childNodes);
  if (!at) return;
  const alike = /** @type {NodeListOf<HTMLElement>} */ (node.querySelectorAll(at.tagName));
  [...alike].find((one) => (at.hasAttribute("href") ? one.getAttribute("href") === at.getAttribute("href") : one.isEqualNode(at)))?.focus({ preventScroll: true });
}

/** Find what a page always has. @param {string} selector @param {ParentNode} from @returns {HTMLElement} */
export function the(selector, from = document) {
  const found = from.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`nothing is ${selector}`);
  return found;
}
