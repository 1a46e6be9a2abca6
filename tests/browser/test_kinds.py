"""Every kind of value is answered in Label Studio's editor, and decided by keyboard where two annotators differ."""

import re
from collections.abc import Mapping

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import People
from tests.browser.studio_editor import open_queue
from tests.installation import Installation

ADJUDICATOR = "judge-of-kinds@example.org"
ANNOTATORS = ("first-of-kinds@example.org", "second-of-kinds@example.org")
CHOICES = 'values = [{ name = "red", title = "Red" }, { name = "blue" }, { name = "green" }]'
KINDS = {
    "choice": CHOICES,
    "several": CHOICES,
    "flag": "",
    "rating": "maximum = 5",
    "number": "minimum = 0\nmaximum = 10\nstep = 0.5",
    "text": "",
}


def ask(table: str, title: str) -> str:
    """A question of each kind; it is called by its kind and a word that tells whom it is about."""
    return "\n".join(
        f'[[{table}]]\nname = "{kind}_{title}"\ntitle = "{kind.title()} {title}"\nkind = "{kind}"\n{parameters}'
        for kind, parameters in KINDS.items()
    )


DEFINITION = f"""
name = "every-kind"
version = 1
title = "Every kind"
[[labels]]
name = "Thing"
key = "1"
color = "#0072B2"
{ask("labels.attributes", "here")}
{ask("fields", "all")}
"""
SET_UP = f"""
from annotations.assignment.services import plan_round
from annotations.corpus.services import import_articles
from annotations.models import Role, User
from annotations.projects.members import invite_member
from annotations.projects.signing_in import issue_sign_in_link
from annotations.projects.starting import create_project, store_scheme
import json, pathlib, tempfile
project = create_project(name="Every kind", scheme=store_scheme({DEFINITION!r}, by=None), by=None)
path = pathlib.Path(tempfile.mkdtemp()) / "talks.txt"
path.write_text("Talks in Kyiv\\n\\nThe envoys met in Kyiv on Monday and agreed on little.\\n")
import_articles(project, [path], by=None)
annotators = [invite_member(project, email=email, name=email, roles=[Role.ANNOTATOR], by=None).user for email in {ANNOTATORS!r}]
judge = invite_member(project, email={ADJUDICATOR!r}, name="Judge", roles=[Role.ADJUDICATOR], by=None).user
plan_round(project, annotators=annotators, overlap=2, by=None)
print(json.dumps({{person.email: issue_sign_in_link(person, by=None) for person in [*annotators, judge]}}))
"""
LOOK = """
from annotations.models import Annotation, Gold, Project
import json
project = Project.objects.get(name="Every kind")
found = Annotation.objects.filter(assignment__task__round__project=project).order_by("id")
gold = Gold.objects.filter(task__round__project=project).first()
print(json.dumps({
    "results": [annotation.result for annotation in found],
    "markups": [annotation.to_markup().to_json() for annotation in found],
    "quarantine": [item.message for annotation in found for item in annotation.quarantine.all()],
    "gold": gold.markup if gold else None,
}))
"""
ONE = {
    "choice": "red",
    "several": "green,red",
    "flag": "yes",
    "rating": "4",
    "number": "2.5",
    "text": "the first words",
}


@pytest.fixture(scope="module")
def project(installation: Installation, people: People) -> None:
    for email, token in installation.ask(SET_UP).items():
        people.add_link(email, f"/sign-in/{token}/")


def name_all(values: Mapping[str, str], where: str) -> dict[str, str]:
    return {f"{kind}_{where}": value for kind, value in values.items()}


