// Deciding by keyboard. The server renders everything; this sends the page's own forms, and shows what comes next at once.

import { Editing } from "./editing.js";
import { Guidelines } from "./guidelines.js";
import { readKey } from "./keys.js";
import { prepareLinks } from "./links.js";
import { DecisionQueue } from "./queue.js";
import { explainFailure, Server } from "./server.js";
import { Sight } from "./sight.js";
import { describeStanding, readTold, tell } from "./telling.js";

const server = new Server();

const find = (selector, root = document) => root.querySelector(selector);
const theCase = () => find("#case");

let sight = null;
let editing = null;
let links = null;
let left = 0;
let answered = null;

document.documentElement.classList.add("has-script");

const sayStanding = (decisions) => {
  const counts = { before: left, now: Number(theCase().dataset.left) };
  const next = sight.current ? `Now: ${sight.current.getAttribute("aria-label")}` : "";
  const { told, announced } = describeStanding(decisions, counts, next);
  if (!readTold()) tell(told);
  Workbench.announce(announced);
};

// ------------------------------------------------------------------ the current unit

const leaveEdit = () => {
  editing?.leave();
  editing = null;
  applyAnswered();
};

const show = (card, options) => {
  leaveEdit();
  sight.show(card?.isConnected ? card : sight.find(card?.dataset.unit), options);
};

const isFilledIn = () =>
  editing ||
  (document.activeElement?.matches("#case :is(input:not([type=radio], [type=checkbox]), select)") ?? false);

const prepare = (unit, { isFocused = true } = {}) => {
  sight = new Sight(theCase());
  server.number = Number(theCase().dataset.number);
  editing = null;
  const form = find("#add-link form");
  links = form && prepareLinks(form);
  for (const button of theCase().querySelectorAll(".legend button")) button.hidden = false;
  sight.show((unit && sight.find(unit)) || sight.current, { isFocused });
};

/** Put the server's case in the place of the one that is shown; the unit that somebody went on to stays the current one. */
const replaceCase = (html, unit) => {
  const scroll = [sight.units.scrollTop, sight.text.scrollTop];
  htmx.swap("#case", html, { swapStyle: "outerHTML" });
  [find(".case-units").scrollTop, find(".case-text").scrollTop] = scroll;
  prepare(unit);
};

// ------------------------------------------------------------------ sending

/** Show an answer, unless something is being filled in: then it waits until that is done. */
const apply = (answer, decisions) => {
  answered = { answer, decisions: [...(answered?.decisions ?? []), ...decisions] };
  if (!isFilledIn()) applyAnswered();
  else tell("");
};

const applyAnswered = () => {
  if (!answered || queue.length) return;
  const { answer, decisions } = answered;
  answered = null;
  const goesOn = decisions.at(-1).next;
  const hasMoved = goesOn && sight.current?.dataset.unit !== goesOn;
  replaceCase(answer.html, hasMoved || goesOn ? sight.current?.dataset.unit : "");
  sayStanding(decisions);
  left = Number(theCase().dataset.left);
  document.body.dataset.keys = "on"; // what is pressed before this module runs is lost
  if (!left) find(".finish-box")?.scrollIntoView({ block: "nearest" });
};

const refuse = (answer, lost) => {
  answered = null;
  editing = null;
  replaceCase(answer.html, lost[0].fields.get("unit"));
  left = Number(theCase().dataset.left);
  document.body.dataset.keys = "on"; // what is pressed before this module runs is lost
  const others = lost.length - 1;
  const more = others ? ` The ${others} after it ${others > 1 ? "were" : "was"} not saved either.` : "";
  tell(`${readTold()}${more}`, true);
};

const fail = (error, lost) => {
  for (const { card } of lost.filter((each) => each.card?.classList.replace("is-pending", "is-open"))) {
    find(".tag", card).textContent = "open";
  }
  const card = lost[0].card;
  if (card?.isConnected) show(card);
  tell(explainFailure(error), true);
};

