"""A project as large as a year's work, made by the database itself in a few statements."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, models
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from annotations.assignment.closing import close_round
from annotations.corpus.searching import index_words
from annotations.corpus.words import list_words
from annotations.formats.canonical import write_members
from annotations.formats.record import SourceArticle, describe_gold_content, describe_markup
from annotations.markup import Markup
from annotations.models import (
    Annotation,
    AnnotationOrigin,
    Article,
    ArticleImport,
    ArticleSketch,
    ArticleValue,
    Assignment,
    AssignmentStatus,
    Block,
    BlockKind,
    Decision,
    DuplicateCluster,
    DuplicateMember,
    Event,
    Gold,
    GoldStatus,
    Job,
    JobStatus,
    NotedAnnotation,
    Project,
    QuarantinedItem,
    Release,
    ReleaseItem,
    Role,
    Round,
    RoundKind,
    Span,
    Task,
    TaskStatus,
    User,
)
from annotations.models.tallies import rebuild_tallies
from tests.factories import make_member, make_project, make_round

ARTICLES = 20_000
IMPORTS = 20
TEAM = 12
LENGTH = 60
WORDS = "Kyiv must have guarantees. Moscow disagrees, and others doubt"[:LENGTH]
SPANS = ((0, 25, "Claim"), (27, 43, "Stance"))


@dataclass(frozen=True, slots=True)
class LargeProject:
    """The project with one person a role; each article wants three of the team."""

    project: Project
    people: dict[str, User]
    team: list[User]
    rounds: list[Round]
    release: Release
    import_id: int
    """Of an import that waits as a whole for its annotators."""


def make_large_project(articles: int = ARTICLES) -> LargeProject:
    """Three quarters of the articles are in a round that is annotated, four fifths of it adjudicated; an eighth waits in a second.

    Each task of the first round has all its annotations; of the second every annotator has a few queued, and some tasks
    were skipped.
    """
    with _unchecked():
        large = _make(articles)
    rebuild_tallies()
    return large


@contextmanager
def _unchecked() -> Iterator[None]:
    """Without PostgreSQL's check of each reference between rows, which takes longer than making them."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin")
        # Of all rows, and not of some that are drawn at random.
        cursor.execute("SET LOCAL default_statistics_target = 1000")
        _analyze()


def _analyze() -> None:
    """Let PostgreSQL count the rows of the workbench's tables: those that all databases of a server share would stay locked for the others."""
    tables = connection.introspection.django_table_names(only_existing=True)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(map(connection.ops.quote_name, sorted(tables)))}")


def _make(articles: int) -> LargeProject:
    project = make_project()
    people = {role: make_member(project, role) for role in Role.values}
    team = [people[Role.ANNOTATOR], *(make_member(project, Role.ANNOTATOR) for _ in range(TEAM - 1))]
    rounds = [
        make_round(project, overlap=3, annotators=tuple(team), kind=kind)
        for kind in (RoundKind.PRODUCTION, RoundKind.RETEST)
    ]
    imports = _add_articles(project, articles)
    annotated, waiting = rounds
    first, last = project.articles.order_by("id").values_list("id", flat=True)[:: max(1, articles - 1)]
    middle = first + (last - first) * 7 // 8
    for round_, low, high in ((annotated, first, middle), (waiting, middle, last + 1)):
        fill(
            Task,
            f"FROM annotations_article WHERE id >= {low} AND id < {high}",
            round_id=round_.pk,
            article_id="id",
            wanted=3,
        )
    _annotate(annotated, team)
    _queue_and_skip(waiting, team)
    _adjudicate(annotated, people[Role.ADJUDICATOR])
    release = _release(project, annotated)
    _add_history(project, people[Role.MANAGER])
    in_work = project.articles.filter(tasks__round=annotated).order_by()
    ArticleImport.objects.filter(pk__in=in_work.values("imported_in")).update(is_used=True)
    _add_copies(project, first)
    _add_catalogue(project)
    return LargeProject(project, people, team, rounds, release, imports[-1].pk)


def make_adjudicated_round(articles: int) -> Round:
    """A round of a project of its own: nobody annotated, and four fifths of its tasks have gold."""
    project = make_project()
    adjudicator = make_member(project, Role.ADJUDICATOR)
    round_ = make_round(project, overlap=3, kind=RoundKind.PRODUCTION)
    with _unchecked():
        _add_articles(project, articles)
        add_tasks(round_, project)
        _adjudicate(round_, adjudicator)
    rebuild_tallies()
    return round_


