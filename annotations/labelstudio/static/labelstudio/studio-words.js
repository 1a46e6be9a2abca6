// Annotating without the mouse: a cursor that goes by words and sentences, words found by typing, the last label again,
// all other occurrences at once, a label among hundreds, and the next or the linked span. Without it the mouse does all of that.
"use strict";

(() => {
  const editor = window.WorkbenchEditor;
  const scheme = JSON.parse(document.querySelector("#workbench-scheme")?.textContent ?? "null");
  if (!editor || !scheme) return;
  const MOST_LISTED = 9;
  const MOST_MARKED = 200;
  const LEAST_STEM = 3;

  const isTyping = (target) =>
    target.closest?.("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");
  const say = (words) => window.WorkbenchBar.tell(words);
  const stop = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  const shorten = (words) => (words.length > 40 ? `${words.slice(0, 40)}…` : words);

  // ------------------------------------------------------------------ the text by words

  /** The text with its words and sentences, as [start, end) in units of UTF-16; they are divided once for each text, and the pieces that it is drawn in change with each span. */
  let reading = null;
  const read = () => {
    const { text, pieces } = editor.readText();
    if (reading?.text === text) {
      reading.pieces = pieces;
      return reading;
    }
    last = null;
    const language = editor.lines()[0]?.lang || undefined;
    const divide = (granularity) => [...new Intl.Segmenter(language, { granularity }).segment(text)];
    const words = divide("word")
      .filter((each) => each.isWordLike)
      .map((each) => [each.index, each.index + each.segment.length]);
    const sentences = divide("sentence")
      .filter((each) => each.segment.trim())
      .map((each) => each.index);
    reading = { text, pieces, words, sentences };
    return reading;
  };

  /** Where the selection stands, or else where it stood last. */
  let last = null;
  const current = () => {
    const selected = editor.selectedPlace(read().pieces);
    if (selected) last = selected;
    return selected;
  };

  /** The place that stays selected until the next key or click. */
  let held = null;
  const select = (place) => {
    const { pieces } = read();
    last = held = place;
    editor.selectPlace(pieces, ...place);
  };

  /** The editor finishes a span some time after it is drawn, and takes away whatever is selected by then. */
  const selectAgain = () => {
    if (held && !box.open && getSelection().isCollapsed) select(held);
  };
  const letGo = () => {
    held = null;
  };

  const wordAfter = (place) => read().words.find(([start]) => start >= place);
  const wordBefore = (place) => read().words.findLast(([, end]) => end <= place);

  const move = (step) => {
    const [start, end] = current() ?? last ?? [0, 0];
    const word = step > 0 ? wordAfter(end) : wordBefore(start);
    if (word) select(word);
  };

  const extend = (step) => {
    const [start, end] = current() ?? last ?? [0, 0];
    const word = step > 0 ? wordAfter(end) : wordBefore(end - 1);
    if (!word) return;
    if (step > 0) select([start, word[1]]);
    else if (word[1] > start) select([start, word[1]]);
  };

  const moveBySentence = (step) => {
    const [start] = current() ?? last ?? [0, 0];
    const { sentences } = read();
    const next =
      step > 0 ? sentences.find((each) => each > start) : sentences.findLast((each) => each < start);
    const word = next === undefined ? null : wordAfter(next);
    if (word) select(word);
  };

  /** The end of the sentence in which the selection stands. */
  const extendBySentence = () => {
    const [start, end] = current() ?? last ?? [0, 0];
    const { sentences, text } = read();
    const next = sentences.find((each) => each > end) ?? text.length;
    const word = wordBefore(next);
    if (word && word[1] > end) select([start, word[1]]);
  };

  // ------------------------------------------------------------------ a small window

  const box = document.createElement("dialog");
  box.className = "workbench-words";
  let close = () => {};

  /** Ask for something by typing: a heading, a field where there is one, and a list that follows what is typed. */
  const ask = ({ title, field = "", follow, choose }) => {
    const heading = document.createElement("h2");
    heading.textContent = title;
    const input = document.createElement("input");
    input.type = "text";
    input.autocomplete = "off";
    input.spellcheck = false;
    input.setAttribute("aria-label", title);
    input.placeholder = field;
    const list = document.createElement("ol");
    box.replaceChildren(heading, input, list);
    let at = 0;
    const lines = () => [...list.children];
    const show = () => {
      list.replaceChildren(
        ...follow(input.value).map((words, place) => {
          const line = document.createElement("li");
          line.textContent = words;
          line.dir = "auto";
          line.addEventListener("click", () => finish(place));
          return line;
        }),
      );
      at = Math.min(at, Math.max(0, list.children.length - 1));
      mark();
    };
    const mark = () => lines().forEach((line, place) => line.toggleAttribute("data-chosen", place === at));
    const finish = (place, event) => {
      close();
      choose(place, input.value, event);
    };
    input.addEventListener("input", () => {
      at = 0;
      show();
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close();
      else if (event.key === "ArrowDown") at = Math.min(at + 1, list.children.length - 1);
      else if (event.key === "ArrowUp") at = Math.max(at - 1, 0);
      else if (event.key === "Enter") {
        stop(event);
        finish(at, event);
        return;
      } else return;
      stop(event);
      mark();
    });
    show();
    box.showModal();
    input.focus();
  };
  close = () => {
    document.activeElement?.blur(); // the field would have the focus until the page is drawn again
    if (box.open) box.close();
  };

  // ------------------------------------------------------------------ words found by typing

  const fold = (words) => words.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();

  /** Places at which words begin with what was typed, from the cursor on; a number of words may be typed in part: “tal o” is “talks on”. */
  const findTyped = (typed) => {
    const parts = fold(typed).split(/\s+/).filter(Boolean);
    if (!parts.length) return [];
    const { text, words } = read();
    const [, from] = last ?? [0, 0];
    const begins = (place, part) =>
      words[place] !== undefined && fold(text.slice(...words[place])).startsWith(part);
    const found = [];
    for (let place = 0; place < words.length; place += 1)
      if (parts.every((part, step) => begins(place + step, part)))
        found.push([words[place][0], words[place + parts.length - 1][1]]);
    return [...found.filter(([start]) => start >= from), ...found.filter(([start]) => start < from)].slice(
      0,
      MOST_LISTED,
    );
  };

  const findWords = () => {
    current();
    let found = [];
    ask({
      title: "Select words",
      field: "Beginnings of words, “tal o” for “talks on”; Shift+Enter marks them like the latest span",
      follow: (typed) => {
        found = findTyped(typed);
        const { text } = read();
        return found.map(([start, end]) => `${text.slice(start, end)} ${text.slice(end, end + 40)}`);
      },
      choose: (place, _typed, event) => {
        const span = event?.shiftKey ? latest() : null;
        if (!found[place]) return;
        if (span) editor.release();
        setTimeout(() => {
          select(found[place]);
          if (span) labelSelection(span.label);
        });
      },
    });
  };

  // ------------------------------------------------------------------ labels

  const labelSelection = (name) => {
    letGo();
    editor.chooseLabel(name);
    editor.drawSelection();
  };

  /** The label that was used last: that of the latest span. */
  const latest = () => editor.spans().at(-1);

  const repeatLabel = () => {
    const span = latest();
    if (!span || !current()) return false;
    editor.release();
    setTimeout(() => {
      select(last);
      labelSelection(span.label);
      say(`${span.label} again.`);
    });
    return true;
  };

  const findLabel = () => {
    const selected = current();
    let found = [];
    ask({
      title: selected ? `Label “${shorten(read().text.slice(...selected))}”` : "Choose a label",
      field: "The beginning of its name",
      follow: (typed) => {
        const wanted = fold(typed);
        const rank = ({ name, group }) => {
          if (fold(name).startsWith(wanted)) return 0;
          if (fold(name).includes(wanted)) return 1;
          return fold(group).includes(wanted) ? 2 : 3;
        };
        const fitting = [0, 1, 2].flatMap((each) => scheme.labels.filter((label) => rank(label) === each));
        found = fitting.slice(0, MOST_LISTED).map((label) => label.name);
        return fitting.slice(0, MOST_LISTED).map(({ name, group }) => (group ? `${name} · ${group}` : name));
      },
      choose: (place) => {
        const name = found[place];
        if (!name) return;
        const span = editor.selected();
        setTimeout(() => {
          if (selected) {
            editor.release();
            select(selected);
            labelSelection(name);
          } else if (span && span.label !== name) editor.relabel(name);
          else editor.chooseLabel(name);
        });
      },
    });
  };

  // ------------------------------------------------------------------ all other occurrences

  /** What two forms of a word share at least: all but a short ending. */
  const stemOf = (word) => word.slice(0, Math.max(LEAST_STEM, word.length - (word.length > 6 ? 3 : 2)));

  /** The other places of the same words, outside of spans of that label. */
  const findOthers = (key, { anyCase, anyEnding }) => {
    const { text, words } = read();
    const place = editor.placeOf(key, read().pieces);
    if (!place) return [];
    const even = (word) => (anyCase ? fold(word) : word);
    const wanted = words.filter(([start, end]) => start < place[1] && end > place[0]);
    const parts = wanted.map(([start, end]) =>
      even(text.slice(Math.max(start, place[0]), Math.min(end, place[1]))),
    );
    if (!parts.length) return [];
    const fits = (word, part) =>
      anyEnding && part.length > LEAST_STEM
        ? word.startsWith(stemOf(part)) && word.length <= part.length + 3
        : word === part;
    const { label } = editor.spans().find((span) => span.key === key);
    const taken = editor
      .spans()
      .filter((span) => span.label === label)
      .map((span) => editor.placeOf(span.key, read().pieces))
      .filter(Boolean);
    const found = [];
    for (let at = 0; at + parts.length <= words.length; at += 1) {
      const here = words.slice(at, at + parts.length);
      const [start, end] = [here[0][0], here.at(-1)[1]];
      if (!here.every((word, step) => fits(even(text.slice(...word)), parts[step]))) continue;
      if (taken.some(([from, to]) => from < end && to > start)) continue;
      found.push([start, end]);
      at += parts.length - 1;
    }
    return found.slice(0, MOST_MARKED);
  };

  const CHOICES = [
    ["the same letters", { anyCase: false, anyEnding: false }],
    ["any case", { anyCase: true, anyEnding: false }],
    ["any case and ending", { anyCase: true, anyEnding: true }],
  ];

  /** Mark the other places as one of the choices has it; where they differ, somebody is asked. */
  const markAll = (choices) => {
    const span = editor.selected() ?? latest();
    if (!span) {
      say("Mark one first: then the key marks all its other occurrences.");
      return;
    }
    const offered = choices
      .map(([name, choice]) => [name, findOthers(span.key, choice)])
      .filter(
        ([, found], place, all) =>
          found.length && !all.slice(0, place).some(([, other]) => other.length === found.length),
      );
    if (!offered.length) {
      say(`“${shorten(span.words)}” stands nowhere else.`);
      return;
    }
    const mark = (found) => {
      const { text } = read();
      let number = 0;
      for (const [start, end] of found) if (editor.copyTo(span.key, text, start, end)) number += 1;
      say(`${number} more of “${shorten(span.words)}” marked as ${span.label}.`);
    };
    if (offered.length === 1) {
      mark(offered[0][1]);
      return;
    }
    ask({
      title: `Mark all others of “${shorten(span.words)}” as ${span.label}`,
      follow: () => {
        const { text } = read();
        return offered.map(([name, found]) => {
          const forms = [...new Set(found.map((place) => text.slice(...place)))].slice(0, 5).join(", ");
          return `${found.length}, ${name}: ${forms}`;
        });
      },
      choose: (place) => offered[place] && mark(offered[place][1]),
    });
  };

  // ------------------------------------------------------------------ spans and links

  const inOrder = () =>
    editor
      .spans()
      .map((span) => Object.assign(span, { place: editor.placeOf(span.key, read().pieces) ?? [0, 0] }))
      .sort((one, other) => one.place[0] - other.place[0] || one.place[1] - other.place[1]);

  const nextSpan = (step) => {
    const spans = inOrder();
    if (!spans.length) return;
    const at = spans.findIndex((span) => span.key === editor.selected()?.key);
    const next = at < 0 ? (step > 0 ? 0 : spans.length - 1) : (at + step + spans.length) % spans.length;
    editor.select(spans[next].key);
    last = spans[next].place;
  };

  /** The spans that a link may lead to or come from, the nearest first. */
  const link = () => {
    const source = editor.selected() ?? latest();
    if (!source || !scheme.links.length) return;
    const fits = (one, other) =>
      scheme.links.some((each) => each.from.includes(one.label) && each.to.includes(other.label));
    const spans = inOrder();
    const own = spans.find((span) => span.key === source.key);
    const nearest = spans
      .filter((span) => span.key !== source.key && (fits(source, span) || fits(span, source)))
      .sort((one, other) => Math.abs(one.place[0] - own.place[0]) - Math.abs(other.place[0] - own.place[0]));
    if (!nearest.length) {
      say(`No span is there that a ${source.label} can be linked with.`);
      return;
    }
    let found = nearest;
    ask({
      title: `Link ${source.label} “${shorten(source.words)}” with`,
      field: "Words of the other span, or an arrow",
      follow: (typed) => {
        found = nearest.filter((span) => fold(span.words).includes(fold(typed))).slice(0, MOST_LISTED);
        return found.map((span) => `${span.label} “${shorten(span.words)}”`);
      },
      choose: (place) => {
        if (found[place]) editor.linkTo(source.key, found[place].key);
      },
    });
  };

  // ------------------------------------------------------------------ keys

  const ARROWS = { ArrowRight: 1, ArrowLeft: -1 };
  const isForward = () => getComputedStyle(editor.text()).direction !== "rtl";

  const take = (event) => {
    const { key, code, altKey, ctrlKey, metaKey, shiftKey } = event;
    if (metaKey) return false;
    const step = ARROWS[key] && (isForward() ? ARROWS[key] : -ARROWS[key]);
    if (step && !altKey) {
      if (ctrlKey && shiftKey) extendBySentence();
      else if (ctrlKey) moveBySentence(step);
      else if (shiftKey) extend(step);
      else move(step);
      return true;
    }
    if (ctrlKey) return false;
    if (altKey && code === "KeyA") return markAll(shiftKey ? CHOICES.slice(0, 1) : CHOICES) ?? true;
    if (altKey && code === "KeyL") return findLabel() ?? true;
    if (altKey && code === "KeyE") return link() ?? true;
    if (altKey && (code === "Period" || code === "Comma"))
      return nextSpan(code === "Period" ? 1 : -1) ?? true;
    if (altKey) return false;
    if (key === "/") return findWords() ?? true;
    return key === "Enter" && !shiftKey && repeatLabel();
  };

  // What is typed in the window is no key of the editor.
  box.addEventListener("keydown", (event) => event.stopPropagation());
  box.addEventListener("keyup", (event) => event.key !== "Enter" && event.stopPropagation());

  /** Arrows belong to whatever has the focus, and to the text where nothing has. */
  const isFree = ({ target }) => target === document.body || editor.textHolds(target);

  for (const kind of ["keydown", "pointerdown"]) addEventListener(kind, letGo, true);
  document.addEventListener("selectionchange", selectAgain);

  addEventListener(
    "keydown",
    (event) => {
      const isBusy = document.querySelector("dialog[open], .workbench-menu:not([hidden])");
      if (isBusy || isTyping(event.target) || !editor.isKnown()) return;
      if ((event.key === "Enter" || ARROWS[event.key]) && !isFree(event)) return;
      if (take(event)) stop(event);
    },
    true,
  );

  document.addEventListener("DOMContentLoaded", () => document.body.append(box));
})();
