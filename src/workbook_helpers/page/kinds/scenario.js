// @ts-check
// Decide step by step in a story that branches, told as a conversation. The answer is the path: ["n1.b", "n2.a"].
import { isObject, respond } from "../answers.js";
import { h, put } from "../dom.js";
import { say } from "../words.js";
/** @import { Ending, Kind, Spec, StoryChoice, StoryNode } from "../types.js" */
/** @typedef {Spec & { setting: string, start: string, nodes: StoryNode[], endings: Ending[], back: boolean, max_steps: number }} Item */
/** @typedef {string[] | { path: string[] }} Answer */

/** @type {(keyof Ending)[]} */
const PARTS = ["person", "family", "worker", "next", "criterion"];

/** Read an answer as a list of steps: a list, or {path: list}; null if it is neither. @param {unknown} value @returns {string[] | null} */
function pathOf(value) {
  const path = (isObject(value) && Object.keys(value).join() === "path" ? value.path : value) ?? [];
  return Array.isArray(path) && path.every((step) => typeof step === "string") ? path : null;
}

/** Follow a path: the decisions taken and the place it has come to. @param {Item} spec @param {string[]} steps */
function walk(spec, steps) {
  let place = spec.start;
  const taken = [];
  for (const step of steps) {
    const node = spec.nodes.find((one) => one.id === place);
    const choice = node?.choices.find((one) => `${place}.${one.id}` === step);
    if (!node || !choice) break;
    taken.push({ node, choice });
    place = choice.to;
  }
  return { taken, place };
}

/** @param {StoryNode} node @param {StoryChoice} choice */
const stepOf = (node, choice) => `${node.id}.${choice.id}`;
/** What the note on a decision is called: a path may come by a place twice. @param {string} step @param {number} n */
const noteOf = (step, n) => `${n + 1}.${step}`;

