// Choosing words for a span: with the mouse, or with the arrows from border to border.

import { snap, step, takeFirst } from "./borders.js";
import { readSelection, select } from "./places.js";

const pointsOf = (article) => Array.from(article.textContent);

/** A form for the words and the label of a span, while it is filled in. */
export class Editing {
  #form;
  #sight;
  #borders = null;
  #places;
  #text;

  /**
   * @param {HTMLFormElement} form takes the places and sends the label
   * @param {Sight} sight what is in sight
   * @param {Promise<{starts: number[], ends: number[]}>} borders where spans may begin and end, as soon as it is known
   */
  constructor(form, sight, borders) {
    this.#form = form;
    this.#sight = sight;
    this.#text = pointsOf(sight.article);
    const { start, end } = form.elements;
    const given = start.value ? [Number(start.value), Number(end.value)] : null;
    this.#places = given ?? readSelection(sight.article);
    form.closest("details").open = true;
    sight.root.classList.add("is-editing");
    for (const element of form.querySelectorAll(".scripted")) element.hidden = false;
    borders.then((known) => this.#start(known, Boolean(given)));
    sight.revealWords();
    form.scrollIntoView({ block: "nearest" });
  }

  get form() {
    return this.#form;
  }

  get root() {
    return this.#sight.root;
  }

  #start(borders, isGiven) {
    if (!this.#form.isConnected || !borders.starts.length) return;
    this.#borders = borders;
    const place = Number(this.#form.dataset.startAt ?? 0);
    if (!this.#places) this.#places = takeFirst(borders, place);
    else if (!isGiven) this.#places = snap(borders, this.#places, this.#text);
    this.#show();
  }

  /** Words were selected in the article. */
  readSelected() {
    const places = this.#borders && readSelection(this.#sight.article);
    if (!places || String(places) === String(this.#places)) return;
    this.#places = snap(this.#borders, places, this.#text);
    this.#write();
  }

  /** Move an end by one border, or by a letter. */
  move(event) {
    if (!this.#borders) return;
    const onwards = this.#isRightToLeft() ? "ArrowLeft" : "ArrowRight";
    this.#places = step(this.#borders, this.#places, {
      direction: event.key === onwards ? 1 : -1,
      moves: event.shiftKey ? "start" : "end",
      isByLetter: event.altKey,
    });
    this.#show();
  }

  /** The button of the label with this key. */
  findLabel(key) {
    return [...this.#form.querySelectorAll("[data-label-key]")].find((each) => each.dataset.labelKey === key);
  }

  leave() {
    this.#form.closest("details").open = false;
    this.#sight.root.classList.remove("is-editing");
    getSelection().removeAllRanges();
  }

  #isRightToLeft() {
    const [start] = this.#places;
    const segment = this.#sight.segments.findLast((each) => each.start <= start);
    return Boolean(segment) && getComputedStyle(segment.element).direction === "rtl";
  }

  #show() {
    select(this.#sight.segments, ...this.#places);
    this.#write();
  }

  #write() {
    const [start, end] = this.#places;
    this.#form.elements.start.value = start;
    this.#form.elements.end.value = end;
    this.#form.querySelector(".selected-words").textContent = this.#text.slice(start, end).join("");
  }
}
