// @ts-check
// Print one sheet in place of the page.

/** @param {HTMLElement} sheet */
export function printSheet(sheet) {
  document.querySelectorAll(".wb-sheet").forEach((old) => old.remove());
  sheet.classList.add("wb-sheet");
  document.body.append(sheet);
  document.documentElement.classList.add("wb-printing");
  globalThis.addEventListener("afterprint", () => { // some phones print after print() has returned, so not before this
    sheet.remove();
    document.documentElement.classList.remove("wb-printing");
  }, { once: true });
  globalThis.print();
}
