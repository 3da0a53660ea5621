// What a student sees of a page, for a test that has only a mouse and keys: put into the page by the test, in every engine.
() => {
  const item = (id) => document.getElementById(id);
  const seen = (node) => node.checkVisibility();
  let hit = false, aimed = new AbortController();
  /** Where to click a control, once the page around it stands still. */
  const at = async (node) => {
    const place = () => { const { left, top, width, height } = node.getBoundingClientRect(); return [left + Math.min(width / 2, 40), top + height / 2]; };
    hit = false;
    aimed.abort(); // a click that missed and comes later, or elsewhere, is no hit of this one
    aimed = new AbortController();
    (node.control ?? node).addEventListener("click", () => { hit = true; }, { once: true, signal: aimed.signal });
    for (let was = "", now = ""; !now || was !== now; was = now, now = String(place())) {
      node.scrollIntoView({ block: "center", behavior: "instant" });
      await new Promise(requestAnimationFrame);
    }
    return place();
  };
  /** What a click answers each sort of control with, the first that is there: a choice not made, a box, a field, a step without a place. */
  const controls = {
    choice: (node) => [...node.querySelectorAll("input[type=radio]")].filter((one) => seen(one) && !one.checked).map((one) => one.labels[0])[0],
    box: (node) => [...node.querySelectorAll("input[type=checkbox]")].map((one) => one.labels[0])[0],
    field: (node) => [...node.querySelectorAll("textarea, input[type=text]")].find(seen),
    step: (node) => [...node.querySelectorAll(".wb-order-pick[aria-pressed=false]")][0],
  };
  const button = (node, name) => [...node.querySelectorAll("button")].find((one) => seen(one) && one.textContent.trim() === name);
  globalThis.student = {
    /** The control that has the focus: in which item, what it is, what it is called. */
    focus() {
      const node = document.activeElement;
      return { item: node.closest(".wb-question")?.id ?? "", sort: node.type ?? node.localName, name: node.textContent.trim(), seen: node.matches(":focus-visible") };
    },
    hit: () => hit,
    place: (id, sort) => { const node = controls[sort](item(id)); return node ? at(node) : null; },
    button: (id, name) => { const node = button(item(id), name); return node ? at(node) : null; },
    state: () => Object.fromEntries([...document.querySelectorAll(".wb-question[id^=w99]")].map((question) => [question.id,
      [...question.querySelectorAll("input, textarea, li")].filter((node) => seen(node) || node.closest(".wb-cards"))
        .map((node) => (node.localName === "li" ? node.textContent : ["checkbox", "radio"].includes(node.type) ? node.checked : node.value))])),
    unsaved: () => [...document.querySelectorAll("[data-wb-state]")].filter((one) => one.dataset.wbState !== "saved").map((one) => `${one.id}: ${one.dataset.wbState}`),
    unanswered: () => [...document.querySelectorAll(".wb-question.wb-practice")].filter((one) => !one.querySelector(".wb-response")?.textContent).map((one) => one.id),
    /** What stands out of the window, where one would have to scroll sideways. */
    wide: () => (document.documentElement.scrollWidth <= innerWidth ? [] : [`all: ${document.documentElement.scrollWidth}`, ...[...document.querySelectorAll("body *")]
      .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1)
      .map((one) => `${one.closest(".wb-question")?.id}: ${one.localName}.${one.getAttribute("class")} ${one.getBoundingClientRect().right}`)]),
    text: (where) => document.querySelector(where)?.textContent ?? "",
  };
}
