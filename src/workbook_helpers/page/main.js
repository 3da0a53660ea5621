// @ts-check
// Where the page's scripts begin: Jupyter asks for `render`; a page of ours finds here what stands around its workbook.
import "./keys.js";
import { display, menus } from "./display.js";
import { h } from "./dom.js";
import { device } from "./hosts/browser.js";
import { onServer, render } from "./hosts/kernel.js";
import { keepOffline } from "./offline.js";
import { around } from "./page.js";
import { shelf } from "./shelf.js";
import { ready, say } from "./words.js";

export default { render };
export { display, h, menus, ready, say }; // for the Lab extension

const book = document.getElementById("wb-book");
if (book?.dataset.kernel) onServer(); else if (book) device();
if (document.getElementById("wb-contents")) around();
else if (document.getElementById("wb-display")) shelf();
keepOffline();
