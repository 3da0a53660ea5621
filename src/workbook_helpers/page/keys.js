// @ts-check
// What a student presses in a field of ours stays there.
// JupyterLab listens for keys on the whole document before a field hears of them: a letter may move or delete a cell, and it
// forbids line breaks in every cell (jupyterlab's evtKeydown waits for `beforeinput`). The window hears first, so each key ends here;
// what the browser itself does with it (type, tick, move the focus) happens all the same. A page of ours is left alone: nothing there takes a letter, and sections.js waits for Ctrl+F.

if (!document.getElementById("wb-contents")) for (const type of ["keydown", "keypress", "keyup", "beforeinput"]) {
  globalThis.addEventListener(type, (event) => { if (event.target instanceof Element && event.target.closest(".wb-widget")) event.stopImmediatePropagation(); }, true);
}
