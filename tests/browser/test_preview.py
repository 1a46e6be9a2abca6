"""A manager sees the draft of a scheme in the real editor, on an article of the project, and each change of it there."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import People, take_screenshots
from tests.browser.studio_editor import StudioEditor
from tests.installation import Installation

MANAGER = "manager@example.org"
PREVIEWS = """
from annotations.collection.services import connect_studio
from annotations.models import Annotation, SchemePreview
import json
one = SchemePreview.objects.get()
print(json.dumps([one.studio_task_id, Annotation.objects.filter(assignment__studio_task_id=one.studio_task_id).count()]))
"""


@pytest.fixture
def form(people: People) -> Page:
    page = people.page_of(MANAGER)
    page.goto("/projects/seeds/guidelines/edit/?part=labels.0")
    return page


def test_a_change_of_the_draft_shows_in_the_real_editor_and_nothing_that_is_marked_there_is_kept(
    form: Page, installation: Installation
) -> None:
    form.get_by_text("Preview…").click()
    with form.expect_popup() as opened:
        form.get_by_role("button", name="Open the preview").click()
    preview = opened.value
    editor = StudioEditor(preview)
    editor.wait()
    take_screenshots(preview, "scheme-preview")
    preview.bring_to_front()
    form.get_by_label("Name", exact=True).fill("Assertion")
    form.get_by_label("Name", exact=True).press("Tab")
    expect(preview.locator('.lsf-labels .lsf-label__text:text-is("Assertion")')).to_be_visible()
    editor.wait()
    editor.submit()
    expect(editor.refusal.first).to_be_visible()
    done = installation.run("shell", "-c", PREVIEWS)
    assert json.loads(done.stdout.strip().splitlines()[-1])[1] == 0
    preview.close()
    form.close()
