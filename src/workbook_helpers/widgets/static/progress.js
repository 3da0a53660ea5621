// How far the student is, drawn into the page's header where there is one.
function render({ model, el }) {
  const bar = document.createElement("progress");
  const text = document.createElement("span");
  const box = document.createElement("div");
  bar.setAttribute("aria-label", "Questions answered");
  box.className = "wb-progress";
  box.append(bar, text);
  const draw = () => {
    bar.max = Math.max(model.get("total"), 1);
    bar.value = model.get("done");
    text.textContent = `${model.get("done")} of ${model.get("total")}`;
  };
  const slot = document.getElementById("wb-progress-slot");
  if (slot) slot.replaceChildren(box);
  else { el.classList.add("wb-widget"); el.append(box); }
  const looked = () => { if (document.visibilityState === "visible") try { model.send({ do: "open" }); } catch { /* told by the questions */ } };
  model.on("change", draw);
  globalThis.addEventListener("focus", looked);
  draw();
  return () => { model.off("change", draw); globalThis.removeEventListener("focus", looked); };
}
export default { render };
