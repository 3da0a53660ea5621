// @ts-check
// Stands in the head of a page of a site: what takes its time and needs no word of the workbook begins while the scripts are on their way.
import { ask } from "./hosts/asked.js";

try {
  const asked = globalThis.wbAsked = ask();
  const forget = () => { globalThis.wbAsked = null; };
  asked.onerror = (event) => { event.preventDefault(); forget(); }; // the page asks again, and says what is wrong
  asked.onsuccess = () => { // until the page takes it over, it stands in nobody's way; device_store.js knows by this that it is open
    asked.result.onversionchange = () => { asked.result.close(); forget(); };
    asked.result.onclose = forget;
  };
} catch { /* a browser that keeps nothing: the page says so */ }
