// The parts of a draft are put into another order by dragging them in their list; without it “Move up” and “Move down” do.
"use strict";

(() => {
  let dragged = null;

  const form = () => document.getElementById("drag-form");
  const listOf = (item) => item?.closest(".outline-list");
  const itemAt = (event) => event.target.closest?.(".outline-list > li");

  const drop = (item) => {
    const items = [...listOf(item).children];
    const [to, from] = [items.indexOf(item), items.indexOf(dragged)];
    if (to === from || to < 0) return;
    form().elements.part.value = dragged.dataset.part;
    form().elements.op.value = `to:${to}`;
    form().elements.revision.value = document.getElementById("revision").value;
    form().submit();
  };

  document.addEventListener("dragstart", (event) => {
    dragged = itemAt(event);
    if (!dragged || !form()) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.part);
  });
  document.addEventListener("dragover", (event) => {
    const item = itemAt(event);
    if (!dragged || !item || listOf(item) !== listOf(dragged)) return;
    event.preventDefault();
    for (const each of listOf(item).children) each.classList.toggle("is-goal", each === item);
  });
  document.addEventListener("drop", (event) => {
    const item = itemAt(event);
    if (!dragged || !item || listOf(item) !== listOf(dragged)) return;
    event.preventDefault();
    drop(item);
  });
  document.addEventListener("dragend", () => {
    for (const each of document.querySelectorAll(".is-goal")) each.classList.remove("is-goal");
    dragged = null;
  });
})();
