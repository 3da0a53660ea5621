// The table of contents with what is done, and the way back to where the student was.
(() => {
  const nav = document.querySelector("#wb-contents nav");
  const main = document.getElementById("wb-main");
  const key = `wb-place:${location.pathname}`;
  const place = { get: () => { try { return localStorage.getItem(key); } catch { return null; } }, set: (id) => { try { localStorage.setItem(key, id); } catch { /* a private window */ } } };
  const before = place.get();
  const isDone = (node) => node.dataset.wbAnswered === "true";

  /** Headings of level 2 with the questions that stand below each. */
  function sections() {
    const found = [];
    for (const node of main.querySelectorAll("h2, .wb-question")) {
      if (node.tagName === "H2") found.push({ heading: node, questions: [] });
      else if (found.length && node.id !== "hand-in") found.at(-1).questions.push(node);
    }
    return found;
  }
  function go(node) {
    document.getElementById("wb-contents").open = false;
    node.tabIndex = -1;
    node.scrollIntoView({ block: "start" });
    node.focus({ preventScroll: true });
  }
  function link(text, node) {
    const anchor = document.createElement("a");
    anchor.href = `#${node.id}`;
    anchor.textContent = text;
    anchor.addEventListener("click", (event) => { event.preventDefault(); go(node); });
    return anchor;
  }
  function draw() {
    const list = document.createElement("ol");
    for (const { heading, questions } of sections()) {
      const item = document.createElement("li");
      const done = questions.filter(isDone).length;
      const state = !questions.length ? "" : done === questions.length ? " ✓ done" : ` ${done} of ${questions.length}`;
      item.append(link(heading.textContent.trim(), heading), state);
      list.append(item);
    }
    nav.replaceChildren(list);
  }
  function offerPlace() {
    const node = before && document.getElementById(before);
    if (!node || document.getElementById("wb-place")) return;
    const note = document.createElement("p");
    note.id = "wb-place";
    note.className = "wb-card";
    note.append("Welcome back. ", link("Continue where you were", node));
    main.querySelector("h1")?.after(note);
  }
  main.addEventListener("focusin", (event) => { const node = event.target.closest(".wb-question"); if (node) place.set(node.id); });
  let due = null;
  const soon = () => { due ??= setTimeout(() => { due = null; draw(); offerPlace(); }, 300); };
  window.addEventListener("wb-answered", soon); // also sent when a question has come onto the page
  window.addEventListener("load", soon);
  draw();
})();
