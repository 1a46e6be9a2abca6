// The guidelines beside what is decided, opened at the label in hand.

export class Guidelines {
  #before = null;

  constructor(drawer) {
    this.drawer = drawer;
    this.text = drawer?.querySelector(".drawer-text");
  }

  async toggle(label) {
    if (this.close() || !this.drawer) return;
    this.#before = document.activeElement;
    this.drawer.hidden = false;
    document.body.classList.add("has-drawer");
    this.drawer.focus({ preventScroll: true });
    if (!this.text.childElementCount) {
      await htmx.ajax("GET", this.drawer.dataset.address, {
        target: this.text,
        select: ".guidelines",
        swap: "innerHTML",
      });
    }
    this.text.querySelector(`#label-${CSS.escape(label)}`)?.scrollIntoView({ block: "start" });
  }

  /** Close the drawer, and say whether it was open. */
  close() {
    if (!this.drawer || this.drawer.hidden) return false;
    this.drawer.hidden = true;
    document.body.classList.remove("has-drawer");
    this.#before?.focus({ preventScroll: true });
    return true;
  }
}
