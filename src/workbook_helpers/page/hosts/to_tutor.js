// @ts-check
// What to do with the file of a hand-in, in the tutor's words where the class has some.
import { h } from "../dom.js";
import { say } from "../words.js";

/** @param {import("../types.js").Book} book @param {"save" | "share" | null} given how the student has got the file, null for not yet */
export function toTutor({ hand_in_words, hand_in_link }, given) {
  const words = hand_in_words ? say("hand-in-own", { words: hand_in_words }) : say(given ? "hand-in-give" : "hand-in-next");
  return [...(given ? [h("p", {}, say(`hand-in-given-${given}`))] : []), h("p", { className: "wb-next" }, words,
    ...(/^https?:\/\//.test(hand_in_link) ? [" ", h("a", { href: hand_in_link, target: "_blank", rel: "noopener" }, say("hand-in-link"))] : []))];
}
