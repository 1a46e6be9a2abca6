// Words that are selected in an article can become an example of the guidelines: a link beside the selection leads there.
"use strict";

(() => {
  const text = document.querySelector("[data-example]");
  if (!text) return;
  const MOST = 2000;
  const bar = document.createElement("a");
  bar.className = "button pick-example";
  bar.textContent = "Make it an example…";
  bar.hidden = true;
  document.querySelector("main").append(bar);

  const count = (words) => [...words].length;

  /** The place of an end of a selection in the article, in code points. */
  const find = (node, offset) => {
    const block = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("[data-start]");
    if (!block || !text.contains(block)) return null;
    const range = document.createRange();
    range.selectNodeContents(block);
    range.setEnd(node, offset);
    return Number(block.dataset.start) + count(range.toString());
  };

  const show = () => {
    const selection = getSelection();
    bar.hidden = true;
    if (selection.isCollapsed || !selection.rangeCount) return;
    const range = selection.getRangeAt(0);
    const [start, end] = [
      find(range.startContainer, range.startOffset),
      find(range.endContainer, range.endOffset),
    ];
    if (start === null || end === null || end <= start || end - start > MOST) return;
    bar.href = `${text.dataset.example}?article=${text.dataset.article}&place=${start}-${end}`;
    const box = range.getBoundingClientRect();
    bar.hidden = false;
    bar.style.left = `${Math.max(8, Math.min(box.left, innerWidth - bar.offsetWidth - 8)) + scrollX}px`;
    bar.style.top = `${box.bottom + scrollY + 6}px`;
  };

  document.addEventListener("selectionchange", () => setTimeout(show, 150));
})();
