// @ts-check
// The display settings, on the page "My workbooks".
import { display, menus } from "./display.js";
import { the } from "./dom.js";
import { ready } from "./words.js";

export async function shelf() {
  await ready;
  menus();
  display(the("#wb-display .wb-panel"), the("#main"), ["size", "spacing", "font", "colours"]);
}
