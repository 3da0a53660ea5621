// @ts-check
// One section of the workbook at a time: which one is shown, its address, and the place where each student was. Nothing is locked:
// the address, the contents and find-in-page lead everywhere. In JupyterLab none of this runs.
import { h } from "./dom.js";
import { isAt, keepPlace, keptPlace, likelyPlace } from "./place.js";
import { safely } from "./remember.js";
import { ready, say } from "./words.js";

/** @import { Workbook } from "./workbook.js" */
/** What is shown at a time: it has the title of its first heading, `more` are those that follow in it (`Part.goes_with` in items/sections.py).
 * @typedef {{ node: HTMLElement, heading: HTMLElement, title: string, more: HTMLElement[] }} Shown */

const root = document.documentElement;
/** @type {Shown[]} */
let all = [];
/** @type {Shown} */
let now;
let main = root;
export const LEAD = "wb-again"; // the heading of what comes before all else, where there is such a section
/** Stands above each of the others then. @type {HTMLElement | null} */
let rest = null;
/** The one with the workbook's own title. @type {Shown} */
let first;
const title = h("h1", { className: "wb-away", id: "wb-title", lang: "en-GB" }); // the workbook's, above the heading of a section that stands alone
let whole = false; // shown for a browser that finds nothing in what is hidden
let named = false; // whether the address says what to show
let wanted = ""; // the item that it names, until that is on the page
let spot = ""; // the question where the student was, until there is more than its place
let copy = ""; // whose place is kept
let back = 0; // how far the page was scrolled before it was loaded again
let came = ""; // from where the student went to type who works here
let moved = false; // whether the student has begun to use the page; then nothing takes them elsewhere

/** What stands outside the sequence, where there is such a section: "About this workbook". */
export const about = () => all.find(({ node }) => node.hasAttribute("data-wb-about"));
/** The sections that follow each other, as in `Book.sections`. */
export const steps = () => all.filter((section) => section !== about());
/** Whether everything stands on one page, as the student set it. */
export const inOne = () => root.dataset.wbPages === "one";
/** The address of a heading within the page. @param {HTMLElement} heading */
export const hashOf = ({ id }) => `#${encodeURIComponent(id)}`;
/** The address of a section. @param {Shown} section */
export const address = ({ heading }) => hashOf(heading);

/** @param {string} hash */
const idIn = (hash) => safely(() => decodeURIComponent(hash.slice(1))) ?? "";
/** What a name in an address stands for: a heading, a question, or the place where that will come. @param {string} id */
const find = (id) => (id ? document.getElementById(id) ?? /** @type {HTMLElement | null} */ (main.querySelector(`[data-wb-ask="${CSS.escape(id)}"]`)) : null);
/** @param {Node | null} node */
const around = (node) => all.find((section) => section.node.contains(node));
/** @param {string} id */
const entry = (id) => ({ id }); // in the browser's history: the page was there before

/** Note how far the page is scrolled: the browser's own note is of no use while another section is shown, or questions have yet to come. */
const leave = () => safely(() => history.replaceState({ ...history.state, y: scrollY }, ""));

/** Show what is to be seen now. */
function draw() {
  for (const { node } of all) {
    if (whole || inOne() || node === now.node) node.removeAttribute("hidden");
    else node.setAttribute("hidden", "until-found");
  }
  if (whole || inOne() || now === first) title.remove();
  else main.prepend(title);
  if (rest) rest.hidden = !whole && !inOne() && now === all[0];
  globalThis.dispatchEvent(new CustomEvent("wb-section"));
}
/** Change what is shown so that a section stays where it is before the eyes. @param {Shown} section */
function steady({ node }, change = draw) {
  const before = node.getBoundingClientRect().top;
  change();
  scrollBy(0, node.getBoundingClientRect().top - before);
}
/** The section that is being read where several are shown. */
const read = () => (scrollY && all.filter(({ node }) => !node.hidden && node.getBoundingClientRect().top < innerHeight / 3).at(-1)) || all[0];

/** Where the student is. */
export const shown = () => (inOne() ? read() : now);

