// @ts-check
// The table of contents in the menu: each section with what is done there and how long it takes, and what the colours mean.
import { h } from "./dom.js";
import { about, address, hashOf, inOne, shown, steps } from "./sections.js";
import { say } from "./words.js";

/** @import { Section } from "./types.js" */
/** @import { Shown } from "./sections.js" */
/** @import { Workbook } from "./workbook.js" */

/** What is done in a section; null where nothing is asked that counts. @param {Workbook} book @param {Section} section */
function done(book, { items }) {
  const asked = items.flatMap((place) => book.paper.get(place) ?? []).filter(({ purpose }) => ["practice", "assessed"].includes(purpose)).filter((spec) => book.isOpen(spec)); // what progress.js counts
  const are = asked.map((spec) => book.how(spec)), total = asked.length;
  /** @param {import("./far.js").How} how */
  const count = (how) => are.filter((one) => one === how).length;
  const done = count("done"), started = count("started");
  return total ? (done < total ? [say("progress-count", { done, total }), started ? say("progress-started", { n: started }) : ""].filter(Boolean).join(" · ") : say("page-section-done")) : null;
}

/**
 * Draw it whenever the menu is opened, and while it is open.
 * @param {HTMLDetailsElement} menu @param {HTMLElement} nav @param {() => Workbook | undefined} open @param {(section: Shown) => Section | undefined} known
 */
export function contents(menu, nav, open, known) {
  /** @param {Shown} section @param {(string | null)[]} said */
  const row = (section, ...said) => h("li", {},
    h("a", { href: address(section), "aria-current": section === shown() && !inOne() ? "page" : false },
      h("span", { lang: "en-GB" }, section.title), " ", h("small", {}, said.filter(Boolean).join(" · "))),
    section.more.length ? h("ul", { lang: "en-GB" }, ...section.more.map((heading) => h("li", {}, h("a", { href: hashOf(heading) }, h("span", {}, heading.textContent.trim()))))) : null);
  function draw() {
    if (!menu.open || nav.contains(document.activeElement)) return;
    const book = open();
    nav.replaceChildren(
      h("ol", {}, ...steps().map((section) => {
        const what = known(section);
        return row(section, book && what ? done(book, what) : null, what ? say("page-minutes", { n: what.minutes }) : null);
      })),
      h("ul", {}, ...[about()].flatMap((section) => (section ? row(section) : []))));
    nav.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  }
  menu.addEventListener("toggle", draw);
  nav.addEventListener("click", ({ target }) => { if (target instanceof Element && target.closest("a")) menu.open = false; });
  return draw;
}

/** What the colour at the side of a question means, in words. @param {HTMLElement} el */
export function legend(el) {
  const title = h("p", { className: "wb-legend-title", id: "wb-legend-title" }, say("page-legend"));
  el.replaceChildren(title, h("ul", { className: "wb-legend", "aria-labelledby": title.id },
    ...["practice", "assessed", "private", "record"].map((purpose) => h("li", { className: `wb-${purpose}` }, say(`page-legend-${purpose}`)))));
}
