// @ts-check
// A prebuilt extension for JupyterLab 4 and Notebook 7, written by hand: all that such an extension needs is an
// object with init(sharedScope) and get(moduleName), so there is nothing to build.
(() => {
  const NAME = "workbook-page";
  const ASK = /^\s*ask\("[a-z0-9-]{1,64}"\)\s*$/; // the same form as in workbook_helpers/jupyter/kernel.py
  const HANDED_IN = new Set(["submitted", "autograded", "received", "quarantine", "feedback", "release", "source", "handout", "handed-in"]); // as in pages/shelf.py
  const config = JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "");
  /** Where a file of our pages lies. @param {string} name */
  const ours = (name) => new URL(config.baseUrl + config.workbookStatic + name, window.location.href).href;
  /** @type {JupyterScope} */
  let scope;

  /** Give a module that the application has loaded already. @param {string} name */
  async function shared(name) {
    const versions = scope[name];
    const version = Object.keys(versions).find((key) => versions[key].loaded) ?? Object.keys(versions)[0];
    return (await versions[version].get())();
  }

  /** Say whether a notebook is a workbook in a student's hands, made of our own one-line cells and nothing else. @param {JupyterPanel} panel */
  function runsByItself(panel) {
    if (panel.context.path.split("/").some((part) => HANDED_IN.has(part.toLowerCase()))) return false;
    return panel.content.widgets.every((cell) => cell.model.type !== "code" || ASK.test(cell.model.sharedModel.getSource()));
  }

  /** Say whether a notebook lies where workbooks are written: on a shelf, beside the frameworks, which no student has. @param {JupyterPanel} panel @param {JupyterContents} contents */
  async function isWritten(panel, contents) {
    const shelf = panel.context.path.split("/").slice(0, -2).join("/");
    try {
      return (await contents.get(shelf)).content.some((entry) => entry.type === "directory" && entry.name === "frameworks");
    } catch {
      return false; // a folder that may not be listed is no author's
    }
  }

  /** A note above the page, with a button where there is something to do. @param {HTMLElement} host */
  function makeNote(host) {
    const note = document.createElement("div");
    note.className = "wb-page-note";
    note.setAttribute("role", "status");
    host.prepend(note);
    /** @param {string} text @param {string} [label] @param {() => void} [act] */
    return (text, label, act) => {
      note.hidden = !text;
      note.textContent = text ?? "";
      if (!label || !act) return;
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.addEventListener("click", act);
      note.append(" ", button);
    };
  }

  /** Take what only tutors need out of the way while a student's workbook is in front: the menu and the side panel of nbgrader. @param {JupyterApp} app */
  function hideMarking({ shell }) {
    const parts = ["top", "menu", "right"].flatMap((area) => { try { return [...shell.widgets(area)]; } catch { return []; } }); // Notebook has no "top"
    const menus = parts.flatMap((part) => part.menus ?? []).filter((menu) => menu.id === "jp-mainmenu-nbgrader");
    for (const { title } of [...menus, ...parts.filter((part) => part.id === "nbgrader-create_assignemnt")]) if (!title.className.includes("wb-marking")) title.className += " wb-marking";
  }

  /** What stands above a workbook: the way to its page first, then home, contents, display. @param {JupyterPanel} panel @param {any} page */
  function makeTop(panel, { say: words, h, display, menus }) {
    const address = (/** @type {string} */ path) => config.baseUrl + path;
    const path = panel.context.path.split("/").map(encodeURIComponent).join("/");
    const panelOf = () => h("div", { className: "wb-panel" });
    const settings = panelOf(), list = h("ol");
    const contents = h("details", { className: "wb-menu" }, h("summary", {}, words("page-contents")), h("nav", { className: "wb-panel", "aria-label": words("page-contents") }, list));
    panel.content.widgets.forEach((cell, at) => {
      const [, title] = (cell.model.type === "markdown" && /^##\s+(.+)/m.exec(cell.model.sharedModel.getSource())) || [];
      if (!title) return;
      list.append(h("li", {}, h("button", { type: "button", className: "wb-linklike", onclick: async () => {
        contents.open = false;
        await panel.content.scrollToItem(at, "start");
        const heading = cell.node.querySelector("h2");
        if (heading) { heading.tabIndex = -1; heading.focus({ preventScroll: true }); }
      } }, title)));
    });
    panel.content.node.prepend(h("div", { className: "wb-page-top" },
      h("p", {}, words("page-open-why")),
      h("p", {}, h("a", { className: "wb-page-open", href: address(`${config.workbookDoor}/${path}`) }, words("page-open"))),
      h("div", { className: "wb-page-row" }, h("a", { href: address("workbook") }, words("page-home")), contents,
        h("details", { className: "wb-menu wb-page-display" }, h("summary", {}, words("page-display")), settings))));
    display(settings);
    menus();
  }

  /** @param {JupyterPanel} panel @param {JupyterApp} app */
  async function openWorkbook(panel, app) {
    await panel.context.ready;
    const metadata = panel.model?.getMetadata("workbook");
    if (!metadata || panel.model?.getMetadata("kernelspec")?.name !== "workbook") return;
    const { NotebookActions } = await shared("@jupyterlab/notebook");
    const page = await import(ours("workbook.js")), words = page.say;
    await Promise.all([page.ready, panel.revealed]);
    const say = makeNote(panel.content.node);
    if (!runsByItself(panel)) return say(words("page-foreign"));
    if (await isWritten(panel, app.serviceManager.contents)) return say(words("page-author"));

    const session = panel.sessionContext, model = panel.context.model, host = panel.content.node;
    panel.addClass("wb-page");
    makeTop(panel, page);
    hideMarking(app);
    app.shell.collapseLeft?.(); // the list of files, which leaves no room on a phone; one click brings it back
    const inFront = () => document.body.classList.toggle("wb-student", Boolean(app.shell.currentWidget?.hasClass("wb-page")));
    app.shell.currentChanged.connect(inFront);
    inFront();
    // One-letter commands (d d deletes a cell) look for this attribute on the focused element itself.
    host.addEventListener("focusin", (event) => /** @type {Element} */ (event.target).setAttribute("data-lm-suppress-shortcuts", "true"));
    host.addEventListener("dblclick", (event) => event.stopPropagation(), true); // would open a text cell for editing
    // Outputs are shown, not kept: answers lie in their own file, so there is nothing to ask "save?" about.
    model.stateChanged.connect((_, change) => { if (change.name === "dirty" && change.newValue) model.dirty = false; });
    model.dirty = false; // the kernel, which changes the notebook, may have come before

    let busy = false, lastKey = 0;
    host.addEventListener("input", () => { lastKey = Date.now(); }, true);
    async function run() {
      if (busy) return;
      busy = true;
      // Running again puts new questions in the place of the old ones: not under somebody's typing hands.
      while (Date.now() - lastKey < 1500) await new Promise((done) => setTimeout(done, 200));
      const at = document.activeElement?.closest?.(".wb-question")?.id;
      say(words("page-opening"));
      try {
        await session.ready;
        // runCells neither scrolls nor moves the active cell, as runAll does
        const done = await NotebookActions.runCells(panel.content, panel.content.widgets, session);
        panel.content.mode = "command";
        if (at) /** @type {HTMLElement | null | undefined} */ (document.getElementById(at)?.querySelector("textarea, input"))?.focus();
        if (done) say(""); else say(words("page-failed"), words("page-again"), run);
      } catch {
        say(words("page-failed"), words("page-again"), run);
      } finally {
        busy = false;
      }
    }
    async function wake() {
      say(words("page-opening"));
      try { await (session.session?.kernel ? session.restartKernel() : session.changeKernel({ name: "workbook" })); } catch { /* run() tells */ }
      run();
    }
    session.statusChanged.connect((_, status) => {
      if (status === "autorestarting" || status === "restarting") setTimeout(run, 1500);
      if (status === "dead") say(words("page-asleep"), words("page-wake"), wake);
    });
    session.kernelChanged.connect((_, change) => { if (!change.newValue) say(words("page-asleep"), words("page-wake"), wake); });
    window.addEventListener("wb-connection-lost", () => { if (!busy && session.kernelDisplayStatus === "unknown") say(words("page-asleep"), words("page-wake"), wake); });
    await run();
  }

  const plugin = {
    id: `${NAME}:plugin`,
    description: "Shows a workbook as one calm page.",
    autoStart: true,
    /** @param {JupyterApp} app */
    activate: (app) => {
      for (const href of [new URL("page.css", SOURCE).href, ...["workbook.css", "dyslexic.css"].map(ours)]) {
        document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href }));
      }
      app.docRegistry.addWidgetExtension("Notebook", {
        createNew: (panel) => { openWorkbook(panel, app).catch((error) => console.warn(NAME, error)); },
      });
    },
  };
  const SOURCE = /** @type {HTMLScriptElement | null} */ (document.currentScript)?.src ?? window.location.href;

  (self._JUPYTERLAB ??= {})[NAME] = {
    init: (sharedScope) => { scope = sharedScope; },
    get: async (module) => (module === "./style" ? () => ({}) : () => ({ __esModule: true, default: plugin })),
  };
})();
