// What stands around the text: title and source, the structure of the article, the guidelines of the label in hand,
// and the keys.
"use strict";

(() => {
  const editor = window.WorkbenchEditor;
  if (!editor) return;
  const element = (id) => document.getElementById(id);
  const scheme = JSON.parse(element("workbench-scheme")?.textContent ?? "null");
  let shown = "";
  let blocks = [];
  let language = "";

  // ------------------------------------------------------------------ the article

  /** Name the block of each line on its element; the text itself is left alone. */
  const dress = () => {
    const lines = editor.lines();
    if (!lines.length || lines[0].dataset.block !== undefined) return;
    let place = 0;
    let next = 0;
    for (const line of lines) {
      const length = [...line.textContent].length;
      while (next < blocks.length && blocks[next][1] <= place) next += 1;
      const block = blocks[next];
      line.lang = language;
      line.dataset.block = block && block[0] < place + length ? block[2] : "";
      place += length + 1;
    }
  };

  const showTitle = ({ title, source, address }) => {
    const box = element("workbench-title");
    const link = box.querySelector("a");
    box.querySelector("strong").textContent = title;
    link.textContent = address ? new URL(address).hostname : "";
    link.hidden = !address;
    if (address) link.href = address;
    box.querySelector("span").textContent = address ? "" : source;
    box.hidden = !title && !address;
    document.documentElement.classList.toggle("has-title", !box.hidden);
  };

  const fetchArticle = async (task) => {
    const { project, studio } = element("workbench-bar").dataset;
    const answer = await fetch(`${studio}/workbench/tasks/${task}?project=${project}`);
    if (!answer.ok || task !== editor.task()) return;
    const article = await answer.json();
    ({ blocks, language } = article);
    for (const line of editor.lines()) delete line.dataset.block;
    showTitle(article);
    dress();
    document.dispatchEvent(new CustomEvent("workbench-article", { detail: { task, article } }));
  };

  // ------------------------------------------------------------------ the rules of the label in hand

  const chosenLabel = () =>
    editor.selected()?.label ??
    document.querySelector(".lsf-labels .lsf-label_selected .lsf-label__text")?.textContent ??
    "";

  const findRules = (label) =>
    label ? element("workbench-guidelines").querySelector(`#label-${CSS.escape(label)}`) : null;

  const leadToLabel = () => findRules(chosenLabel())?.scrollIntoView({ block: "start" });

  let inHand = null;

  /** While there is no link, the place where links are listed holds the rules of the label in hand. */
  const showRules = () => {
    const hand = element("workbench-hand");
    const place = innerWidth >= 1200 && !editor.links().length && editor.linksPlace();
    hand.hidden = !place;
    if (!place) return;
    hand.style.top = `${place.top + 72}px`;
    hand.style.left = `${place.left}px`;
    hand.style.width = `${place.width}px`;
    hand.style.height = `${place.height - 72}px`;
    const label = chosenLabel();
    if (label === inHand) return;
    inHand = label;
    const rules = findRules(label)?.closest("section");
    const hint = document.createElement("p");
    hint.textContent = "Press the key of a label, or select a span, and its rules stand here.";
    const shownRules = rules?.cloneNode(true) ?? hint;
    for (const each of shownRules.querySelectorAll("[id]")) each.removeAttribute("id");
    shownRules.removeAttribute("aria-labelledby");
    hand.replaceChildren(shownRules);
    hand.scrollTop = 0;
  };

  // ------------------------------------------------------------------ keys

  const FIXED = [
    ["Ctrl + Enter", "Submit"],
    ...(scheme?.links.length ? [["Alt + R", "Link the selected span: then click the other one"]] : []),
    ["Esc", "Let go of the selected span"],
    ["Backspace", "Delete the selected span"],
    ["Ctrl + Z", "Undo"],
    ["Alt + G", "Guidelines"],
    ["?", "This list"],
  ];

  const WITHOUT_THE_MOUSE = [
    ["← →", "Select the word before, the next one"],
    ["Shift + ← →", "Take a word in, leave one out"],
    ["Ctrl + ← →", "Go to the sentence before, the next one"],
    ["Ctrl + Shift + →", "Select to the end of the sentence"],
    ["/", "Select words by typing how they begin; Shift + Enter there marks them like the latest span"],
    ["Enter", "Mark the selected words with the label of the latest span"],
    ["Alt + L", "Find a label by typing its name"],
    ["Alt + A", "Mark all other occurrences of the selected span, with its answers"],
    ["Alt + Shift + A", "The same, those in the same letters, without a question"],
    ["Alt + , and Alt + .", "The span before, the next one"],
    ...(scheme?.links.length
      ? [["Alt + E", "Link the selected span: choose the other one from a list"]]
      : []),
  ];

  const OF_SUGGESTIONS = [
    ["Alt + Y", "Take the suggestion over"],
    ["Alt + N", "Leave it"],
    ["Alt + J, Alt + K", "The next, the one before"],
  ];

  const line = (key, words) => {
    const row = document.createElement("tr");
    const name = document.createElement("th");
    const kbd = document.createElement("kbd");
    const what = document.createElement("td");
    name.scope = "row";
    kbd.textContent = key;
    what.textContent = words;
    name.append(kbd);
    row.append(name, what);
    return row;
  };

  const table = (title, rows) => {
    const box = document.createElement("table");
    const caption = document.createElement("caption");
    caption.textContent = title;
    const body = document.createElement("tbody");
    body.append(...rows.map(([key, words]) => line(key, words)));
    box.append(caption, body);
    return box;
  };

  const fillKeys = () => {
    const named = (key) => (key === key.toLowerCase() ? key : `Shift + ${key}`);
    const tables = [
      table(
        "Labels: key, then select the words, or the other way round",
        scheme.labels.map((label) => [named(label.key), label.name]),
      ),
      ...scheme.labels
        .filter((label) => label.questions.some((question) => question.answers.some((each) => each.key)))
        .map((label) =>
          table(
            `A ${label.name} that is selected`,
            label.questions.flatMap((question) =>
              question.answers
                .filter((answer) => answer.key)
                .map((answer) => [named(answer.key), `${question.title}: ${answer.title}`]),
            ),
          ),
        ),
      ...(element("workbench-suggestions") ? [table("Suggestions", OF_SUGGESTIONS)] : []),
      table("Without the mouse", WITHOUT_THE_MOUSE),
      table("Everywhere", FIXED),
    ];
    element("workbench-keys")
      .querySelector("div")
      .replaceChildren(...tables);
  };

  const toggleKeys = () => {
    const keys = element("workbench-keys");
    if (keys.open) keys.close();
    else {
      fillKeys();
      keys.showModal();
    }
  };

  const isTyping = (target) =>
    target.closest?.("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");

  addEventListener(
    "keydown",
    (event) => {
      const keys = element("workbench-keys");
      if (keys?.open && event.key === "Escape") {
        event.preventDefault();
        event.stopImmediatePropagation();
        toggleKeys();
      } else if (event.key === "?" && scheme && !isTyping(event.target)) {
        event.preventDefault();
        event.stopImmediatePropagation();
        toggleKeys();
      } else if (keys?.open && event.key !== "Tab") event.stopImmediatePropagation();
    },
    true,
  );

  document.addEventListener("DOMContentLoaded", () => {
    element("workbench-guidelines-button").addEventListener("click", leadToLabel);
    element("workbench-keys-button").addEventListener("click", toggleKeys);
    element("workbench-keys-close").addEventListener("click", toggleKeys);
    setInterval(() => {
      if (!editor.isKnown()) return;
      editor.turnList();
      showRules();
      const task = editor.task();
      if (task === shown) dress();
      else {
        shown = task;
        fetchArticle(task).catch(() => {});
      }
    }, 300);
  });
})();
