// What the page asks the server, and what it has to remember for that.

const PATIENCE_MILLISECONDS = 30_000;
const REACH = 10_000;
const SHOWN = new Set([200, 409, 422]);
const SIGNED_OUT = new Set(["401", "403", "404"]);

/** The server's side of one case: how far its ledger is, and where spans may begin and end in its article. */
export class Server {
  #borders = null;

  /** How many entries of the ledger have been seen: a decision is stored only if there are no others. */
  number = 0;

  /** Send a decision; the answer holds the case as it is then. */
  async send({ form, fields }) {
    const data = new FormData();
    for (const [name, value] of fields) data.append(name, value);
    data.set("expected", this.number);
    const response = await fetch(form.action, {
      method: "POST",
      body: data,
      headers: { "X-Part": "case" },
      credentials: "same-origin",
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
    });
    if (!SHOWN.has(response.status)) throw new Error(String(response.status));
    const html = await response.text();
    const counted = /data-number="(\d+)"/.exec(html);
    if (!counted) throw new Error("no case");
    if (response.ok) this.number = Number(counted[1]);
    return { isAccepted: response.ok, html };
  }

  /** Where spans may begin and end near a place; nowhere, if there is no answer. An answer is kept as far as it reaches. */
  readBorders(address, place) {
    if (!this.#borders || Math.abs(this.#borders.place - place) > REACH) {
      const known = fetch(`${address}?at=${place}`, { credentials: "same-origin" })
        .then((response) => response.json())
        .catch(() => {
          this.#borders = null;
          return { starts: [], ends: [] };
        });
      this.#borders = { place, known };
    }
    return this.#borders.known;
  }
}

/** Why there was no answer that could be shown, for who has to act on it. */
export const explainFailure = (error) =>
  SIGNED_OUT.has(error.message)
    ? "Not saved: you are signed out, or may not do this. Reload the page."
    : "Not saved: the workbench does not answer. Nothing was lost; try again.";
