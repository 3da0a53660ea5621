// @ts-check
// What is handed in, made in the browser: the same file as hand_in.py makes, but for the notebook, which marking does not need.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { zipSync } from "fflate";
import { far, leaves } from "../far.js";
import { paper } from "../paper.js";
import { how, tasks } from "../referral.js";

const SCHEMA = 1;

/** @import { Book, Referral } from "../types.js" */
/** @import { Copy, HandedIn } from "./device_store.js" */

/**
 * Make the file of a hand-in and its receipt. Nothing private is in it, and nothing that this student was not asked.
 * @param {Book} book @param {Copy} copy @param {Record<string, import("../types.js").Stored<any>>} answers what `whole` in referral.js gives
 * @param {Referral | null} referral what it answers
 * @returns {HandedIn}
 */
export function pack(book, copy, answers, referral) {
  const asked = [...paper(book, copy.seed).values()];
  const given = asked.filter((spec) => answers[spec.id] && leaves(spec, answers[spec.id].value));
  const document = {
    schema: SCHEMA,
    workbook: book.workbook,
    copy: copy.copy,
    seed: copy.seed,
    revision: copy.revision,
    learner: copy.learner,
    release: book.release,
    answers: Object.fromEntries(given.map(({ id }) => [id, { value: answers[id].value, saved_at: answers[id].saved_at, revision: answers[id].revision, release: answers[id].release }])),
  };
  const bytes = utf8ToBytes(JSON.stringify(document, null, 1));
  const digest = bytesToHex(sha256(bytes));
  const code = digest.slice(0, 12).toUpperCase().match(/.{4}/g)?.join("-") ?? "";
  const now = new Date();
  const at = `${now.toISOString().slice(0, 19)}+00:00`;
  const name = `${book.assignment}-${at.slice(0, 10).replaceAll("-", "")}-${at.slice(11, 19).replaceAll(":", "")}-${code}`;
  const manifest = { schema: SCHEMA, workbook: book.workbook, assignment: book.assignment, student: copy.learner, handed_in_at: at, answers_sha256: digest, code, declared: true, ...(referral && { attempt: referral.attempt, referral: referral.id, about_sha256: referral.answers_sha256 }) };
  const zip = zipSync({ "answers.json": bytes, "manifest.json": utf8ToBytes(JSON.stringify(manifest, null, 1)) }, { mtime: now });
  const due = referral ? tasks(referral, asked) : asked;
  const is = (/** @type {import("../types.js").Asked} */ spec) => how(referral, spec, answers[spec.id]?.value ?? null);
  const stems = (/** @type {import("../far.js").How} */ one) => due.filter((spec) => spec.purpose === "assessed" && is(spec) === one).map((spec) => spec.stem);
  const { done, total } = far(due, is).assessed;
  return {
    at, code, answered: done, total, unanswered: stems("open"), started: stems("started"), learner: copy.learner,
    file: `${name}.zip`, through: "file", attempt: referral?.attempt ?? 1, revision: copy.revision, zip,
  };
}
