// @ts-check
/* A button of `data-desk-copy` copies the text of the field that it names, and says so. */

const tell = document.getElementById("desk-tell");

/** @param {HTMLTextAreaElement} field */
const copy = async (field) => {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch { // not allowed here: the older way
    return document.execCommand("copy");
  }
};

document.addEventListener("click", async ({ target }) => {
  const button = /** @type {Element} */ (target).closest("[data-desk-copy]");
  if (!(button instanceof HTMLElement)) return;
  const field = document.getElementById(button.dataset["deskCopy"] ?? "");
  if (!(field instanceof HTMLTextAreaElement)) return;
  const done = await copy(field);
  button.textContent = done ? "Copied" : "Press Ctrl+C";
  if (tell) tell.textContent = done ? "Copied." : "The text is marked: press Ctrl+C.";
  setTimeout(() => { button.textContent = "Copy"; }, 2500);
});

export {};
