// @ts-check
// The line from a page of ours to its kernel: Jupyter's messages over one WebSocket. It is found again by itself when it is lost, with another
// kernel where the first one is gone; what waits for an answer is then said again.

const FIRST_MS = 500; // doubled after each try that failed
const LONGEST_MS = 20_000;
const STALE_MS = 10_000; // no answer for so long: a phone's network may have changed without a word
const TARGET = "workbook"; // the same as in jupyter/kernel.py
const AGAIN = ["open", "save"]; // may be said twice; the rest is for the student to ask again

/** @import { Way } from "../types.js" */
/** @typedef {{ n: number, do: string, id?: string }} Asked */
/** @typedef {{ channel?: string, header: { msg_type: string }, content: { comm_id?: string, data?: any, execution_state?: string } }} Heard */

const name = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/**
 * Begin to look for the kernel.
 * @param {{ kernel: string, folder: string, base: string }} where `folder` is the workbook's below the server's, for another kernel
 * @returns {Way & { end(): void }}
 */
export function line({ kernel, folder, base }) {
  const api = `${base}api/kernels`, session = name();
  /** @type {((message: any) => void)[]} */
  const listeners = [];
  /** @type {(() => void)[]} */
  const returns = [];
  /** What has no answer yet; `at`: when it was last put on the line. @type {{ message: Asked, at: number }[]} */
  let waiting = [];
  /** @type {WebSocket | null} */
  let socket = null;
  let comm = "", begun = false, trying = false, timer = 0, wait_ms = FIRST_MS;

  /** @param {string} type @param {object} content */
  function put(type, content) {
    const header = { msg_id: name(), msg_type: type, session, username: "", date: new Date().toISOString(), version: "5.3" };
    socket?.send(JSON.stringify({ channel: "shell", header, parent_header: {}, metadata: {}, content, buffers: [] }));
  }
  /** @param {{ message: Asked, at: number }} one */
  function say(one) {
    one.at = Date.now();
    put("comm_msg", { comm_id: comm, data: { asked: JSON.stringify(one.message) } }); // as text: half a sign would stop at the server
  }
  function begin() { // the kernel on the line may be a new one
    comm = name();
    put("comm_open", { comm_id: comm, target_name: TARGET, data: {} });
    for (const one of waiting) say(one);
    if (begun) for (const call of returns) call();
    begun = true;
  }
  /** @param {Heard} message */
  function take({ header, content }) {
    if (header.msg_type === "comm_msg" && content.data) { // also by a comm of before: an answer counts however late it comes
      wait_ms = FIRST_MS;
      waiting = waiting.filter(({ message }) => message.n !== content.data.n);
      for (const call of listeners) call(content.data);
    } else if (header.msg_type === "status" && content.execution_state?.endsWith("restarting")) begin();
    else if (header.msg_type === "status" && content.execution_state === "dead") lose();
  }
  function open() {
    const address = new URL(`${api}/${kernel}/channels?session_id=${session}`, globalThis.location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const mine = socket = new WebSocket(address);
    mine.onopen = () => { if (mine === socket) begin(); };
    mine.onmessage = ({ data }) => { if (mine === socket && typeof data === "string") take(JSON.parse(data)); };
    mine.onclose = () => { if (mine === socket) lose(); };
  }
  function lose() {
    const old = socket;
    socket = null;
    old?.close();
    clearTimeout(timer);
    timer = setTimeout(find, wait_ms);
    wait_ms = Math.min(2 * wait_ms, LONGEST_MS);
  }
  async function find() {
    clearTimeout(timer);
    if (socket || trying) return;
    trying = true;
    try {
      const answer = kernel && await fetch(`${api}/${kernel}`);
      const gone = !answer || answer.status === 404 || (answer.ok && (await answer.json()).execution_state === "dead");
      if (!gone && !answer.ok) throw new Error(String(answer.status));
      if (gone) kernel = await another();
      open();
    } catch {
      lose();
    } finally {
      trying = false;
    }
  }
  const headers = () => ({ "X-XSRFToken": /(?:^|; )_xsrf=([^;]+)/.exec(document.cookie)?.[1] ?? "", "Content-Type": "application/json" });
  async function another() {
    const answer = await fetch(api, { method: "POST", headers: headers(), body: JSON.stringify({ name: TARGET, path: folder }) });
    if (!answer.ok) throw new Error(String(answer.status));
    return (await answer.json()).id;
  }

  globalThis.addEventListener("online", find);
  globalThis.addEventListener("pageshow", find);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") find(); });
  open();
  return {
    send(message) {
      const asked = /** @type {Asked} */ (message), one = { message: asked, at: 0 };
      // What was said may have been heard, though no answer came: it is kept beside what follows it.
      waiting = waiting.filter(({ message: old, at }) => at || old.do !== asked.do || old.id !== asked.id);
      const stands = socket?.readyState === WebSocket.OPEN && comm;
      if (AGAIN.includes(asked.do)) waiting.push(one);
      if (stands && waiting.some(({ at }) => at && at + STALE_MS < Date.now())) { lose(); find(); } else if (stands) say(one);
    },
    listen: (heard) => { listeners.push(heard); },
    back: (heard) => { returns.push(heard); },
    /** Nobody needs the kernel any more; where this does not come through, the server ends what is idle. */
    end() {
      const old = socket, ended = kernel;
      socket = null;
      kernel = ""; // for who comes back there is another one
      old?.close();
      fetch(`${api}/${ended}`, { method: "DELETE", keepalive: true, headers: headers() }).catch(() => null);
    },
  };
}
