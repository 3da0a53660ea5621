// The one helper that every script of ours begins with.
import { spoken } from "./words.js";

/** Make an element: h("p", { className: "x", onclick: f }, "text", child…). */
export function h(tag, props = {}, ...kids) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === false || value == null) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node && name !== "list") node[name] = value;
    else node.setAttribute(name, value);
  }
  const wanted = kids.filter((kid) => kid != null);
  if (wanted.every((kid) => typeof kid === "string")) spoken(node, wanted);
  node.append(...wanted);
  return node;
}

/** Put another text into an element, with its language. */
export function put(node, text) {
  node.removeAttribute("lang");
  spoken(node, text ? [text] : []);
  node.textContent = text;
}
