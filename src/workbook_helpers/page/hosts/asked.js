// @ts-check
// The browser's own database is asked for. A page of a site does so in its head (early.js): it is open when the scripts have come.

/** Ask for it, and have its stores made where it is new. */
export function ask() {
  const asked = indexedDB.open("workbooks", 1);
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore("copies", { keyPath: ["person", "workbook", "class_id"] });
    asked.result.createObjectStore("answers"); // [copy, item]
    asked.result.createObjectStore("receipts"); // [copy, number]
  };
  return asked;
}