def make_planned_round(articles: int, *, imports: int = IMPORTS) -> Round:
    """A round of a project of its own, with a team of three: some tasks are queued or skipped, and nobody annotated."""
    project = make_project()
    team = [make_member(project, Role.ANNOTATOR) for _ in range(3)]
    round_ = make_round(project, overlap=3, kind=RoundKind.PRODUCTION, annotators=tuple(team))
    with _unchecked():
        _add_articles(project, articles, imports=imports)
        add_tasks(round_, project)
        _queue_and_skip(round_, team)
    rebuild_tallies()
    return round_


def make_annotated_round(articles: int, *, imports: int = IMPORTS) -> Round:
    """A round of a project of its own, in which each of a team of three annotated every article."""
    project = make_project()
    team = [make_member(project, Role.ANNOTATOR) for _ in range(3)]
    round_ = make_round(project, overlap=3, kind=RoundKind.PRODUCTION, annotators=tuple(team))
    with _unchecked():
        _add_articles(project, articles, imports=imports)
        add_tasks(round_, project)
        _annotate(round_, team)
    rebuild_tallies()
    return round_


def make_closed_round(articles: int) -> Round:
    """A round as `make_annotated_round` makes it, of which four fifths were adjudicated before it was closed."""
    round_ = make_annotated_round(articles, imports=1)
    with _unchecked():
        _adjudicate(round_, make_member(round_.project, Role.ADJUDICATOR))
    rebuild_tallies()
    close_round(round_, by=None)
    return round_


def add_tasks(round_: Round, project: Project, *, status: str = TaskStatus.OPEN) -> None:
    """Give a round a task of every article of a project."""
    of_project = f"FROM annotations_article WHERE project_id = {project.pk}"
    fill(Task, of_project, round_id=round_.pk, article_id="id", wanted=3, status=f"'{status}'")


def fill(model: type[models.Model], rows: str, **columns: Any) -> None:
    """Insert a row for each row of a query (`FROM ... WHERE ...`): columns are SQL or numbers, others have their defaults."""
    values = {field.attname: field for field in model._meta.concrete_fields if not field.primary_key}
    names, expressions, parameters = [], [], []
    for name, field in values.items():
        names.append(connection.ops.quote_name(field.column or name))
        value = str(columns[name]).replace("%", "%%") if name in columns else "%s"
        if name not in columns:
            parameters.append(field.get_db_prep_save(field.get_default(), connection))
        is_typed = connection.vendor == "postgresql" and (
            value == "%s" or isinstance(field, models.JSONField | models.DateTimeField)
        )
        expressions.append(f"CAST({value} AS {field.db_type(connection)})" if is_typed else value)
    source = rows.replace("%", "%%")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({', '.join(names)}) SELECT {', '.join(expressions)} {source}",
            parameters,
        )


def count_up(number: int) -> str:
    """A query's source with the numbers from 1 as `n`."""
    if connection.vendor == "sqlite":
        return (
            "FROM (WITH RECURSIVE series(n) AS "  # noqa: S608 - a number
            f"(SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {number}) SELECT n FROM series) AS series"
        )
    return f"FROM generate_series(1, {number}) AS series(n)"


def _add_articles(project: Project, number: int, *, imports: int = IMPORTS) -> list[ArticleImport]:
    """Articles in imports of equal size, as all real ones are."""
    now = timezone.now()
    made = [
        ArticleImport.objects.create(project=project, started_at=now, busy_until=now, published_at=now)
        for _ in range(imports)
    ]
    fill(
        Article,
        count_up(number),
        project_id=project.pk,
        imported_in_id=f"{made[0].pk} + (n - 1) * {imports} / {number}",
        title="'Article ' || n",
        external_id="'article-' || n",
        source="'made-up.jsonl:' || n",
        source_format="'jsonl'",
        encoding="'utf-8'",
        text=f"'{WORDS}' || n",
        length=f"{LENGTH} + LENGTH(CAST(n AS VARCHAR(20)))",
        sha256="'sha-' || n",
        text_sha256="'sha-' || n",
        words_sha256="'sha-' || n",
        canonical=_write_numbered(
            SourceArticle(
                0, "Article #", f"{WORDS}#", "sha-#", "sha-#", "article-#", "made-up.jsonl:#", "jsonl"
            ).about_to_json()
        ),
    )
    fill(
        Block,
        f"FROM annotations_article WHERE project_id = {project.pk}",
        article_id="id",
        ordinal=0,
        kind=f"'{BlockKind.PARAGRAPH.value}'",
        start=0,
        end="length",
    )
    return made


