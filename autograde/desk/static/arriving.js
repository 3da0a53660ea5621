// @ts-check
/* Files that are dropped on a form of `desk-arriving` go to the server one by one, with how far they are in sight, before the form
   itself is sent. Without this script the form brings them along. A form is idle, then sending, then sent, or idle again with a fault. */

import { headers } from "./secret.js";

const LARGEST = 4_000_000_000;

/** @param {HTMLFormElement} form @param {string} text */
const fault = (form, text) => {
  const place = /** @type {HTMLElement} */ (form.querySelector("[data-desk-arriving-fault]"));
  place.hidden = text === "";
  place.textContent = text;
};

/**
 * Send one file; gives the batch that it belongs to.
 * @param {string} address @param {File} file @param {(part: number) => void} progress
 * @returns {Promise<string>}
 */
const send = (address, file, progress) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", address);
    for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => progress(event.loaded));
    request.addEventListener("error", () => reject(new Error("The desk does not answer, so the files were not sent. They are still chosen here: try again.")));
    request.addEventListener("load", () => {
      /** @type {{ batch?: string, fault?: string }} */
      let reply = {};
      try { reply = JSON.parse(request.responseText); } catch { /* a page to log in */ }
      if (request.status === 200 && reply.batch) resolve(reply.batch);
      else reject(new Error((request.status !== 403 && reply.fault) || "The desk was started anew. Open it again as you did before, then try again."));
    });
    request.send(file);
  });

/** @param {HTMLFormElement} form @param {HTMLInputElement} field */
const sendAll = async (form, field) => {
  const files = [...(field.files ?? [])];
  const large = files.find((one) => one.size > LARGEST);
  if (large) throw new Error(`${large.name} has ${(large.size / 1e9).toFixed(1)} GB; at most 4 GB can be taken in at once. Drop it in parts.`);
  const box = /** @type {HTMLElement} */ (form.querySelector("[data-desk-arriving-bar]"));
  const [bar, text] = /** @type {[HTMLProgressElement, HTMLElement]} */ ([box.querySelector("progress"), box.querySelector("span")]);
  const batch = /** @type {HTMLInputElement} */ (form.elements.namedItem("batch"));
  const base = form.action.replace(/\/desk\/.*$/, "/desk/arriving");
  box.hidden = false;
  bar.max = files.reduce((sum, one) => sum + one.size, 0);
  let before = 0;
  try {
    for (const [number, file] of files.entries()) {
      text.textContent = `Sending ${number + 1} of ${files.length}`;
      const address = `${base}?${new URLSearchParams({ batch: batch.value, name: file.name })}`;
      batch.value = await send(address, file, (part) => { bar.value = before + part; });
      before += file.size;
    }
  } finally {
    box.hidden = true;
  }
};

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.classList.contains("desk-arriving")) return;
  const field = /** @type {HTMLInputElement | null} */ (form.querySelector("input[type=file]"));
  if (!field || field.disabled || !field.files?.length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.dataset["deskState"] === "sending") return;
  form.dataset["deskState"] = "sending";
  fault(form, "");
  try {
    await sendAll(form, field);
    field.disabled = true; // they are there: the form goes without them
    form.requestSubmit();
    field.disabled = false;
  } catch (error) {
    fault(form, error instanceof Error ? error.message : String(error));
  } finally {
    delete form.dataset["deskState"];
  }
}, { capture: true });
