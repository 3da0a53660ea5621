// @ts-check
/* Which answer comes next; it is fetched before it is needed. */

import { $, drafts, field, form, known, page, read, same, savedAs, shared } from "./marking.js";
import { address, close, count, line, near, state } from "./markshown.js";
import { display, flush, tell } from "./marksend.js";
import { headers } from "./secret.js";

/** @typedef {import("./marking.js").Answer} Answer */

const AHEAD = 6, NEAR_MS = 1500, OLD_MS = 5000;

/** @param {number} most @returns {string[]} */
export const following = (most) => {
  const at = Math.max(0, page.lines.findIndex((one) => one.answer === page.now));
  const round = [...page.lines.slice(at + 1), ...page.lines.slice(0, at)];
  const found = round.filter((one) => state(one) === "waits");
  return [...found, ...(found.length < most ? round.filter((one) => state(one) === "later") : [])].slice(0, most).map((one) => one.answer);
};
/** @param {string[]} tokens */
const fetchAll = async (tokens) => {
  const since = page.savings;
  /** @type {Map<string, string[]>} */
  const wanted = new Map();
  for (const token of tokens) {
    const task = page.lines.find((one) => one.answer === token)?.task ?? drafts.get(token)?.task ?? field("task").value;
    wanted.set(task, [...(wanted.get(task) ?? []), token]);
  }
  for (const [task, some] of wanted) {
    const reply = await fetch(`${form.dataset["markJson"]}?${new URLSearchParams({ ...shared, task, answers: some.join(",") })}`, { headers: headers() });
    if (!reply.ok) throw new Error(String(reply.status));
    for (const answer of /** @type {{ answers: Answer[] }} */ (await reply.json()).answers) if (!(drafts.has(answer.answer) && known.has(answer.answer)) && (savedAs.get(answer.answer) ?? 0) <= since) {
      const before = known.get(answer.answer)?.answer;
      known.set(answer.answer, { answer, at: Date.now() });
      if (answer.answer === page.now && before && (before.base !== answer.base || before.fault !== answer.fault) && same(read(), before)) display(answer);
      else if (answer.answer === page.now && before?.near === null) near(answer);
      line(answer.answer, answer.state, answer.unsafe);
    }
  }
};
let ahead = false;
export const prefetch = async () => {
  if (ahead) return;
  ahead = true;
  try {
    for (;;) {
      const wanted = following(AHEAD).filter((token) => !known.has(token));
      if (!wanted.length) break;
      await fetchAll(wanted.slice(0, wanted.length > 3 ? 3 : wanted.length));
      if (wanted.every((token) => !known.has(token))) break;
    }
  } catch { /* the bar says that the server has gone; the next one is fetched when it is asked for */
  } finally {
    ahead = false;
  }
};
/** @param {string} token "" for none */
const expect = (token) => {
  page.coming = token;
  close();
  count();
};
/** @param {string} token */
export const show = async (token) => {
  flush();
  const found = known.get(token);
  expect(found ? "" : token);
  if (!found) {
    let failed = false;
    try { await fetchAll([token]); } catch { failed = true; }
    if (page.coming !== token) return; // another one was asked for meanwhile, and is shown
    expect("");
    if (failed) { page.failed = "The next answer cannot be fetched: the desk does not answer."; tell(); return; }
  }
  const answer = known.get(token)?.answer;
  if (!answer) return;
  display(answer);
  const heading = $("mark-who");
  heading.focus({ preventScroll: true });
  if (window.innerWidth < 768) heading.scrollIntoView();
  history.replaceState(null, "", address(token));
  void prefetch();
  if (found && Date.now() - found.at > OLD_MS) fetchAll([token]).catch(() => {});
  watch();
};
let watched = 0;
export const watch = () => { // near copies come when they are found
  clearTimeout(watched);
  if (known.get(page.now)?.answer.near !== null) return;
  watched = window.setTimeout(() => fetchAll([page.now]).catch(() => {}).finally(watch), NEAR_MS);
};
/** @param {number} step */
export const walk = (step) => {
  const at = page.lines.findIndex((one) => one.answer === page.now), next = page.lines[(at + step + page.lines.length) % page.lines.length];
  if (next) void show(next.answer);
};
