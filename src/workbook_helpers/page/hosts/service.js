// @ts-check
// What the page asks of the service that keeps a class's answers (`workbook_helpers.served`): JSON over HTTP, in this page's own folder.
import { remembered } from "../remember.js";
import { language } from "../words.js";

const PATIENCE_MS = 8000; // a classroom's Wi-Fi may lose a request, or the rest of an answer, without a word
const OUTLIVES = 30_000; // letters of a request that a browser may go on with when its page is closed

/** @import { Earlier, Receipt, Referral, Stored, Tried } from "../types.js" */
/** An answer as the service has it. @typedef {Stored<any>} Record_ */
/** All that it has of one learner's copy of a workbook.
 * @typedef {{ class_id: string, birth: string, copy: string, learner: string, seed: string, revision: number, answers: Record<string, Record_>, receipts: Receipt[], referral: Referral | null, feedback: string | null, earlier?: Record<string, Earlier> }} Told */
/** @typedef {{ learner: string, name: string, class: string }} Me */
/** A save; one without a value tells how practice went with the answer of this revision. @typedef {{ id: string, key: string, base: number, value?: unknown, release?: string, said?: string[], typed?: Record<string, number>, tried?: Tried }} Save */
/** What became of it. @typedef {{ id: string, do: "saved" | "conflict" | "refused", kept: Record_ | null }} Done */
/** Why there is no answer to use: no connection; not now; nobody is signed in; somebody else is; it is too long to be sent; it was refused, with a word on why.
 * @typedef {"away" | "busy" | "out" | "other" | "long" | "no"} Why */

/** What a request came to where it was not done. */
export class Failed extends Error {
  /**
   * @param {Why} why @param {number} [wait_ms] not to be asked again before
   * @param {{ error?: unknown, text?: unknown, sign_in?: unknown }} [said] what the service calls it, the same for the student, and where one signs in, where that is not here
   */
  constructor(why, wait_ms = 0, { error, text, sign_in } = {}) {
    super(String(error ?? why));
    this.why = why;
    this.wait_ms = wait_ms;
    this.code = String(error ?? "");
    this.text = String(text ?? "");
    this.signIn = String(sign_in ?? "");
  }
}

const left = remembered(`wb-left ${new URL("./", document.baseURI).pathname}`); // somebody has left this class, and its service could not be told

/** Whether the service must first hear that somebody has left. */
export const isOwed = () => Boolean(left.get());
/** @param {boolean} owed */
export const owe = (owed) => left.set(owed || null);

/** Whose fault an answer tells, by its status. @param {number} status @param {unknown} code @returns {Why} */
const whyOf = (status, code) => (status === 401 ? "out" : code === "other" ? "other" : status === 429 || status >= 500 ? "busy" : status === 413 ? "long" : "no");

/** Read all that an answer says; a slow one may take long, as long as more of it comes. @param {Response} answer @param {() => void} more */
async function read({ body }, more) {
  const parts = body?.getReader(), letters = new TextDecoder();
  for (let text = "";;) {
    const { value } = (await parts?.read()) ?? {};
    if (!value) return text + letters.decode();
    more();
    text += letters.decode(value, { stream: true });
  }
}

/** Give an answer with all that it says. @param {string} path @param {RequestInit} asked @returns {Promise<{ answer: Response, said: any }>} */
async function fetched(path, asked) {
  const enough = new AbortController();
  let timer = 0;
  const wait = () => { clearTimeout(timer); timer = setTimeout(() => enough.abort(), PATIENCE_MS); };
  /** @type {Response} */
  let answer;
  /** @type {any} */
  let said = null;
  wait();
  try {
    answer = await fetch(new URL(`api/${path}`, document.baseURI), { credentials: "same-origin", cache: "no-store", signal: enough.signal, ...asked });
    const text = await read(answer, wait);
    if (answer.ok) said = JSON.parse(text); else try { said = JSON.parse(text); } catch { /* of a proxy */ }
    if (answer.ok || answer.status === 304) return { answer, said };
  } catch {
    throw new Failed("away");
  } finally {
    clearTimeout(timer);
  }
  throw new Failed(whyOf(answer.status, said?.error), 1000 * (Number(answer.headers.get("Retry-After")) || 0), said ?? {});
}

/** What was told last, with its tag: asked again, the service says in a few bytes that nothing is new. @type {Map<string, { tag: string, told: any }>} */
const known = new Map();

/** @param {string} path @returns {Promise<any>} */
async function get(path) {
  if (isOwed()) throw new Failed("out");
  const before = known.get(path);
  const { answer, said } = await fetched(path, { headers: before ? { "If-None-Match": before.tag } : {} });
  if (answer.status === 304 && before) return before.told;
  const tag = answer.headers.get("ETag");
  if (tag) known.set(path, { tag, told: said });
  return said;
}

/** @param {string} path @param {object} said @returns {Promise<any>} */
async function post(path, said) {
  if (isOwed() && !["join", "leave"].includes(path)) throw new Failed("out");
  const body = JSON.stringify(said), keepalive = document.visibilityState === "hidden" && body.length < OUTLIVES;
  return (await fetched(path, { method: "POST", headers: { "Content-Type": "application/json", "X-Workbook": "1" }, body, keepalive })).said;
}

/** @param {string} assignment */
const of = (assignment) => encodeURIComponent(assignment);

/** Each call rejects with `Failed`. */
export const service = {
  /** @param {string} assignment @returns {Promise<Told>} */
  told: (assignment) => get(of(assignment)),
  /** Who is signed in, and all there is for them. @returns {Promise<Me & { birth: string, workbooks: Record<string, Told> }>} */
  mine: () => get("mine"),
  /** @param {string} assignment @param {string} copy @param {Save[]} saves @returns {Promise<{ saved: Done[], revision: number }>} */
  save: (assignment, copy, saves) => post(`${of(assignment)}/save`, { copy, saves }),
  /** @param {string} assignment @param {string} copy @param {number} revision @param {number} attempt @returns {Promise<Receipt>} */
  handIn: (assignment, copy, revision, attempt) => post(`${of(assignment)}/hand-in`, { copy, revision, attempt, language }),
  /** @param {string} assignment @param {string} copy @param {string} section its title */
  beat: (assignment, copy, section) => post(`${of(assignment)}/beat`, { copy, section }),
  /** @param {{ code: string, learner: string, pin: string, shared: boolean, new?: true }} who @returns {Promise<Me>} */
  join(who) {
    known.clear(); // what was told to somebody else
    return post("join", who).then((me) => { owe(false); return me; });
  },
  /** Gives where to go then, "" for where one signs in. @returns {Promise<string>} */
  leave() {
    known.clear();
    return post("leave", {}).then(({ then = "" }) => { owe(false); return then; });
  },
};