def _write_numbered(content: dict[str, Any]) -> str:
    """SQL that gives an article's canonical members, with its number wherever there is a #."""
    return f"REPLACE('{write_members(content)}', '#', CAST(n AS VARCHAR(20)))"


def _annotate(round_: Round, team: list[User]) -> None:
    """Whoever's turn it is in the order of the tasks, three a task."""
    for turn in range(3):
        fill(
            Assignment,
            f"FROM annotations_task WHERE round_id = {round_.pk}",
            task_id="id",
            annotator_id=_take_turns(team, turn),
            leased_until=f"'{timezone.now()}'",
        )
    Task.objects.filter(round=round_).update(claimed=F("wanted"), status=TaskStatus.ANNOTATED)
    of_round = f"FROM annotations_assignment WHERE task_id IN (SELECT id FROM annotations_task WHERE round_id = {round_.pk})"  # noqa: S608 - a number
    fill(
        Annotation,
        of_round,
        assignment_id="id",
        revision=1,
        origin=f"'{AnnotationOrigin.IMPORT.value}'",
        digest="'digest'",
        canonical=f"'{write_members(describe_markup(Markup(), WORDS))}'",
        sha256="'sha'",
        fields="""CASE WHEN id % 10 = 0 THEN '{"note": "Odd"}' ELSE '{"genre": "news"}' END""",
    )
    if connection.vendor == "postgresql":
        _analyze()  # without it, all annotations may be looked through for each assignment
    theirs = f"assignment_id IN (SELECT id {of_round})"
    own = Annotation.objects.filter(assignment=OuterRef("pk")).order_by()
    Assignment.objects.filter(task__round=round_).update(
        current=Subquery(own.values("pk")[:1]),
        status=AssignmentStatus.SUBMITTED,
        submitted_at=timezone.now(),
    )
    fill(
        NotedAnnotation,
        "FROM annotations_annotation JOIN annotations_assignment s ON s.id = assignment_id "
        f"WHERE s.id % 10 = 0 AND {theirs}",
        annotation_id="annotations_annotation.id",
        annotator_id="s.annotator_id",
        project_id=round_.project_id,
    )
    for number, (start, end, label) in enumerate(SPANS):
        fill(
            Span,
            f"FROM annotations_annotation WHERE (id + {number}) % 4 > 0 AND {theirs}",
            annotation_id="id",
            key=f"'s{number}'",
            start=f"{start} + id % 3",
            end=end,
            label=f"'{label}'",
        )
    fill(
        QuarantinedItem,
        f"FROM annotations_annotation WHERE id % 50 = 0 AND {theirs}",
        annotation_id="id",
        code="'unknown'",
        message="'A part could not be accepted.'",
    )


def _take_turns(team: list[User], turn: int, key: str = "id") -> str:
    cases = " ".join(f"WHEN {place} THEN {person.pk}" for place, person in enumerate(team))
    return f"CASE ({key} + {turn} * 5) % {len(team)} {cases} END"


def _queue_and_skip(round_: Round, team: list[User]) -> None:
    fill(
        Assignment,
        f"FROM annotations_task WHERE round_id = {round_.pk} AND id % 10 = 0",
        task_id="id",
        annotator_id=_take_turns(team, 0, key="id / 10"),
        status="CASE WHEN id % 20 = 0 THEN 'queued' ELSE 'skipped' END",
        skip_reason="CASE WHEN id % 20 = 0 THEN '' ELSE 'Too long' END",
        leased_until=f"'{timezone.now() + timedelta(hours=72)}'",
    )
    queued = Assignment.objects.queued().filter(task__round=round_)
    Task.objects.filter(pk__in=queued.values("task")).update(claimed=1)


