// @ts-check
/* Beside the form of a wording stands the page as students see it: it is made anew, by the server, whenever the typing rests. */

const REST_MS = 700;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let resting;

const form = () => /** @type {HTMLFormElement | null} */ (document.querySelector(".desk-beside form"));

/** Send what is typed into a fresh frame, which takes the old one's place once it is there: so no step is added to the browser's history. */
const show = () => {
  const typed = form(), old = document.querySelector(".desk-seen iframe:last-of-type"), button = document.getElementById("show-page");
  if (!typed || !old || !(button instanceof HTMLButtonElement)) return;
  const frame = /** @type {HTMLIFrameElement} */ (old.cloneNode());
  frame.removeAttribute("src");
  frame.removeAttribute("title");
  frame.name = `seen-${Math.random().toString(36).slice(2)}`;
  const sent = document.createElement("form");
  Object.assign(sent, { method: "post", action: button.formAction, target: frame.name, hidden: true });
  for (const [name, value] of new FormData(typed)) {
    if (typeof value === "string") sent.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  frame.classList.add("desk-coming");
  old.after(frame);
  document.body.append(sent);
  sent.submit();
  sent.remove();
  frame.addEventListener("load", () => {
    for (const one of document.querySelectorAll(".desk-seen iframe")) if (one.compareDocumentPosition(frame) & Node.DOCUMENT_POSITION_FOLLOWING) one.remove();
    frame.classList.remove("desk-coming");
    frame.title = old.getAttribute("title") ?? "";
  });
};

const redraw = () => {
  clearTimeout(resting);
  resting = setTimeout(show, REST_MS);
};

document.addEventListener("input", ({ target }) => {
  if (form()?.contains(/** @type {Node} */ (target)) && /** @type {HTMLInputElement} */ (target).name !== "meaning") redraw();
});
document.addEventListener("click", (event) => {
  if (!(event.target instanceof HTMLElement) || event.target.id !== "show-page") return;
  event.preventDefault();
  event.stopPropagation();
  show();
}, true);
document.body.addEventListener("htmx:afterSettle", (event) => {
  const { target } = /** @type {CustomEvent<{ target: Element }>} */ (event).detail;
  if (target.id === "main") redraw(); // the form came back with what was typed
});