/** Take a decision as made: its card is done, and the next open one is the current one. */
const goOn = (card, button) => {
  card.classList.replace("is-open", "is-pending");
  find(".tag", card).textContent = "saving…";
  for (const each of card.querySelectorAll(".choice-button")) {
    each.classList.toggle("is-chosen", each === button);
  }
  const strong = find("#case-progress strong");
  const open = sight.cards.filter((each) => each.classList.contains("is-open")).length;
  if (strong) strong.textContent = `${open} to decide`;
  const next = sight.nextOpen();
  if (next) show(next);
  return next?.dataset.unit ?? "";
};

const decide = (form, submitter) => {
  const data = new FormData(form, submitter);
  const card = form.closest(".card");
  const wasOpen = card?.classList.contains("is-open") ?? false;
  const isSure = wasOpen && submitter?.dataset.sure !== undefined;
  editing = null;
  theCase().classList.remove("is-editing");
  if (form.contains(document.activeElement)) document.activeElement.blur();
  const next = isSure ? goOn(card, submitter) : "";
  const isUndone = submitter?.dataset.command === "undo";
  queue.add({ form, fields: data, card, wasOpen, isSure: isSure && next, next, isUndone });
};

const press = (element) => {
  if (element && !element.disabled) element.click();
};

// ------------------------------------------------------------------ commands

const readBorders = () => {
  const place = Number(sight.current?.dataset.places?.split("-")[0] ?? 0);
  return server.readBorders(theCase().dataset.borders, place).then((borders) => {
    if (!borders.starts.length) tell("Where words begin and end could not be read: try again.", true);
    return borders;
  });
};

const enterEdit = (form) => {
  if (editing?.form === form) return;
  editing?.leave();
  editing = new Editing(form, sight, readBorders());
  Workbench.announce("Select the words in the article, then press the key of a label. Escape cancels.");
};

const guidelines = new Guidelines(find("#guidelines"));
const labelInHand = () =>
  /\blabel-(?!name\b)(\S+)/.exec(find(".label-name", sight.current ?? undefined)?.className ?? "")?.[1] ?? "";

const inCard = (selector) => sight.current && find(selector, sight.current);

const commands = {
  next: () => show(sight.neighbour(1)),
  previous: () => show(sight.neighbour(-1)),
  "next-open"() {
    const next = sight.nextOpen();
    if (next) show(next);
    else tell("Nothing is open any more.");
  },
  choose: ({ digit }) => press(inCard(`[data-digit="${digit}"]`)),
  reject() {
    const button = inCard('[data-command="reject"]');
    if (button) press(button);
    else tell("This cannot be rejected by itself: choose one of its values.");
  },
  edit() {
    const form = inCard("form[data-edit]");
    if (form) enterEdit(form);
    else tell("This can be decided, but its words cannot be changed here.");
  },
  "add-span"() {
    const form = find("#add form");
    if (!form) return;
    form.dataset.startAt = sight.current?.dataset.places?.split("-")[0] ?? 0;
    enterEdit(form);
  },
  "add-link"() {
    if (!links) return tell("The gold has no two spans yet that a link could join.");
    find("#add-link").open = true;
    if (!links.startAt(sight.current?.dataset.unit))
      tell("The scheme allows no link between the spans of the gold.");
    return undefined;
  },
  why({ key }) {
    const box = inCard(`[data-why="${key}"]`);
    if (box) box.checked = !box.checked;
  },
  note() {
    const details = inCard(".note-details");
    if (!details) return;
    details.open = true;
    find("input[name=note]", details).focus();
  },
  words() {
    const line = inCard('[data-command="words"]');
    if (line) line.focus();
    else tell("This takes no other value: choose one of those listed.");
  },
  undo: () => press(find('[data-command="undo"]')),
  finish() {
    const reason = find(".finish-form input[name=reason]");
    if (left) {
      if (!sight.current?.classList.contains("is-open")) commands["next-open"]();
      tell(`${left} still to decide before the task can be finished.`, true);
    } else if (reason && !reason.value.trim()) {
      reason.focus();
    } else {
      press(find(".finish-form button") ?? find('[data-command="finish"]'));
    }
  },
  tracks: () => press(find('[data-command="tracks"]')),
  guidelines: () => guidelines.toggle(labelInHand()),
  open() {
    const card = document.activeElement;
    if (card?.matches(".card:not(.is-current)")) show(card);
    else return false;
    return true;
  },
  "move-end": (_command, event) => editing.move(event),
  "leave-edit"() {
    leaveEdit();
    sight.current?.focus({ preventScroll: true });
  },
  label(_command, event) {
    const button = editing.findLabel(event.key);
    if (!button) return false;
    press(button);
    return true;
  },
  leave: () => guidelines.close(),
  "leave-field"(_command, event) {
    event.target.blur();
    applyAnswered();
    sight.current?.focus({ preventScroll: true });
  },
  enter(command, event) {
    const field = event.target;
    if (field.name === "words") press(find("button", field.parentElement));
    else if (field.closest("#add-link")) press(find("button[name=decision]", field.form));
    else if (field.name === "note") commands["leave-field"](command, event);
    else return false;
    return true;
  },
};