def _adjudicate(round_: Round, adjudicator: User) -> None:
    waiting = Task.objects.filter(round=round_)
    Task.objects.filter(pk__in=waiting.annotate(rest=F("id") % 5).exclude(rest=0).values("pk")).update(
        status=TaskStatus.ADJUDICATED
    )
    adjudicated = f"FROM annotations_task WHERE round_id = {round_.pk} AND status = 'adjudicated'"
    markup: dict[str, Any] = {
        "spans": [],
        "relations": [],
        "fields": {},
        "field_provenance": {},
        "annotations": [],
    }
    markup["ledger"] = {"decisions": 0, "sha256": ""}
    content = describe_gold_content(markup, WORDS, status=GoldStatus.AGREED, annotations=[], pseudonyms={})
    fill(
        Gold,
        adjudicated,
        task_id="id",
        status=f"CASE WHEN id % 2 = 0 THEN '{GoldStatus.AGREED.value}' ELSE '{GoldStatus.ADJUDICATED.value}' END",
        markup=f"'{json.dumps(markup)}'",
        canonical=f"'{write_members(content)}'",
        needs_review="id % 40 = 1",
    )
    fill(
        Decision,
        f"{adjudicated} AND id % 2 = 1",
        task_id="id",
        number=1,
        unit="'span:0'",
        action="'accept'",
        decided_by_id=adjudicator.pk,
    )


def _release(project: Project, round_: Round) -> Release:
    release = Release.objects.create(project=project, number=1, title="First", manifest={}, sha256="0" * 64)
    fill(
        ReleaseItem,
        f"FROM annotations_task WHERE round_id = {round_.pk} AND status = 'adjudicated' AND id % 10 > 1",
        release_id=release.pk,
        ordinal="id",
        article_id="article_id",
        record="'{}'",
        sha256="'sha'",
    )
    return release


def _add_copies(project: Project, first: int) -> None:
    """One article in ten has a copy; half of the clusters wait for a decision."""
    fill(
        DuplicateCluster,
        f"FROM annotations_article WHERE project_id = {project.pk} AND (id - {first}) % 10 = 0",
        project_id=project.pk,
        verdict="CASE WHEN id % 20 < 10 THEN 'open' ELSE 'group' END",
        decided_at=f"CASE WHEN id % 20 < 10 THEN NULL ELSE '{timezone.now()}' END",
    )
    lowest = DuplicateCluster.objects.filter(project=project).order_by("pk")[0].pk
    fill(
        DuplicateMember,
        f"FROM annotations_article WHERE project_id = {project.pk} AND (id - {first}) % 10 < 2",
        cluster_id=f"{lowest} + (id - {first}) / 10",
        article_id="id",
        share="0.9",
        kind="'edited'",
    )


def _add_catalogue(project: Project) -> None:
    """Every article is catalogued: its words, and a source, a language and a date."""
    of_project = f"FROM annotations_article WHERE project_id = {project.pk}"
    ArticleSketch.objects.bulk_create(
        ArticleSketch(article_id=number, project=project, keys=b"", is_compared=True)
        for number in project.articles.order_by("pk").values_list("pk", flat=True)
    )
    values = {
        "source": "CASE WHEN id % 50 = 0 THEN 'wire' ELSE 'paper ' || id % 7 END",
        "language": "CASE WHEN id % 40 = 0 THEN 'de' ELSE 'en' END",
        "date": "'2026-01-' || id % 28",
    }
    for column, value in values.items():
        fill(
            ArticleValue,
            of_project,
            article_id="id",
            project_id=project.pk,
            column=f"'{column}'",
            value=value,
        )
    index_words([(list_words(text), number) for number, text in project.articles.values_list("pk", "text")])


def _add_history(project: Project, actor: User) -> None:
    fill(
        Event,
        "FROM annotations_assignment",
        actor_id=actor.pk,
        project_id=project.pk,
        verb="'submitted'",
        subject_type="'assignment'",
        subject_id="CAST(id AS VARCHAR(20))",
    )
    fill(
        Event,
        "FROM annotations_task",
        actor_id="NULL",
        project_id=project.pk,
        verb="'finished'",
        subject_type="'task'",
        subject_id="CAST(id AS VARCHAR(20))",
    )
    fill(
        Job,
        "FROM annotations_task",
        kind="'finish_by_rule'",
        project_id=project.pk,
        key="'finish_by_rule:' || id",
        status=f"'{JobStatus.DONE.value}'",
        finished_at=f"'{timezone.now()}'",
    )
