"""Managers word the guidelines by form and make examples of passages, at once in rounds that are running."""

import pytest
from django.test import Client
from django.urls import reverse

from annotations.models import GuidelineRevision, Project, Role
from annotations.projects.drafts import Editing, change_draft, find_draft
from annotations.projects.wording import find_wording
from annotations.schemes.definition import load_scheme
from tests.answers import read_words
from tests.factories import make_article, make_member, make_project

pytestmark = pytest.mark.django_db
TEXT = "The talks went on. Critics call the plan reckless. Nobody was surprised."


@pytest.fixture
def project() -> Project:
    return make_project()


@pytest.fixture
def manager(project: Project) -> Client:
    client = Client()
    client.force_login(make_member(project, Role.MANAGER))
    return client


def fill(manager: Client, address: str, **changed: str) -> dict[str, str]:
    """What the form would send, with some of it changed."""
    form = manager.get(address).context["form"]
    return {name: str(form[name].initial or "") for name in form.fields} | changed


def test_a_label_is_worded_better_and_its_first_rule_gets_another_example(
    project: Project, manager: Client
) -> None:
    address = f"{reverse('web:word-part', args=[project.slug])}?part=labels.0"
    more = {"quote": "It will rain.", "marked": "It will rain", "why": "Somebody could doubt it."}
    typed = {f"rule-0-fits-1-{key}": value for key, value in more.items()}
    sent = fill(manager, address, words="Whatever one could dispute.", name="Shorter", **typed)
    preview = read_words(manager.post(address, sent, headers={"HX-Request": "true"}))
    assert "Whatever one could dispute." in preview
    assert not GuidelineRevision.objects.exists()
    assert manager.post(address, sent).status_code == 302
    label = find_wording(project, project.scheme).labels[0]
    assert label.description == "Whatever one could dispute."
    assert [one.quote for one in label.rules[0].fits][-1] == "It will rain."
    assert label.rules[1:] == project.scheme.definition.labels[0].rules[1:]


def test_a_form_that_is_sent_as_it_was_corrects_nothing(project: Project, manager: Client) -> None:
    for part in ("", "labels.0", "labels.4", "relations.1", "fields.0", "fields.3"):
        address = f"{reverse('web:word-part', args=[project.slug])}?part={part}"
        answer = manager.post(address, fill(manager, address, name="Nothing"))
        assert "no sentence of the guidelines is worded otherwise" in read_words(answer)


def test_questions_of_a_label_and_of_the_document_and_their_values_are_worded_better(
    project: Project, manager: Client
) -> None:
    page = f"{reverse('web:word-part', args=[project.slug])}?part="
    sent = fill(
        manager,
        f"{page}labels.0",
        **{
            "question-0": "Ask what could prove it.",
            "question-0-value-1": "it is good or bad",
            "name": "Type",
        },
    )
    preview = read_words(manager.post(f"{page}labels.0", sent, headers={"HX-Request": "true"}))
    assert "Ask what could prove it." in preview
    assert "it is good or bad" in preview
    assert manager.post(f"{page}labels.0", sent).status_code == 302
    attribute = find_wording(project, project.scheme).labels[0].attributes[0]
    assert (attribute.description, attribute.kind.explained[1].description) == (
        "Ask what could prove it.",
        "it is good or bad",
    )
    sent = fill(manager, f"{page}fields.1", words="Look at the head of the page.", name="Field")
    preview = read_words(manager.post(f"{page}fields.1", sent, headers={"HX-Request": "true"}))
    assert "Look at the head of the page." in preview
    assert manager.post(f"{page}fields.1", sent).status_code == 302
    assert find_wording(project, project.scheme).fields[1].description == "Look at the head of the page."


def test_topics_are_worded_better_beside_the_introduction(project: Project, manager: Client) -> None:
    topic = project.scheme.definition.topics[0]
    address = reverse("web:word-part", args=[project.slug])
    sent = fill(manager, address, **{"topics-0": "Land that one side would give up.", "name": "Topic"})
    assert topic.title in read_words(manager.post(address, sent, headers={"HX-Request": "true"}))
    assert manager.post(address, sent).status_code == 302
    assert find_wording(project, project.scheme).topics[0].description == "Land that one side would give up."


def test_an_example_with_words_that_are_not_in_its_passage_is_refused_where_it_is_typed(
    project: Project, manager: Client
) -> None:
    address = f"{reverse('web:word-part', args=[project.slug])}?part=labels.0"
    sent = fill(manager, address, **{"rule-0-fits-0-marked": "not there", "name": "x"})
    assert "is marked but not in the quote" in read_words(manager.post(address, sent))


def test_words_of_an_article_become_an_example_of_a_rule_also_in_a_draft(
    project: Project, manager: Client
) -> None:
    change_draft(
        project,
        Editing(by=None, revision=0),
        path=(),
        said="x",
        change=lambda content: content.update(title="Another") or (),
    )
    article = make_article(project, TEXT, title="Talks")
    start = TEXT.index("call the plan reckless")
    place = f"{start}-{start + len('call the plan reckless')}"
    address = f"{reverse('web:take-example', args=[project.slug])}?article={article.pk}&place={place}"
    assert "Critics" in read_words(manager.get(address))
    sent = {"rule": "1.0", "fits": "no", "why": "The critics hold it."}
    assert manager.post(address, sent).status_code == 302
    for scheme in (find_wording(project, project.scheme), load_scheme(find_draft(project).source)):
        example = scheme.labels[1].rules[0].misfits[-1]
        assert (example.quote, example.marked) == (
            "Critics call the plan reckless.",
            ("call the plan reckless",),
        )
        assert (example.source, example.place) == ("Talks", f"{article.pk}:{place}")
    assert f"/articles/{article.pk}/" in read_words(
        manager.get(reverse("web:guidelines", args=[project.slug]))
    )


def test_a_new_rule_needs_words_and_one_example_is_enough(project: Project, manager: Client) -> None:
    article = make_article(project, TEXT)
    address = f"{reverse('web:take-example', args=[project.slug])}?article={article.pk}&place=0-9"
    sent = {"rule": "0.new", "fits": "yes", "why": "It is so."}
    assert "A new rule needs this." in read_words(manager.post(address, sent))
    manager.post(address, {**sent, "title": "Talks count", "text": "Mark them."})
    rule = find_wording(project, project.scheme).labels[0].rules[-1]
    assert (rule.title, rule.misfits, rule.fits[0].marked) == ("Talks count", (), ("The talks",))


@pytest.mark.parametrize(
    "asked",
    ["article=1", "article=1&place=5-2", "article=1&place=0-99999", "decision=0", "article=x&place=0-1"],
)
def test_words_that_are_not_there_are_no_example(project: Project, manager: Client, asked: str) -> None:
    make_article(project, TEXT)
    assert manager.get(f"{reverse('web:take-example', args=[project.slug])}?{asked}").status_code == 404


def test_the_next_draft_begins_with_the_corrected_words(project: Project, manager: Client) -> None:
    address = reverse("web:word-part", args=[project.slug])
    manager.post(address, fill(manager, address, words="Read it twice.", name="Twice"))
    assert load_scheme(find_draft(project).source).guidelines == "Read it twice."
