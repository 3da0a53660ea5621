// @ts-check
/* What our scripts send with whatever they ask for: a college's hub takes nothing that a script asks for by a browser's cookie alone. */

/** The secret of a form is the cookie's: a desk that was started anew has given it another one. */
export const secret = () => /(?:^|; )_xsrf=([^;]*)/.exec(document.cookie)?.[1] ?? /** @type {HTMLInputElement | null} */ (document.querySelector("input[name=_xsrf]"))?.value ?? "";
/** `Desk-Place` is of which class this page is: to a page of another one nothing is sent. */
export const headers = () => ({ "HX-Request": "true", "X-XSRFToken": secret(), "Desk-Place": document.body.dataset["deskPlace"] ?? "" });
