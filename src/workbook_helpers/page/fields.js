// @ts-check
// What a field holds without having said so. Speech-recognition programs, input methods, spelling correction and auto-fill may change a
// field without any event (alphagov/govuk-frontend#1028), so a field that has the focus is looked at each second.

const EACH_MS = 1000;

/** Call `look` with the field that has the focus in `root`, and with one that loses it; gives what ends it. @param {HTMLElement} root @param {(field: unknown) => void} look */
export function watch(root, look) {
  let timer = 0;
  const entered = () => { clearInterval(timer); timer = setInterval(() => look(document.activeElement), EACH_MS); };
  /** @param {FocusEvent} event */
  const left = ({ target }) => { clearInterval(timer); look(target); };
  root.addEventListener("focusin", entered);
  root.addEventListener("focusout", left);
  return () => clearInterval(timer);
}
