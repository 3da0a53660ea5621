// @ts-check
// The page to sign in: the class's code, the learner ID, and a PIN that is picked the first time.
import { h, put } from "./dom.js";
import { Failed, service } from "./hosts/service.js";
import { say } from "./words.js";

const PIN = /^\d{4,8}$/;
const CODE = /^#([\w-]{6,20})$/; // in a link or a QR code of the tutor's

/** @import { Me } from "./hosts/service.js" */

/**
 * Make the form; `joined` is called when somebody has signed in.
 * @param {string} known who worked here last, "" where nobody did @param {(me: Me, shared: boolean) => void} joined
 */
export function join(known, joined) {
  let first = false, busy = false;
  /** @param {string} name @param {object} more */
  const field = (name, more) => {
    const error = h("p", { className: "wb-error", id: `join-${name}-error` }), hint = h("p", { className: "wb-hint", id: `join-${name}-hint` }, say(`join-${name}-hint`));
    const input = h("input", { type: "text", id: `join-${name}`, name, autocapitalize: "none", spellcheck: false, "aria-describedby": `${hint.id} ${error.id}`, oninput: () => wrong(name, ""), ...more });
    return { input, error, node: h("div", { className: "wb-field" }, h("label", { htmlFor: input.id }, say(`join-${name}`)), hint, input, error) };
  };
  /** @param {string} name */
  const digits = (name) => field(name, { type: "password", inputMode: "numeric", autocomplete: name === "pin" ? "current-password" : "new-password", maxLength: 8 });
  /** @type {Record<string, ReturnType<typeof field>>} */
  const fields = {
    code: field("code", { autocapitalize: "characters", autocomplete: "off", maxLength: 20, value: CODE.exec(location.hash)?.[1].toUpperCase() ?? "" }),
    learner: field("learner", { autocomplete: "username", maxLength: 128, value: known }),
    pin: digits("pin"), again: digits("again"),
  };
  const { code, learner, pin, again } = fields;
  again.node.hidden = true;
  const shared = h("input", { type: "checkbox", id: "join-shared", "aria-describedby": "join-shared-hint" });
  const said = h("p", { className: "wb-error", role: "alert", tabIndex: -1 });
  const news = h("div", { className: "wb-notice", role: "status", hidden: true });
  const button = h("button", { type: "submit", className: "wb-button wb-big" }, say("join-go"));

  /** @param {string} name @param {string} text */
  function wrong(name, text) {
    put(fields[name].error, text);
    fields[name].input.setAttribute("aria-invalid", String(Boolean(text)));
  }
  /** What is wrong with what was typed: the field and the word on it. @returns {[string, string][]} */
  const faults = () => [
    ...(code.input.value.trim() ? [] : [/** @type {[string, string]} */ (["code", "join-code-missing"])]),
    ...(learner.input.value.trim() ? [] : [/** @type {[string, string]} */ (["learner", "hand-in-learner-missing"])]),
    ...(PIN.test(pin.input.value) ? [] : [/** @type {[string, string]} */ (["pin", "join-pin-wrong"])]),
    ...(first && again.input.value !== pin.input.value ? [/** @type {[string, string]} */ (["again", "join-again-wrong"])] : []),
  ];
  /** The class and the ID are right, and there is no PIN yet: what was typed becomes it, once it was typed twice. */
  function choose() {
    first = true;
    news.replaceChildren(h("p", {}, say("join-choose", { learner: learner.input.value.trim() })));
    news.hidden = again.node.hidden = false;
    pin.input.setAttribute("autocomplete", "new-password");
    put(button, say("join-choose-go"));
    again.input.focus();
  }
  /** @param {unknown} error */
  function refused(error) {
    if (!(error instanceof Failed)) throw error;
    const { code, why, wait_ms } = error;
    if (code === "choose") { choose(); return; }
    put(said, code === "wrong" ? say("join-wrong") : wait_ms ? say("join-wait", { n: Math.ceil(wait_ms / 60_000) }) : say(why === "away" ? "join-away" : "join-busy"));
    said.focus();
  }
  /** @param {SubmitEvent} event */
  async function go(event) {
    event.preventDefault();
    if (busy) return;
    put(said, "");
    for (const name of Object.keys(fields)) wrong(name, "");
    const found = faults();
    for (const [name, text] of found) wrong(name, say(text));
    if (found.length) { fields[found[0][0]].input.focus(); return; }
    busy = true;
    button.setAttribute("aria-disabled", "true");
    try {
      const me = await service.join({ code: code.input.value, learner: learner.input.value, pin: pin.input.value, shared: shared.checked, ...(first ? { new: true } : {}) });
      joined(me, shared.checked);
    } catch (error) {
      refused(error);
    } finally {
      busy = false;
      button.removeAttribute("aria-disabled");
    }
  }
  for (const { input } of [code, learner]) input.addEventListener("change", () => { // somebody else, who may have a PIN
    first = false;
    news.hidden = again.node.hidden = true;
    put(button, say("join-go"));
  });
  const form = h("form", { className: "wb-card wb-join", noValidate: true, onsubmit: go, "aria-label": say("join-title") },
    h("p", {}, say("join-about")), code.node, learner.node, pin.node, news, again.node,
    h("div", { className: "wb-option" }, shared, h("label", { htmlFor: shared.id }, say("join-shared"))), h("p", { className: "wb-hint", id: "join-shared-hint" }, say("join-shared-hint")),
    said, h("p", { className: "wb-row" }, button), h("p", { className: "wb-quiet" }, say("join-forgot")), h("p", { className: "wb-quiet" }, say("served-seen")));
  /** Where to type first. */
  const start = () => [code, learner, pin].find(({ input }) => !input.value)?.input.focus();
  return { form, start };
}
