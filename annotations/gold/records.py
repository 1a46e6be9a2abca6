"""From the tables to records, a page of articles at a time, so that a project never has to fit into memory."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Min

from annotations.adjudication.ledger import read_case
from annotations.formats.canonical import checksum, join_members, write_canonical, write_members
from annotations.formats.record import (
    RECORD_VERSION,
    AnnotationReference,
    LedgerReference,
    Provenance,
    Record,
    SchemeReference,
    SourceArticle,
    by_place,
    name_annotator,
)
from annotations.markup import Markup, Origin, Relation
from annotations.models import Annotation, Article, Gold, Participant, Project, Round, Scheme, Task
from annotations.models.collection import AnnotationQuerySet

PAGE = 100
"""How many articles are held at once."""

Pseudonyms = Mapping[int, str]
"""The pseudonym of each annotator of a project, by the person's id."""


class GoldGoneError(LookupError):
    """A task was reopened, and its gold deleted, after the gold was chosen."""


def name_annotators(project: Project) -> dict[int, str]:
    """A pseudonym for everyone who ever took part in a round of the project.

    It stays the same for good: whoever joins later gets a later letter.
    """
    firsts = (
        Participant.objects.filter(round__project=project)
        .values("annotator")
        .annotate(first=Min("id"))
        .order_by("first")
    )
    return {row["annotator"]: name_annotator(place) for place, row in enumerate(firsts)}


def refer_to_scheme(scheme: Scheme) -> SchemeReference:
    labels = tuple(label.name for label in scheme.definition.labels)
    return SchemeReference(scheme.name, scheme.version, scheme.sha256, labels)


def refer_by_round(rounds: Iterable[int]) -> dict[int, SchemeReference]:
    """The scheme of each round; records share it, because a definition is as long as an article."""
    found = Round.objects.filter(pk__in=set(rounds)).select_related("scheme")
    return {round_.pk: refer_to_scheme(round_.scheme) for round_ in found}


def read_gold(
    gold_ids: Sequence[int],
    *,
    pseudonyms: Pseudonyms,
) -> Iterator[tuple[Gold, Record]]:
    """The record of each gold, in the order of the ids."""
    for page in _pages(gold_ids):
        found = (
            Gold.objects.select_related("task__article", "task__round")
            .defer("task__article__original")
            .prefetch_related("task__article__blocks")
            .in_bulk(page)
        )
        revisions = _read_revisions(
            revision for gold in found.values() for revision in gold.markup["annotations"]
        )
        schemes = refer_by_round(gold.task.round_id for gold in found.values())
        for gold_id in page:
            gold = found.get(gold_id)
            if gold is None:
                raise GoldGoneError(f"the gold {gold_id} is not there any more: its task was reopened")
            record = build_gold_record(
                gold.markup,
                article=describe_article(gold.task.article),
                status=gold.status,
                round_number=gold.task.round.number,
                annotations=[revisions[revision] for revision in gold.markup["annotations"]],
                scheme=schemes[gold.task.round_id],
                pseudonyms=pseudonyms,
            )
            yield gold, record


