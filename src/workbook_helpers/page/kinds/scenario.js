// @ts-check
// Decide step by step in a story that branches, told as a conversation. The answer is the path: ["n1.b", "n2.a"].
import { h, put, question, say } from "../frame.js";
/** @import { Body, Ctx, Ending, Spec, StoryChoice, StoryNode } from "../types.js" */

/** @type {(keyof Ending)[]} */
const PARTS = ["person", "family", "worker", "next", "criterion"];

export default question({
  /** @param {Spec & { setting: string, start: string, nodes: StoryNode[], endings: Ending[], back: boolean, max_steps: number }} spec @param {Ctx} ctx @returns {Body<string[] | { path: string[] }>} */
  build(spec, ctx) {
    const { uid } = ctx;
    const nodes = Object.fromEntries(spec.nodes.map((node) => [node.id, node]));
    const endings = Object.fromEntries(spec.endings.map((ending) => [ending.id, ending]));
    /** @type {string[]} */
    let path = [];

    /** Follow a path: the decisions taken and the place it has come to. @param {string[]} steps */
    function walk(steps) {
      let place = spec.start;
      const taken = [];
      for (const step of steps) {
        const choice = nodes[place]?.choices.find((one) => `${place}.${one.id}` === step);
        if (!choice) break;
        taken.push({ node: nodes[place], choice });
        place = choice.to;
      }
      return { taken, place };
    }

    /** @param {string} name @param {string} text @param {string} kind */
    const bubble = (name, text, kind) => h("li", { className: `wb-scenario-${kind}` }, h("span", { className: "wb-scenario-name" }, `${name}:`), " ", h("span", {}, text));
    /** @param {StoryNode} node */
    const scene = (node) => bubble(node.says, node.text, "other");
    /** @param {StoryChoice} choice */
    const done = (choice) => [
      bubble(say("scenario-you"), choice.text, "you"), bubble(say("scenario-narrator"), choice.reply, "narrator"),
      ...(choice.then ? [bubble(say("scenario-why"), choice.then, "why")] : [])];
    /** @param {Ending} ending */
    const ended = (ending) => h("li", { className: "wb-scenario-end" },
      h("p", { className: "wb-scenario-title", tabIndex: -1 }, say("scenario-ending", { title: ending.title })),
      h("dl", {}, ...PARTS.filter((part) => ending[part]).flatMap((part) => [h("dt", {}, say(`scenario-${part}`)), h("dd", {}, ending[part])])));

    const talk = h("ol", { className: "wb-scenario-talk" });
    const log = h("div", { role: "log", "aria-label": say("scenario-log"), "aria-live": "off" }, talk);
    const legend = h("legend", { className: "wb-stem", tabIndex: -1 });
    const error = h("p", { className: "wb-error", id: `${uid}-error`, role: "alert" });
    const options = h("div", { onchange: () => { error.textContent = ""; ask.removeAttribute("aria-describedby"); } });
    const act = h("button", { type: "button", className: "wb-button", onclick: decide }, say("scenario-act"));
    const ask = h("fieldset", { className: "wb-field" }, legend, options, error, act);
    const back = h("button", { type: "button", className: "wb-button wb-second", onclick: () => turn(path.slice(0, -1)) }, say("scenario-back"));
    const again = h("button", { type: "button", className: "wb-button wb-second", onclick: () => turn([]) }, say("scenario-again"));
    const tools = h("div", { className: "wb-scenario-tools", hidden: true }, back, again);
    const status = h("p", { className: "wb-quiet", role: "status" });

    /** Offer the choices of the place that the path has come to. */
    function offer() {
      const { place } = walk(path);
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
      const { taken, place } = walk(steps);
      path = taken.map(({ node, choice }) => `${node.id}.${choice.id}`);
      talk.replaceChildren(...taken.flatMap(({ node, choice }) => [scene(node), ...done(choice)]), nodes[place] ? scene(nodes[place]) : ended(endings[place]));
      offer();
    }
    /** Go on to the next decision or the ending; what came before it (from `first` on) is shown, too, as far as both fit. @param {HTMLElement} [first] */
    function focusNext(first) {
      const next = /** @type {HTMLElement} */ (ask.hidden ? talk.querySelector(".wb-scenario-title") ?? back : legend);
      next.focus({ preventScroll: true });
      first?.scrollIntoView({ block: "start" });
      next.scrollIntoView({ block: "nearest" });
    }
    function decide() {
      const chosen = /** @type {HTMLInputElement | null} */ (options.querySelector("input:checked"));
      if (!chosen) {
        put(error, say("scenario-none"));
        ask.setAttribute("aria-describedby", error.id);
        options.querySelector("input")?.focus();
        return;
      }
      const node = nodes[walk(path).place];
      const choice = node.choices.find((one) => one.id === chosen.value);
      if (!choice) return;
      path.push(`${node.id}.${choice.id}`);
      status.textContent = "";
      log.setAttribute("aria-live", "polite");
      const news = done(choice);
      talk.append(...news, nodes[choice.to] ? scene(nodes[choice.to]) : ended(endings[choice.to]));
      offer();
      ctx.changed(0);
      focusNext(news[0]);
    }
    /** @param {string[]} steps */
    function turn(steps) {
      show(steps);
      put(status, path.length ? say("scenario-went-back", { n: path.length + 1 }) : say("scenario-restarted"));
      ctx.changed(0);
      focusNext();
    }

    /** @param {string[] | { path: string[] } | null} value */
    const steps = (value) => (Array.isArray(value) ? value : value?.path ?? []);
    show([]);
    return {
      node: h("div", { className: "wb-scenario", role: "group", "aria-labelledby": `${uid}-stem` },
        h("p", { className: "wb-stem", id: `${uid}-stem` }, spec.stem),
        h("p", { className: "wb-scenario-setting" }, spec.setting),
        h("p", { className: spec.back ? "wb-hint" : "wb-scenario-warning" }, spec.back ? say("scenario-free") : say("scenario-warning")),
        log, ask, tools, status),
      get: () => [...path],
      set: (value) => show(steps(value)),
      words: (value) => walk(steps(value)).taken.map(({ choice }) => choice.text).join(" → "),
    };
  },
});
