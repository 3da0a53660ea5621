// @ts-check
// The catalogue of what the page says (locale/<language>/*.ftl), in the language that the student picked. Fluent reads it.
import { FluentBundle, FluentResource } from "./fluent.js";

const CONTENT = "en"; // what the workbooks themselves are written in
export const LANGUAGES = { en: "English", cy: "Cymraeg" }; // the same as in words.py

// A cookie, so that the server's own pages know it, too.
export const language = new RegExp(`(?:^|; )wb-language=(${Object.keys(LANGUAGES).join("|")})(?:;|$)`).exec(document.cookie)?.[1] ?? CONTENT;
export const locale = `${language}-GB`;
/** @type {FluentBundle[]} */
const bundles = [];

/** @param {string} name */
async function read(name) {
  const answer = await fetch(new URL(`../words/${name}.ftl`, import.meta.url));
  if (!answer.ok) throw new Error(`words/${name}.ftl: ${answer.status}`);
  const bundle = new FluentBundle(`${name}-GB`, { useIsolating: false });
  bundle.addResource(new FluentResource(await answer.text()));
  return bundle;
}

/** Done when the catalogue is here; nothing is said before. English follows for what a language lacks. */
export const ready = Promise.all([...new Set([language, CONTENT])].map(read)).then((read) => bundles.push(...read));

const given = new Set();

/** Give a text of the catalogue. @param {string} id @param {import("./types.js").Values} [args] @returns {string} */
export function say(id, args) {
  const bundle = bundles.find((one) => one.hasMessage(id));
  const pattern = bundle?.getMessage(id)?.value;
  const text = bundle && pattern ? bundle.formatPattern(pattern, args) : id;
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
  document.cookie = `wb-language=${name}; path=/; max-age=31536000; samesite=lax`;
  globalThis.location.reload();
}