def rebuild_gold_record(frozen: Record, *, project: Project, pseudonyms: Pseudonyms) -> Record:
    """The record that the article, the revisions and the decisions named in a frozen one give today."""
    tasks = Task.objects.select_related("round__scheme", "article").defer("article__original")
    task = tasks.get(round__project=project, round__number=frozen.round, article=frozen.article.id)
    people = {pseudonym: person for person, pseudonym in pseudonyms.items()}
    wanted = {(people[reference.annotator], reference.revision) for reference in frozen.annotations}
    annotations = [
        _check_rows(annotation)
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
    return build_gold_record(
        case.to_gold(),
        article=describe_article(task.article),
        status=frozen.status,
        round_number=task.round.number,
        annotations=annotations,
        scheme=refer_to_scheme(task.round.scheme),
        pseudonyms=pseudonyms,
    )


def _check_rows(annotation: Annotation) -> Annotation:
    """A release is proved from the rows of spans and relations, and not from what was written beside them."""
    annotation.sha256 = checksum(annotation.to_markup().to_json())
    return annotation


def build_gold_record(
    content: Mapping[str, Any],
    *,
    article: SourceArticle,
    status: str,
    round_number: int,
    annotations: Iterable[Annotation],
    scheme: SchemeReference,
    pseudonyms: Pseudonyms,
) -> Record:
    """From what adjudication says of a task to a record: people become pseudonyms, row ids revisions."""

    def read(value: Mapping[str, Any]) -> Provenance:
        votes = (pseudonyms[annotator] for annotator in value["votes"])
        return Provenance(
            Origin(value["origin"]), tuple(value["decisions"]), tuple(sorted(votes, key=by_place))
        )

    return Record(
        article=article,
        scheme=scheme,
        markup=Markup.from_json(content),
        status=status,
        round=round_number,
        annotations=tuple(refer_to_annotation(annotation, pseudonyms) for annotation in annotations),
        ledger=LedgerReference(**content["ledger"]),
        span_provenance={span["key"]: read(span["provenance"]) for span in content["spans"]},
        relation_provenance={
            Relation(link["source"], link["target"], link["kind"]): read(link["provenance"])
            for link in content["relations"]
        },
        field_provenance={name: read(value) for name, value in content["field_provenance"].items()},
    )


def read_annotations(annotations: AnnotationQuerySet, project: Project) -> Iterator[str]:
    """The record of each annotation of a project as a canonical line, by article and then by pseudonym.

    Nothing is parsed or built: the members that were written with the article and with the annotation are put together.
    """
    pseudonyms = name_annotators(project)
    heads = {number: _write_head(scheme) for number, scheme in refer_by_round(_list_rounds(project)).items()}
    wanted = annotations.filter(assignment__task__round__project=project).order_by()
    articles = (
        wanted.order_by("assignment__task__article_id")
        .values_list("assignment__task__article_id", flat=True)
        .distinct()
    )
    for page in _pages(list(articles)):
        texts = dict(Article.objects.filter(pk__in=page).values_list("pk", "canonical"))
        by_article: dict[int, list[tuple[int, str, int, int, str, str]]] = defaultdict(list)
        for article, round_id, number, person, revision, sha256, canonical in wanted.filter(
            assignment__task__article__in=page
        ).values_list(
            "assignment__task__article_id",
            "assignment__task__round_id",
            "assignment__task__round__number",
            "assignment__annotator_id",
            "revision",
            "sha256",
            "canonical",
        ):
            by_article[article].append((number, pseudonyms[person], revision, round_id, sha256, canonical))
        for article in page:
            about = [f'"id":{article}', *texts[article].split("\n")]
            for number, pseudonym, revision, round_id, sha256, canonical in sorted(by_article[article]):
                reference = AnnotationReference(pseudonym, revision, sha256)
                yield join_members(
                    (
                        f'"annotations":[{write_canonical(reference.to_json())}]',
                        f'"round":{number}',
                        *about,
                        *heads[round_id],
                        *canonical.split("\n"),
                    )
                )


def _list_rounds(project: Project) -> list[int]:
    return list(project.rounds.values_list("pk", flat=True))


def _write_head(scheme: SchemeReference) -> list[str]:
    """What the records of all annotations of a round say alike."""
    return write_members(
        {
            "ledger": LedgerReference().to_json(),
            "record_version": RECORD_VERSION,
            "scheme": scheme.to_json(),
            "status": Origin.SUBMITTED,
        }
    ).split("\n")


def build_annotation_record(
    annotation: Annotation,
    *,
    article: SourceArticle,
    scheme: SchemeReference,
    pseudonyms: Pseudonyms,
) -> Record:
    """What one annotator submitted, in the form of a gold record. Read the annotation `with_markup()`."""
    return Record(
        article=article,
        scheme=scheme,
        markup=annotation.to_markup(),
        status=Origin.SUBMITTED,
        round=annotation.assignment.task.round.number,
        annotations=(refer_to_annotation(annotation, pseudonyms),),
    )


def describe_article(article: Article) -> SourceArticle:
    return article.describe(article.blocks.all())


def refer_to_annotation(annotation: Annotation, pseudonyms: Pseudonyms) -> AnnotationReference:
    return AnnotationReference(
        annotator=pseudonyms[annotation.assignment.annotator_id],
        revision=annotation.revision,
        sha256=annotation.sha256,
    )


def _read_revisions(ids: Iterable[int]) -> dict[int, Annotation]:
    revisions = Annotation.objects.filter(pk__in=list(ids)).select_related("assignment")
    return {revision.pk: revision for revision in revisions.defer("result", "canonical", "fields")}


def _pages(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), PAGE):
        yield ids[start : start + PAGE]
