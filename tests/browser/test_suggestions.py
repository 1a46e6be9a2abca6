"""Suggestions in the real editor: shown, taken over one by one, changed or left, and counted as what they became."""

from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Error, Page, expect

from annotations.schemes.definition import read_definition
from tests.browser.conftest import People, take_screenshots
from tests.browser.studio_editor import StudioEditor, open_queue
from tests.browser.test_spans import labels_of
from tests.installation import Installation

TEXT = (
    "Kyiv drops its bid 🙂\n\nKyiv would forgo its long-running NATO bid. Moscow disagrees with that.\n\n"
    "Paris will pay for it. Berlin will not.\n"
)
MODEL = "secret-model-7"
SUGGESTED = (
    ("Concession", "Kyiv would forgo its long-running NATO bid"),
    ("Claim", "Moscow disagrees"),
    ("Claim", "Paris will pay for it"),
)
SET_UP = f"""
from annotations.assignment.services import plan_round
from annotations.corpus.predicted.writing import Proposal, find_predictors, write_proposals
from annotations.corpus.services import import_articles
from annotations.markup import Markup
from annotations.models import Predictor, Role
from annotations.projects.members import invite_member
from annotations.projects.signing_in import issue_sign_in_link
from annotations.projects.starting import create_project, store_scheme
from annotations.spans import Span
import json, pathlib, tempfile
folder = pathlib.Path(tempfile.mkdtemp())
scheme = store_scheme({read_definition("argument-lite-v1")!r}, by=None)
project = create_project(name="Suggested", scheme=scheme, by=None)
(folder / "one.jsonl").write_text(json.dumps({{"title": "One", "text": {TEXT!r}}}))
import_articles(project, [folder / "one.jsonl"], by=None)
article = project.articles.get()
[predictor] = find_predictors(project, [{MODEL!r}], by=None).values()
spans = tuple(
    Span(article.text.index(words), article.text.index(words) + len(words), label, key=f"{MODEL}-{{number}}")
    for number, (label, words) in enumerate({SUGGESTED!r})
)
write_proposals(scheme.pk, [Proposal.of(predictor, article.pk, Markup(spans), article.text)])
person = invite_member(project, email="suggested@example.org", name="Ada", roles=[Role.ANNOTATOR], by=None).user
plan_round(project, annotators=[person], overlap=1, suggestions=Predictor.objects.get(), by=None)
print(json.dumps(issue_sign_in_link(person, by=None)))
"""
LOOK = """
from annotations.models import Annotation, SuggestionUse
import json
annotation = Annotation.objects.get(assignment__annotator__email="suggested@example.org")
use = SuggestionUse.objects.get(annotation=annotation)
counts = {name: getattr(use, name) for name in ("unchanged", "changed", "own", "left")}
print(json.dumps([annotation.to_markup().to_json()["spans"], counts]))
"""


@pytest.fixture(scope="module")
def suggested(installation: Installation, people: People) -> None:
    people.add_link("suggested@example.org", f"/sign-in/{installation.ask(SET_UP)}/")


def in_hand(page: Page) -> str:
    return page.locator("#workbench-suggestions-what").inner_text()


def test_a_suggestion_goes_into_the_annotation_only_when_it_is_taken_over_and_is_counted_as_what_it_became(
    people: People, installation: Installation, suggested: None
) -> None:
    page = people.page_of("suggested@example.org")
    answers: list[Any] = []
    page.on("response", lambda response: answers.append(response))  # noqa: PLW0108 - it must take an attribute
    editor: StudioEditor = open_queue(page)
    count = page.locator("#workbench-suggestions-count")
    expect(count).to_have_text("Suggestion 1 of 3")
    assert in_hand(page) == "Concession “Kyiv would forgo its long-running NATO bid”"
    assert labels_of(page) == {}
    drawn = "[...CSS.highlights.get('workbench-suggestion-in-hand')].map(String)"
    assert page.evaluate(drawn) == ["Kyiv would forgo its long-running NATO bid"]
    take_screenshots(page, "suggestions")

    page.keyboard.press("Alt+y")
    expect(count).to_have_text("Suggestion 1 of 2")
    expect(editor.span("Kyiv would forgo its long-running NATO bid")).to_be_visible()
    page.locator("#workbench-suggestions-take").click()
    expect(editor.span("Moscow disagrees")).to_be_visible()
    editor.release()
    editor.span("Moscow disagrees").click()  # a span that is new is not the one that the next label means
    page.keyboard.press("2")
    assert labels_of(page)["Moscow disagrees"] == "Stance"
    expect(count).to_have_text("Suggestion 1 of 1")
    page.keyboard.press("Alt+n")
    expect(count).to_have_text("No suggestion is left")
    editor.release()
    editor.mark("1", "Berlin will not")
    editor.rate(4)
    editor.submit()
    expect(page.get_by_text("Your queue is empty")).to_be_visible()

    spans, use = installation.ask(LOOK)
    words = {(span["label"], TEXT[span["start"] : span["end"]]) for span in spans}
    assert words == {
        ("Concession", "Kyiv would forgo its long-running NATO bid"),
        ("Stance", "Moscow disagrees"),
        ("Claim", "Berlin will not"),
    }
    assert use == {"unchanged": 1, "changed": 1, "own": 1, "left": 1}
    told = [answer for answer in answers if "/studio/" in answer.url and "/static/" not in answer.url]
    assert any("suggestion-1" in read(answer) for answer in told)
    assert not any(MODEL in read(answer) for answer in told)
    page.close()


def read(response: Any) -> str:
    with suppress(Error):  # some answers have no body that is still there
        return str(response.text())
    return ""
