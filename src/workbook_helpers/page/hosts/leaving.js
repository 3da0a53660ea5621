// @ts-check
// Signing in, being sent to sign in, and leaving a device on which a service keeps the answers.
import { h } from "../dom.js";
import { remembered, safely } from "../remember.js";
import { say } from "../words.js";
import { forgetNotes } from "./browser.js";
import { store } from "./device_store.js";
import { mirror } from "./mirror.js";
import { person, who } from "./person.js";
import { isOwed, owe, service } from "./service.js";

const TO = "wb-to"; // where to go on after signing in
const shared = remembered("wb-shared"); // whoever signed in last said that others use this device, too
const home = () => new URL("./", document.baseURI);

/** This learner works here: known to this tab alone where others use the device, too. @param {string} learner */
export const works = (learner) => who.set(learner, Boolean(shared.get()));

/** Somebody has signed in: what the service has of others does not stay here. @param {string} learner @param {boolean} isShared */
export async function arrives(learner, isShared) {
  shared.set(isShared || null);
  who.clear();
  works(learner);
  forgetNotes(await mirror.tidy(person(learner)).catch(() => []));
}

/** Go to the page to sign in, and come back from there. */
export function toSignIn() {
  safely(() => sessionStorage.setItem(TO, location.href));
  location.assign(home());
}

/** Where to go on after signing in, once; "" for "My workbooks". */
export function goesOn() {
  const to = safely(() => sessionStorage.getItem(TO)) ?? "";
  safely(() => sessionStorage.removeItem(TO));
  return to.startsWith(home().href) ? to : "";
}

/** Take away what this browser keeps of a person, sign out, and go where one signs in. @param {string} learner */
async function leaveNow(learner) {
  const gone = person(learner);
  owe(true);
  const copies = await store.forget(gone).then((found) => found.map((one) => one.copy), () => []);
  forgetNotes(copies);
  safely(() => new BroadcastChannel("workbooks").postMessage({ gone, copies }));
  who.clear();
  const then = await service.leave().catch(() => ""); // without a connection it is done before anything else is asked
  safely(() => sessionStorage.removeItem(TO));
  location.replace(new URL(then, home()));
}

/** Leave at once, or first ask where something would be lost. @param {string} learner @param {number} n how many answers the service does not have @param {() => void} before called when it is certain */
export function leave(learner, n, before) {
  const go = () => { before(); leaveNow(learner); };
  if (!n) { go(); return; }
  /** @type {HTMLDialogElement} */
  const box = h("dialog", { className: "wb-sure", "aria-labelledby": "wb-sure", onclose: () => box.remove() },
    h("p", { id: "wb-sure" }, say("served-leave-sure", { n })),
    h("p", { className: "wb-row" },
      h("button", { type: "button", className: "wb-button", onclick: () => { box.close(); } }, say("served-stay")),
      h("button", { type: "button", className: "wb-button wb-second", onclick: go }, say("served-leave-all-the-same"))));
  document.body.append(box);
  box.showModal();
}

/** Sign out who has left here without a connection; gives where to go then, "" for nowhere else. @returns {Promise<string>} */
export const settleLeaving = async () => (isOwed() ? service.leave().catch(() => "") : "");
