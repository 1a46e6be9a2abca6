// The list of articles: how many are chosen, all of a page at once, and with Shift all between two. Without it the boxes still work one by one.
"use strict";

(() => {
  const boxes = [...document.querySelectorAll('input[name="article"]')];
  const all = document.getElementById("choose-all");
  const told = document.getElementById("chosen-number");
  if (!boxes.length || !all || !told) return;

  const count = () => {
    const number = boxes.filter((box) => box.checked).length;
    told.textContent = `${number} chosen`;
    all.checked = number === boxes.length;
    all.indeterminate = number > 0 && number < boxes.length;
  };
  all.closest("label").hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    count();
  });
  let last = null;
  for (const box of boxes) {
    box.addEventListener("change", count);
    box.addEventListener("click", (event) => {
      if (event.shiftKey && last && last !== box) {
        const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((one, other) => one - other);
        for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
      }
      last = box;
    });
  }
  addEventListener("pageshow", count);
})();
