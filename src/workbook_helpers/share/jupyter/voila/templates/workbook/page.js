// nbconvert ends each heading with a paragraph mark, which would be read out and stand in the contents.
for (const mark of document.querySelectorAll("#wb-main .jp-InternalAnchorLink, #wb-main .anchor-link")) mark.remove();
// The questions find out first that the connection is gone, because an acknowledgement does not come.
(() => {
  const panel = document.getElementById("wb-lost");
  // What gets the focus must not lie under the header, which is two lines high on a phone and more with large text.
  const head = document.querySelector(".wb-top");
  new ResizeObserver(() => document.documentElement.style.setProperty("--wb-head", `${head.offsetHeight}px`)).observe(head);
  const show = (lost) => { panel.hidden = !lost; document.body.classList.toggle("wb-is-lost", lost); };
  window.addEventListener("wb-connection-lost", () => show(true));
  window.addEventListener("wb-connection-back", () => show(false));
  panel.querySelector("button").addEventListener("click", () => window.location.reload());
})();
