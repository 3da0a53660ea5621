// @ts-check
/* A second look at an answer, as templates/mark_parts.html.j2 has it: once points are given, and not before. It changes no points. */

import { $, h, page } from "./marking.js";
import { address, called } from "./markshown.js";

/** @typedef {import("./marking.js").Answer} Answer */

/** @param {string} said @param {string} outcome @param {number} number */
const buttons = (said, outcome, number) => [["right", "Useful"], ["wrong", "Not useful"]].map(([value = "", word = ""]) => {
  const isPressed = outcome === value, about = { "data-mark-judge": `${number} ${isPressed ? "" : value}`, "aria-pressed": String(isPressed) };
  return h("button", { type: "button", class: "wb-button wb-second", ...about }, word, h("span", { class: "wb-away" }, `: ${said}`));
});
/** @param {Answer} answer */
export const looks = (answer) => {
  const items = answer.looks.map(({ said, sure, words, outcome }, number) => h("li", {},
    h("p", {}, said, " ", h("small", {}, `(${sure})`)), ...words.map((text) => h("q", {}, text)),
    h("p", { class: "wb-row" }, ...buttons(said, outcome, number))));
  const head = h("p", {}, h("strong", {}, "A second look, never a mark."), " The program read this after your points. It can be wrong, and changes nothing.");
  $("mark-looks").replaceChildren(...(items.length ? [h("div", { class: "mark-hint" }, head, h("ul", { class: "mark-looks" }, ...items))] : []));
  again(answer);
};
/** Lead back to answers that were left before their second look came. @param {Answer} answer */
export const again = (answer) => {
  const { answer: token } = answer, isOpen = answer.looks.some((one) => !one.outcome);
  page.again = page.again.filter((one) => one !== token && one !== page.now);
  if (isOpen && token !== page.now) page.again = [token, ...page.again].slice(0, 5);
  const links = page.again.map((one) => h("a", { href: address(one), "data-mark-go": one }, called(one)));
  $("mark-again").hidden = !links.length;
  $("mark-again").replaceChildren(...(links.length ? ["A second look at:", ...links] : []));
};
