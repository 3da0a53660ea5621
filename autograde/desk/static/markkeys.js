// @ts-check
/* The keys of the page Mark. Each control says its own key (aria-keyshortcuts), and the key does what a press of it does. None works
   while somebody types in a field: Escape leaves it, Ctrl+Enter saves from within it. They can be turned off. */

const form = /** @type {HTMLFormElement} */ (document.getElementById("marking"));
const points = /** @type {HTMLInputElement} */ (document.getElementById("mark-points"));
const toggle = /** @type {HTMLButtonElement} */ (document.getElementById("mark-keys"));
const save = /** @type {HTMLButtonElement} */ (document.getElementById("mark-save"));
const OFF = "desk-mark-keys";
let on = true;
try { on = localStorage.getItem(OFF) !== "off"; } catch { /* no storage here: then they are on */ }
/** @type {{ least: number, most: number } | null} */
let level = null; // the level that was the last key: a second key gives its exact points

const shown = () => {
  toggle.setAttribute("aria-pressed", String(on));
  toggle.textContent = on ? "Single keys are on" : "Single keys are off";
};
toggle.addEventListener("click", () => {
  on = !on;
  try { localStorage.setItem(OFF, on ? "on" : "off"); } catch { /* no storage here */ }
  shown();
});
shown();

/** @param {EventTarget | null} target */
const isField = (target) => target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || (target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit"].includes(target.type));
/** @param {EventTarget | null} target */
const hasEnter = (target) => target instanceof Element && target.closest("a, button, summary, select") !== null;
document.getElementById("mark-comment")?.addEventListener("mark:put", () => { level = null; }); // the next answer begins anew

/** @param {string} key */
const digit = (key) => {
  if (level) {
    const { least, most } = level;
    level = null;
    for (let value = least; value <= most; value += 1) if (value % 10 === Number(key) && value !== Number(points.value)) {
      points.value = String(value);
      points.dispatchEvent(new Event("input", { bubbles: true }));
      return true;
    }
    if (Number(points.value) % 10 === Number(key)) return true;
  }
  const button = /** @type {HTMLElement | null} */ (form.querySelector(`.mark-guide:not([disabled]) .mark-level[aria-keyshortcuts="${key}"]`));
  if (!button || button.closest("[inert]")) return false;
  const { markLeast: least, markMost: most } = button.dataset;
  points.value = ""; // the level's own points, whatever stood there
  button.click();
  level = { least: Number(least), most: Number(most) };
  return true;
};
/** @param {string} key */
const letter = (key) => {
  const found = [...form.querySelectorAll(`[aria-keyshortcuts~="${CSS.escape(key)}"]`)].find((one) => !one.closest("[disabled], [hidden], [inert]"));
  if (!(found instanceof HTMLElement)) return false;
  if (isField(found)) found.focus();
  else found.click();
  return true;
};

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented) return;
  const { key, target } = event, chord = event.ctrlKey || event.metaKey;
  if (key === "Enter" && chord) {
    event.preventDefault();
    save.click();
  } else if (isField(target)) {
    if (key === "Escape") document.getElementById("mark-answer")?.focus();
    else if (key === "Enter" && target === points) { event.preventDefault(); save.click(); }
  } else if (chord || event.altKey) {
    level = null;
  } else if (key === "Enter") {
    if (hasEnter(target)) return;
    event.preventDefault();
    if (!event.repeat) save.click();
  } else if (on && key.length === 1 && key !== " " && !event.repeat) {
    const isDigit = /^\d$/.test(key);
    if (isDigit ? digit(key) : letter(key.toLowerCase())) event.preventDefault();
    if (!isDigit) level = null;
  }
});
export {}; // a module of its own: its names are nobody else’s
