// A prebuilt extension for JupyterLab 4 and Notebook 7, written by hand: all that such an extension needs is an
// object with init(sharedScope) and get(moduleName), so there is nothing to build.
(() => {
  const NAME = "workbook-page";
  const ASK = /^\s*ask\("[a-z0-9-]{1,64}"\)\s*$/; // the same form as in workbook_helpers/kernel.py
  const HANDED_IN = new Set(["submitted", "autograded", "received", "quarantine", "feedback", "release", "source"]);
  const SAY = {
    opening: "Opening your workbook. This takes a few seconds.",
    failed: "Part of this workbook could not start.",
    again: "Try again",
    asleep: "Your workbook has gone to sleep. Your saved answers are safe.",
    wake: "Wake it up",
    foreign: "This notebook does not run by itself, because it lies in a tutor's folder or holds more than a workbook's questions.",
  };
  let scope;

  /** Give a module that the application has loaded already. */
  async function shared(name) {
    const versions = scope[name];
    const version = Object.keys(versions).find((key) => versions[key].loaded) ?? Object.keys(versions)[0];
    return (await versions[version].get())();
  }

  /** Say whether a notebook is a workbook in a student's hands, made of our own one-line cells and nothing else. */
  function runsByItself(panel) {
    if (panel.context.path.split("/").some((part) => HANDED_IN.has(part))) return false;
    return panel.content.widgets.every((cell) => cell.model.type !== "code" || ASK.test(cell.model.sharedModel.getSource()));
  }

  /** A note above the page, with a button where there is something to do. */
  function makeNote(host) {
    const note = document.createElement("div");
    note.className = "wb-page-note";
    note.setAttribute("role", "status");
    host.prepend(note);
    return (text, label, act) => {
      note.hidden = !text;
      note.textContent = text ?? "";
      if (!label) return;
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.addEventListener("click", act);
      note.append(" ", button);
    };
  }

  async function openWorkbook(panel) {
    await panel.context.ready;
    const metadata = panel.model?.getMetadata("workbook");
    if (!metadata || panel.model.getMetadata("kernelspec")?.name !== "workbook") return;
    const { NotebookActions } = await shared("@jupyterlab/notebook");
    await panel.revealed;
    const say = makeNote(panel.content.node);
    if (!runsByItself(panel)) return say(SAY.foreign);

    const session = panel.sessionContext, model = panel.context.model, host = panel.content.node;
    panel.addClass("wb-page");
    // One-letter commands (d d deletes a cell) look for this attribute on the focused element itself.
    host.addEventListener("focusin", (event) => event.target.setAttribute("data-lm-suppress-shortcuts", "true"));
    host.addEventListener("dblclick", (event) => event.stopPropagation(), true); // would open a text cell for editing
    // Outputs are shown, not kept: answers lie in their own file, so there is nothing to ask "save?" about.
    model.stateChanged.connect((_, change) => { if (change.name === "dirty" && change.newValue) model.dirty = false; });

    let busy = false, lastKey = 0;
    host.addEventListener("keydown", () => { lastKey = Date.now(); }, true);
    async function run() {
      if (busy) return;
      busy = true;
      // Running again puts new questions in the place of the old ones: not under somebody's typing hands.
      while (Date.now() - lastKey < 1500) await new Promise((done) => setTimeout(done, 200));
      const at = document.activeElement?.closest?.(".wb-question")?.id;
      say(SAY.opening);
      try {
        await session.ready;
        // runCells neither scrolls nor moves the active cell, as runAll does
        const done = await NotebookActions.runCells(panel.content, panel.content.widgets, session);
        panel.content.mode = "command";
        if (at) document.getElementById(at)?.querySelector("textarea, input")?.focus();
        if (done) say(""); else say(SAY.failed, SAY.again, run);
      } catch {
        say(SAY.failed, SAY.again, run);
      } finally {
        busy = false;
      }
    }
    async function wake() {
      say(SAY.opening);
      try { await (session.session?.kernel ? session.restartKernel() : session.changeKernel({ name: "workbook" })); } catch { /* run() tells */ }
      run();
    }
    session.statusChanged.connect((_, status) => {
      if (status === "autorestarting" || status === "restarting") setTimeout(run, 1500);
      if (status === "dead") say(SAY.asleep, SAY.wake, wake);
    });
    session.kernelChanged.connect((_, change) => { if (!change.newValue) say(SAY.asleep, SAY.wake, wake); });
    window.addEventListener("wb-connection-lost", () => { if (!busy && session.kernelDisplayStatus === "unknown") say(SAY.asleep, SAY.wake, wake); });
    await run();
  }

  const plugin = {
    id: `${NAME}:plugin`,
    description: "Shows a workbook as one calm page.",
    autoStart: true,
    activate: (app) => {
      const sheet = document.createElement("link");
      sheet.rel = "stylesheet";
      sheet.href = new URL("page.css", SOURCE).href;
      document.head.append(sheet);
      app.docRegistry.addWidgetExtension("Notebook", {
        createNew: (panel) => { openWorkbook(panel).catch((error) => console.warn(NAME, error)); },
      });
    },
  };
  const SOURCE = document.currentScript?.src ?? window.location.href;

  (self._JUPYTERLAB ??= {})[NAME] = {
    init: (sharedScope) => { scope = sharedScope; },
    get: async (module) => (module === "./style" ? () => ({}) : () => ({ __esModule: true, default: plugin })),
  };
})();
