"""What is written once, when an article or an annotation is stored, is what its rows say."""

from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from annotations.formats.canonical import checksum, write_members
from annotations.gold.records import (
    build_annotation_record,
    describe_article,
    read_annotations,
    refer_by_round,
)
from annotations.markup import Markup, Relation
from annotations.models import Annotation, Article, Project, Role
from annotations.spans import Span
from tests.factories import make_member, make_project
from tests.factories.adjudication import make_annotated_task

TEXT = "Kyiv 🇺🇦 “must”\u2028have guarantees,\r\nsaid Novak."
BEFORE = "0016_access_and_closed_shares"


def awkward_markup() -> Markup:
    """Out of order, nested, with words that JSON escapes and a link that runs backwards."""
    spans = (
        Span(0, 31, "Claim", (("type", "fact"),), "late"),
        Span(5, 7, "Claim", (("note", 'a "quoted"\nline\u2028'),), "flag"),
        Span(0, 7, "Stance", (), "nested"),
        Span(38, 43, "Source", (("kind", "person"),), "who"),
    )
    relations = (Relation("who", "late", "held_by"), Relation("late", "who", "held_by"))
    return Markup(spans, relations, (("genre", "news"), ("note", "é\x85")))


@pytest.fixture
def project() -> Project:
    project = make_project()
    team = [make_member(project, Role.ANNOTATOR) for _ in range(2)]
    make_annotated_task(awkward_markup(), Markup(), project=project, annotators=team, text=TEXT)
    return project


def written() -> list[tuple[Any, ...]]:
    annotations = Annotation.objects.order_by("pk").values_list("canonical", "sha256")
    return [*Article.objects.order_by("pk").values_list("canonical"), *annotations]


@pytest.mark.django_db
def test_an_export_of_what_was_written_equals_one_of_the_rows(project: Project) -> None:
    pseudonyms = dict(
        zip(
            Annotation.objects.order_by("pk").values_list("assignment__annotator", flat=True),
            "AB",
            strict=True,
        )
    )
    rows = Annotation.objects.with_markup().select_related(
        "assignment__task__round", "assignment__task__article"
    )
    expected = [
        build_annotation_record(
            annotation,
            article=describe_article(annotation.assignment.task.article),
            scheme=refer_by_round([annotation.assignment.task.round_id])[annotation.assignment.task.round_id],
            pseudonyms=pseudonyms,
        ).to_line()
        for annotation in rows.order_by("pk")
    ]
    assert list(read_annotations(Annotation.objects.all(), project)) == expected


@pytest.mark.django_db
@pytest.mark.usefixtures("project")
def test_checksums_of_annotations_are_of_what_the_rows_say() -> None:
    for annotation in Annotation.objects.with_markup():
        assert annotation.sha256 == checksum(annotation.to_markup().to_json())


@pytest.mark.django_db
@pytest.mark.usefixtures("project")
def test_articles_are_written_with_their_blocks() -> None:
    for article in Article.objects.prefetch_related("blocks"):
        assert article.canonical == write_members(article.describe(article.blocks.all()).content_to_json())


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("project")
def test_what_was_stored_before_is_written_by_the_migration() -> None:
    before = written()
    MigrationExecutor(connection).migrate([("annotations", BEFORE)])
    MigrationExecutor(connection).migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
    assert written() == before
    guarded = import_module("tests.integration.test_append_only")
    assert guarded.list_guarded_tables() == guarded.GUARDED
