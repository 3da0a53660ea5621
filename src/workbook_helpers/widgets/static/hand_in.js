// Review, hand in, receipt.
const WAIT_MS = 20000; // the first hand-in through an exchange takes some seconds

const when = (iso) => new Date(iso).toLocaleString("en-GB", { dateStyle: "long", timeStyle: "short" });
const questions = (n) => `${n} question${n === 1 ? "" : "s"}`;

function baseUrl() {
  try { return JSON.parse(document.getElementById("jupyter-config-data").textContent).baseUrl || "/"; } catch { return "/"; }
}
function goTo(id) {
  const target = document.getElementById(id);
  if (!target) return;
  target.scrollIntoView({ block: "start" });
  (target.querySelector("input, textarea, select, button") ?? target).focus({ preventScroll: true });
}

function render({ model, el }) {
  const uid = `wb-hand-in-${Math.random().toString(36).slice(2, 8)}`;
  let busy = null, asked = false;

  const review = h("div", { className: "wb-review" });
  const learner = h("input", { type: "text", id: `${uid}-learner`, autocomplete: "off", autocapitalize: "none", spellcheck: false, maxLength: 64 });
  const hint = h("p", { className: "wb-hint", id: `${uid}-hint` }, "Your tutor gave you this. It is often a short code or your college login.");
  const error = h("p", { className: "wb-error", id: `${uid}-error`, role: "alert" });
  const button = h("button", { type: "button", className: "wb-button", onclick: tryHandIn });
  const said = h("div", { className: "wb-receipt", role: "status" });
  learner.setAttribute("aria-describedby", `${hint.id} ${error.id}`);

  const link = (id, text) => h("a", { href: `#${id}`, onclick: (event) => { event.preventDefault(); goTo(id); } }, text);
  const complain = (text, field) => {
    error.textContent = text;
    learner.setAttribute("aria-invalid", String(field === learner));
    field?.focus();
  };

  function draw() {
    const s = model.get("state");
    const left = s.left ?? [];
    const parts = [
      h("p", {}, left.length ? `You have answered ${s.total - left.length} of ${s.total}. Not answered yet:` : `You have answered all ${questions(s.total)}. Well done.`),
      left.length ? h("ul", {}, ...left.map((item) => h("li", {}, link(item.id, item.text)))) : null,
      s.practice_left ? h("p", { className: "wb-quiet" }, `${questions(s.practice_left)} for practice ${s.practice_left === 1 ? "is" : "are"} still open. You may leave them.`) : null,
      s.declaration && !s.declared ? h("p", {}, "Please also tick ", link(s.declaration, "the declaration"), ".") : null,
    ];
    review.replaceChildren(...parts.filter(Boolean)); // null would be shown as a word
    if (s.learner && !learner.value) learner.value = s.learner;
    button.textContent = s.times ? "Hand in again" : "Hand in";
    button.classList.toggle("wb-second", s.times > 0); // what is next then stands in the receipt
    if (!s.receipt) { said.replaceChildren(); return; }
    const r = s.receipt, base = baseUrl();
    said.replaceChildren(
      h("h3", {}, "✓ Handed in"),
      h("dl", {}, h("dt", {}, "When"), h("dd", {}, when(r.at)), h("dt", {}, "Receipt code"), h("dd", {}, h("strong", {}, r.code)),
        h("dt", {}, "Answered"), h("dd", {}, `${r.answered} of ${r.total}`), h("dt", {}, "File"), h("dd", {}, r.file)),
      r.through === "exchange"
        ? h("p", {}, "Your tutor has it now. There is nothing else to do.")
        : h("div", {}, h("p", {}, "Next step: save this file. Then give it to your tutor, or upload it where your tutor told you."),
            h("p", {}, h("a", { className: "wb-button", href: `${base}workbook/handed-in/${encodeURIComponent(r.file)}` }, "Save the file"))),
      h("p", {}, h("a", { className: "wb-button wb-second", href: `${base}workbook/receipt/${encodeURIComponent(r.page)}`, target: "_blank", rel: "noopener" }, "See and print the receipt")),
      h("p", { className: "wb-quiet" }, "You can change answers and hand in again. Your tutor marks the newest one."),
    );
  }

  function tryHandIn() {
    const s = model.get("state");
    if (busy) return;
    complain("", null);
    if (globalThis.wbUnsaved?.size) return complain("Some answers are not saved yet. Please wait a moment and try again.", button);
    if (s.declaration && !s.declared) { complain("Please tick the declaration first. It is just above.", button); return goTo(s.declaration); }
    if (!learner.value.trim()) return complain("Please type your learner ID.", learner);
    if (s.left.length && !asked) {
      asked = true;
      button.textContent = "Hand in anyway";
      return complain(`${questions(s.left.length)} not answered yet. Go back and answer, or press the button again to hand in as it is.`, button);
    }
    asked = false;
    button.setAttribute("aria-disabled", "true");
    button.textContent = "Handing in…";
    try { model.send({ do: "hand-in", student: learner.value }); } catch { /* the wait below says so */ }
    busy = setTimeout(() => done("Not handed in yet: no answer from the workbook. Reload the page and try again."), WAIT_MS);
  }
  function done(text) {
    clearTimeout(busy);
    busy = null;
    button.removeAttribute("aria-disabled");
    draw();
    complain(text, text ? learner : null);
  }
  const heard = (message) => {
    if (message.do === "refused") done(message.text);
    if (message.do === "handed-in") { done(""); said.tabIndex = -1; said.focus(); }
  };
  const looked = () => { if (document.visibilityState === "visible") try { model.send({ do: "open" }); } catch { /* told by the questions */ } };

  el.addEventListener("focusin", (event) => event.target.setAttribute("data-lm-suppress-shortcuts", "true"));
  el.classList.add("wb-widget");
  el.append(h("section", { className: "wb-question wb-hand-in", id: "hand-in", "aria-label": "Review and hand in" },
    review, h("div", { className: "wb-field" }, h("label", { htmlFor: learner.id }, "Your learner ID"), hint, learner), error, button, said));
  model.on("change:state", draw);
  model.on("msg:custom", heard);
  globalThis.addEventListener("focus", looked);
  draw();
  return () => { model.off("change:state", draw); model.off("msg:custom", heard); globalThis.removeEventListener("focus", looked); };
}
export default { render };
