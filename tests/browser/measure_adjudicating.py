"""Measured and not tested, since a time says as much of the machine as of the page: run by `benchmarks/adjudicating.py`."""

import sys

import pytest
from playwright.sync_api import CDPSession

from benchmarks.adjudicating import KEYS, WATCH, describe
from tests.browser.adjudication_desk import Desk, make_crowded_task

pytestmark = pytest.mark.django_db(transaction=True)


def read_processor_time(session: CDPSession) -> float:
    """Milliseconds that the page's thread has worked, whatever else the machine has to do."""
    metrics = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    return 1_000 * float(metrics["TaskDuration"])


@pytest.mark.parametrize("n_annotators", [3, 5])
@pytest.mark.parametrize("pause", [700, 125], ids=["at rest", "as fast as a hand types"])
def test_how_long_the_next_unit_takes(desk: Desk, n_annotators: int, pause: int) -> None:
    page = desk.open(make_crowded_task(n_annotators=n_annotators, n_sentences=120))
    page.evaluate(WATCH)
    for _ in range(KEYS):
        page.keyboard.press("1")
        page.wait_for_timeout(pause)
    page.wait_for_timeout(1_000)
    told = describe(page.evaluate("waits"))
    sys.stdout.write(f"\n{n_annotators} annotators, a key every {pause} ms: {told}\n")


@pytest.mark.parametrize("n_annotators", [3, 5])
def test_how_long_the_page_works_for_a_key(desk: Desk, n_annotators: int) -> None:
    """The server is held back, so that this is what a key costs before the next unit is there."""
    page = desk.open(make_crowded_task(n_annotators=n_annotators, n_sentences=120))
    page.route("**/decide/", lambda _route: None)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.wait_for_timeout(1_000)
    costs = []
    for _ in range(KEYS):
        before = read_processor_time(session)
        page.keyboard.press("1")
        page.wait_for_timeout(400)
        costs.append(read_processor_time(session) - before)
    told = describe(costs)
    sys.stdout.write(f"\n{n_annotators} annotators, the page's own work for a key: {told}\n")
