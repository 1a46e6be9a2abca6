"""From the key that decides a unit to the next unit on the screen, in a real browser: `python -m benchmarks.adjudicating`.

One worker of Django's own live server on SQLite; an article of 120 sentences that three or five annotators marked with ends of
their own. Each key is pressed once the page is at rest, and once as fast as a hand types (8 keys a second). The time is
taken in the page, from the event of the key to the second frame after the next card has become the current one.
"""

import statistics
import sys

import pytest

KEYS = 40
WATCH = """() => {
    window.waits = [];
    let pressed = null;
    addEventListener("keydown", (event) => { if (event.key === "1") pressed = event.timeStamp; }, true);
    const seen = () => document.querySelector(".card.is-current")?.dataset.unit;
    let unit = seen();
    new MutationObserver(() => {
        if (pressed === null || seen() === unit || !seen()) return;
        unit = seen();
        const from = pressed;
        pressed = null;
        requestAnimationFrame(() => requestAnimationFrame((now) => waits.push(performance.now() - from)));
    }).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["class"] });
}"""


def describe(waits: list[float]) -> str:
    ordered = sorted(waits)
    high = ordered[int(0.95 * (len(ordered) - 1))]
    return f"median {statistics.median(ordered):.0f} ms, p95 {high:.0f} ms, most {ordered[-1]:.0f} ms, of {len(ordered)}"


if __name__ == "__main__":
    sys.exit(
        pytest.main(["-q", "-s", "-n", "0", "-p", "no:randomly", "tests/browser/measure_adjudicating.py"])
    )
