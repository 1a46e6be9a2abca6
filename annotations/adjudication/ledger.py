"""A task's annotations and decisions, read from the tables into what the rules work on."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from annotations.adjudication.evidence import checksum_entries, name_annotators
from annotations.adjudication.merging import find_rule
from annotations.adjudication.rules import adjudicate
from annotations.adjudication.units import Entry, Outcome, Submitted
from annotations.formats.record import AnnotationReference
from annotations.markup import DEFAULT_MERGE_RULE, Markup
from annotations.models import Annotation, AnnotationOrigin, Decision, Task
from annotations.models.collection import AnnotationQuerySet, read_markups
from annotations.schemes.scheme import Scheme


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A task as an adjudicator meets it: what the rules say of it, and who the voters are.

    `letters` are what people see; `annotators` are the persons' ids and never leave the server.
    """

    task: Task
    scheme: Scheme
    outcome: Outcome
    letters: Mapping[str, str]
    annotators: Mapping[str, int]
    annotations: tuple[int, ...]
    revisions: tuple[tuple[int, int, str], ...]
    """The annotator, the number and the checksum of each annotation."""
    rule: str

    @property
    def number(self) -> int:
        """How many entries the ledger has: who decides must have seen them all."""
        return len(self.outcome.entries)

    def to_gold(self) -> dict[str, Any]:
        """The gold with all that is needed to rebuild it: its revisions, how much of the ledger, which rules it breaks."""
        return {
            **self.outcome.to_json(self.annotators),
            "annotations": list(self.annotations),
            "ledger": {
                "decisions": self.number,
                "sha256": checksum_entries(self.outcome.entries),
                "rule": self.rule,
                **({"unmet": self.outcome.excused} if self.outcome.excused else {}),
            },
        }

    def refer_to_annotations(self, pseudonyms: Mapping[int, str]) -> list[AnnotationReference]:
        """The annotations as a record names them."""
        return [
            AnnotationReference(pseudonyms[annotator], revision, sha256)
            for annotator, revision, sha256 in self.revisions
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One annotation of a task, in plain data: whose share it is of, by which way it came, and what it says."""

    id: int
    task: int
    share: int
    annotator: int
    number: int
    origin: str
    sha256: str
    markup: Markup


def list_voting(*tasks: int) -> AnnotationQuerySet:
    """The current annotations of tasks that go into their adjudication: not those of models without a vote."""
    return Annotation.objects.current().with_vote().filter(assignment__task__in=tasks)


def read_case(
    task: Task,
    *,
    annotations: Collection[int] | None = None,
    decisions: int | None = None,
    rule: str | None = None,
) -> Case:
    """The case as it stands now, under the project's merge rule.

    To look back, name the revisions, how many decisions counted then, and the rule of then.
    """
    if rule is None:
        rule = task.round.project.merge_rule
    revisions = (
        list_voting(task.pk)
        if annotations is None
        else Annotation.objects.filter(assignment__task=task, pk__in=annotations)
    )
    entries = Decision.objects.filter(task=task).order_by("number")
    if decisions is not None:
        entries = entries.filter(number__lte=decisions)
    return _build_case(task, _read_revisions(revisions), list(entries), rule=rule)


def read_revisions(tasks: Iterable[Task]) -> dict[int, list[Revision]]:
    """The annotations that count now, by task; a fixed number of queries reads those of many tasks."""
    return sort_by_task(list_voting(*(task.pk for task in tasks)))


def sort_by_task(annotations: AnnotationQuerySet) -> dict[int, list[Revision]]:
    """Annotations by the task that they are of."""
    revisions: defaultdict[int, list[Revision]] = defaultdict(list)
    for revision in _read_revisions(annotations):
        revisions[revision.task].append(revision)
    return revisions


def build_untouched_case(task: Task, revisions: Sequence[Revision]) -> Case:
    """The case of a task that nobody has decided about, from the annotations that were read of it."""
    return _build_case(task, revisions, [], rule=task.round.project.merge_rule)


def build_case(
    task: Task, revisions: Sequence[Revision], decisions: Sequence[Decision], *, rule: str
) -> Case:
    """The case of a task from annotations and decisions that are at hand, whether or not they are stored."""
    return _build_case(task, revisions, decisions, rule=rule)


def _read_revisions(annotations: AnnotationQuerySet) -> list[Revision]:
    rows = list(
        annotations.order_by("assignment_id").values_list(
            "pk",
            "assignment__task_id",
            "assignment_id",
            "assignment__annotator_id",
            "revision",
            "origin",
            "sha256",
            "fields",
        )
    )
    markups = read_markups({pk: fields for pk, *_, fields in rows})
    return [
        Revision(
            id=pk,
            task=task,
            share=share,
            annotator=annotator,
            number=number,
            origin=origin,
            sha256=sha256,
            markup=markups[pk],
        )
        for pk, task, share, annotator, number, origin, sha256, _ in rows
    ]


def _build_case(task: Task, found: Sequence[Revision], decisions: Sequence[Decision], *, rule: str) -> Case:
    scheme = task.round.scheme.definition
    voters = [str(revision.share) for revision in found]
    outcome = adjudicate(
        [Submitted(str(revision.share), revision.markup) for revision in found],
        scheme=scheme,
        text=task.article.text,
        rule=find_rule(rule),
        entries=[read_entry(decision) for decision in decisions],
    )
    is_imported = [revision.origin for revision in found] == [AnnotationOrigin.GOLD]
    return Case(
        task=task,
        scheme=scheme,
        outcome=replace(outcome, is_imported=is_imported) if is_imported else outcome,
        letters=name_annotators(voters, seed=seed_of(task)),
        annotators={str(revision.share): revision.annotator for revision in found},
        annotations=tuple(sorted(revision.id for revision in found)),
        revisions=tuple((revision.annotator, revision.number, revision.sha256) for revision in found),
        rule=rule,
    )


def read_case_of_gold(task: Task, gold: Mapping[str, Any]) -> Case:
    """The case that a gold was made from: its revisions, its decisions and its rule, whatever came since."""
    ledger = gold["ledger"]
    return read_case(
        task,
        annotations=gold["annotations"],
        decisions=ledger["decisions"],
        rule=ledger.get("rule", DEFAULT_MERGE_RULE),
    )


def read_entry(decision: Decision) -> Entry:
    """A stored decision as the plain data that the rules read."""
    return Entry(
        number=decision.number,
        unit=decision.unit,
        action=decision.action,
        payload=decision.payload,
        by=str(decision.decided_by_id or ""),
        note=decision.note,
    )


def seed_of(task: Task) -> str:
    """Fixes every random choice about a task."""
    return f"{task.round.seed}:{task.pk}"
