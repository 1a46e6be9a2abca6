"""Schemes of the gallery, one whose names are in other scripts, and one of 200 labels ask in Label Studio's editor what they are to ask."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.studio_editor import StudioEditor, open_queue
from tests.installation import Installation

ANY_SCRIPT = """
name = "any-script"
version = 1
title = "主张"
labels = [
    { name = "主张", key = "1", color = "#0072B2", attributes = [{ name = "种类", title = "种类", values = [{ name = "事实", title = "事实" }, { name = "观点", title = "观点" }], keys = "qw" }] },
    { name = "טענה", key = "2", color = "#D55E00" },
    { name = "बिना_कुंजी", color = "#009E73" },
]
relations = [{ name = "支持", title = "支持", from = ["主张"], to = ["טענה"] }]
"""
KEYS = {number: f'key = "{number}", ' for number in range(1, 10)}
MANY = f"""
name = "many"
version = 1
title = "Many"
labels = [{", ".join(f'{{ name = "Topic_{number}", {KEYS.get(number, "")}color = "#0072B2" }}' for number in range(1, 201))}]
"""
SET_UP = f"""
from annotations.assignment.services import plan_round
from annotations.corpus.services import import_articles
from annotations.models import Role
from annotations.projects.members import invite_member
from annotations.projects.signing_in import issue_sign_in_link
from annotations.projects.starting import create_project, store_scheme
from annotations.schemes.definition import read_definition
import json, pathlib, tempfile
links = {{}}
path = pathlib.Path(tempfile.mkdtemp()) / "talks.txt"
path.write_text("Talks in Kyiv\\n\\nThe envoys met in Kyiv on Monday and agreed on little.\\n")
for name, source in {{"scripts": {ANY_SCRIPT!r}, "many": {MANY!r}, "entities": read_definition("entities-v1"), "quotations": read_definition("quotations-v1")}}.items():
    project = create_project(name=name, scheme=store_scheme(source, by=None), by=None)
    import_articles(project, [path], by=None)
    person = invite_member(project, email=f"{{name}}@example.org", name=name, roles=[Role.ANNOTATOR], by=None).user
    plan_round(project, annotators=[person], overlap=1, by=None)
    links[person.email] = issue_sign_in_link(person, by=None)
print(json.dumps(links))
"""
LOOK = """
from annotations.models import Annotation
import json
found = Annotation.objects.filter(assignment__task__round__project__name__in=["scripts", "many", "entities", "quotations"])
print(json.dumps({one.assignment.task.round.project.name: {**one.to_markup().to_json(), "quarantine": [item.message for item in one.quarantine.all()]} for one in found}))
"""


@pytest.fixture(scope="module")
def projects(installation: Installation, people: People) -> None:
    for email, token in installation.ask(SET_UP).items():
        people.add_link(email, f"/sign-in/{token}/")


@pytest.mark.usefixtures("projects")
def test_schemes_of_the_gallery_and_names_in_other_scripts_are_annotated_in_the_editor(
    people: People, installation: Installation
) -> None:
    for name in ("scripts", "many", "entities", "quotations"):
        page = people.page_of(f"{name}@example.org")
        editor = open_queue(page)
        if name == "scripts":
            editor.mark("1", "met in Kyiv", "w")
            editor.release()
            editor.choose_label("बिना_कुंजी")
            editor.select("Monday")
            editor.release()
            page.keyboard.press("2")
            editor.select("agreed on little")
            editor.link("met in Kyiv", "agreed on little", "支持")
        elif name == "many":
            find_by_typing(editor, "pic_173", "Topic_173")
            editor.select("Monday")
            editor.release()
            page.keyboard.press("9")
            editor.select("agreed on little")
        elif name == "entities":
            page.keyboard.press("3")
            editor.select("Kyiv", 2)
        else:
            editor.mark("1", "agreed on little", "w", "s")
        editor.submit()
        expect(page.get_by_text("Your queue is empty")).to_be_visible()
        page.close()
    found = installation.ask(LOOK)
    assert [one["quarantine"] for one in found.values()] == [[], [], [], []]
    scripts = found["scripts"]
    assert {(span["label"], tuple(span["attributes"].items())) for span in scripts["spans"]} == {
        ("主张", (("种类", "观点"),)),
        ("बिना_कुंजी", ()),
        ("טענה", ()),
    }
    assert [link["kind"] if "kind" in link else link["type"] for link in scripts["relations"]] == ["支持"]
    assert [span["label"] for span in found["many"]["spans"]] == ["Topic_173", "Topic_9"]
    assert [span["label"] for span in found["entities"]["spans"]] == ["LOC"]
    assert found["quotations"]["spans"][0]["attributes"] == {"manner": "indirect", "named": "no"}


def find_by_typing(editor: StudioEditor, typed: str, label: str) -> None:
    """Of 200 labels, choose one for the next span by a part of its name."""
    editor.page.keyboard.press("Alt+l")
    editor.page.keyboard.type(typed)
    expect(editor.page.locator(".workbench-words li")).to_have_text([label])
    editor.page.keyboard.press("Enter")
    expect(editor.page.locator(".lsf-labels .lsf-label_selected")).to_have_count(1)
