"""The job that carries a round over, in parts: annotations first, then the ledgers and the gold of what was decided."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from annotations.adjudication.carrying import CarriedLedger, carry_ledger
from annotations.adjudication.ledger import Revision, build_case, read_revisions
from annotations.adjudication.merging import find_rule
from annotations.adjudication.settled import describe_finish, describe_gold
from annotations.adjudication.units import RULES_UNIT, Action, Submitted
from annotations.carried.saying import Sayer, count_parts, list_annotations, read_gold_markup
from annotations.carried.services import NotCarriedError, SourceChangedError, find_tasks, publish, take_back
from annotations.corpus.annotated.writing import write_into
from annotations.jobs.worker import Checkpoint
from annotations.markup import DEFAULT_MERGE_RULE
from annotations.models import (
    Annotation,
    AnnotationOrigin,
    CarriedRound,
    Decision,
    Event,
    Gold,
    Job,
    Round,
    Task,
    TaskStatus,
)
from annotations.models.inserting import insert_rows, writing_much
from annotations.projects.pseudonyms import Pseudonyms, name_annotators

CHUNK = 250
ANNOTATIONS, LEDGERS = "annotations", "ledgers"


def run_carry_round(job: Job, checkpoint: Checkpoint) -> None:
    """Carry a round over; where that is cut off, it goes on with the next part."""
    carried = CarriedRound.objects.select_related(
        "project", "scheme", "source__scheme", "round__scheme", "round__project"
    ).get(pk=job.arguments["carried"])
    if carried.published_at is not None or carried.taken_back_at is not None:
        return
    with writing_much():
        _write_rest(carried, job, checkpoint)
    try:
        publish(carried)
    except SourceChangedError as error:
        take_back(carried, by=None)
        checkpoint(message=str(error))


def _write_rest(carried: CarriedRound, job: Job, checkpoint: Checkpoint) -> None:
    """Write the parts that no earlier attempt came to."""
    phase, last = job.cursor or (ANNOTATIONS, 0)
    sayer, total = Sayer.of(carried), find_tasks(carried.source).count()
    done = job.done
    if phase == ANNOTATIONS:
        while tasks := _read_part(find_tasks(carried.source), last):
            last, done = tasks[-1].pk, done + len(tasks)
            _write_part(
                carried,
                sayer,
                tasks,
                lambda last=last, done=done: checkpoint(cursor=[ANNOTATIONS, last], done=done, total=total),
            )
        last = 0
    pseudonyms = name_annotators(carried.project)
    while tasks := _read_part(_find_decided(carried, sayer), last):
        last = tasks[-1].pk
        _write_ledgers(
            carried, sayer, tasks, pseudonyms, lambda last=last: checkpoint(cursor=[LEDGERS, last])
        )


def _read_part(tasks: QuerySet[Task], last: int) -> list[Task]:
    read = tasks.filter(pk__gt=last).order_by("pk").select_related("article")
    return list(read.only("round_id", "article_id", "article__text")[:CHUNK])


def _write_part(carried: CarriedRound, sayer: Sayer, tasks: Sequence[Task], checkpoint: Any) -> None:
    """Write the annotations of some tasks; what an earlier attempt wrote is left out."""
    written = Task.objects.filter(round=carried.round_id, article__in=[task.article_id for task in tasks])
    there = set(written.values_list("article", flat=True))
    new = [task for task in tasks if task.article_id not in there]
    found = list_annotations(new)
    said = {
        task.article_id: [
            (annotation.origin, sayer.contribute(annotation, task.article.text))
            for annotation in found.get(task.pk, ())
        ]
        for task in new
    }
    round_ = _require_round(carried)
    with transaction.atomic():
        locked = _lock(carried)
        for origin in (AnnotationOrigin.CARRIED, AnnotationOrigin.GOLD):
            part = {
                article: [
                    one
                    for was, one in ones
                    if (was == AnnotationOrigin.GOLD) is (origin == AnnotationOrigin.GOLD)
                ]
                for article, ones in said.items()
            }
            part = {article: ones for article, ones in part.items() if ones}
            write_into(round_, part, origin=origin, project_id=carried.project_id)
        counts = Counter(locked.counts) + count_parts(one for ones in said.values() for _, one in ones)
        locked.counts = dict(counts)
        locked.save(update_fields=["counts"])
        checkpoint()


def _find_decided(carried: CarriedRound, sayer: Sayer) -> QuerySet[Task]:
    """The tasks of the source that the merge rule alone would not bring to what they are, or that somebody wants looked at."""
    decided = Decision.objects.filter(task=OuterRef("pk")).order_by()
    rule = carried.project.merge_rule
    other_rule = Q(gold__isnull=False) & ~Q(gold__markup__ledger__rule=rule)
    if rule == DEFAULT_MERGE_RULE:
        other_rule &= Q(gold__markup__ledger__has_key="rule")
    wanted = Q(Exists(decided)) | other_rule
    if sayer.to_review:
        marked = Annotation.objects.current().filter(
            assignment__task=OuterRef("pk"), spans__label__in=sayer.to_review
        )
        wanted |= Q(Exists(marked.order_by()))
    return find_tasks(carried.source).filter(wanted)


@dataclass(frozen=True, slots=True)
class _Settled:
    """The ledger that was made for a task, and its gold where that is just what the other gold becomes."""

    task: Task
    decisions: list[Decision]
    gold: Gold | None
    event: Event | None


def _write_ledgers(
    carried: CarriedRound, sayer: Sayer, sources: Sequence[Task], pseudonyms: Pseudonyms, checkpoint: Any
) -> None:
    """Make the ledgers of some tasks, and write them with what they lead to."""
    articles = {source.article_id: source.article for source in sources}
    waiting = Task.objects.annotated().filter(round=carried.round_id, article__in=articles, decisions=None)
    tasks = list(waiting.only("article_id", "status"))
    for task in tasks:
        task.round, task.article = _require_round(carried), articles[task.article_id]
    revisions = read_revisions(tasks)
    numbers = {source.pk: source.article_id for source in sources}
    golds = {
        numbers[gold.task_id]: gold
        for gold in Gold.objects.filter(task__in=numbers).only("task_id", "markup", "needs_review")
    }
    settled = [
        _settle(
            carried,
            sayer,
            task,
            revisions.get(task.pk, []),
            golds.get(task.article_id),
            pseudonyms=pseudonyms,
        )
        for task in tasks
    ]
    finished = [one for one in settled if one.gold is not None]
    with transaction.atomic():
        locked = _lock(carried)
        _write_decisions(decision for one in settled for decision in one.decisions)
        Gold.objects.bulk_create(one.gold for one in finished if one.gold)
        Event.objects.bulk_create(one.event for one in finished if one.event)
        Task.objects.filter(pk__in=[one.task.pk for one in finished]).update(
            status=TaskStatus.ADJUDICATED, status_changed_at=timezone.now(), awaits_rule=False
        )
        left = Counter({"to adjudicators": len(settled) - len(finished)})
        locked.counts = dict(Counter(locked.counts) + left)
        locked.save(update_fields=["counts"])
        checkpoint()


def _write_decisions(decisions: Iterable[Decision]) -> None:
    insert_rows(
        Decision,
        ("task_id", "number", "unit", "action", "payload", "note"),
        (
            (one.task_id, one.number, one.unit, one.action, json.dumps(one.payload), one.note)
            for one in decisions
        ),
    )


def _settle(
    carried: CarriedRound,
    sayer: Sayer,
    task: Task,
    revisions: Sequence[Revision],
    old: Gold | None,
    *,
    pseudonyms: Pseudonyms,
) -> _Settled:
    note = f"Carried over from {carried.source.scheme}."
    rule = carried.project.merge_rule
    ledger: CarriedLedger | None = None
    is_whole = False
    if old is not None:
        markup = read_gold_markup(old.markup)
        said = sayer.say(task.article.text, markup)
        ledger = carry_ledger(
            [Submitted(str(one.share), one.markup) for one in revisions],
            said.markup,
            scheme=sayer.after,
            text=task.article.text,
            rule=find_rule(rule),
            note=note,
        )
        is_whole = ledger.is_same and not said.misfits and not sayer.is_to_review(markup)
        is_whole = is_whole and not ledger.outcome.blocking and not ledger.outcome.unexcused
    decisions = [
        Decision(
            task=task,
            number=entry.number,
            unit=entry.unit,
            action=entry.action,
            payload=dict(entry.payload),
            note=note,
        )
        for entry in (ledger.entries if ledger else ())
    ]
    if old is None or not is_whole:
        # With an entry in its ledger a task is an adjudicator's, and no rule finishes it.
        look = Decision(
            task=task,
            number=len(decisions) + 1,
            unit=RULES_UNIT,
            action=Action.EXCUSE,
            payload={"rules": []},
            note=f"{note} Look at what became of it.",
        )
        return _Settled(task, [*decisions, look], None, None)
    case = build_case(task, revisions, decisions, rule=rule)
    gold = describe_gold(case, case.to_gold(), pseudonyms, by=None)
    gold.needs_review = old.needs_review
    event = describe_finish(case, gold)
    event.project = carried.project
    return _Settled(task, decisions, gold, event)


def _lock(carried: CarriedRound) -> CarriedRound:
    locked = CarriedRound.objects.select_for_update(no_key=True).get(pk=carried.pk)
    if locked.taken_back_at is not None:
        raise NotCarriedError("Somebody took this back meanwhile.")
    return locked


def _require_round(carried: CarriedRound) -> Round:
    if carried.round is None:
        raise NotCarriedError("The round that was being written is gone.")
    return carried.round
