// @ts-check
// What is handed in, made in the browser: the same file as hand_in.py makes, but for the notebook, which marking does not need.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { zipSync } from "fflate";
import { far, how } from "../far.js";
import { kinds } from "../kinds.js";
import { paper } from "../paper.js";

const SCHEMA = 1;

/** @import { Book, Spec } from "../types.js" */
/** @import { Copy, HandedIn, Kept } from "./device_store.js" */

/** Whether an answer is handed in. @param {import("../types.js").Spec} spec @param {unknown} value */
export const leaves = (spec, value) => spec.purpose !== "private" || Boolean(kinds[spec.kind].shared?.(value));

/**
 * Make the file of a hand-in and its receipt. Nothing private is in it, and nothing that this student was not asked.
 * @param {Book} book @param {Copy} copy @param {Record<string, Kept>} answers those that fit the questions as they are now
 * @returns {HandedIn}
 */
export function pack(book, copy, answers) {
  const asked = [...paper(book, copy.seed).values()];
  const given = asked.filter((spec) => answers[spec.id]?.saved_at && leaves(spec, answers[spec.id].value));
  const document = {
    schema: SCHEMA,
    workbook: book.workbook,
    copy: copy.copy,
    seed: copy.seed,
    revision: copy.revision,
    learner: copy.learner,
    release: book.release,
    answers: Object.fromEntries(given.map(({ id }) => [id, { value: answers[id].value, saved_at: answers[id].saved_at, revision: answers[id].revision }])),
  };
  const bytes = utf8ToBytes(JSON.stringify(document, null, 1));
  const digest = bytesToHex(sha256(bytes));
  const code = digest.slice(0, 12).toUpperCase().match(/.{4}/g)?.join("-") ?? "";
  const now = new Date();
  const at = `${now.toISOString().slice(0, 19)}+00:00`;
  const name = `${book.assignment}-${at.slice(0, 10).replaceAll("-", "")}-${at.slice(11, 19).replaceAll(":", "")}-${code}`;
  const manifest = { schema: SCHEMA, workbook: book.workbook, assignment: book.assignment, student: copy.learner, handed_in_at: at, answers_sha256: digest, code, declared: true };
  const zip = zipSync({ "answers.json": bytes, "manifest.json": utf8ToBytes(JSON.stringify(manifest, null, 1)) }, { mtime: now });
  const is = (/** @type {Spec} */ spec) => how(spec, answers[spec.id]?.value ?? null);
  const stems = (/** @type {import("../far.js").How} */ one) => asked.filter((spec) => spec.purpose === "assessed" && is(spec) === one).map((spec) => spec.stem);
  const { done, total } = far(asked, is).assessed;
  return {
    at, code, answered: done, total, unanswered: stems("open"), started: stems("started"), learner: copy.learner,
    file: `${name}.zip`, through: "file", revision: copy.revision, zip,
  };
}