const run = (command, event) => {
  if (commands[command.name](command, event) !== false) event.preventDefault?.();
};

const queue = new DecisionQueue({
  send(decision) {
    tell("Saving…");
    return server.send(decision);
  },
  apply,
  refuse,
  fail,
  press: ({ key, shiftKey, altKey }) => {
    const event = { key, shiftKey, altKey };
    const command = readKey(event, { isEditing: Boolean(editing) });
    if (command) run(command, event);
  },
});

// ------------------------------------------------------------------ what the page listens to

document.addEventListener("keydown", (event) => {
  if (find("dialog[open]") || Workbench.isGoing() || event.defaultPrevented) return;
  const isTyping = event.target.matches(":is(input, textarea, select):not([type=radio], [type=checkbox])");
  const command = readKey(event, { isTyping, isEditing: Boolean(editing) });
  if (!command || (!isTyping && event.key.length === 1 && !Workbench.hasSingleKeys())) return;
  if (!isTyping && queue.isUnsure && command.name !== "open") {
    event.preventDefault();
    queue.hold({ key: event.key, shiftKey: event.shiftKey, altKey: event.altKey });
    return;
  }
  run(command, event);
});

document.addEventListener("focusout", () => {
  // The next element has the focus only after this.
  setTimeout(() => {
    if (answered && !isFilledIn()) applyAnswered();
  });
});

document.addEventListener("selectionchange", () => editing?.readSelected());

// Pressed on words that are selected already, the mouse would drag them away instead of selecting anew.
document.addEventListener(
  "mousedown",
  (event) => {
    if (editing && event.target.closest("#article") && !event.shiftKey) getSelection().removeAllRanges();
  },
  true,
);

document.addEventListener(
  "submit",
  (event) => {
    if (!event.target.matches("#case form[data-part]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!queue.isUnsure) decide(event.target, event.submitter);
  },
  true,
);

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-unit-link]");
  const tracks = event.target.closest('[data-command="tracks"]');
  if (event.target.closest('[data-command="guidelines"]')) commands.guidelines();
  const card = event.target.closest(".card");
  const segment = event.target.closest("#article .segment");
  if (tracks) {
    const address = new URL(location.href);
    if (theCase().dataset.tracks) address.searchParams.delete("tracks");
    else address.searchParams.set("tracks", "all");
    if (sight.current) address.searchParams.set("unit", sight.current.dataset.unit);
    location.replace(address);
  } else if (link) {
    const wanted = sight.find(link.dataset.unitLink);
    if (!wanted) return;
    event.preventDefault();
    show(wanted);
  } else if (card && card !== sight.current) {
    show(card);
  } else if (segment && !editing && getSelection().isCollapsed) {
    const at = sight.cardsAt(Number(segment.dataset.start));
    if (at.length) show(at.find((each) => each.classList.contains("is-open")) ?? at[0]);
  }
});

document.addEventListener(
  "toggle",
  (event) => {
    if (!event.target.matches?.(".edit-details, #add")) return;
    const form = find("form[data-edit]", event.target);
    if (event.target.open && form) enterEdit(form);
    else if (!event.target.open && editing?.form === form) leaveEdit();
  },
  true,
);

prepare("");
if (theCase().dataset.borders) requestIdleCallback(readBorders);
left = Number(theCase().dataset.left);
document.body.dataset.keys = "on"; // what is pressed before this module runs is lost
