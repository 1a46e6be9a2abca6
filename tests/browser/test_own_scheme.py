"""A scheme of a team's own from its first label to a release in later words: by form, in the real editor, and over to the next version.

The test is one story: build, preview, plan, annotate, rename and merge, carry over, agree, adjudicate, release.
"""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import People, take_screenshots
from tests.browser.studio_editor import StudioEditor, open_queue
from tests.browser.test_main_job import decide_everything
from tests.installation import Installation

MANAGER = "manager@example.org"
ANNOTATORS = ("ola@example.org", "per@example.org")
PROJECT = "/projects/own-words"
FORM = f"{PROJECT}/guidelines/edit/"
SET_UP = f"""
from annotations.corpus.services import import_articles
from annotations.models import Role
from annotations.projects.members import invite_member
from annotations.projects.signing_in import issue_sign_in_link
from annotations.projects.starting import create_project, store_scheme
from annotations.schemes.beginning import begin_definition
import json, pathlib, tempfile
path = pathlib.Path(tempfile.mkdtemp()) / "talks.txt"
path.write_text("Talks in Kyiv\\n\\nThe envoys met in Kyiv on Monday and agreed on little.\\n")
project = create_project(name="Own words", scheme=store_scheme(begin_definition("Own words"), by=None), by=None)
import_articles(project, [path], by=None)
invite_member(project, email={MANAGER!r}, name="", roles=[Role.MANAGER, Role.ADJUDICATOR], by=None)
links = {{}}
for email in {ANNOTATORS!r}:
    person = invite_member(project, email=email, name=email, roles=[Role.ANNOTATOR], by=None).user
    links[email] = issue_sign_in_link(person, by=None)
print(json.dumps(links))
"""
PREVIEWS = """
from annotations.models import Annotation, SchemePreview
import json
one = SchemePreview.objects.get()
print(json.dumps(Annotation.objects.filter(assignment__studio_task_id=one.studio_task_id).count()))
"""
RELEASED = """
from annotations.gold.releases import read_release
from annotations.models import Release
import json
[record] = read_release(Release.objects.get(project__slug="own-words"))
print(json.dumps([[span.label, dict(span.attributes), span.quote(record.article.text)] for span in record.markup.spans]))
"""
MAPPING = """
[[labels]]
found = "Claim"
becomes = "Assertion"
gives = { sure = "yes" }
[[labels]]
found = "Opinion"
becomes = "Assertion"
gives = { sure = "no" }
"""


@pytest.fixture
def manager(people: People, installation: Installation) -> Page:
    page = people.page_of(MANAGER)
    for email, token in installation.ask(SET_UP).items():
        people.add_link(email, f"/sign-in/{token}/")
    return page


def test_a_scheme_is_built_by_form_previewed_annotated_renamed_merged_carried_over_and_released(
    manager: Page, people: People, installation: Installation
) -> None:
    build(manager)
    preview(manager, installation)
    adopt(manager, 2)
    plan(manager)
    for email, key in zip(ANNOTATORS, "12", strict=True):
        annotate(people.page_of(email), key)
    rename_and_merge(manager)
    adopt(manager, 3)
    carry_over(manager)
    manager.goto(f"{PROJECT}/agreement/")
    expect(manager.get_by_role("rowheader", name="Assertion").first).to_be_visible()
    expect(manager.get_by_role("rowheader", name="Opinion")).to_have_count(0)
    adjudicate_and_freeze(manager)
    assert installation.ask(RELEASED) == [
        ["Assertion", {"sure": "yes"}, "The envoys met in Kyiv"],
        ["Assertion", {"sure": "yes"}, "agreed on little"],
    ]
    manager.close()


def build(page: Page) -> None:
    """Two labels with a key each, added and named in the form."""
    page.goto(f"{FORM}?part=labels.0")
    name(page, "Statement", "1")
    page.get_by_role("button", name="Add a label").click()
    page.wait_for_url("**part=labels.1")
    name(page, "Opinion", "2")


def name(page: Page, words: str, key: str) -> None:
    page.get_by_label("Name", exact=True).fill(words)
    page.get_by_role("textbox", name="Key").fill(key)
    page.get_by_role("textbox", name="Key").press("Tab")
    expect(page.locator("#outline")).to_contain_text(words)


