"""A manager edits the next version of a scheme by form: each change is kept, two people lose nothing to each other, and all of it can be undone."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotations.models import Project, Role, SchemeDraft
from annotations.projects.drafts import find_draft
from annotations.projects.starting import store_scheme
from annotations.schemes.complaints import find_complaints
from annotations.schemes.definition import SHIPPED, read_content, read_definition
from tests.factories import make_member, make_project, make_round, make_scheme

SMALL = """
name = "small"
version = 1
title = "Small"
# a comment
[[labels]]
name = "Claim"
key = "1"
color = "#0072B2"
"""


@pytest.fixture
def project(db: None) -> Project:
    return make_project(scheme=store_scheme(SMALL, by=None))


@pytest.fixture
def manager(project: Project) -> Client:
    return sign_in(project, "Mara Manager")


def sign_in(project: Project, name: str) -> Client:
    client = Client()
    client.force_login(make_member(project, Role.MANAGER, name=name))
    return client


class Editor:
    """The editor as one person has it open, who sends back what the page held."""

    def __init__(self, client: Client, project: Project) -> None:
        self.client, self.project = client, project
        self.address = reverse("web:edit-scheme", args=[project.slug])
        self.open()

    def open(self, part: str = "", **query: str) -> str:
        self.answer = self.client.get(self.address, {"part": part, **query})
        assert self.answer.status_code == 200
        return self.html

    @property
    def html(self) -> str:
        return str(self.answer.content.decode())

    def post(self, op: str = "save", **typed: Any) -> str:
        """Press a button of the page, or let it save what was typed."""
        context = self.answer.context
        form = {name: context["form"][name].value() for name in context["form"].fields}
        data: dict[str, Any] = {
            "revision": context["draft"].revision,
            "page": context["page_id"],
            "part": context["path"],
        }
        data |= {name: value for name, value in form.items() if value not in (None, "", False, [])}
        if context.get("rows_key"):
            for row in context["rows"]:
                place = f"{context['rows_key']}-{row.number}"
                data |= {f"{place}-title": row.title, f"{place}-name": row.name, f"{place}-was": row.name}
                data |= {f"{place}-description": row.description}
        for _, questions, *_ in context.get("conditions") or []:
            for question in questions:
                if ticked := [option.name for option, is_ticked in question.options if is_ticked]:
                    data[question.field] = ticked
        self.answer = self.client.post(self.address, data | typed | {"op": op}, follow=True)
        return self.html

    @property
    def content(self) -> dict[str, Any]:
        return read_content(find_draft(self.project).source)


@pytest.fixture
def editor(manager: Client, project: Project) -> Editor:
    return Editor(manager, project)


def test_a_scheme_of_three_labels_two_questions_and_a_link_is_made_without_seeing_toml(
    editor: Editor,
) -> None:
    editor.open("labels.0")
    editor.post(name="Opinion", description="What somebody thinks.")
    editor.post("add-below:labels")
    editor.post(name="Who holds it")
    editor.post("add-below:labels")
    editor.post(name="主张")
    editor.open("labels.0")
    editor.post("add:attributes")
    editor.post(
        title="Polarity",
        **{"values-0-title": "for", "values-1-title": "against", "values-0-name": "", "values-1-name": ""},
    )
    editor.open("labels.0")
    editor.post("add:attributes")
    editor.post(kind="flag", title="Ironic")
    editor.post("add-below:relations")
    editor.post(title="held by", sources=["Opinion"], targets=["Who_holds_it"])
    assert find_complaints(editor.content) == []
    editor.client.post(
        reverse("web:adopt-draft", args=[editor.project.slug]),
        {"revision": find_draft(editor.project).revision},
    )
    editor.project.refresh_from_db()
    scheme = editor.project.scheme.definition
    assert scheme.identifier == "small-v2"
    assert [(label.name, label.key) for label in scheme.labels] == [
        ("Opinion", "1"),
        ("Who_holds_it", "2"),
        ("主张", "3"),
    ]
    polarity, ironic = scheme.labels[0].attributes
    assert (polarity.name, [value.name for value in polarity.kind.options]) == (
        "polarity",
        ["for", "against"],
    )
    assert (ironic.name, ironic.kind.name) == ("ironic", "flag")
    assert len(set(polarity.keys + ironic.keys)) == 3
    assert [(each.name, each.sources, each.targets) for each in scheme.relations] == [
        ("held-by", ("Opinion",), ("Who_holds_it",))
    ]
    assert not SchemeDraft.objects.exists()


def test_what_is_wrong_is_kept_and_said_beside_its_field_and_cannot_be_adopted(editor: Editor) -> None:
    editor.open("labels.0")
    page = editor.post(color="blue", key="u")
    assert "must be a colour like #0072B2" in page.split('id="said-color"')[1].split("</div>")[0]
    assert editor.content["labels"][0]["color"] == "blue"
    assert "1 thing to mend" in page
    address = reverse("web:adopt-draft", args=[editor.project.slug])
    page = editor.client.post(
        address, {"revision": find_draft(editor.project).revision}, follow=True
    ).content.decode()
    assert "must be a colour" in page
    editor.project.refresh_from_db()
    assert editor.project.scheme.version == "1"


def test_a_key_of_the_editor_and_one_that_is_taken_are_refused_beside_the_key(editor: Editor) -> None:
    editor.open("labels.0")
    page = editor.post(key="u")
    assert "cannot be a key" in page
    editor.post("add-below:labels", key="1")
    page = editor.post(key="1")
    assert "occurs twice" in page


def test_a_change_that_is_undone_leaves_the_draft_as_it_was(editor: Editor) -> None:
    before = editor.content
    editor.open("labels.0")
    editor.post(name="Opinion")
    editor.post("add-below:labels")
    assert "Undone: adding a label" in editor.post("undo")
    assert "Undone: changing Opinion" in editor.post("undo")
    assert "There is nothing to undo" in editor.post("undo")
    assert editor.content == before


def test_the_second_of_two_people_is_told_and_what_they_typed_still_stands(
    editor: Editor, project: Project
) -> None:
    other = Editor(sign_in(project, "Noor Manager"), project)
    editor.open("labels.0")
    other.open("labels.0")
    editor.post(description="Mara’s words.")
    page = other.post(description="Noor’s words.")
    assert other.answer.status_code == 409
    assert "Mara Manager changed this" in page
    assert "Noor’s words." in page
    assert editor.content["labels"][0]["description"] == "Mara’s words."
    context = other.answer.context
    data = {
        "revision": 0,
        "page": context["page_id"],
        "part": "labels.0",
        "op": "insist",
        "name": "Claim",
        "color": "#0072B2",
    }
    other.client.post(other.address, data | {"key": "1", "description": "Noor’s words."})
    assert editor.content["labels"][0]["description"] == "Noor’s words."
    assert "Undone: changing Claim" in Editor(editor.client, project).post("undo")
    assert editor.content["labels"][0]["description"] == "Mara’s words."


def test_two_people_who_change_different_parts_do_not_disturb_each_other(
    editor: Editor, project: Project
) -> None:
    editor.post("add-below:labels")
    other = Editor(sign_in(project, "Noor Manager"), project)
    editor.open("labels.0")
    other.open("labels.1")
    editor.post(description="Mara’s words.")
    other.post(description="Noor’s words.")
    assert other.answer.status_code == 200
    assert [label["description"] for label in editor.content["labels"]] == ["Mara’s words.", "Noor’s words."]


def test_one_page_that_saves_twice_does_not_meet_itself(editor: Editor) -> None:
    editor.open("labels.0")
    shown = editor.answer
    editor.post(description="first")
    editor.answer = shown
    editor.post(description="second")
    assert editor.answer.status_code == 200
    assert editor.content["labels"][0]["description"] == "second"


def test_what_depends_on_a_label_is_named_before_it_is_deleted(editor: Editor) -> None:
    editor.post("add-below:labels")
    editor.post("add-below:relations")
    page = editor.open("labels.0", ask="delete")
    assert "The link “link” goes with it" in page
    editor.post("delete")
    assert [label["name"] for label in editor.content["labels"]] == ["Label"]
    assert editor.content["relations"] == []


def test_parts_are_moved_and_copied(editor: Editor) -> None:
    editor.open("labels.0")
    editor.post("duplicate")
    assert editor.answer.context["path"] == "labels.1"
    editor.post("up")
    assert [label["name"] for label in editor.content["labels"]] == ["Claim-2", "Claim"]
    assert len({label["key"] for label in editor.content["labels"]}) == 2


def test_the_toml_is_the_same_draft_and_is_kept_when_it_is_wrong(editor: Editor) -> None:
    address = reverse("web:edit-scheme-toml", args=[editor.project.slug])
    wrong = SMALL + "[[labels"
    page = editor.client.post(address, {"revision": 0, "source": wrong}, follow=True).content.decode()
    assert "the definition is not TOML" in page
    assert find_draft(editor.project).source == wrong
    assert editor.client.get(editor.address).status_code == 302
    right = SMALL.replace("Claim", "Opinion")
    editor.client.post(address, {"revision": 1, "source": right})
    assert "Opinion" in editor.open()
    assert "# a comment" in editor.client.get(address).content.decode()
    page = editor.client.post(address, {"revision": 1, "source": SMALL}).content.decode()
    assert "changed this at" in page
    assert find_draft(editor.project).source == right


def test_a_definition_that_is_too_long_is_refused_and_what_was_saved_stays(editor: Editor) -> None:
    editor.open()
    page = editor.post(guidelines="x" * 200_001)
    assert "more than the 200,000 that one may have" in page
    assert editor.content["title"] == "Small"


def test_a_draft_that_says_what_the_scheme_says_is_not_adopted(editor: Editor) -> None:
    address = reverse("web:adopt-draft", args=[editor.project.slug])
    page = editor.client.post(address, {"revision": 0}, follow=True).content.decode()
    assert "The draft says what small-v1 says" in page


def test_rounds_keep_their_scheme_when_a_draft_is_adopted(editor: Editor) -> None:
    planned = make_round(editor.project)
    editor.open("labels.0")
    editor.post(name="Opinion")
    editor.client.post(
        reverse("web:adopt-draft", args=[editor.project.slug]),
        {"revision": find_draft(editor.project).revision},
    )
    planned.refresh_from_db()
    assert planned.scheme.version == "1"


def test_a_draft_is_thrown_away(editor: Editor) -> None:
    editor.open("labels.0")
    editor.post(name="Opinion")
    editor.client.post(reverse("web:discard-draft", args=[editor.project.slug]), {"revision": 1})
    assert not SchemeDraft.objects.exists()
    assert "Claim" in editor.open()


@pytest.mark.parametrize("part", ["labels.7", "nothing", "labels.0.labels.0", "labels.x"])
def test_a_part_that_is_not_there_is_not_found(manager: Client, project: Project, part: str) -> None:
    assert manager.get(reverse("web:edit-scheme", args=[project.slug]), {"part": part}).status_code == 404


def test_saving_every_form_of_a_scheme_unchanged_changes_nothing_in_it(manager: Client) -> None:
    project = make_project(scheme=make_scheme("argument-v1"))
    person = make_member(project, Role.MANAGER, name="Ada")
    manager.force_login(person)
    editor = Editor(manager, project)
    before = editor.content
    for number, _ in enumerate(before["relations"]):
        editor.open(f"relations.{number}")
        editor.post()
    for place, label in enumerate(before["labels"]):
        for number, _ in enumerate(label.get("attributes", [])):
            editor.open(f"labels.{place}.attributes.{number}")
            editor.post()
        for number, _ in enumerate(label.get("rules", [])):
            editor.open(f"labels.{place}.rules.{number}")
            editor.post()
    for number, _ in enumerate(before["fields"]):
        editor.open(f"fields.{number}")
        editor.post()
    editor.open()
    editor.post()
    after = editor.content
    assert find_complaints(after) == []
    assert after == before
    assert not SchemeDraft.objects.exists()


def test_a_draft_starts_from_any_scheme_of_the_gallery_under_the_projects_name(editor: Editor) -> None:
    address = reverse("web:start-draft", args=[editor.project.slug])
    page = editor.client.get(address).content.decode()
    for number, identifier in enumerate(SHIPPED):
        assert f'value="{identifier}"' in page
        editor.client.post(address, {"revision": number, "from": identifier})
        assert find_complaints(editor.content) == []
        assert (editor.content["name"], editor.content["version"]) == ("small", 1)
        assert editor.content["labels"] == read_content(read_definition(identifier))["labels"]


def test_a_draft_starts_from_a_scheme_of_an_own_project_and_from_no_other(
    editor: Editor, project: Project
) -> None:
    manager = project.memberships.get().user
    theirs = make_project(scheme=store_scheme(SMALL.replace("Claim", "Theirs"), by=None))
    own = make_project(scheme=store_scheme(SMALL.replace("Claim", "Mine"), by=None))
    own.memberships.create(user=manager, role=Role.MANAGER)
    address = reverse("web:start-draft", args=[project.slug])
    page = editor.client.post(address, {"revision": 0, "from": theirs.scheme.sha256}).content.decode()
    assert "Choose what the draft starts from." in page
    editor.client.post(address, {"revision": 0, "from": own.scheme.sha256})
    assert editor.content["labels"][0]["name"] == "Mine"


def test_a_labeling_config_is_pasted_and_what_it_cannot_hold_is_told(editor: Editor) -> None:
    config = '<View><Labels name="l" toName="t"><Label value="Place"/></Labels><Text name="t" value="$t"/><Image name="i" value="$i"/></View>'
    address = reverse("web:start-draft", args=[editor.project.slug])
    data = {"revision": 0, "from": "labeling-config", "config": config}
    page = editor.client.post(address, data, follow=True).content.decode()
    assert "Left out: &lt;Image&gt; “i”" in page
    assert editor.content["labels"][0]["name"] == "Place"
    page = editor.client.post(address, data | {"revision": 1, "config": "<View>"}).content.decode()
    assert "is no XML that can be read" in page
    assert "&lt;View&gt;</textarea>" in page


def test_what_adopting_would_change_is_said_in_words(editor: Editor) -> None:
    editor.open("labels.0")
    page = editor.post(name="Opinion")
    assert "Label “Claim” is gone." in page
    assert "Label “Opinion” is new." in page
