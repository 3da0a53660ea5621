// @ts-check
/* A page that waits for another desk at the same address: it goes there as soon as that answers. */

const { deskOpening: ready = "", deskThen: then = "" } = document.body.dataset;
const wait = async () => {
  try {
    if ((await fetch(ready, { headers: { "HX-Request": "true" } })).ok) {
      location.replace(then);
      return;
    }
  } catch { /* it is not there yet */ }
  setTimeout(wait, 500);
};
setTimeout(wait, 1000);
