// Deciding by keyboard. The server renders everything; this sends the page's own forms and puts the answer in place.
"use strict";

(() => {
  document.documentElement.classList.add("has-script");
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let editForm = null;
  let isSending = false;

  const find = (selector, root = document) => root.querySelector(selector);
  const findAll = (selector, root = document) => [...root.querySelectorAll(selector)];
  const theCase = () => find("#case");
  const currentCard = () => find(".card.is-current");
  const cards = () => findAll(".card");

  // ------------------------------------------------------------------ telling what goes on

  const tell = (text, isError = false) => {
    const state = find("#case-state");
    state.textContent = text;
    state.classList.toggle("is-error", isError);
    if (isError) Workbench.announce(text);
  };

  const describeStanding = () => {
    const open = Number(theCase().dataset.left);
    const card = currentCard();
    const next = card ? `Now: ${card.getAttribute("aria-label")}` : "";
    Workbench.announce(
      open ? `Saved. ${open} to decide. ${next}` : "Saved. Nothing left to decide: press f to finish.",
    );
  };

  // ------------------------------------------------------------------ the current unit

  const placesOf = (card) =>
    (card.dataset.places ?? "")
      .split(" ")
      .filter(Boolean)
      .map((place) => place.split("-").map(Number));

  const markInText = (card) => {
    for (const segment of findAll(".segment.is-here")) segment.classList.remove("is-here", "is-first");
    if (!card) return null;
    const places = placesOf(card);
    const segments = findAll(".piece .segment");
    const inside = places.map(([start, end]) =>
      segments.filter(
        (segment) => Number(segment.dataset.start) >= start && Number(segment.dataset.end) <= end,
      ),
    );
    for (const part of inside) {
      part.forEach((segment) => segment.classList.add("is-here"));
      part[0]?.classList.add("is-first");
    }
    return inside[0]?.[0];
  };

  /** Bring an element to a height within the frame that scrolls it, if it is not in sight there. */
  const reveal = (element, scroller, { above = 0, below = 0, at = above } = {}) => {
    const isWindow = scroller === window;
    const frame = isWindow ? { top: 0, bottom: innerHeight } : scroller.getBoundingClientRect();
    const box = element.getBoundingClientRect();
    const isTall = box.height > frame.bottom - frame.top - above - below;
    const isInSight = box.top >= frame.top + above && (isTall || box.bottom <= frame.bottom - below);
    if (isInSight && !(isTall && box.top > frame.top + above + 40)) return;
    scroller.scrollBy({ top: box.top - frame.top - at, behavior: isCalm ? "auto" : "smooth" });
  };

  const scrolls = (element) => getComputedStyle(element).overflowY === "auto";

  const show = (card, { isFocused = true } = {}) => {
    leaveEdit();
    for (const other of findAll(".card.is-current")) {
      other.classList.remove("is-current");
      other.removeAttribute("aria-current");
    }
    if (!card) return;
    card.classList.add("is-current");
    card.setAttribute("aria-current", "true");
    const [text, units] = [find(".case-text"), find(".case-units")];
    const first = markInText(card);
    if (isFocused) card.focus({ preventScroll: true });
    if (scrolls(units)) reveal(card, units, { above: 4, below: 40, at: 48 });
    else reveal(card, window, { above: text.offsetHeight + 4, below: 40, at: text.offsetHeight + 12 });
    if (first && scrolls(text)) reveal(first, text, { above: 8, below: 80, at: 48 });
    else if (first) reveal(first, window, { above: 100, below: 120, at: innerHeight / 3 });
  };

  const move = (step) => {
    const all = cards();
    const place = all.indexOf(currentCard());
    const next = all[Math.min(Math.max(place + step, 0), all.length - 1)];
    if (next) show(next);
  };

  const moveToOpen = () => {
    const all = cards();
    const place = all.indexOf(currentCard());
    const ahead = [...all.slice(place + 1), ...all.slice(0, place + 1)];
    const next = ahead.find((card) => card.classList.contains("is-open"));
    if (next) show(next);
    else tell("Nothing is open any more.");
  };

  // ------------------------------------------------------------------ sending

  const replaceCase = (html) => {
    const scroll = [find(".case-units").scrollTop, find(".case-text").scrollTop];
    const parsed = new DOMParser().parseFromString(html, "text/html");
    const fresh = find("#case", parsed);
    if (!fresh) return false;
    theCase().replaceWith(document.adoptNode(fresh));
    [find(".case-units").scrollTop, find(".case-text").scrollTop] = scroll;
    prepare();
    return true;
  };

  const send = async (form, submitter) => {
    if (isSending) return;
    isSending = true;
    const data = new FormData(form, submitter);
    theCase().setAttribute("aria-busy", "true");
    tell("Saving…");
    try {
      const response = await fetch(form.action, {
        method: "POST",
        body: data,
        headers: { "X-Part": "case" },
        credentials: "same-origin",
        redirect: "error",
        signal: AbortSignal.timeout(30000),
      });
      if (![200, 409, 422].includes(response.status)) throw new Error(String(response.status));
      if (!replaceCase(await response.text())) throw new Error("no case");
      if (response.ok) describeStanding();
      else Workbench.announce(find("#case-state").textContent);
    } catch (error) {
      const isSignedOut = ["401", "403", "404"].includes(error.message);
      tell(
        isSignedOut
          ? "Not saved: you are signed out, or may not do this. Reload the page."
          : "Not saved: the workbench does not answer. Nothing was lost; try again.",
        true,
      );
    } finally {
      isSending = false;
      theCase().removeAttribute("aria-busy");
    }
  };

  const press = (element) => {
    if (element && !element.disabled) element.click();
  };

  // ------------------------------------------------------------------ changing a boundary

  const points = () => Array.from(find("#article").textContent);

  const offsetOf = (node, offset) => {
    const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    const article = find("#article");
    if (!article.contains(element)) return null;
    const range = document.createRange();
    range.setStart(article, 0);
    range.setEnd(node, offset);
    return Array.from(range.toString()).length;
  };

  const placeOf = (offset) => {
    let left = offset;
    const walker = document.createTreeWalker(find("#article"), NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const letters = Array.from(node.data);
      if (left <= letters.length) return [node, letters.slice(0, left).join("").length];
      left -= letters.length;
    }
    return null;
  };

  const trim = (start, end) => {
    const text = points();
    while (start < end && /\s/u.test(text[start])) start += 1;
    while (end > start && /\s/u.test(text[end - 1])) end -= 1;
    return [start, end];
  };

  const readSelection = () => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    const start = offsetOf(range.startContainer, range.startOffset);
    const end = offsetOf(range.endContainer, range.endOffset);
    if (start === null || end === null) return null;
    const trimmed = trim(start, end);
    return trimmed[0] < trimmed[1] ? trimmed : null;
  };

  const select = (start, end) => {
    const from = placeOf(start);
    const to = placeOf(end);
    if (from && to) getSelection().setBaseAndExtent(from[0], from[1], to[0], to[1]);
  };

  const showSelection = () => {
    const places = editForm && readSelection();
    if (!places) return;
    editForm.elements.start.value = places[0];
    editForm.elements.end.value = places[1];
    find(".selected-words", editForm).textContent = points()
      .slice(...places)
      .join("");
  };

  const enterEdit = (form) => {
    const places = form.elements.start.value ? null : readSelection();
    leaveEdit();
    editForm = form;
    form.closest("details").open = true;
    theCase().classList.add("is-editing");
    for (const element of findAll(".scripted", form)) element.hidden = false;
    const [start, end] = places ?? [Number(form.elements.start.value), Number(form.elements.end.value)];
    if (end > start) {
      select(start, end);
      showSelection();
    }
    const first = find(".segment.is-here");
    if (first && scrolls(find(".case-text")))
      reveal(first, find(".case-text"), { above: 90, below: 60, at: 100 });
    form.scrollIntoView({ block: "nearest" });
    Workbench.announce("Select the words in the article, then press the key of a label. Escape cancels.");
  };

  const leaveEdit = () => {
    if (!editForm) return;
    editForm.closest("details").open = false;
    editForm = null;
    theCase().classList.remove("is-editing");
    getSelection().removeAllRanges();
  };

  const isWordEdge = (text, place) =>
    place <= 0 ||
    place >= text.length ||
    /[\p{L}\p{N}]/u.test(text[place - 1]) !== /[\p{L}\p{N}]/u.test(text[place]);

  const shift = (event) => {
    const text = points();
    let start = Number(editForm.elements.start.value);
    let end = Number(editForm.elements.end.value);
    const step = event.key === "ArrowRight" ? 1 : -1;
    const walk = (place) => {
      let next = place + step;
      if (!event.altKey) while (next > 0 && next < text.length && !isStop(next)) next += step;
      return Math.min(Math.max(next, 0), text.length);
    };
    const isLetter = (letter) => letter !== undefined && /[\p{L}\p{N}]/u.test(letter);
    // Words are entered at their first letter and left after their last.
    const isStop = (place) =>
      isWordEdge(text, place) && (event.shiftKey ? isLetter(text[place]) : isLetter(text[place - 1]));
    if (event.shiftKey) start = Math.min(walk(start), end - 1);
    else end = Math.max(walk(end), start + 1);
    select(start, end);
    editForm.elements.start.value = start;
    editForm.elements.end.value = end;
    find(".selected-words", editForm).textContent = text.slice(start, end).join("");
  };

  const editKey = (event) => {
    if (event.key === "Escape") {
      const card = currentCard();
      leaveEdit();
      card?.focus({ preventScroll: true });
    } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      shift(event);
    } else {
      const button = findAll("[data-label-key]", editForm).find(
        (each) => each.dataset.labelKey === event.key,
      );
      if (!button) return;
      showSelection();
      press(button);
    }
    event.preventDefault();
  };

  // ------------------------------------------------------------------ keys

  const startEdit = () => {
    const form = find("form[data-edit]", currentCard() ?? document.createElement("div"));
    if (form) enterEdit(form);
    else tell("This can be decided, but its words cannot be changed here.");
  };

  const startAddition = () => {
    const form = find("#add form");
    if (form) enterEdit(form);
  };

  const reject = () => {
    const button = currentCard() && find('[data-command="reject"]', currentCard());
    if (button) press(button);
    else tell("This cannot be rejected by itself: choose one of its values.");
  };

  const finish = () => {
    const left = Number(theCase().dataset.left);
    if (left) {
      if (!currentCard()?.classList.contains("is-open")) moveToOpen();
      tell(`${left} still to decide before the task can be finished.`, true);
    } else {
      press(find('[data-command="finish"]'));
    }
  };

  const writeNote = () => {
    const details = currentCard() && find(".note-details", currentCard());
    if (!details) return;
    details.open = true;
    find("input", details).focus();
  };

  const writeWords = () => {
    const line = currentCard() && find('[data-command="words"]', currentCard());
    if (line) line.focus();
    else tell("This takes no other value: choose one of those listed.");
  };

  const commands = {
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    o: moveToOpen,
    x: reject,
    e: startEdit,
    a: startAddition,
    n: writeNote,
    w: writeWords,
    u: () => press(find('[data-command="undo"]')),
    f: finish,
    t: () => press(find('[data-command="tracks"]')),
  };

  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    if (event.target.matches("input, textarea, select")) {
      if (event.key === "Enter" && event.target.name === "words" && !event.isComposing) {
        event.preventDefault();
        press(find("button", event.target.parentElement));
        return;
      }
      if (event.key === "Escape" || (event.key === "Enter" && event.target.name === "note")) {
        event.preventDefault();
        (currentCard() ?? event.target).focus({ preventScroll: true });
        if (event.target === document.activeElement) event.target.blur();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey) return;
    if (editForm) {
      editKey(event);
      return;
    }
    if (event.altKey) return;
    if (/^[1-9]$/.test(event.key)) {
      const card = currentCard();
      const button = card && find(`[data-digit="${event.key}"]`, card);
      if (button) {
        event.preventDefault();
        press(button);
      }
      return;
    }
    if (event.key === "Enter" && event.target.matches(".card:not(.is-current)")) {
      event.preventDefault();
      show(event.target);
      return;
    }
    const command = commands[event.key];
    if (command) {
      event.preventDefault();
      command();
    }
  });

  document.addEventListener("selectionchange", showSelection);

  // Pressed on words that are selected already, the mouse would drag them away instead of selecting anew.
  document.addEventListener(
    "mousedown",
    (event) => {
      if (editForm && event.target.closest("#article") && !event.shiftKey) getSelection().removeAllRanges();
    },
    true,
  );

  document.addEventListener(
    "submit",
    (event) => {
      if (!event.target.matches("#case form[data-part]")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      send(event.target, event.submitter);
    },
    true,
  );

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-unit-link]");
    const card = event.target.closest(".card");
    const tracks = event.target.closest('[data-command="tracks"]');
    const segment = event.target.closest(".segment");
    if (tracks) {
      const address = new URL(location.href);
      if (theCase().dataset.tracks) address.searchParams.delete("tracks");
      else address.searchParams.set("tracks", "all");
      if (currentCard()) address.searchParams.set("unit", currentCard().dataset.unit);
      location.replace(address);
    } else if (card && !link && !card.classList.contains("is-current")) {
      show(card);
    } else if (segment && !editForm && getSelection().isCollapsed) {
      const place = Number(segment.dataset.start);
      const at = cards()
        .flatMap((each) => placesOf(each).map(([start, end]) => ({ each, start, end })))
        .filter(({ start, end }) => start <= place && place < end)
        .sort((one, other) => one.end - one.start - (other.end - other.start))
        .map(({ each }) => each);
      if (at.length) show(at.find((each) => each.classList.contains("is-open")) ?? at[0]);
    }
  });

  document.addEventListener(
    "toggle",
    (event) => {
      const details = event.target;
      if (!details.matches?.(".edit-details, .addition")) return;
      const form = find("form[data-edit]", details);
      if (details.open && form && editForm !== form) enterEdit(form);
      else if (!details.open && editForm === form) leaveEdit();
    },
    true,
  );

  const prepare = () => {
    editForm = null;
    for (const button of findAll('[data-command="tracks"]')) button.hidden = false;
    show(currentCard());
  };

  prepare();
})();
