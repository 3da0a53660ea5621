// The questions find out first that the connection is gone, because an acknowledgement does not come.
(() => {
  const panel = document.getElementById("wb-lost");
  const show = (lost) => { panel.hidden = !lost; document.body.classList.toggle("wb-is-lost", lost); };
  window.addEventListener("wb-connection-lost", () => show(true));
  window.addEventListener("wb-connection-back", () => show(false));
  panel.querySelector("button").addEventListener("click", () => window.location.reload());
})();
