"""Parts of a draft are dragged, labels stand in groups, and a draft starts from the labels of an import."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotations.corpus.annotated.reading import describe_found, restore_found
from annotations.mapping.found import Found, FoundLabel, FoundQuestion, FoundRelation
from annotations.mapping.making import make_scheme
from annotations.models import ArticleImport, Project, Role
from annotations.projects.drafts import find_draft
from annotations.schemes.definition import load_scheme
from tests.answers import read_words
from tests.factories import make_member, make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_project()


@pytest.fixture
def manager(project: Project) -> Client:
    client = Client()
    client.force_login(make_member(project, Role.MANAGER))
    return client


def list_labels(project: Project) -> list[str]:
    return [label.name for label in load_scheme(find_draft(project).source).labels]


def test_a_label_that_is_dragged_stands_where_it_was_dropped(project: Project, manager: Client) -> None:
    before = list_labels(project)
    address = reverse("web:edit-scheme", args=[project.slug])
    answer = manager.post(address, {"part": "labels.0", "op": "to:3", "revision": "0"})
    assert answer.url == f"{address}?part=labels.3"  # type: ignore[attr-defined]
    assert list_labels(project) == [*before[1:4], before[0], *before[4:]]
    manager.post(address, {"part": "labels.3", "op": "to:999999", "revision": "1"})
    assert list_labels(project)[-1] == before[0]


def test_a_label_stands_in_its_group_in_the_guidelines(project: Project, manager: Client) -> None:
    address = reverse("web:edit-scheme", args=[project.slug])
    form = manager.get(address, {"part": "labels.0"}).context["form"]
    typed = {name: value for name in form.fields if (value := form[name].value())}
    manager.post(address, {**typed, "part": "labels.0", "revision": "0", "group": "What is said"})
    assert load_scheme(find_draft(project).source).labels[0].group == "What is said"
    assert "Claim is in the group “What is said”." in read_words(manager.get(address))
    manager.post(reverse("web:adopt-draft", args=[project.slug]), {"revision": "1"})
    guidelines = read_words(manager.get(reverse("web:guidelines", args=[project.slug])))
    assert '<h2 dir="auto">What is said</h2>' in guidelines


def test_a_draft_starts_from_the_labels_of_an_import(project: Project, manager: Client) -> None:
    polarity = FoundQuestion(2)
    polarity.values.update({"for": 3, "against": 2})
    found = Found(
        labels={"Opinion": FoundLabel(5, attributes={"polarity": polarity}), "Holder": FoundLabel(3)},
        relations={"by": FoundRelation(2)},
    )
    found.relations["by"].pairs["Opinion", "Holder"] = 2
    described = describe_found(found)
    assert make_scheme(restore_found(described), name="x", title="x") == make_scheme(
        found, name="x", title="x"
    )
    now = timezone.now()
    made = ArticleImport.objects.create(
        project=project, busy_until=now, published_at=now, report={"annotated": {"found": described}}
    )
    address = reverse("web:start-draft", args=[project.slug])
    assert "Opinion, Holder" in read_words(manager.get(address))
    manager.post(address, {"from": f"import-{made.pk}", "revision": "0"})
    scheme = load_scheme(find_draft(project).source)
    assert [label.name for label in scheme.labels] == ["Opinion", "Holder"]
    assert [(link.sources, link.targets) for link in scheme.relations] == [(("Opinion",), ("Holder",))]
    assert scheme.name == project.scheme.name
