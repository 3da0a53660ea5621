// @ts-check
// What to do with the file of a hand-in, in the tutor's words where the class has some.
import { h } from "../dom.js";
import { say } from "../words.js";

/** @param {import("../types.js").Book} book */
export function toTutor({ hand_in_words, hand_in_link }) {
  const words = hand_in_words ? say("hand-in-own", { words: hand_in_words }) : say("hand-in-next");
  return h("p", { className: "wb-next" }, words,
    ...(/^https?:\/\//.test(hand_in_link) ? [" ", h("a", { href: hand_in_link, target: "_blank", rel: "noopener" }, say("hand-in-link"))] : []));
}
