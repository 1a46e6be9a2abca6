"""From the tables to records, a page of articles at a time, so that a project never has to fit into memory."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from annotations.adjudication.ledger import read_case
from annotations.formats.canonical import checksum, join_members, write_canonical, write_members
from annotations.formats.record import (
    RECORD_VERSION,
    AnnotationReference,
    LedgerReference,
    Record,
    SchemeReference,
    SourceArticle,
    describe_gold_content,
)
from annotations.markup import Origin
from annotations.models import Annotation, Article, Assignment, Gold, Project, Round, Scheme, Task, TaskStatus
from annotations.models.assignment import AssignmentQuerySet
from annotations.projects.pseudonyms import Pseudonyms, name_annotators

PAGE = 100
"""How many articles are held at once."""


class GoldGoneError(LookupError):
    """A task was reopened, and its gold deleted, after the gold was chosen."""


def refer_to_scheme(scheme: Scheme) -> SchemeReference:
    """A scheme as records name it: name, version, checksum and labels."""
    labels = tuple(label.name for label in scheme.definition.labels)
    return SchemeReference(scheme.name, scheme.version, scheme.sha256, labels)


def refer_by_round(rounds: Iterable[int]) -> dict[int, SchemeReference]:
    """The scheme of each round; records share it, because a definition is as long as an article."""
    found = Round.objects.filter(pk__in=set(rounds)).select_related("scheme")
    return {round_.pk: refer_to_scheme(round_.scheme) for round_ in found}


@dataclass(frozen=True, slots=True)
class GoldLine:
    """A gold as the canonical line of a record."""

    gold: int
    article: int
    line: str

    def parse(self) -> dict[str, Any]:
        """The record of the line."""
        record: dict[str, Any] = json.loads(self.line)
        return record


def read_gold(gold_ids: Sequence[int]) -> Iterator[GoldLine]:
    """The record of each gold, in the order of the ids.

    Nothing is parsed or built: the members that were written with the article and with the gold are put together.
    """
    for page in _pages(gold_ids):
        rows = Gold.objects.filter(pk__in=page).values_list(
            "pk",
            "task__article_id",
            "task__round_id",
            "task__round__number",
            "canonical",
            "task__article__canonical",
            "task__article__text",
        )
        found = {row[0]: row for row in rows}
        schemes = refer_by_round(row[2] for row in found.values())
        heads = {round_id: _write_head(scheme) for round_id, scheme in schemes.items()}
        for gold_id in page:
            if gold_id not in found:
                raise GoldGoneError(f"the gold {gold_id} is not there any more: its task was reopened")
            _, article, round_id, number, canonical, *about_text = found[gold_id]
            about = [f'"round":{number}', *_list_members(article, *about_text), *heads[round_id]]
            line = join_members([*about, *canonical.split("\n")])
            yield GoldLine(gold_id, article, line)


def rebuild_gold_line(frozen: Record, *, project: Project, pseudonyms: Pseudonyms) -> str:
    """The line that the article, the revisions and the decisions named in a frozen record give today."""
    tasks = Task.objects.select_related("round__scheme", "article").defer("article__original")
    task = tasks.get(round__project=project, round__number=frozen.round, article=frozen.article.id)
    people = {pseudonym: person for person, pseudonym in pseudonyms.items()}
    wanted = {(people[reference.annotator], reference.revision) for reference in frozen.annotations}
    annotations = [
        annotation
        for annotation in Annotation.objects.filter(assignment__task=task)
        .select_related("assignment")
        .with_markup()
        if (annotation.assignment.annotator_id, annotation.revision) in wanted
    ]
    case = read_case(
        task,
        annotations=[annotation.pk for annotation in annotations],
        decisions=frozen.ledger.decisions,
        rule=frozen.ledger.rule,
    )
    return write_canonical(
        {
            "record_version": RECORD_VERSION,
            "scheme": refer_to_scheme(task.round.scheme).to_json(),
            "round": task.round.number,
            **describe_article(task.article).to_json(),
            **describe_gold_content(
                case.to_gold(),
                task.article.text,
                status=frozen.status,
                annotations=[_refer_to_rows(annotation, pseudonyms) for annotation in annotations],
                pseudonyms=pseudonyms,
            ),
        }
    )


def _refer_to_rows(annotation: Annotation, pseudonyms: Pseudonyms) -> AnnotationReference:
    """A release is proved from the rows of spans and relations, and not from what was written beside them."""
    reference = refer_to_annotation(annotation, pseudonyms)
    return replace(reference, sha256=checksum(annotation.to_markup().to_json()))


def read_annotations(project: Project, shares: AssignmentQuerySet | None = None) -> Iterator[str]:
    """The record of each current annotation of a project, or of these shares of it, by article and then by pseudonym.

    Nothing is parsed or built: the members that were written with the article and with the annotation are put together.
    """
    names: RecordNames | None = None
    wanted = find_shares(project, shares)
    for page in _page_articles(project):
        found = wanted.filter(task__article__in=page).values_list(
            "task__article_id",
            "task__round__number",
            "annotator_id",
            "current__revision",
            "task__round_id",
            "current__sha256",
            "current__canonical",
        )
        rows = list(found)
        if names is None or not names.know(rows):
            names = RecordNames.of(project)
        by_article: dict[int, list[tuple[int, str, int, int, str, str]]] = defaultdict(list)
        for article, number, person, revision, round_id, sha256, canonical in rows:
            pseudonym = names.pseudonyms[person]
            by_article[article].append((number, pseudonym, revision, round_id, sha256, canonical))
        texts = (
            Article.objects.filter(pk__in=by_article).order_by("pk").values_list("pk", "canonical", "text")
        )
        for article, canonical_of_text, text in texts:
            about = _list_members(article, canonical_of_text, text)
            for number, pseudonym, revision, round_id, sha256, canonical in sorted(by_article[article]):
                reference = AnnotationReference(pseudonym, revision, sha256)
                yield join_members(
                    (
                        f'"annotations":[{reference.write()}]',
                        f'"round":{number}',
                        *about,
                        *names.heads[round_id],
                        *canonical.split("\n"),
                    )
                )


def _list_members(article: int, canonical: str, text: str) -> list[str]:
    """What the records of an article say of it, as members; its text is kept once, and written here."""
    return [f'"id":{article}', f'"text":{write_canonical(text)}', *canonical.split("\n")]


def find_shares(project: Project, shares: AssignmentQuerySet | None = None) -> AssignmentQuerySet:
    """The submitted shares that count of a project's articles, or of those among them that are given; in no order."""
    found = Assignment.objects.all() if shares is None else shares
    counting = found.submitted().exclude(task__status=TaskStatus.EXCLUDED)
    return counting.filter(task__round__project=project).order_by()


