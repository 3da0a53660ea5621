// The one helper that every widget's script begins with.

/** Make an element: h("p", { className: "x", onclick: f }, "text", child…). */
function h(tag, props = {}, ...kids) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === false || value == null) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node && name !== "list") node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...kids.filter((kid) => kid != null));
  return node;
}
