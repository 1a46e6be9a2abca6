// Suggestions: what a model marked is shown beside the text and drawn in it, one at a time in hand, and goes into the
// annotation only when the annotator takes it over. Nothing here knows which model it was, and no suggestion is a span of the editor.
"use strict";

(() => {
  const editor = window.WorkbenchEditor;
  const element = (id) => document.getElementById(id);
  if (!editor) return;
  const DRAWN = "workbench-suggestion";
  const IN_HAND = "workbench-suggestion-in-hand";
  const EVERY = 400;
  let task = "";
  let all = [];
  let hand = "";
  let left = new Set();
  let isStale = true;
  let watched = null;

  const panel = () => element("workbench-suggestions");
  const say = (words) => window.WorkbenchBar.tell(words);
  const name = ({ label, words }) => `${label} “${words.length > 60 ? `${words.slice(0, 60)}…` : words}”`;

  // ------------------------------------------------------------------ what waits

  const storage = () => `workbench-left-${task}`;
  const remember = () => {
    try {
      sessionStorage.setItem(storage(), JSON.stringify([...left]));
    } catch {
      // Then a suggestion that was left comes back with the page.
    }
  };
  const recall = () => {
    try {
      return new Set(JSON.parse(sessionStorage.getItem(storage()) ?? "[]"));
    } catch {
      return new Set();
    }
  };

  const waiting = () => {
    const taken = new Set(editor.spans().map((span) => span.key));
    return all.filter((each) => !taken.has(each.key) && !left.has(each.key));
  };

  document.addEventListener("workbench-article", ({ detail }) => {
    task = detail.task;
    all = detail.article.suggestions ?? [];
    left = recall();
    hand = "";
    isStale = true;
    refresh();
  });

  // ------------------------------------------------------------------ where they are in the text

  /** The beginning of each character of the text on the screen: a node and an index in it; a line break is one character. */
  const listPlaces = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ALL);
    const places = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.nodeName === "BR") places.push([node, 0, 0]);
      else if (node.nodeType === Node.TEXT_NODE) {
        let index = 0;
        for (const sign of node.data) {
          places.push([node, index, sign.length]);
          index += sign.length;
        }
      }
    }
    return places;
  };

  const makeRange = (places, { start, end }) => {
    const [first, last] = [places[start], places[end - 1]];
    if (!first || !last) return null;
    const range = new Range();
    range.setStart(first[0], first[1]);
    range.setEnd(last[0], last[1] + last[2]);
    return range;
  };

  let ranges = new Map();
  const draw = (list) => {
    ranges = new Map();
    if (!list.length || !editor.text()) {
      window.CSS.highlights?.delete(DRAWN);
      window.CSS.highlights?.delete(IN_HAND);
      return;
    }
    const places = listPlaces(editor.text());
    for (const each of list) {
      const range = makeRange(places, each);
      if (range) ranges.set(each.key, range);
    }
    if (!window.CSS.highlights) return; // the list is there without the drawing
    const others = [...ranges].filter(([key]) => key !== hand).map(([, range]) => range);
    window.CSS.highlights.set(DRAWN, new Highlight(...others));
    window.CSS.highlights.set(IN_HAND, new Highlight(...(ranges.has(hand) ? [ranges.get(hand)] : [])));
  };

  const lead = () => {
    const range = ranges.get(hand);
    if (range) range.startContainer.parentElement?.scrollIntoView({ block: "center" });
  };

  // ------------------------------------------------------------------ one in hand

  const refresh = () => {
    const box = panel();
    if (!box) return;
    const list = editor.isKnown() && editor.task() === task ? waiting() : [];
    box.hidden = !all.length || !editor.isKnown();
    document.documentElement.classList.toggle("has-suggestions", !box.hidden);
    if (!list.some((each) => each.key === hand)) {
      hand = list[0]?.key ?? "";
      isStale = true;
    }
    const shown = `${task} ${hand} ${list.length}`;
    if (box.dataset.shown !== shown) {
      box.dataset.shown = shown;
      isStale = true;
      show(list);
    }
    if (!isStale) return;
    isStale = false;
    draw(list);
  };

  const show = (list) => {
    const place = list.findIndex((each) => each.key === hand);
    const one = list[place];
    element("workbench-suggestions-count").textContent = one
      ? `Suggestion ${place + 1} of ${list.length}`
      : "No suggestion is left";
    element("workbench-suggestions-what").textContent = one ? name(one) : "";
    element("workbench-suggestions-answers").textContent = one ? one.answers.join(" · ") : "";
    for (const button of panel().querySelectorAll("button")) button.disabled = !one;
    element("workbench-suggestions-back").hidden = !left.size;
    element("workbench-suggestions-back").disabled = false;
  };

  const step = (by) => {
    const list = waiting();
    if (!list.length) return;
    const at = list.findIndex((each) => each.key === hand);
    hand = list[(at + by + list.length) % list.length].key;
    isStale = true;
    refresh();
    lead();
  };

  const after = (key) => {
    const list = waiting();
    const at = all.findIndex((each) => each.key === key);
    hand = (list.find((each) => all.indexOf(each) > at) ?? list[0])?.key ?? "";
    isStale = true;
    refresh();
    lead();
  };

  const takeOver = () => {
    const one = waiting().find((each) => each.key === hand);
    if (!one) return;
    if (!editor.add(structuredClone(one.entries))) {
      say("This suggestion could not be taken over: mark the words yourself.");
      return;
    }
    say(`Taken over: ${name(one)}. Change it like any span.`);
    after(one.key);
    editor.select(one.key);
  };

  const leave = () => {
    const one = waiting().find((each) => each.key === hand);
    if (!one) return;
    left.add(one.key);
    remember();
    say(`Left: ${name(one)}.`);
    after(one.key);
  };

  const bringBack = () => {
    left.clear();
    remember();
    hand = "";
    isStale = true;
    refresh();
  };

  const KEYS = { KeyY: takeOver, KeyN: leave, KeyJ: () => step(1), KeyK: () => step(-1) };
  addEventListener(
    "keydown",
    (event) => {
      const action = KEYS[event.code];
      if (!action || !event.altKey || event.ctrlKey || event.metaKey || !panel() || panel().hidden) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      action();
    },
    true,
  );

  const watch = () => {
    const root = editor.text();
    if (!root || root === watched) return;
    watched = root;
    new MutationObserver(() => (isStale = true)).observe(root, { childList: true, subtree: true });
    isStale = true;
  };

  document.addEventListener("DOMContentLoaded", () => {
    if (!panel()) return;
    element("workbench-suggestions-take").addEventListener("click", takeOver);
    element("workbench-suggestions-leave").addEventListener("click", leave);
    element("workbench-suggestions-next").addEventListener("click", () => step(1));
    element("workbench-suggestions-previous").addEventListener("click", () => step(-1));
    element("workbench-suggestions-back").addEventListener("click", bringBack);
    setInterval(() => {
      watch();
      refresh();
    }, EVERY);
  });
})();
