// The display settings, on the page "My workbooks".
import { display, menus } from "./display.js";
import { ready } from "./words.js";

await ready;
menus();
display(document.querySelector("#wb-display .wb-panel"), document.getElementById("main"), ["size", "spacing", "font", "colours"]);
