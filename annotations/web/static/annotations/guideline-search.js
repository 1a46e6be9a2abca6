// Finding a word in the guidelines, on their page and in the editor's drawer: labels, links and rules without it are hidden.
"use strict";

(() => {
  const fold = (text) => text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();

  const search = (guidelines, words) => {
    const holds = (part) => words.every((word) => fold(part.textContent).includes(word));
    let found = 0;
    for (const section of guidelines.querySelectorAll("section.guideline")) {
      const rules = [...section.querySelectorAll(".rule")];
      const fitting = rules.filter(holds);
      const isWhole = !words.length || !fitting.length;
      for (const rule of rules) rule.hidden = !isWhole && !fitting.includes(rule);
      section.hidden = words.length > 0 && !holds(section);
      if (!section.hidden) found += 1;
    }
    return found;
  };

  const offer = (box) => {
    const guidelines = box.closest(".guidelines");
    const field = box.querySelector("input");
    const told = box.querySelector("output");
    box.hidden = false;
    const look = () => {
      const words = fold(field.value).split(/\s+/).filter(Boolean);
      const found = search(guidelines, words);
      told.textContent = words.length ? `${found} of the labels and links` : "";
    };
    field.addEventListener("input", look);
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !field.value) return;
      event.stopPropagation();
      field.value = "";
      look();
    });
  };

  document.addEventListener("DOMContentLoaded", () => {
    for (const box of document.querySelectorAll(".guideline-search")) offer(box);
  });
})();
