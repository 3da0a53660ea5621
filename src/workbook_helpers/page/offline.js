// @ts-check
// A page of the site asks its service worker to keep the site, so that it opens without a network next time.

/** Ask for it, once the page is there; anywhere else than on a site nothing happens. */
export function keepOffline() {
  const name = document.querySelector('meta[name="wb-worker"]')?.getAttribute("content");
  if (!name || !("serviceWorker" in navigator)) return;
  const ask = () => { navigator.serviceWorker.register(name).catch(() => null); }; // forbidden by the browser: the page works all the same
  if (document.readyState === "complete") ask(); else globalThis.addEventListener("load", ask);
}