/** @param {Shown} section */
function turn(section) {
  document.getElementById("wb-place")?.remove();
  now = section;
  whole = false;
  draw();
}
/** Bring something before the eyes, and the focus to it. @param {HTMLElement} node */
function look(node) {
  node.closest(".wb-place[hidden]")?.dispatchEvent(new Event("beforematch")); // it waits behind a button (earlier.js)
  if (node === now.heading && !inOne()) scrollTo(0, 0);
  else node.scrollIntoView({ block: "start" });
  if (!node.hasAttribute("tabindex")) node.tabIndex = -1;
  node.focus({ preventScroll: true });
}

/** The place of the question that is before the eyes, or the id of the last heading above them where none is; "" where that is the section's beginning. */
function at() {
  if (!scrollY || now.heading.getBoundingClientRect().bottom > 0) return "";
  const asked = /** @type {HTMLElement[]} */ ([...now.node.querySelectorAll('[data-wb-ask]:not([data-wb-ask="progress"])')]);
  const next = asked.find((one) => one.getBoundingClientRect().bottom > innerHeight / 3);
  const above = now.more.filter((one) => one.getBoundingClientRect().top < innerHeight / 3).at(-1);
  return above && (!next || next.getBoundingClientRect().top > innerHeight) ? above.id : next?.dataset.wbAsk ?? "";
}
/** Keep that the student is here. */
function keep() {
  if (copy && now !== about()) keepPlace(copy, now.title, at());
}

/** Who works here is asked first: that is not yet what the student came for. @param {unknown} node */
const asksWho = (node) => node instanceof Element && node.closest(".wb-gate") !== null;

/** @param {string} id */
function go(id) {
  const node = find(id), section = around(node);
  if (!node || !section) return false;
  if (!asksWho(node)) wanted = node.id === id ? "" : id;
  if (id !== idIn(location.hash) && !asksWho(node)) safely(() => {
    leave();
    history.pushState(entry(id), "", `#${encodeURIComponent(id)}`);
  });
  turn(section);
  look(node);
  keep();
  return true;
}
/** Go to what has this id, and say whether it is there. @param {string} id */
export function show(id) {
  const before = now, asks = asksWho(find(id));
  moved ||= !asks;
  if (!asks) came = ""; // they have gone elsewhere since
  const there = go(id);
  if (there && !asks && now !== before) globalThis.dispatchEvent(new CustomEvent("wb-turned"));
  return there;
}

/** Open the page where the student was, and say so. @param {import("./place.js").Kept} place */
function goOn(place) {
  const section = all.find(({ title, more }) => isAt(place, [title, ...more.map((one) => one.textContent.trim())]));
  const there = find(place.spot ?? "") ?? section?.more.find((one) => one.textContent.trim() === place.section) ?? null;
  const question = section?.node.contains(there) ? there?.closest("[data-wb-ask]") ?? there : null;
  if (!section || named || moved || (section === now && !question)) return;
  turn(section);
  safely(() => history.replaceState(entry(section.heading.id), "", address(section)));
  const line = h("p", { id: "wb-place", className: "wb-quiet" });
  if (question) question.before(line); else section.node.prepend(line);
  spot = question ? line.id : "";
  if (spot || inOne()) (spot ? line : section.heading).scrollIntoView({ block: "start" });
  ready.then(() => line.append(say("page-went-on"), " ", h("a", { href: address(all[0]) }, say("page-to-start"))));
}

/** Let a section come before all others, and show it unless the student went elsewhere; gives what takes it away.
 * @param {HTMLElement} node @param {HTMLElement} heading @param {string} name @param {HTMLElement} others stands above what follows */
export function lead(node, heading, name, others) {
  const own = { node, heading, title: name, more: [] };
  first.node.before(node, others);
  all.unshift(own);
  rest = others;
  const target = find(history.state?.id ?? idIn(location.hash));
  if (node.contains(target) || !(named || moved)) turn(own);
  else draw();
  return () => {
    node.remove();
    others.remove();
    all.shift();
    rest = null;
    if (now === own) turn(first); else draw();
  };
}

