// Decisions in the order in which they were made: one is on its way at a time, and the page does not wait for it.

/**
 * Sends decisions one after another. A sure one changes no other unit, so that the next can be decided at once; after
 * one that is not sure, keys are held until the answer is in sight, and then mean what they would have meant there.
 */
export class DecisionQueue {
  #waiting = [];
  #held = [];
  #isSending = false;

  /**
   * @param {object} way what is done with decisions
   * @param {(decision: object) => Promise<{isAccepted: boolean}>} way.send asks the server; throws where it does not answer
   * @param {(answer: object, decisions: object[]) => void} way.apply shows the answer to the last of some decisions
   * @param {(answer: object, lost: object[]) => void} way.refuse shows a refusal; later decisions are lost with it
   * @param {(error: Error, lost: object[]) => void} way.fail tells that there was no answer
   * @param {(key: object) => void} way.press handles a key that was held
   */
  constructor({ send, apply, refuse, fail, press }) {
    Object.assign(this, { send, apply, refuse, fail, press });
  }

  get length() {
    return this.#waiting.length;
  }

  /** Whether a decision is on its way that can change what comes next. */
  get isUnsure() {
    return this.#waiting.some((decision) => !decision.isSure);
  }

  hold(key) {
    this.#held.push(key);
  }

  async add(decision) {
    this.#waiting.push(decision);
    if (this.#isSending) return;
    this.#isSending = true;
    try {
      await this.#sendAll();
    } finally {
      this.#isSending = false;
    }
    this.#pressHeld();
  }

  async #sendAll() {
    const made = [];
    while (this.#waiting.length) {
      let answer;
      try {
        // One after another on purpose: each must have seen those before it.
        // oxlint-disable-next-line no-await-in-loop
        answer = await this.send(this.#waiting[0]);
      } catch (error) {
        this.fail(error, this.#drop());
        return;
      }
      if (!answer.isAccepted) {
        this.refuse(answer, this.#drop());
        return;
      }
      made.push(this.#waiting.shift());
      if (!this.#waiting.length) this.apply(answer, made.splice(0));
    }
  }

  #drop() {
    this.#held = [];
    return this.#waiting.splice(0);
  }

  #pressHeld() {
    while (this.#held.length && !this.isUnsure) this.press(this.#held.shift());
  }
}
