"""Measured and not tested, since a time says as much of the machine as of the page: run by `benchmarks/previewing.py`."""

import sys
import time

from playwright.sync_api import expect

from benchmarks.adjudicating import describe
from tests.browser.conftest import People
from tests.browser.studio_editor import StudioEditor

CHANGES = 10
MANAGER = "manager@example.org"
FORM = "/projects/seeds/guidelines/edit/?part=labels.0"


def test_how_long_an_edit_takes_into_the_preview(people: People) -> None:
    form = people.page_of(MANAGER)
    form.goto(FORM)
    form.get_by_text("Preview…").click()
    with form.expect_popup() as opened:
        form.get_by_role("button", name="Open the preview").click()
    preview = opened.value
    StudioEditor(preview).wait()
    preview.bring_to_front()
    name = form.get_by_label("Name", exact=True)
    waits = []
    for number in range(CHANGES):
        name.fill(f"Claim_{number}")
        begun = time.monotonic()
        name.press("Tab")
        expect(preview.locator(f'.lsf-labels .lsf-label__text:text-is("Claim_{number}")')).to_be_visible()
        waits.append(1_000 * (time.monotonic() - begun))
        preview.wait_for_timeout(500)
    sys.stdout.write(f"\nfrom leaving a field to the label in the editor: {describe(waits)}\n")
