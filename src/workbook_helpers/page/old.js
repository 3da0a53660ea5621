// @ts-check
// Comes before all other scripts: what browsers of 2019 lack, and a word where a page cannot begin all the same.

Object.hasOwn ??= (object, key) => Object.prototype.hasOwnProperty.call(object, key);
for (const { prototype } of [Array, String]) {
  if (!prototype.at) Object.defineProperty(prototype, "at", { configurable: true, writable: true, value(/** @type {number} */ n) { return this[n < 0 ? n + this.length : n]; } });
}
for (const fault of ["error", "unhandledrejection"]) {
  globalThis.addEventListener(fault, () => {
    const told = document.getElementById("wb-old");
    if (told && !document.querySelector(".wb-question, .wb-gate, #wb-cards > *, .wb-join")) told.hidden = false;
  });
}
