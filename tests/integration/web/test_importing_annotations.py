"""The pages of an import of annotations: what was found, what becomes of it, and published with its round."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from annotations.models import Annotation, Article, ArticleImport, Project, Role, Round, Span, User
from tests.factories import make_member, make_project, make_scheme
from tests.factories.annotated import KYIV, PARIS, TWO_ANNOTATORS, write_export
from tests.integration.web.import_pages import add, look, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]


@pytest.fixture
def project() -> Project:
    return make_project(scheme=make_scheme("argument-lite-v1"))


@pytest.fixture
def manager(client: Client, project: Project) -> Client:
    client.force_login(make_member(project, Role.MANAGER))
    return client


def export(tmp_path: Path, *documents: Any) -> tuple[str, bytes]:
    return "export.json", write_export(tmp_path, *documents).read_bytes()


def test_an_export_with_the_schemes_own_labels_is_ready_to_be_published(
    manager: Client, project: Project, tmp_path: Path
) -> None:
    address = add(manager, project, export(tmp_path, *TWO_ANNOTATORS))
    page = say(look(manager, address))
    assert "4 annotations of 2 texts . Nobody sees any of it yet." in page
    assert "ann : 2 documents, bob : 2 documents · 5 spans" in page
    assert (project.rounds.count(), project.articles.count()) == (0, 0)
    manager.post(f"{address}publish/")
    page = say(look(manager, address))
    assert "Round 1 brought 4 annotations that were made elsewhere." in page
    assert "See agreement" in page
    assert project.rounds.get().task_tallies.total() == 2


def test_labels_are_mapped_and_annotators_named_in_the_form(
    manager: Client, project: Project, tmp_path: Path
) -> None:
    ann = make_member(project, name="Ann Chen", email="ann@example.org")
    address = add(
        manager,
        project,
        export(
            tmp_path,
            (PARIS, {"1": [("CLAIM", "Paris will pay")], "2": [("PER", "Berlin"), ("CLAIM", "Paris")]}),
        ),
    )
    page = look(manager, address)
    assert "the label 'PER' (once, first document '1': “Berlin”): say what it becomes" in say(page)
    assert "Annotations of 1 text are here, and for some of what was found it is still to be said" in say(
        page
    )
    assert "Publish" not in page
    assert Article.staged.count() == 0
    assert re.search(
        r'name="label:0".+?value="=Claim" selected', page, re.DOTALL
    )  # proposed, since it is like it
    manager.post(
        f"{address}read/",
        {
            "maps": "on",
            "label:0": "=Claim",
            "label:1": "-",
            "annotator:0": "@ann@example.org",
            "annotator:1": "+",
            "annotator_name:1": "Bo",
            "read_as": "annotations",
            "round_name": "From the pilot",
        },
    )
    page = say(look(manager, address))
    assert "2 annotations of 1 text" in page
    assert "1 spans of 'PER'" in page
    manager.post(f"{address}publish/")
    assert Round.objects.get().name == "From the pilot"
    assert set(Annotation.objects.values_list("assignment__annotator__name", flat=True)) == {"Ann Chen", "Bo"}
    assert Annotation.objects.filter(assignment__annotator=ann).count() == 1
    assert set(Span.objects.values_list("label", flat=True)) == {"Claim"}


def test_a_brat_folder_is_read_as_one_thing(manager: Client, project: Project) -> None:
    address = add(
        manager,
        project,
        ("ann-1.txt", PARIS.encode()),
        ("ann-1.ann", b"T1\tClaim 0 14\tParis will pay\n"),
    )
    assert "1 annotation of 1 text" in say(look(manager, address))


def test_what_does_not_fit_is_refused_and_the_rest_published_where_somebody_says_so(
    manager: Client, project: Project, tmp_path: Path
) -> None:
    name, content = export(tmp_path, *TWO_ANNOTATORS)
    address = add(
        manager, project, (name, content.replace(b'"text": "disagrees"', b'"text": "agr\\u0000ees"'))
    )
    page = say(look(manager, address))
    assert "1 refused" in page
    assert "the text has 'disagrees' there." in page
    manager.post(f"{address}publish/", {"without_refused": "on"})
    assert Span.objects.count() == 4


def test_only_the_texts_are_taken_where_somebody_says_so(
    manager: Client, project: Project, tmp_path: Path
) -> None:
    address = add(manager, project, export(tmp_path, *TWO_ANNOTATORS))
    look(manager, address)
    manager.post(f"{address}read/", {"read_as": "texts"})
    assert "2 articles from 1 file" in say(look(manager, address))
    assert Annotation.objects.count() == 0


def test_other_choices_take_what_was_read_before_away(
    manager: Client, project: Project, tmp_path: Path
) -> None:
    people = User.objects.count()
    address = add(manager, project, export(tmp_path, *TWO_ANNOTATORS))
    look(manager, address)
    manager.post(f"{address}read/", {"read_as": "annotations", "round_name": "Again"})
    look(manager, address)
    assert (Annotation.objects.count(), User.objects.count()) == (4, people + 2)
    manager.post(f"{address}drop/")
    assert (Annotation.objects.count(), User.objects.count(), Project.objects.count()) == (0, people, 1)


def test_annotations_of_articles_that_are_there_can_be_published_and_undone(
    manager: Client, project: Project, tmp_path: Path
) -> None:
    first = add(manager, project, ("a.txt", PARIS.encode()), ("b.txt", KYIV.encode()))
    look(manager, first)
    manager.post(f"{first}publish/")
    address = add(manager, project, export(tmp_path, *TWO_ANNOTATORS))
    assert "2 of which the project has" in say(look(manager, address))
    manager.post(f"{address}publish/")
    imports = say(look(manager, f"/projects/{project.slug}/articles/imports/"))
    assert "annotations of articles that were there: Round 1" in imports
    made = ArticleImport.objects.latest("pk")
    undo = f"/projects/{project.slug}/articles/imports/{made.pk}/undo/"
    assert "Round 1 with all annotations that came with this import" in say(look(manager, undo))
    manager.post(undo, {"typed": "undo"})
    assert (Annotation.objects.count(), project.articles.count(), project.rounds.count()) == (0, 2, 0)


def test_whatever_a_form_says_is_answered_with_a_page(
    manager: Client, project: Project, tmp_path: Path
) -> None:
    address = add(manager, project, export(tmp_path, *TWO_ANNOTATORS))
    look(manager, address)
    manager.post(f"{address}read/", {"maps": "on", "label:0": "=Nothing", "annotator:0": "@eve@example.org"})
    page = say(look(manager, address))
    assert "which the scheme does not have" in page
    manager.post(f"{address}read/", {"read_as": "nonsense"})
    look(manager, address)
    manager.post(f"{address}read/", {"round_name": "x" * 500})
    assert json.dumps(ArticleImport.objects.get().choices)
