// Drawing and labelling spans: ends snap to words, text first and then a label, another label for a span that is
// there, one letter for one answer, and for a link only the types that its two spans may have.
"use strict";

(() => {
  const editor = window.WorkbenchEditor;
  const scheme = JSON.parse(document.querySelector("#workbench-scheme")?.textContent ?? "null");
  if (!editor || !scheme) return;
  const AROUND = 1500; // code points on either side that can decide where a span ends
  const A_MOMENT = 60;

  const isTyping = (target) =>
    target.closest?.("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");
  const isPlain = (event) =>
    !event.ctrlKey && !event.altKey && !event.metaKey && !isTyping(event.target) && editor.isKnown();
  const say = (text) => window.WorkbenchBar.tell(text);

  // ------------------------------------------------------------------ ends of spans

  /** The characters of a piece of the text, each with its place: [node, index, sign]. A line break is one character. */
  const signsOf = (node, from = 0, to = node.length) => {
    if (node.nodeName === "BR") return [[node, 0, "\n"]];
    const signs = [];
    let index = from;
    for (const sign of node.data.slice(from, to)) {
      signs.push([node, index, sign]);
      index += sign.length;
    }
    return signs;
  };

  const listPieces = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ALL);
    const pieces = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode())
      if (node.nodeType === Node.TEXT_NODE || node.nodeName === "BR") pieces.push(node);
    return pieces;
  };

  // A line can be as long as the article: no more of it is read than can matter.
  const FAR = 2 * AROUND; // in units of UTF-16
  const endOf = (piece, to = piece.length) => signsOf(piece, Math.max(0, to - FAR), to);
  const beginningOf = (piece, from = 0) => signsOf(piece, from, from + FAR);

  const gather = (pieces, step, signs) => {
    let found = signs;
    for (const piece of pieces) {
      if (found.length > AROUND) break;
      found = step < 0 ? [...endOf(piece), ...found] : [...found, ...beginningOf(piece)];
    }
    return found;
  };

  const snapSelection = () => {
    const selection = getSelection();
    if (selection.isCollapsed || !selection.rangeCount) return;
    const range = selection.getRangeAt(0);
    const root = editor.text();
    if (!editor.textHolds(range.startContainer) || !editor.textHolds(range.endContainer)) return;
    const pieces = listPieces(root);
    const touched = pieces.map((piece, place) => (range.intersectsNode(piece) ? place : -1));
    const first = touched.findIndex((place) => place >= 0);
    const last = touched.findLastIndex((place) => place >= 0);
    if (first < 0) return;
    const start = pieces[first] === range.startContainer ? range.startOffset : 0;
    const end = pieces[last] === range.endContainer ? range.endOffset : pieces[last].length;
    const inside = pieces
      .slice(first, last + 1)
      .flatMap((piece) =>
        signsOf(piece, piece === pieces[first] ? start : 0, piece === pieces[last] ? end : piece.length),
      );
    if (!inside.length) return;
    const head = pieces[first].data ? endOf(pieces[first], start) : [];
    const tail = pieces[last].data ? beginningOf(pieces[last], end) : [];
    const before = gather(pieces.slice(0, first).toReversed(), -1, head);
    const after = gather(pieces.slice(last + 1), 1, tail);
    const all = [...before, ...inside, ...after];
    const signs = all.map(([, , sign]) => sign);
    const [from, to] = window.Snapping.snap(signs, before.length, before.length + inside.length, scheme.snap);
    if (window.Snapping.isBlank(signs[from])) {
      selection.removeAllRanges();
      return;
    }
    if (from === before.length && to === before.length + inside.length) return;
    const [beginning, ending] = [all[from], all[to - 1]];
    range.setStart(beginning[0], beginning[1]);
    range.setEnd(ending[0], ending[1] + ending[2].length);
    selection.removeAllRanges();
    selection.addRange(range);
  };

  addEventListener(
    "mouseup",
    (event) => {
      if (!event.ctrlKey && !event.metaKey && editor.isKnown()) snapSelection();
    },
    true,
  );

  // ------------------------------------------------------------------ labels

  // A span that was just drawn is selected, so that its questions are in sight; the next label then means the next
  // span. Of a span that somebody has selected, another label means that span.
  let fresh = "";
  const known = new Set();
  const noteDrawn = () => {
    for (const { key } of editor.spans()) {
      if (known.has(key)) continue;
      known.add(key);
      fresh = key;
    }
  };
  /** Whoever selects words first has them already when they press a label, so the next label corrects this one. */
  const noteLabelled = () => {
    noteDrawn();
    fresh = "";
  };
  addEventListener("mousedown", noteDrawn, true);
  addEventListener("mouseup", () => setTimeout(noteDrawn, A_MOMENT), true);
  addEventListener(
    "click",
    (event) => {
      if (event.target.closest?.(".htx-highlight, .lsf-outliner-item, .lsf-tree")) fresh = "";
    },
    true,
  );

  const hasSelection = () => {
    const selection = getSelection();
    return !selection.isCollapsed && editor.textHolds(selection.anchorNode);
  };

  // Label Studio lets go of a selected span that is clicked, also of one that was just drawn. Here Esc lets go of it.
  addEventListener(
    "click",
    (event) => {
      const isSelected = event.target.closest?.(".htx-highlight")?.classList.contains("__active");
      const isPlainClick = !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
      if (isSelected && isPlainClick && editor.isKnown() && !editor.isLinking() && !hasSelection())
        event.stopPropagation();
    },
    true,
  );

  /** What choosing a label does; true where the editor has nothing left to do. */
  const takeLabel = (name, always = false) => {
    const span = editor.selected();
    if (hasSelection()) {
      if (span) editor.release();
      setTimeout(() => {
        if (!hasSelection()) return;
        if (!editor.isLabelChosen()) editor.chooseLabel(name);
        snapSelection();
        editor.drawSelection();
        setTimeout(noteLabelled, A_MOMENT);
      });
      return false;
    }
    if (!span || editor.isLinking()) return false;
    if (span.label !== name && (always || span.key !== fresh) && editor.relabel(name)) {
      say(`${span.label} is a ${name} now.`);
      return true;
    }
    editor.release();
    return false;
  };

  const stop = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  addEventListener(
    "keydown",
    (event) => {
      if (!isPlain(event) || event.shiftKey) return;
      const label = scheme.labels.find((each) => each.key === event.key);
      if (label && takeLabel(label.name)) stop(event);
    },
    true,
  );
  // Pressing the mouse on a label would take the selection off the text.
  addEventListener(
    "mousedown",
    (event) => {
      if (event.target.closest?.(".lsf-labels .lsf-label") && hasSelection()) event.preventDefault();
    },
    true,
  );
  addEventListener(
    "click",
    (event) => {
      const button = event.target.closest?.(".lsf-labels .lsf-label");
      const name = button?.querySelector(".lsf-label__text")?.textContent;
      if (name && editor.isKnown() && takeLabel(name, event.shiftKey)) stop(event);
    },
    true,
  );

  // ------------------------------------------------------------------ one letter, one answer

  const uses = new Map();
  for (const label of scheme.labels)
    for (const question of label.questions)
      for (const answer of question.answers)
        uses.set(answer.key, (uses.get(answer.key) ?? new Set()).add(label.name));
  const isShared = (key) => (uses.get(key)?.size ?? 0) > 1;

  addEventListener(
    "keydown",
    (event) => {
      if (!isPlain(event) || !isShared(event.key)) return;
      const span = editor.selected();
      const label = scheme.labels.find((each) => each.name === span?.label);
      for (const question of label?.questions ?? [])
        for (const answer of question.answers)
          if (answer.key === event.key) editor.answer(question.control, answer.name);
      stop(event);
    },
    true,
  );

  /** Write the shared keys beside their answers; the editor writes only those that it knows. */
  const showKeys = () => {
    for (const label of scheme.labels)
      for (const question of label.questions) {
        const box = document.querySelector(`.asks-${CSS.escape(`${label.name}-${question.name}`)}`);
        const shown = [...(box?.querySelectorAll(".lsf-choice__item label") ?? [])];
        question.answers.forEach((answer, place) => {
          if (shown[place] && isShared(answer.key)) shown[place].dataset.key = answer.key;
        });
      }
  };

  // ------------------------------------------------------------------ links

  const menu = document.createElement("div");
  menu.className = "workbench-menu";
  menu.setAttribute("role", "menu");
  menu.hidden = true;
  let asked = "";

  const fits = (source, target) =>
    scheme.links.filter((link) => link.from.includes(source.label) && link.to.includes(target.label));
  const quote = ({ label, words }) => `${label} “${words.length > 40 ? `${words.slice(0, 40)}…` : words}”`;

  const closeMenu = () => {
    menu.hidden = true;
    asked = "";
  };

  /** Ask for the type of a link; where none leads from the one to the other, say so and take the link away. */
  const askForType = (link) => {
    const forward = fits(link.source, link.target);
    const backward = forward.length ? [] : fits(link.target, link.source);
    const offered = forward.length ? forward : backward;
    if (!offered.length) {
      editor.deleteLink(link.id);
      say(`No link leads from a ${link.source.label} to a ${link.target.label}, so none was drawn.`);
      return;
    }
    if (backward.length) editor.turnLink(link.id);
    if (offered.length === 1) {
      editor.typeLink(link.id, offered[0].title);
      say(`Linked: ${offered[0].title}.`);
      return;
    }
    asked = link.id;
    const [source, target] = backward.length ? [link.target, link.source] : [link.source, link.target];
    const heading = document.createElement("p");
    heading.textContent = `${quote(source)} … ${quote(target)}`;
    menu.replaceChildren(
      heading,
      ...offered.map((type, place) => {
        const button = document.createElement("button");
        button.type = "button";
        button.setAttribute("role", "menuitem");
        button.innerHTML = `<kbd>${place + 1}</kbd> `;
        button.append(type.title);
        button.addEventListener("click", () => {
          editor.typeLink(link.id, type.title);
          closeMenu();
        });
        return button;
      }),
    );
    const box = editor.drawnAs(target.key)?.getBoundingClientRect();
    menu.hidden = false;
    const left = Math.min(box?.left ?? 40, innerWidth - menu.offsetWidth - 8);
    menu.style.left = `${Math.max(8, left)}px`;
    menu.style.top = `${Math.max(64, Math.min((box?.bottom ?? 100) + 8, innerHeight - menu.offsetHeight - 8))}px`;
    menu.querySelector("button").focus();
  };

  const askForTypes = () => {
    if (!editor.isKnown() || editor.isLinking()) return;
    const untyped = editor.links().find((link) => !link.types.length);
    if (untyped && untyped.id !== asked) askForType(untyped);
    if (!untyped && asked) closeMenu();
  };
  for (const kind of ["pointerup", "keyup"]) addEventListener(kind, () => setTimeout(askForTypes, 100), true);

  addEventListener(
    "keydown",
    (event) => {
      if (menu.hidden) return;
      const buttons = [...menu.querySelectorAll("button")];
      const at = buttons.indexOf(document.activeElement);
      if (event.key === "Escape") {
        editor.deleteLink(asked);
        closeMenu();
      } else if (event.key === "ArrowDown") buttons[(at + 1) % buttons.length].focus();
      else if (event.key === "ArrowUp") buttons.at(at - 1).focus();
      else if (buttons[Number(event.key) - 1]) buttons[Number(event.key) - 1].click();
      else if (event.key === "Enter") return;
      stop(event);
    },
    true,
  );

  document.addEventListener("DOMContentLoaded", () => {
    document.body.append(menu);
    setInterval(() => {
      if (editor.isKnown()) showKeys();
    }, 500);
  });
})();