@dataclass(frozen=True, slots=True)
class RecordNames:
    """What people and rounds are called in records; read anew when somebody joins while an export runs."""

    pseudonyms: Pseudonyms
    heads: Mapping[int, list[str]]
    """What the records of all annotations of a round say alike, as members."""

    @classmethod
    def of(cls, project: Project) -> "RecordNames":
        """What the people and rounds of a project are called now."""
        alike = write_members({"ledger": LedgerReference().to_json(), "status": Origin.SUBMITTED}).split("\n")
        schemes = refer_by_round(project.rounds.values_list("pk", flat=True))
        heads = {round_id: [*_write_head(scheme), *alike] for round_id, scheme in schemes.items()}
        return cls(name_annotators(project), heads)

    def know(self, rows: Iterable[tuple[Any, ...]]) -> bool:
        """Whether all people and rounds of these rows have a name."""
        return all(
            person in self.pseudonyms and round_id in self.heads for _, _, person, _, round_id, *_ in rows
        )


def _page_articles(project: Project) -> Iterator[list[int]]:
    """The articles of a project a page at a time, each page found by where the last one ended."""
    last = 0
    articles = Article.objects.filter(project=project).order_by("pk").values_list("pk", flat=True)
    while page := list(articles.filter(pk__gt=last)[:PAGE]):
        yield page
        last = page[-1]


def _write_head(scheme: SchemeReference) -> list[str]:
    """What the records of all gold of a round say alike, as members."""
    return write_members({"record_version": RECORD_VERSION, "scheme": scheme.to_json()}).split("\n")


def describe_article(article: Article) -> SourceArticle:
    """A stored article as records hold it, with its blocks."""
    return article.describe(article.blocks.all())


def refer_to_annotation(annotation: Annotation, pseudonyms: Pseudonyms) -> AnnotationReference:
    """A revision as records name it: pseudonym, number and checksum."""
    return AnnotationReference(
        annotator=pseudonyms[annotation.assignment.annotator_id],
        revision=annotation.revision,
        sha256=annotation.sha256,
    )


def _pages(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), PAGE):
        yield ids[start : start + PAGE]
