// @ts-check
// Beside nbgrader's formgrader. Points are read before they are sent ("7,5" is 7.5, "75" of 10 is refused, not made 10),
// and what could not be saved is said, kept on the page and sent again. nbgrader itself does none of this.
(() => {
  const { GradeUI, CommentUI, jQuery } = globalThis;
  if (!GradeUI || !CommentUI || !jQuery) return;
  const RETRY_MS = 3000;
  const SHOWN = "X-Handed-In";
  let shown = ""; // when the hand-in came that this page shows; what is given here is for no other (one_hand_in.py)
  jQuery(document).on("ajaxComplete", (_event, reply) => { shown ||= reply.getResponseHeader(SHOWN) ?? ""; });
  jQuery.ajaxPrefilter((_options, _own, request) => { if (shown) request.setRequestHeader(SHOWN, shown); });
  /** @type {Map<FormgraderView, Record<string, unknown>>} */
  const waiting = new Map(); // view → what the marker gave, not on the server yet
  /** @type {Set<FormgraderView>} */
  const faulty = new Set(); // views whose points cannot be sent
  /** @type {Map<FormgraderView, Element>} */
  const notes = new Map(); // view → what is said beside it
  /** @param {FormgraderView} view */
  const kept = (view) => `autograde-unsaved:${view.model.url()}`;
  /** @template T @param {(shelf: Storage) => T} call */
  const store = (call) => { try { return call(sessionStorage); } catch { return null; } }; // a private window may have none

  /**
   * @template {keyof HTMLElementTagNameMap} Tag
   * @param {Tag} tag @param {Partial<CSSStyleDeclaration>} style @param {(Node | string)[]} kids
   */
  const make = (tag, style, ...kids) => {
    const node = document.createElement(tag);
    Object.assign(node.style, style); // not as an attribute, which a policy may forbid
    node.append(...kids);
    return node;
  };
  const banner = make("div", { position: "fixed", bottom: "0", left: "0", right: "0", zIndex: "2000", padding: "12px 16px", background: "#9b1c1c", color: "#fff", fontWeight: "600", fontSize: "16px" });
  banner.setAttribute("role", "alert");
  banner.id = "autograde-unsaved";
  banner.hidden = true;
  document.body.append(banner);

  /** @type {Record<number, string>} */
  const REASONS = {
    0: "the marking server does not answer. Leave this page open and start the desk (or “autograde serve”) again.",
    401: "this page is not logged in any more. Open the desk (or the address that “autograde serve” shows) in another tab.",
    403: "this page is not logged in any more. Open the desk (or the address that “autograde serve” shows) in another tab.",
    409: "another hand-in of this learner counts now. Load this page again and look at that: what you typed here is offered there.",
  };
  /** @param {number} status */
  function tell(status) {
    const why = REASONS[status] ?? `the server could not store it (error ${status}). Another program may be using the gradebook.`;
    const then = status === 409 ? "" : " What you typed stays on this page and is sent again every few seconds.";
    const text = waiting.size ? `Not saved: ${why}${then}` : "";
    if (banner.textContent !== text) banner.textContent = text; // the same words are not announced again
    banner.hidden = !text;
  }
  /** @param {FormgraderView} view @param {string} text @param {Node[]} buttons */
  function note(view, text, ...buttons) {
    notes.get(view)?.remove(); // its own: points and comment of an answer are within one element
    if (!text) return;
    const line = make("p", { margin: "6px 0 0", padding: "6px 10px", background: "#fbecec", color: "#9b1c1c", fontWeight: "600", clear: "both" }, text, ...buttons);
    notes.set(view, line);
    line.className = "autograde-note";
    line.setAttribute("role", "alert");
    const beside = view.$score ? view.$score[0].closest(".panel-heading") : view.$comment[0].parentElement;
    beside?.append(line);
  }
  /** @param {string} text @param {() => void} call */
  const press = (text, call) => {
    const button = make("button", { marginLeft: "8px" }, text);
    button.type = "button";
    button.className = "btn btn-default btn-sm";
    button.addEventListener("click", call);
    return button;
  };

  /** Read points as a person writes them; gives what is wrong, "" if nothing is. @param {HTMLInputElement} field @param {number} most */
  function misread(field, most) {
    const text = field.value.trim().replace(",", ".");
    const fine = text === "" || /^(\d+\.?\d*|\.\d+)$/.test(text);
    const fault = !fine ? `“${field.value}” is no number of points. Type one like 7.5.` : Number(text) > most ? `${field.value} is more than the ${most} points that there are.` : "";
    field.setAttribute("aria-invalid", String(Boolean(fault)));
    field.style.outline = fault ? "3px solid #9b1c1c" : "";
    if (!fault) field.value = text === "" ? "" : String(Number(text));
    return fault;
  }

  const send = GradeUI.prototype.save;
  GradeUI.prototype.save = function () {
    const fault = misread(this.$score[0], this.model.get("max_score")) || misread(this.$extra_credit[0], Infinity);
    faulty[fault ? "add" : "delete"](this);
    note(this, fault && `Not saved: ${fault}`);
    if (!fault) send.call(this);
  };

  for (const View of [GradeUI, CommentUI]) {
    const begin = View.prototype.initialize, render = View.prototype.render;
    const given = View === GradeUI ? ["manual_score", "extra_credit"] : ["manual_comment"];
    View.prototype.render = function () {
      render.call(this);
      if (!faulty.delete(this)) return;
      note(this, ""); // “Full credit” was pressed, say
      for (const field of [this.$score[0], this.$extra_credit[0]]) misread(field, Infinity);
    };
    View.prototype.initialize = function () {
      begin.call(this);
      this.listenTo(this.model, "error", (_model, reply) => {
        const mine = this.model.pick(given);
        waiting.set(this, mine);
        store((shelf) => shelf.setItem(kept(this), JSON.stringify(mine)));
        tell(reply?.status ?? 0);
      });
      this.listenTo(this.model, "sync", () => {
        waiting.delete(this);
        store((shelf) => shelf.removeItem(kept(this)));
        note(this, "");
        if (!waiting.size) tell(0);
      });
      const before = store((shelf) => JSON.parse(shelf.getItem(kept(this)) ?? "null")); // the page was loaded again before it could be saved
      if (!before || given.every((name) => (before[name] ?? "") === (this.model.get(name) ?? ""))) return;
      const shown = given.map((name) => before[name]).filter((value) => value != null && value !== "").join(" + ") || "nothing";
      note(this, `Typed before this page was loaded again, and not saved: ${shown}`,
        press("Save it", () => this.model.save(before)),
        press("Drop it", () => { store((shelf) => shelf.removeItem(kept(this))); note(this, ""); }));
    };
  }
  /** @type {Node | null} */
  let typing = null; // the field that somebody is typing in: what comes back from the server would be written over it
  document.addEventListener("input", (event) => { typing = /** @type {Node} */ (event.target); });
  for (const end of ["change", "focusout"]) document.addEventListener(end, () => { typing = null; });
  setInterval(() => {
    for (const view of waiting.keys()) if (!view.el.contains(typing)) view.model.save();
  }, RETRY_MS);
  globalThis.addEventListener("beforeunload", (event) => { if (waiting.size || faulty.size) event.preventDefault(); });

  // A field of the type "number" gives its text to nobody, and drops the comma without a word.
  for (const field of document.querySelectorAll("input.score, input.extra-credit")) Object.assign(field, { type: "text", inputMode: "decimal", autocomplete: "off" });
})();
