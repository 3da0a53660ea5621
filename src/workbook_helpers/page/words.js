// @ts-check
// The catalogue of what the page says (locale/<language>/*.ftl), in the language that the student picked. Fluent reads it.
import { FluentBundle, FluentNumber, FluentResource } from "@fluent/bundle";
import { remembered, safely } from "./remember.js";

const CONTENT = "en"; // what the workbooks themselves are written in
export const LANGUAGES = { en: "English", cy: "Cymraeg" }; // the same as in words.py

const kept = remembered("wb-language");

/** What was picked, kept twice: a cookie tells the server's own pages, too, and a page from a file keeps no cookies. */
function picked() {
  return safely(() => /(?:^|; )wb-language=(\w+)(?:;|$)/.exec(document.cookie)?.[1]) ?? kept.get();
}
export const language = Object.keys(LANGUAGES).find((name) => name === picked()) ?? CONTENT;
export const locale = `${language}-GB`;
/** @type {FluentBundle[]} */
const bundles = [];

const inside = document.getElementById("wb-words"); // language → catalogue, in a page that brings its own
/** @type {Record<string, string>} */
const brought = inside ? JSON.parse(inside.textContent) : {};
/** @type {Record<string, string>} */
const more = JSON.parse(inside?.dataset.more ?? "{}"); // language → where its catalogue is fetched when it is picked

/** @param {string} name */
async function fetched(name) {
  const answer = await fetch(more[name] ? new URL(more[name], document.baseURI) : import.meta.url.replace(/workbook\/static\/.*/, `workbook/words/${name}.ftl`)); // a script of a server
  if (!answer.ok) throw new Error(`words/${name}.ftl: ${answer.status}`);
  return answer.text();
}
/** @param {string} name */
async function read(name) {
  const bundle = new FluentBundle(`${name}-GB`, { useIsolating: false });
  bundle.addResource(new FluentResource(brought[name] ?? await fetched(name)));
  return bundle;
}

/** Done when the catalogue is here; nothing is said before. English follows for what a language lacks. */
export const ready = Promise.all([...new Set([language, CONTENT])].map(read)).then((read) => bundles.push(...read));

/** A number that stands in a text as it is: a browser takes a twentieth of a second on an old phone until it can write its first one by itself. */
class Small extends FluentNumber {
  /** @override */
  toString() { return String(this.value); }
}
/** @param {import("./types.js").Values} args */
const small = (args) => Object.fromEntries(Object.entries(args).map(([name, value]) => [name, typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 1000 ? new Small(value) : value]));

const given = new Set();

/** Give a text of the catalogue. @param {string} id @param {import("./types.js").Values} [args] @returns {string} */
export function say(id, args) {
  const bundle = bundles.find((one) => one.hasMessage(id));
  const pattern = bundle?.getMessage(id)?.value;
  const text = bundle && pattern ? bundle.formatPattern(pattern, args && small(args)) : id;
  given.add(text);
  return text;
}

/** Whether the catalogue has a text. @param {string} id */
export const has = (id) => bundles.some((one) => one.hasMessage(id));

/** Mark an element whose text is the catalogue's with its language, for a screen reader's voice (WCAG 3.1.2). @param {HTMLElement} node @param {string[]} texts */
export function spoken(node, texts) {
  if (language !== CONTENT && texts.length && texts.every((text) => given.has(text))) node.lang = language;
}

/** Pick another language and show the page in it. @param {string} name */
export function pick(name) {
  safely(() => (document.cookie = `wb-language=${name}; path=/; max-age=31536000; samesite=lax`));
  kept.set(name);
  globalThis.location.reload();
}