def preview(form: Page, installation: Installation) -> None:
    """A change of the draft shows in the real editor, and nothing that is marked there is kept."""
    form.goto(f"{FORM}?part=labels.0")
    form.get_by_text("Preview…").click()
    with form.expect_popup() as opened:
        form.get_by_role("button", name="Open the preview").click()
    shown = opened.value
    editor = StudioEditor(shown)
    editor.wait()
    take_screenshots(shown, "scheme-preview")
    shown.bring_to_front()
    form.get_by_label("Name", exact=True).fill("Claim")
    form.get_by_label("Name", exact=True).press("Tab")
    expect(shown.locator('.lsf-labels .lsf-label__text:text-is("Claim")')).to_be_visible()
    editor.wait()
    shown.keyboard.press("2")
    editor.select("agreed on little")
    editor.submit()
    expect(shown.locator("body")).to_contain_text("An annotator could submit this.")
    assert installation.ask(PREVIEWS) == 0
    shown.close()


def adopt(form: Page, version: int) -> None:
    form.get_by_role("button", name=f"Adopt version {version}").click()
    expect(form.locator("#messages")).to_contain_text(f"v{version}")


def plan(page: Page) -> None:
    page.goto(f"{PROJECT}/rounds/plan/")
    page.get_by_label("Annotators an article").fill("2")
    page.get_by_role("button", name="Plan the round").click()
    page.wait_for_url("**/rounds/1/**")


def annotate(page: Page, key: str) -> None:
    """Both mark the same words by labels that nobody could tell apart; only the first marks some more."""
    editor = open_queue(page)
    page.keyboard.press(key)
    editor.select("The envoys met in Kyiv")
    expect(editor.drawn).to_have_count(1)
    if key == "1":
        editor.release()
        page.keyboard.press(key)
        editor.select("agreed on little")
        expect(editor.drawn).to_have_count(2)
    editor.submit()
    expect(page.get_by_text("Your queue is empty")).to_be_visible()
    page.close()


def rename_and_merge(page: Page) -> None:
    """Close the round; then the one label is called otherwise, the other goes, and a question is new."""
    page.goto(f"{PROJECT}/rounds/1/close/")
    page.get_by_role("button", name="Close the round").click()
    page.goto(f"{FORM}?part=labels.1&ask=delete")
    page.get_by_role("button", name="Delete it").click()
    page.goto(f"{FORM}?part=labels.0")
    name(page, "Assertion", "1")
    page.locator(".inner-parts").get_by_role("button", name="Add a question").click()
    page.wait_for_url("**part=labels.0.attributes.0")
    page.get_by_label("Answered by").select_option("flag")
    page.get_by_label("Question", exact=True).fill("Sure")
    with page.expect_response(lambda response: "title=Sure" in (response.request.post_data or "")):
        page.get_by_label("Question", exact=True).press("Tab")
    page.goto(f"{FORM}?part=labels.0")
    expect(page.locator(".inner-parts")).to_contain_text("Sure")


def carry_over(page: Page) -> None:
    page.goto(f"{PROJECT}/rounds/1/carry/")
    page.get_by_label("What each part becomes").fill(MAPPING)
    page.get_by_role("button", name="See what it would do").click()
    effects = page.get_by_role("row")
    expect(effects.filter(has_text="Claim becomes Assertion").get_by_role("cell").first).to_have_text("2")
    expect(effects.filter(has_text="Opinion becomes Assertion")).to_contain_text("The envoys met in Kyiv")
    page.get_by_role("button", name="Carry the round over").click()
    done = page.get_by_role("link", name="Round 2")
    while not done.is_visible():
        page.wait_for_timeout(200)
        page.reload()


def adjudicate_and_freeze(page: Page) -> None:
    page.goto(f"{PROJECT}/adjudication/")
    page.locator("section[aria-labelledby=waiting] tbody th a").first.click()
    decide_everything(page)
    page.keyboard.press("f")
    expect(page.get_by_text("finished").first).to_be_visible()
    page.goto(f"{PROJECT}/releases/")
    page.get_by_label("Title").fill("In later words")
    page.get_by_role("button", name="Freeze it").click()
    expect(page.locator("main")).to_contain_text("In later words")
