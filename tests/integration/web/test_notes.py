"""What annotators leave for the team in text fields is found by itself, whatever else was annotated."""

from http import HTTPStatus
from importlib import import_module

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from annotations.corpus.annotated.report import AnnotatedReport
from annotations.corpus.annotated.services import AnnotatedOptions, AnnotatedWork, SourcedDocument
from annotations.corpus.staging import open_import
from annotations.formats.documents import Document, Judgement
from annotations.mapping.definition import AnnotatorMapping, MarkupMapping, QuestionMapping
from annotations.mapping.found import Found
from annotations.markup import Markup
from annotations.models import Annotation, NotedAnnotation, Project, Role, User
from annotations.web.projects.overview import list_notes
from tests.answers import read_words
from tests.factories import make_member, make_project, make_round, make_scheme, make_task
from tests.factories.annotated import KYIV
from tests.factories.reliability import annotate, make_tasks, make_team

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> User:
    return make_member(make_project(), Role.MANAGER)


def list_words(project: Project, reader: User, by: User | None = None) -> list[str]:
    return [note.text for note in list_notes(project, reader=reader, limit=10, by=by)]


def test_the_latest_come_first_and_those_of_one_person_alone_where_one_is_asked_for(manager: User) -> None:
    project, (ada, ben), round_ = make_team("Ada", "Ben")
    first, second = make_tasks(round_, 2)
    annotate(first, ada, fields={"note": "Is irony a claim?"})
    annotate(first, ben, fields={"genre": "news"})
    annotate(second, ben, fields={"note": "A quote in a quote"})
    assert list_words(project, manager) == ["A quote in a quote", "Is irony a claim?"]
    assert list_words(project, manager, by=ada) == ["Is irony a claim?"]
    assert list_words(manager.memberships.get().project, manager) == []


def test_the_page_shows_those_of_one_person_or_one_round(client: Client, project: Project) -> None:
    client.force_login(make_member(project, Role.MANAGER))
    ada, ben = make_member(project, name="Ada"), make_member(project, name="Ben")
    first, second = (make_round(project, overlap=1, annotators=(ada, ben)) for _ in range(2))
    annotate(make_task(first), ada, fields={"note": "Irony"})
    annotate(make_task(second), ben, fields={"note": "A quote"})
    address = reverse("web:notes", args=[project.slug])
    assert [note in read_words(client.get(address)) for note in ("Irony", "A quote")] == [True, True]
    for asked in (f"?who={ada.pk}", f"?round={first.number}"):
        shown = read_words(client.get(address + asked))
        assert [note in shown for note in ("Irony", "A quote")] == [True, False]
    assert "There is no such note." in read_words(client.get(f"{address}?who={ada.pk}&round={second.number}"))
    assert client.get(f"{address}?who=0").status_code == HTTPStatus.BAD_REQUEST


def test_only_the_current_revision_and_only_words_are_a_note(manager: User) -> None:
    project, (ada, ben), round_ = make_team("Ada", "Ben")
    [task] = make_tasks(round_, 1)
    annotate(task, ada, fields={"note": "Taken back"})
    annotate(task, ada)
    annotate(task, ben, fields={"note": "   "})
    assert list_words(project, manager) == []
    assert NotedAnnotation.objects.count() == 1


def test_those_of_an_import_show_as_soon_as_it_is_published(manager: User) -> None:
    project = make_project(scheme=make_scheme("argument-lite-v1"))
    mapping = MarkupMapping(
        fields=(QuestionMapping(found="note", becomes="note"),),
        annotators=(AnnotatorMapping(found="ann", name="Ann"),),
    )
    said = {"ann": Judgement(Markup(fields=(("note", "Odd"),)))}
    work = AnnotatedWork.begin(
        open_import(project),
        found=Found(),
        mapping=mapping,
        options=AnnotatedOptions(),
        report=AnnotatedReport(),
        by=manager,
    )
    work.stage([SourcedDocument("a file", Document(id="1", text=KYIV, judgements=said))])
    assert Annotation.objects.count() == 1
    assert list_words(project, manager) == []
    work.publish()
    assert list_words(project, manager) == ["Odd"]


def test_those_from_before_they_were_counted_are_found_by_the_migration(manager: User) -> None:
    _project, (ada, ben), round_ = make_team("Ada", "Ben")
    for number, task in enumerate(make_tasks(round_, 3)):
        annotate(task, ada, fields={"note": f"Note {number}", "genre": "news"})
        annotate(task, ben, fields={"genre": "news", "note": " "})
    assert Annotation.objects.count() == 6
    found = set(NotedAnnotation.objects.values_list("annotation", "annotator", "project"))
    NotedAnnotation.objects.all().delete()
    migration = import_module("annotations.migrations.0054_find_notes")
    migration.fill_in(apps, None)
    assert set(NotedAnnotation.objects.values_list("annotation", "annotator", "project")) == found
    assert len(found) == 3
