// @ts-check
// How far the student is, drawn into the page's header where there is one, and what is to be known of what is kept.
import { h, put } from "./dom.js";
import { farInWords, whole } from "./far.js";
import { notices } from "./notices.js";
import { farAgain, note } from "./referral.js";
import { say } from "./words.js";

/** @import { Workbook } from "./workbook.js" */

/** Show it in `el`; gives what ends it. Private notes are not counted. @param {Workbook} book @param {HTMLElement} el */
export function progress(book, el) {
  const bar = h("progress", { "aria-label": say("progress-label") });
  const text = h("span");
  const box = h("div", { className: "wb-progress" }, bar, text);
  const news = h("div", { className: "wb-widget wb-notices", role: "status", tabIndex: -1 });
  let told = "";
  /** @type {[string, () => void][]} */
  const seen = [[say("page-seen"), () => { book.host.seen().then((kept) => book.opened(kept), () => { /* told by the questions */ }); }]];
  /** @type {() => [string, () => void][]} */
  const other = () => [
    [say("page-other-back", { other: book.left }), () => { book.become(book.left).then((kept) => book.opened(kept), () => { /* told by the questions */ }); }],
    [say("page-seen"), () => { book.left = ""; book.tell(); }]];
  function draw() {
    const far = book.far(), { done, total } = whole(far);
    bar.max = Math.max(total, 1);
    bar.value = done;
    put(text, book.referral ? farAgain(far) : farInWords(far));
    const found = book.notices(), now = JSON.stringify(found);
    if (now === told) return; // what was said is not said again and again
    const leads = (book.left && !told.includes('"page-other"')) // the page shows somebody else's work all at once
      || (book.arrived && now.includes('"referral-other"') && !told.includes('"referral-other"')); // the ID may be mistyped
    told = now;
    const focused = news.contains(document.activeElement);
    news.replaceChildren(...notices(found, { "page-mended": seen, "page-lost-answers": seen, "page-other": other(), ...book.host.acts?.(book) }));
    if (focused || leads) news.focus(); // else it is at the top of the page
  }
  const slot = document.getElementById("wb-progress-slot"), section = el.closest(".wb-section");
  if (slot) slot.replaceChildren(box);
  else el.append(box);
  if (section) section.parentElement?.querySelector(".wb-section")?.before(news); // above every section
  else el.append(news, ...(book.referral ? [note(book, book.referral)] : []));
  book.addEventListener("change", draw);
  draw();
  return () => { book.removeEventListener("change", draw); news.remove(); };
}
