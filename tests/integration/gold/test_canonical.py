"""What is written once, when an article or an annotation is stored, is what its rows say."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from django.db import Error, transaction

from annotations.adjudication.services import finish_task
from annotations.adjudication.settled import finish_by_rule
from annotations.formats.canonical import checksum, write_canonical, write_members
from annotations.formats.record import Record, read_drawn
from annotations.gold.agreed import measure_agreement
from annotations.gold.records import (
    describe_article,
    read_annotations,
    read_gold,
    refer_to_annotation,
    refer_to_scheme,
)
from annotations.gold.releases import read_release_lines, rebuild_release
from annotations.gold.services import ask_to_freeze, await_release, freeze_release
from annotations.markup import Markup, Origin, Relation
from annotations.models import Annotation, Article, Gold, Project, Role, User
from annotations.spans import Span
from tests.factories import make_member, make_project
from tests.factories.adjudication import claim, decide_all, make_annotated_task, mark
from tests.one_by_one import describe_database, migrate_one_by_one
from tests.transactions import Watch

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


def read_rows(annotation: Annotation, pseudonyms: Mapping[int, str]) -> Record:
    """The record of an annotation as its rows and those of its article give it."""
    task = annotation.assignment.task
    return Record(
        article=describe_article(task.article),
        scheme=refer_to_scheme(task.round.scheme),
        markup=annotation.to_markup(),
        drawn=read_drawn(annotation.canonical),
        status=Origin.SUBMITTED,
        round=task.round.number,
        annotations=(refer_to_annotation(annotation, pseudonyms),),
    )


@pytest.fixture
def project() -> Project:
    project = make_project()
    team = [make_member(project, Role.ANNOTATOR) for _ in range(2)]
    make_annotated_task(awkward_markup(), Markup(), project=project, annotators=team, text=TEXT)
    for marked in (mark(claim()), mark(fields={"genre": "news", "nothing_to_mark": "yes"})):
        task = make_annotated_task(
            marked, marked, project=project, annotators=team, text=f"{TEXT} {len(marked.spans)}"
        )
        assert finish_by_rule([task])
    return project


def written() -> list[tuple[Any, ...]]:
    annotations = Annotation.objects.order_by("pk").values_list("canonical", "sha256")
    golds = Gold.objects.order_by("pk").values_list("canonical")
    return [*Article.objects.order_by("pk").values_list("canonical"), *annotations, *golds]


@pytest.mark.django_db
def test_an_export_of_what_was_written_equals_one_of_the_rows(project: Project) -> None:
    people = Annotation.objects.order_by("pk").values_list("assignment__annotator", flat=True)
    pseudonyms = dict(zip(dict.fromkeys(people), "AB", strict=True))
    rows = Annotation.objects.with_markup().select_related(
        "assignment__task__round", "assignment__task__article"
    )
    expected = [read_rows(annotation, pseudonyms).to_line() for annotation in rows.order_by("pk")]
    assert list(read_annotations(project)) == expected


@pytest.mark.django_db
@pytest.mark.usefixtures("project")
def test_checksums_of_annotations_are_of_what_the_rows_say() -> None:
    for annotation in Annotation.objects.with_markup():
        assert annotation.sha256 == checksum(annotation.to_markup().to_json())


@pytest.mark.django_db
@pytest.mark.usefixtures("project")
def test_articles_are_written_with_their_blocks() -> None:
    for article in Article.objects.prefetch_related("blocks"):
        assert article.canonical == write_members(article.describe(article.blocks.all()).about_to_json())


@pytest.mark.django_db
def test_gold_is_written_as_its_annotations_and_decisions_give_it(project: Project) -> None:
    judge = make_member(project, Role.ADJUDICATOR)
    late, _, nested, who = awkward_markup().spans
    late = replace(late, attributes=(("holder", "named"), ("modality", "asserted"), ("type", "fact")))
    marked = Markup((late, who), (Relation("late", "who", "held_by"),), (("note", "é\x85"),))
    other = Markup((*marked.spans, nested), marked.relations)
    team = list(User.objects.filter(memberships__role=Role.ANNOTATOR).order_by("pk"))
    task = make_annotated_task(marked, other, project=project, annotators=team, text=f"{TEXT} 2")
    decide_all(task, by=judge, choose=lambda unit: max((one.key for one in unit.candidates), key=len))
    finish_task(task, by=judge, reason="its source is not named")
    release = freeze_release(project, title="First", by=None, exception="A pilot.")
    assert release.manifest["counts"]["by_status"] == {"agreed": 2, "adjudicated": 1}
    assert release.manifest["counts"]["relations"] == 1
    rebuild_release(release)
    golds = list(Gold.objects.order_by("task__article").values_list("pk", flat=True))
    lines = [gold.line for gold in read_gold(golds)]
    assert list(read_release_lines(release)) == lines
    assert [write_canonical(json.loads(line)) for line in lines] == lines


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"markup": {}}, {"canonical": "forged"}, {"status": "single"}])
@pytest.mark.usefixtures("project")
def test_the_database_refuses_to_change_gold(change: dict[str, Any]) -> None:
    gold = Gold.objects.earliest("pk")
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        Gold.objects.filter(pk=gold.pk).update(**change)
    Gold.objects.filter(pk=gold.pk).update(needs_review=True)


@pytest.mark.django_db
@pytest.mark.usefixtures("project")
def test_freezing_builds_nothing_of_what_was_stored(
    django_assert_max_num_queries: Any, project: Project
) -> None:
    """Two pages of gold cost a handful of queries each, whatever is in them, beside those for what speaks against the release,
    its version, its agreement, which was counted as annotations came in, the articles that were withdrawn, and its job."""
    measure_agreement(project, list(Gold.objects.values_list("task", flat=True)), has_gamma=True)
    job = ask_to_freeze(project, title="First", by=None, exception="A pilot.")
    with django_assert_max_num_queries(52) as asked:
        assert await_release(job)
    assert not [query for query in asked if '"annotations_span"' in query["sql"]]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("project")
def test_what_was_stored_before_is_written_by_the_migrations_which_make_what_is_made_at_once(
    transaction_watch: Watch,
) -> None:
    before, at_once = written(), describe_database()
    migrate_one_by_one(BEFORE)
    migrate_one_by_one()
    transaction_watch.too_long.clear()  # migrations may take their time
    assert written() == before
    assert describe_database() == at_once
