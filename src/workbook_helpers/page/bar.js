// @ts-check
// The bar below a section: which one of how many, how long it takes, and where Back and Next lead. The header names the section.
import { h, put } from "./dom.js";
import { about, address, inOne, shown, steps } from "./sections.js";
import { say } from "./words.js";

/** @import { Section } from "./types.js" */
/** @import { Shown } from "./sections.js" */

/**
 * Keep both as they should be.
 * @param {HTMLElement} nav @param {HTMLElement} here @param {(section: Shown) => Section | undefined} known
 */
export function bar(nav, here, known) {
  const title = here.textContent;
  let last = steps()[0]; // whence "About this workbook" was opened
  /** @param {string} text @param {Shown | null | undefined} to @param {string} className */
  const way = (text, to, className) => (to ? h("a", { href: address(to), className }, h("span", {}, text), h("small", { lang: "en-GB" }, to.title)) : h("span"));
  function draw() {
    const now = shown(), all = steps(), n = all.indexOf(now), minutes = known(now)?.minutes;
    if (n >= 0) last = now;
    nav.hidden = inOne() || all.length + (about() ? 1 : 0) < 2;
    nav.setAttribute("aria-label", say("page-sections"));
    nav.replaceChildren(
      way(say("page-back"), n < 0 ? last : all[n - 1], "wb-back"),
      h("p", { "data-wb-short": n < 0 ? null : say("page-section-short", { n: n + 1, of: all.length }) }, h("span", { lang: n < 0 ? "en-GB" : false }, n < 0 ? now.title : say("page-section", { n: n + 1, of: all.length })), " ", minutes ? h("small", {}, say("page-minutes", { n: minutes })) : null),
      way(say("page-next"), n < 0 ? null : all[n + 1], "wb-onward"));
    put(here, inOne() ? title : now.title);
    document.title = inOne() || now === all[0] ? title : `${now.title} – ${title}`;
  }
  globalThis.addEventListener("wb-section", draw);
  draw();
  return draw;
}