/** What is kept of the workbook is known. @param {Workbook} book */
function opened({ kept }) {
  if (kept.copy === copy) return;
  copy = rest || kept.copy.startsWith("page-") ? "" : kept.copy; // else no page looks for it again, or it is the place of the first time
  const from = kept.learner ? came : "";
  if (from) came = "";
  if (from && go(from)) { moved = false; return; } // the questions above it are still to come
  if (named || moved) keep();
  else if (copy) goOn(keptPlace(copy));
}

/** Show the sections of the page's main part. @param {HTMLElement} element */
export function sections(element) {
  main = element;
  all = [.../** @type {NodeListOf<HTMLElement>} */ (main.querySelectorAll(".wb-section"))].map((node, n) => {
    const [heading = node, ...more] = /** @type {NodeListOf<HTMLElement>} */ (node.querySelectorAll("h1, h2"));
    heading.id ||= `section-${n + 1}`;
    heading.tabIndex = -1;
    return { node, heading, title: heading === node ? document.title : heading.textContent.trim(), more };
  });
  first = all[0];
  title.textContent = first.title;
  now = read(); // on a slow device the student has begun to read
  steady(now);

  const before = history.state?.id, id = before ?? idIn(location.hash), section = around(find(id));
  named = Boolean(section);
  moved = !before && scrollY > 0;
  if (section && before) { // the page is loaded again
    back = history.state.y ?? 0;
    turn(section);
  } else if (section) go(id);
  else {
    wanted = id; // which questions a student gets may have to be found out
    if (document.getElementById("wb-book")?.dataset.kernel) goOn(likelyPlace()); // a device says at once who works there
  }
  safely(() => history.replaceState(history.state ?? entry(named ? id : now.heading.id), ""));

  globalThis.addEventListener("wb-opened", (event) => { if (event instanceof CustomEvent) opened(event.detail); });
  globalThis.addEventListener("wb-answered", () => { // also sent when a question has come onto the page
    if (moved) return;
    if (wanted && document.getElementById(wanted)) go(wanted);
    if (spot) document.getElementById(spot)?.scrollIntoView({ block: "start" }); // what stands above it has come, or grown
    if (!back) return; // to ask how far it is scrolled has a browser lay out the page, each time
    scrollTo(0, back);
    if (scrollY >= back - 1) back = 0;
  });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link?.getAttribute("href")?.startsWith("#") || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (asksWho(find(idIn(link.hash)))) came = /** @type {HTMLElement | null} */ (link.closest("[data-wb-ask]"))?.dataset.wbAsk ?? now.heading.id;
    if (show(idIn(link.hash))) event.preventDefault();
  });
  globalThis.addEventListener("popstate", ({ state }) => {
    const id = state?.id ?? idIn(location.hash), section = around(find(id));
    moved = true;
    if (!section) return;
    turn(section);
    if (state) {
      section.heading.focus({ preventScroll: true });
      if (state.y !== undefined) scrollTo(0, state.y);
    } else { history.replaceState(entry(id), ""); show(id); } // typed into the address
    keep();
  });
  main.addEventListener("beforematch", (event) => { // find-in-page, or the browser's own way to a link
    const section = around(/** @type {Node} */ (event.target));
    if (!section || section === now) return;
    turn(section);
    safely(() => history.replaceState(entry(section.heading.id), "", address(section)));
  });
  if (!("onbeforematch" in root)) globalThis.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "f" || whole) return;
    whole = !inOne();
    steady(now, () => {
      draw();
      main.querySelector(".wb-place[hidden]")?.dispatchEvent(new Event("beforematch")); // of those that wait (earlier.js): it opens all
    });
  }, true);
  globalThis.addEventListener("wb-display", () => {
    if (inOne() !== all.some(({ node }) => node.hidden)) return; // nothing of this was changed
    if (!inOne()) now = read();
    steady(now);
  });
  main.addEventListener("focusin", ({ target }) => {
    now = around(/** @type {Node} */ (target)) ?? now;
    keep();
  });
  globalThis.addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden" && moved && keptPlace(copy).section) keep(); }); // a phone may end the page without another word; what was taken away stays away
  for (const type of ["pointerdown", "click", "keydown", "wheel"]) globalThis.addEventListener(type, ({ target }) => {
    moved ||= !asksWho(target);
  }, { capture: true, passive: true });
}
