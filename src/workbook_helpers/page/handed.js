// @ts-check
// Whoever opens a workbook again that was handed in is told so where they are, with the way to the receipt: that stands at the very end.
import { h } from "./dom.js";
import { shown } from "./sections.js";
import { locale, say } from "./words.js";

/** @import { Workbook } from "./workbook.js" */

/** Say it once for each copy that is opened, until another section is shown, or the student hands in again. Gives what is called each time the workbook was read. */
export function handed() {
  let copy = "", file = "";
  const line = h("p", { id: "wb-handed", className: "wb-quiet" });
  globalThis.addEventListener("wb-section", () => line.remove());
  /** @param {Workbook} book */
  return ({ kept: { copy: now, learner, receipts } }) => {
    const last = receipts.at(-1);
    if (file !== last?.file) line.remove();
    if (!learner || copy === now) return;
    copy = now;
    file = last?.file ?? "";
    if (!last) return;
    line.replaceChildren(say("page-handed", { through: last.through, time: new Date(last.at).toLocaleString(locale, { dateStyle: "long", timeStyle: "short" }) }), " ", h("a", { href: "#your-receipt" }, say("page-receipt")));
    (document.getElementById("wb-place") ?? shown().heading).after(line);
  };
}
