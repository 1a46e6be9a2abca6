"""Finishing by themselves the tasks on which the merge rule leaves nothing to decide: many at a time, and each once.

A task that has all its annotations, or a new revision of one, awaits the rule; whoever looks at it takes that mark away.
So a task that was left to the adjudicators is not looked at again until something new comes in.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from annotations.adjudication.admission import is_own_annotation
from annotations.adjudication.evidence import is_sampled
from annotations.adjudication.ledger import (
    Case,
    Revision,
    build_untouched_case,
    list_voting,
    read_revisions,
    seed_of,
)
from annotations.formats.canonical import write_members
from annotations.formats.record import describe_gold_content
from annotations.jobs.worker import Checkpoint
from annotations.models import (
    Decision,
    Event,
    Gold,
    GoldStatus,
    Job,
    Task,
    TaskStatus,
    User,
)
from annotations.projects.pseudonyms import Pseudonyms, name_annotators

log = logging.getLogger(__name__)
CHUNK = 50
REOPENED = "reopened"


def run_finish_by_rule(job: Job, checkpoint: Checkpoint) -> None:
    """Look at the tasks that await the merge rule, of one project or of all, and finish those that it settles."""
    tasks = Task.objects.awaiting_rule().filter(round__project__archived_at=None).order_by("pk")
    if job.project_id is not None:
        tasks = tasks.filter(round__project=job.project_id)
    finished = job.done
    while chunk := list(tasks[:CHUNK]):
        finished += len(finish_by_rule(chunk))
        checkpoint(done=finished)


def finish_by_rule(tasks: Collection[Task]) -> list[Gold]:
    """Make the gold of those tasks on which the merge rule leaves nothing to decide and that no adjudicator has touched.

    They are read and aligned before they are locked; one that changed meanwhile goes on awaiting the rule.
    """
    ids = sorted(task.pk for task in tasks)
    annotated = Task.objects.annotated().filter(pk__in=ids).order_by("pk")
    read = list(
        annotated.select_related("round__scheme", "round__project", "article").defer("article__original")
    )
    revisions = read_revisions(read)
    touched = _find_touched(ids)
    pseudonyms = {project: name_annotators(project) for project in {task.round.project for task in read}}
    settled = [
        (case, describe_gold(case, markup, pseudonyms[task.round.project], by=None))
        for task in read
        if task.pk not in touched
        for case, markup in _settle(task, revisions.get(task.pk, []))
    ]
    seen = {task.pk: sorted(revision.id for revision in revisions.get(task.pk, [])) for task in read}
    with transaction.atomic():
        unchanged = _lock_unchanged(seen) - (_find_touched(ids) - touched)
        finished = [(case, gold) for case, gold in settled if case.task.pk in unchanged]
        golds = Gold.objects.bulk_create(gold for _, gold in finished)
        Event.objects.bulk_create(
            describe_finish(case, gold) for (case, _), gold in zip(finished, golds, strict=True)
        )
        Task.objects.filter(pk__in=unchanged).update(awaits_rule=False)
        Task.objects.filter(pk__in=[gold.task_id for gold in golds]).update(
            status=TaskStatus.ADJUDICATED, status_changed_at=timezone.now()
        )
    return golds


def _settle(task: Task, revisions: Sequence[Revision]) -> Iterator[tuple[Case, dict[str, Any]]]:
    """The case of a task on which nothing is left to decide, with its gold; none where it is left to the adjudicators."""
    if not revisions:
        return
    try:
        case = build_untouched_case(task, revisions)
        outcome = case.outcome
        if not outcome.open and not outcome.blocking and not outcome.unexcused:
            yield case, case.to_gold()
    except Exception:
        log.exception("task %s cannot be read as a case, and holds up no other", task.pk)


def _lock_unchanged(seen: dict[int, list[int]]) -> set[int]:
    """Lock tasks in the order of their numbers; those are returned that still have just the annotations that were seen."""
    annotated = Task.objects.annotated().filter(pk__in=seen).order_by("pk")
    locked = set(annotated.select_for_update(no_key=True).values_list("pk", flat=True))
    current: defaultdict[int, list[int]] = defaultdict(list)
    revisions = list_voting(*locked).order_by("pk")
    for task_id, annotation_id in revisions.values_list("assignment__task_id", "pk"):
        current[task_id].append(annotation_id)
    return {task_id for task_id in locked if current[task_id] == seen[task_id]}


def _find_touched(ids: Collection[int]) -> set[int]:
    """The tasks that an adjudicator has decided about or reopened: those are theirs."""
    decided = Decision.objects.filter(task__in=ids).order_by().values_list("task_id", flat=True)
    reopened = Event.objects.filter(
        verb=REOPENED, subject_type=Task._meta.model_name, subject_id__in=[str(task_id) for task_id in ids]
    )
    return {*decided.distinct(), *map(int, reopened.order_by().values_list("subject_id", flat=True))}


def describe_gold(case: Case, markup: dict[str, Any], pseudonyms: Pseudonyms, *, by: User | None) -> Gold:
    """The gold of a case that is still to be saved; what nobody looked at is sampled for review."""
    task = case.task
    content = describe_gold_content(
        markup,
        task.article.text,
        status=case.outcome.origin,
        annotations=case.refer_to_annotations(pseudonyms),
        pseudonyms=pseudonyms,
    )
    return Gold(
        task=task,
        status=GoldStatus(case.outcome.origin),
        markup=markup,
        canonical=write_members(content),
        unmet=sum(case.outcome.excused.values()),
        needs_review=by is None and is_sampled(seed=seed_of(task), share=task.round.project.review_share),
        finished_by=by,
    )


def describe_finish(case: Case, gold: Gold) -> Event:
    """The line of the audit trail, still to be saved, that a task was finished with this gold."""
    by = gold.finished_by
    return Event.objects.describe(
        "finished",
        case.task,
        actor=by,
        project=case.task.round.project,
        status=gold.status,
        needs_review=gold.needs_review,
        unmet=case.outcome.excused,
        own_annotation=by is not None and is_own_annotation(case.task, by),
    )
