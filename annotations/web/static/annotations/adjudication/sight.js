// What is in sight: the current unit among the cards, and its words in the article.

import { readPlaces, readSegments } from "./places.js";

const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const scrolls = (element) => getComputedStyle(element).overflowY === "auto";

/** Bring an element to a height within the frame that scrolls it, if it is not in sight there. */
const reveal = (element, scroller, { above = 0, below = 0, at = above } = {}) => {
  const frame = scroller === window ? { top: 0, bottom: innerHeight } : scroller.getBoundingClientRect();
  const box = element.getBoundingClientRect();
  const isTall = box.height > frame.bottom - frame.top - above - below;
  const isInSight = box.top >= frame.top + above && (isTall || box.bottom <= frame.bottom - below);
  if (isInSight && !(isTall && box.top > frame.top + above + 40)) return;
  scroller.scrollBy({ top: box.top - frame.top - at, behavior: isCalm ? "auto" : "smooth" });
};

/** Give a card what only the current one has; the server leaves it out of the others, of which there may be hundreds. */
const complete = (card, root) => {
  const gap = card.querySelector(".more");
  if (!gap) return;
  gap.replaceWith(root.querySelector("#card-why").content.cloneNode(true));
  if (card.dataset.editable === undefined) return;
  const details = root.querySelector("#card-edit").content.cloneNode(true);
  const { unit, start, end } = details.querySelector("form").elements;
  unit.value = card.dataset.unit;
  [[start.value, end.value]] = readPlaces(card.dataset.places);
  card.querySelector("form").after(details);
};

/** The cards of a case and the one that is decided now. */
export class Sight {
  #segments = [];
  #here = [];

  constructor(root) {
    this.root = root;
    this.cards = [...root.querySelectorAll(".card")];
    this.current = root.querySelector(".card.is-current");
    this.text = root.querySelector(".case-text");
    this.units = root.querySelector(".case-units");
    this.article = root.querySelector("#article");
    this.#segments = readSegments(this.article);
  }

  get segments() {
    return this.#segments;
  }

  find(unit) {
    return this.cards.find((card) => card.dataset.unit === unit);
  }

  /** The next card from the current one, or before it; the last one stays. */
  neighbour(direction) {
    const place = this.cards.indexOf(this.current) + direction;
    return this.cards[Math.min(Math.max(place, 0), this.cards.length - 1)];
  }

  /** The next open card after the current one, from the top again at the end. */
  nextOpen() {
    const place = this.cards.indexOf(this.current);
    const ahead = [...this.cards.slice(place + 1), ...this.cards.slice(0, Math.max(place, 0))];
    return ahead.find((card) => card.classList.contains("is-open"));
  }

  /** The cards about a place of the text, those about the fewest words first. */
  cardsAt(place) {
    return this.cards
      .flatMap((card) => readPlaces(card.dataset.places).map(([start, end]) => ({ card, start, end })))
      .filter(({ start, end }) => start <= place && place < end)
      .sort((one, other) => one.end - one.start - (other.end - other.start))
      .map(({ card }) => card);
  }

  show(card, { isFocused = true } = {}) {
    if (this.current && this.current !== card) {
      this.current.classList.remove("is-current");
      this.current.removeAttribute("aria-current");
    }
    this.current = card ?? null;
    const first = this.#mark(card);
    if (!card) return;
    complete(card, this.root);
    card.classList.add("is-current");
    card.setAttribute("aria-current", "true");
    if (isFocused) card.focus({ preventScroll: true });
    const [isTextApart, areUnitsApart] = [scrolls(this.text), scrolls(this.units)];
    if (areUnitsApart) reveal(card, this.units, { above: 4, below: 40, at: 8 });
    else {
      const above = isTextApart ? this.text.offsetHeight : 0;
      reveal(card, window, { above: above + 4, below: 40, at: above + 12 });
    }
    if (first && isTextApart) reveal(first, this.text, { above: 8, below: 80, at: 48 });
    else if (first) reveal(first, window, { above: 100, below: 120, at: innerHeight / 3 });
  }

  /** Bring the words of the current unit below what lies over them while they are changed. */
  revealWords() {
    const first = this.#here[0];
    if (first && scrolls(this.text)) reveal(first, this.text, { above: 90, below: 60, at: 100 });
  }

  #mark(card) {
    for (const element of this.#here) element.classList.remove("is-here", "is-first");
    this.#here = [];
    let first = null;
    for (const [start, end] of card ? readPlaces(card.dataset.places) : []) {
      const inside = this.#segments.filter((segment) => segment.start >= start && segment.end <= end);
      inside.forEach(({ element }) => element.classList.add("is-here"));
      inside[0]?.element.classList.add("is-first");
      this.#here.push(...inside.map(({ element }) => element));
      first ??= inside[0]?.element;
    }
    return first;
  }
}