class Questions:
    """The questions that are in sight: those about the selected span, or about the document."""

    def __init__(self, page: Page, where: str) -> None:
        self._page = page
        self._where = where

    def find(self, kind: str) -> Locator:
        return self._page.locator(f'.workbench-question:visible:has(h4:text-is("{kind} {self._where}"))')

    def tick(self, kind: str, *answers: str) -> None:
        for answer in answers:
            self.find(kind).locator(f'.lsf-choice:has-text("{answer}") label').click()

    def tick_flag(self) -> None:
        named = f'.lsf-choice:has-text("Flag {self._where}") label'
        self._page.locator(f".workbench-question:visible {named}").click()

    def rate(self, stars: int) -> None:
        self.find("Rating").locator(".ant-rate li").nth(stars - 1).click()

    def write(self, kind: str, words: str) -> None:
        line = self.find(kind).locator("textarea, input").first
        line.fill(words)
        if self._where == "here":
            line.press("Enter")


@pytest.mark.usefixtures("project")
def test_every_kind_is_answered_in_the_editor_and_an_answer_can_be_taken_back(
    people: People, installation: Installation
) -> None:
    page = people.page_of(ANNOTATORS[0])
    editor = open_queue(page)
    editor.mark("1", "met in Kyiv")
    for where in ("here", "all"):
        if where == "all":
            editor.release()
        questions = Questions(page, where)
        questions.tick("Choice", "Red")
        questions.tick("Several", "Red", "green")
        questions.tick_flag()
        questions.rate(4)
        questions.write("Number", "2.5")
        questions.write("Text", "the first words")
    editor.submit()
    expect(page.get_by_text("Your queue is empty")).to_be_visible()
    page.close()

    page = people.page_of(ANNOTATORS[1])
    editor = open_queue(page)
    editor.mark("1", "met in Kyiv")
    for where in ("here", "all"):
        if where == "all":
            editor.release()
        questions = Questions(page, where)
        questions.tick("Choice", "blue")
        questions.tick("Several", "blue", "blue")
        questions.tick_flag()
        questions.tick_flag()
        questions.rate(2)
        questions.rate(2)
        questions.write("Number", "7")
        questions.write("Number", "")
    editor.submit()
    expect(page.get_by_text("Your queue is empty")).to_be_visible()
    page.close()

    found = installation.ask(LOOK)
    first, second = found["markups"]
    assert found["quarantine"] == []
    assert first["spans"][0]["attributes"] == name_all(ONE, "here")
    assert first["fields"] == name_all(ONE, "all")
    # The editor makes 0 of a number that is emptied; everything else can be taken back.
    assert second["spans"][0]["attributes"] == {"choice_here": "blue", "flag_here": "no", "number_here": "0"}
    assert second["fields"] == {"choice_all": "blue", "number_all": "0"}


MAX_DECISIONS = 30
"""More than it takes, since a decision can open another."""


def test_what_differs_is_decided_by_keyboard_also_by_a_value_that_nobody_gave(
    people: People, installation: Installation
) -> None:
    page = people.page_of(ADJUDICATOR)
    page.goto("/projects/every-kind/adjudication/")
    page.locator("section[aria-labelledby=waiting] tbody th a").first.click()
    case = page.locator("body[data-keys=on] #case")
    for decided in range(MAX_DECISIONS):
        expect(case).to_have_attribute("data-number", str(decided))
        if case.get_attribute("data-left") == "0":
            break
        line = page.locator(".card.is-current [data-command=words]")
        title = page.locator(".card.is-current .card-title").inner_text()
        if title == "Number here":
            page.keyboard.press("w")
            expect(line).to_be_focused()
            page.keyboard.type("11")
            page.keyboard.press("Enter")
            expect(page.locator("#case-state")).to_contain_text(
                "is '11', which is not a number in steps of 0.5"
            )
            page.keyboard.press("w")
            page.keyboard.type("9.50")
            page.keyboard.press("Enter")
        elif title == "Several here":
            page.keyboard.press("w")
            page.keyboard.type("Red, blue")
            page.keyboard.press("Enter")
        else:
            page.keyboard.press("1")
    expect(case).to_have_attribute("data-left", "0")
    page.keyboard.press("f")
    page.wait_for_url(re.compile(r"/adjudication/$"))
    page.close()
    gold = installation.ask(LOOK)["gold"]
    [span] = gold["spans"]
    assert span["attributes"]["number_here"] == "9.5"
    assert span["attributes"]["several_here"] == "blue,red"