/** @type {Kind<Item, Answer>} */
const kind = {
  build(spec, ctx) {
    const { uid } = ctx;
    const nodes = Object.fromEntries(spec.nodes.map((node) => [node.id, node]));
    const endings = Object.fromEntries(spec.endings.map((ending) => [ending.id, ending]));
    /** @type {string[]} */
    let path = [];

    /** @param {string} name @param {string} text @param {string} kind */
    const bubble = (name, text, kind) => h("li", { className: `wb-scenario-${kind}`, tabIndex: -1 }, h("span", { className: "wb-scenario-name" }, `${name}:`), " ", h("span", {}, text));
    /** @param {StoryNode} node */
    const scene = (node) => bubble(node.says, node.text, "other");
    /** @param {StoryChoice} choice */
    const done = (choice) => [
      bubble(say("scenario-you"), choice.text, "you"), bubble(say("scenario-narrator"), choice.reply, "narrator"),
      ...(choice.feedback ? [bubble(say("scenario-why"), choice.feedback, "why")] : [])];
    /** @param {Ending} ending */
    const ended = (ending) => h("li", { className: "wb-scenario-end" },
      h("p", { className: "wb-scenario-title", tabIndex: -1 }, say("scenario-ending", { title: ending.title })),
      h("dl", {}, ...PARTS.filter((part) => ending[part] && part !== "criterion").flatMap((part) => [h("dt", {}, say(`scenario-${part}`)), h("dd", {}, ending[part])]))); // a criterion's number is for whoever marks

    const talk = h("ol", { className: "wb-scenario-talk" });
    const log = h("div", { role: "log", "aria-label": say("scenario-log"), "aria-live": "off" }, talk);
    const legend = h("legend", { className: "wb-stem", tabIndex: -1 });
    const error = h("p", { className: "wb-error", id: `${uid}-error`, role: "alert" });
    const options = h("div", { onchange: () => { error.textContent = ""; ask.removeAttribute("aria-describedby"); } });
    const act = h("button", { type: "button", className: "wb-button", onclick: decide }, say("scenario-act"));
    const ask = h("fieldset", { className: "wb-field" }, legend, error, options, act);
    const back = h("button", { type: "button", className: "wb-button wb-second", onclick: () => turn(path.slice(0, -1)) }, say("scenario-back"));
    const again = h("button", { type: "button", className: "wb-button wb-second", onclick: () => turn([]) }, say("scenario-again"));
    const tools = h("div", { className: "wb-scenario-tools", hidden: true }, back, again);
    const status = h("p", { className: "wb-quiet", role: "status" });

    /** Offer the choices of the place that the path has come to. */
    function offer() {
      const { place } = walk(spec, path);
      const node = nodes[place];
      error.textContent = "";
      tools.hidden = !spec.back || !path.length;
      ask.hidden = !node || path.length >= spec.max_steps;
      if (!node) return;
      if (ask.hidden) { put(status, say("scenario-long")); return; }
      put(legend, say("scenario-decision", { n: path.length + 1 }));
      options.replaceChildren(...node.choices.map((choice) => {
        const id = `${uid}-${path.length}-${choice.id}`;
        return h("div", { className: "wb-option" }, h("input", { type: "radio", name: `${uid}-${path.length}`, value: choice.id, id }), h("label", { htmlFor: id }, choice.text));
      }));
    }
    /** Show the whole path, without a word to screen readers: it is not news. @param {string[]} steps */
    function show(steps) {
      log.setAttribute("aria-live", "off");
      status.textContent = "";
      const { taken, place } = walk(spec, steps);
      path = taken.map(({ node, choice }) => stepOf(node, choice));
      talk.replaceChildren(...taken.flatMap(({ node, choice }) => [scene(node), ...done(choice)]), nodes[place] ? scene(nodes[place]) : ended(endings[place]));
      offer();
    }
    /** Go on to the next decision or the ending. What a decision has led to (from `first` on) is shown with it where both fit; where they do not,
     * what it has led to is read first. @param {HTMLElement} [first] */
    function focusNext(first) {
      const [next, whole] = ask.hidden ? [/** @type {HTMLElement} */ (talk.querySelector(".wb-scenario-title") ?? back), tools] : [legend, ask];
      const end = whole.hidden ? next : whole;
      const { scrollPaddingTop, scrollPaddingBottom } = getComputedStyle(document.documentElement); // the bars that stay in view
      const room = innerHeight - (parseFloat(scrollPaddingTop) || 0) - (parseFloat(scrollPaddingBottom) || 0);
      if (first && end.getBoundingClientRect().bottom - first.getBoundingClientRect().top > room) {
        log.setAttribute("aria-live", "off"); // it has the focus, and is read from there
        first.focus({ preventScroll: true });
        first.scrollIntoView({ block: "start" });
        return;
      }
      next.focus({ preventScroll: true });
      end.scrollIntoView({ block: "nearest" });
      (first ?? next).scrollIntoView({ block: "nearest" });
    }
    function decide() {
      const chosen = /** @type {HTMLInputElement | null} */ (options.querySelector("input:checked"));
      if (!chosen) {
        put(error, say("scenario-none"));
        ask.setAttribute("aria-describedby", error.id);
        options.querySelector("input")?.focus({ preventScroll: true });
        error.scrollIntoView({ block: "nearest" });
        return;
      }
      const node = nodes[walk(spec, path).place];
      const choice = node.choices.find((one) => one.id === chosen.value);
      if (!choice) return;
      path.push(stepOf(node, choice));
      status.textContent = "";
      log.setAttribute("aria-live", "polite");
      const news = done(choice);
      talk.append(...news, nodes[choice.to] ? scene(nodes[choice.to]) : ended(endings[choice.to]));
      offer();
      ctx.changed(0);
      focusNext(news[1]); // what happens then: what was chosen is known
    }
    /** @param {string[]} steps */
    function turn(steps) {
      show(steps);
      put(status, path.length ? say("scenario-went-back", { n: path.length + 1 }) : say("scenario-restarted"));
      ctx.changed(0);
      focusNext();
    }

    show([]);
    return {
      node: h("div", { className: "wb-scenario", role: "group", "aria-labelledby": `${uid}-stem` },
        h("p", { className: "wb-stem", id: `${uid}-stem` }, spec.stem),
        h("p", { className: "wb-scenario-setting" }, spec.setting),
        h("p", { className: spec.back ? "wb-hint" : "wb-scenario-warning" }, spec.back ? say("scenario-free") : say("scenario-warning")),
        log, ask, tools, status),
      spot: (id) => /** @type {HTMLElement[]} */ ([...talk.querySelectorAll(".wb-scenario-you")]).find((_, n) => noteOf(path[n], n) === id),
      get: () => [...path],
      set: (value) => show(pathOf(value) ?? []),
      fits(value) {
        const steps = pathOf(value);
        return steps !== null && steps.length <= spec.max_steps && walk(spec, steps).taken.length === steps.length;
      },
    };
  },
  /** The path as a story: one string for each decision, and one for the ending or for where it stopped. */
  words(spec, value) {
    const { taken, place } = walk(spec, pathOf(value) ?? []);
    const lines = taken.map(({ node, choice }) => say("scenario-step", { says: node.says, text: node.text, choice: choice.text, reply: choice.reply }));
    const ending = spec.endings.find((one) => one.id === place), node = spec.nodes.find((one) => one.id === place);
    if (ending) lines.push([say("scenario-end", { title: ending.title }), ...PARTS.filter((part) => ending[part]).map((part) => `${say(`scenario-${part}`)}: ${ending[part]}`)].join(" "));
    else if (node && taken.length) lines.push(say("scenario-stopped", { says: node.says, text: node.text }));
    return lines;
  },
  missing: ({ ends }, value) => (ends?.includes(pathOf(value)?.at(-1) ?? "") ? 0 : 1),
  /** Of each decision on the path whether it was wise; why, the story has said there. Right means finished, with wise choices alone. */
  respond(spec, value) {
    const { taken, place } = walk(spec, pathOf(value) ?? []);
    const { right, notes } = respond(taken.map(({ node, choice }, n) => ({ id: noteOf(stepOf(node, choice), n), verdict: choice.right ? "right" : "wrong", part: choice.text, text: "" })));
    return { right: right && !spec.nodes.some((node) => node.id === place), notes };
  },
  atOnce: "whole",
  right(spec) {
    const path = [];
    for (let place = spec.start; path.length < spec.max_steps;) {
      const node = spec.nodes.find((one) => one.id === place), choice = node?.choices.find((one) => one.right);
      if (!node || !choice) break;
      path.push(stepOf(node, choice));
      place = choice.to;
    }
    return path;
  },
  /** In a marked story a decision that was taken stays taken. */
  goesOn(spec, old, next) {
    const taken = pathOf(old) ?? [], path = pathOf(next) ?? [];
    return spec.purpose !== "assessed" || taken.every((step, n) => path[n] === step);
  },
};

export default kind;
