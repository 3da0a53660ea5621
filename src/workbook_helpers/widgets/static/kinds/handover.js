// Build a handover message (SBAR) from a bundle of facts. The answer is {fact id: part}; a fact without a part is left out of it.
const SBAR = {
  none: "Choose a place",
  count: (n, all) => `${n} of ${all} facts have a place.`,
  hear: "Hear what the receiver understood",
  heard: (who) => `This is what ${who} heard.`,
  asks: (question) => `Nothing was said here. The receiver asks: “${question}”`,
  stale: "You have changed the message. Press the button to hear it again.",
};

export default question({
  build(spec, ctx) {
    const { h, uid } = ctx;
    const said = spec.parts.filter((part) => part.said);
    const selects = spec.facts.map((fact) => h("select", { id: `${uid}-${fact.id}`, onchange: moved },
      h("option", { value: "" }, SBAR.none), ...spec.parts.map((part) => h("option", { value: part.id }, part.text))));
    const rows = spec.facts.map((fact, n) => h("div", { className: "wb-handover-fact" }, h("label", { htmlFor: selects[n].id }, fact.text), selects[n]));
    const count = h("p", { className: "wb-hint wb-handover-count" });
    const stale = h("p", { className: "wb-hint" });
    // Filled when asked for and not at every change: read out in full each time, it would talk over the student.
    const heard = h("div", { className: "wb-handover-heard", role: "status" });
    const button = h("button", { type: "button", className: "wb-button wb-second", onclick: hear }, SBAR.hear);
    const node = h("fieldset", { className: "wb-field" }, h("legend", { className: "wb-stem" }, spec.stem), ...rows, count, button, stale, heard);

    function counted() {
      count.textContent = SBAR.count(selects.filter((select) => select.value).length, selects.length);
    }
    function moved() {
      counted();
      if (heard.childElementCount) stale.textContent = SBAR.stale;
      ctx.changed(0);
    }
    function hear() {
      stale.textContent = "";
      heard.replaceChildren(h("p", { className: "wb-verdict" }, SBAR.heard(spec.receiver)), ...said.flatMap((part) => {
        const told = spec.facts.filter((_, n) => selects[n].value === part.id);
        const title = h("p", { className: "wb-handover-part" }, part.text);
        return [title, told.length ? h("ul", {}, ...told.map((fact) => h("li", {}, fact.text))) : h("p", { className: "wb-handover-asks" }, SBAR.asks(part.asks))];
      }));
    }
    counted();
    const text = Object.fromEntries(spec.parts.map((part) => [part.id, part.text]));
    return {
      node,
      get: () => Object.fromEntries(spec.facts.map((fact, n) => [fact.id, selects[n].value]).filter(([, part]) => part)),
      set: (value) => {
        spec.facts.forEach((fact, n) => { selects[n].value = value?.[fact.id] ?? ""; });
        heard.replaceChildren();
        stale.textContent = "";
        counted();
      },
      words: (value) => spec.facts.filter((fact) => value?.[fact.id]).map((fact) => `${text[value[fact.id]]}: ${fact.text}`).join("; "),
    };
  },
});
