// @ts-check
// The site's service worker: after the first visit all its workbooks open without a network. web/site.py writes `self.SITE = …` before it.
// A new version is fetched beside the old one and serves what is opened from then on; an open page keeps what it began with.

/** `files` and `later`: the address of each file, and a text that it must hold ("" where its name changes with its content). @type {any} */
const worker = globalThis;
/** @type {{ version: string, files: Record<string, string>, later: Record<string, string> }} */
const { version, files, later } = worker.SITE;
/** @type {string} */
const scope = worker.registration.scope;
const OURS = `workbook-site:${scope}:`; // several sites may lie on one host
const NOW = OURS + version;
const BEFORE = new URL("wb-before", scope).href; // kept in the cache: which pages and caches were there when this version came
const HASHED = /\.[0-9a-f]{12}\.\w+$/;

/** @param {string} name */
const address = (name) => new URL(name, scope).href;

/** Find a file where any version of this site has kept it. @param {string} name @param {string[]} places */
async function held(name, places) {
  for (const place of places) {
    const found = await (await caches.open(place)).match(address(name));
    if (found) return found;
  }
  return null;
}
const others = async () => (await caches.keys()).filter((name) => name.startsWith(OURS) && name !== NOW);

/** Whether it is the file that this version means: a host may still have an older page. @param {Response} answer @param {string} mark */
const fits = async (answer, mark) => answer.ok && (!mark || (await answer.clone().text()).includes(mark));

/** A page that came by another address than its own cannot be given to a browser that opens it. @param {Response} answer */
const plain = async (answer) => (answer.redirected ? new Response(await answer.blob(), { headers: answer.headers }) : answer);

async function install() {
  const cache = await caches.open(NOW);
  const old = await others();
  await Promise.all(Object.entries(files).map(async ([name, mark]) => {
    const kept = mark || HASHED.test(name) ? await held(name, old) : null;
    const answer = kept && (await fits(kept, mark)) ? kept : await fetch(address(name), { cache: "no-cache" });
    if (!(await fits(answer, mark))) throw new Error(`${name} is not there yet`); // the browser tries again at the next visit
    await cache.put(address(name), await plain(answer));
  }));
  await worker.skipWaiting();
}

async function activate() {
  /** @type {{ id: string, postMessage(said: object): void }[]} */
  const pages = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const cache = await caches.open(NOW);
  await cache.put(BEFORE, new Response(JSON.stringify({ pages: pages.map((page) => page.id), caches: await others() })));
  await worker.clients.claim();
  for (const page of pages) page.postMessage({ wb: "site", version });
}

/** Remove what older versions kept, once no page is open that came from them; whoever opens a page does not wait for it. */
async function tidy() {
  const cache = await caches.open(NOW);
  const before = await (await cache.match(BEFORE))?.json();
  if (!before) return;
  for (const id of before.pages) if (await worker.clients.get(id)) return;
  await Promise.all(before.caches.map((/** @type {string} */ name) => caches.delete(name)));
  await cache.delete(BEFORE);
}

/** Give the name of the file that is asked for, null for what is none of this site. @param {Request} request */
function wanted(request) {
  const url = new URL(request.url);
  const place = url.origin + url.pathname;
  if (request.method !== "GET" || !place.startsWith(scope)) return null;
  const name = place.slice(scope.length);
  const ways = request.mode === "navigate" ? [name || "index.html", `${name}.html`] : [name]; // some hosts leave ".html" out
  return ways.find((way) => way in files || way in later) ?? (HASHED.test(name) ? name : null);
}

/** @param {Request} request @param {string} name */
async function answer(request, name) {
  const found = await held(name, [NOW, ...(HASHED.test(name) ? await others() : [])]);
  if (found) return found;
  const fetched = await fetch(request);
  const mark = files[name] ?? later[name];
  if (mark !== undefined && (await fits(fetched, mark))) await (await caches.open(NOW)).put(address(name), await plain(fetched.clone()));
  return fetched;
}

worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(install()));
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(activate()));
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const name = wanted(event.request);
  if (name === null) return;
  event.respondWith(answer(event.request, name));
  if (event.request.mode === "navigate") event.waitUntil(tidy());
});
