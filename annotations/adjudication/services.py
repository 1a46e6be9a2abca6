"""Deciding, taking back, finishing and reopening a task."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from annotations.adjudication.admission import (
    EXPLANATIONS,
    AdjudicatorBar,
    OwnAnnotationError,
    check_may_adjudicate,
    find_bars,
)
from annotations.adjudication.evidence import find_last
from annotations.adjudication.ledger import Case, read_case_of_gold
from annotations.adjudication.locking import TaskNotAnnotatedError, Write, lock_task, read_open_case, work_on
from annotations.adjudication.naming import name_rule, name_unit
from annotations.adjudication.settled import REOPENED, describe_finish, describe_gold
from annotations.adjudication.units import RULES_UNIT, Action, Conflict, Motive
from annotations.adjudication.validation import InvalidDecisionError, check_decision
from annotations.limits import MAX_DECISIONS, MAX_NOTE_LENGTH
from annotations.models import (
    Decision,
    DecisionReason,
    Event,
    Gold,
    ReasonKind,
    Task,
    TaskStatus,
    User,
)
from annotations.projects.pseudonyms import name_annotators
from annotations.schemes.check import show

NAMED = 3
ONLY_WARNED = "The project only warns of it."
"""What the ledger says of rules that gold breaks where nobody had to give a reason."""
NO_MOTIVE = Motive()
MAX_REASON_WORDS = 400


class NothingToCloseError(Exception):
    """The person has no annotation of the task that could be closed."""


class NothingToUndoError(Exception):
    """None of the person's own decisions counts any more."""


class OpenUnitsError(Exception):
    """A task cannot be finished while there is something left to decide."""


class ConflictingGoldError(Exception):
    """A task cannot be finished while its gold breaks a rule of the scheme."""


class UnmetRulesError(Exception):
    """A task whose gold lacks what the scheme asks for is finished only with a reason.

    `only_warned` tells that the project only warns of all the rules that it breaks.
    """

    def __init__(self, message: str, *, only_warned: bool) -> None:
        super().__init__(message)
        self.only_warned = only_warned


class NotAdjudicatedError(Exception):
    """The task has no gold."""


def decide_unit(
    task: Task,
    *,
    unit: str,
    action: str,
    payload: Mapping[str, Any] | None = None,
    by: User,
    note: str = "",
    motive: Motive = NO_MOTIVE,
    expected: int | None = None,
) -> Decision:
    """Add a decision to the ledger, with what the person says of why it was needed.

    `expected` is how many entries the person had seen; None does not ask.
    """
    if motive.kind and motive.kind not in ReasonKind.values:
        raise InvalidDecisionError(
            f"There is no reason {show(motive.kind)}; there are {', '.join(ReasonKind.values)}."
        )

    def decide(case: Case) -> Write[Decision]:
        about, checked = check_decision(
            case.outcome,
            scheme=case.scheme,
            text=case.task.article.text,
            unit=unit,
            action=action,
            payload=payload or {},
        )
        return lambda: _give_reason(
            case, _append(case, unit=about, action=action, payload=checked, by=by, note=note), motive
        )

    return work_on(task, lambda locked: read_open_case(locked, by=by, expected=expected), decide)


def undo_last(task: Task, *, by: User, expected: int | None = None) -> Decision:
    """Take back the person's last decision that counts, by an entry that supersedes it."""

    def undo(case: Case) -> Write[Decision]:
        last = find_last(case.outcome.entries, by=str(by.pk))
        if last is None:
            raise NothingToUndoError("You have decided nothing on this task that could be undone.")
        payload = {"number": last.number}
        return lambda: _append(case, unit=last.unit, action=Action.UNDO, payload=payload, by=by, note="")

    return work_on(task, lambda locked: read_open_case(locked, by=by, expected=expected), undo)


def finish_task(task: Task, *, by: User, reason: str = "", expected: int | None = None) -> Gold:
    """Make the gold of a task on which everything is decided.

    Where it lacks what the scheme asks for, the reason goes into the ledger before; without one it is refused, unless the
    project only warns of that: then the ledger names these rules and says so.
    """
    if reason.strip():
        excused = _excuse_rules(task, by=by, reason=reason, expected=expected)
        expected = excused.number if excused and expected is not None else expected

    def finish(case: Case) -> Write[Gold]:
        _check_finishable(case)
        if case.outcome.unexcused:
            raise UnmetRulesError(
                f"{_join_messages(case.outcome.unexcused)} Mend it, or give a reason to finish all the same.",
                only_warned=not list_owed(case),
            )
        gold = describe_gold(case, case.to_gold(), name_annotators(case.task.round.project), by=by)
        return lambda: _finish(case, gold)

    try:
        return work_on(task, lambda locked: read_open_case(locked, by=by, expected=expected), finish)
    except UnmetRulesError as error:
        if not error.only_warned:
            raise
    return finish_task(task, by=by, reason=ONLY_WARNED, expected=expected)


def list_owed(case: Case) -> list[Conflict]:
    """The broken rules for which a person still owes a reason: those that the project does not only warn of."""
    warned = case.task.round.project.warned_rules
    return [conflict for conflict in case.outcome.unexcused if conflict.code not in warned]


def _excuse_rules(task: Task, *, by: User, reason: str, expected: int | None) -> Decision | None:
    """Put a reason for the rules that the gold breaks into the ledger; nothing where it breaks none."""

    def excuse(case: Case) -> Write[Decision | None]:
        _check_finishable(case)
        payload = {"rules": [conflict.key for conflict in case.outcome.unmet]}
        if not case.outcome.unexcused:
            return lambda: None
        return lambda: _append(
            case, unit=RULES_UNIT, action=Action.EXCUSE, payload=payload, by=by, note=reason
        )

    return work_on(task, lambda locked: read_open_case(locked, by=by, expected=expected), excuse)


@transaction.atomic
def reopen_task(task: Task, *, by: User) -> Task:
    """Put a finished task back to be decided about; its ledger stands, its gold is made anew at the end.

    Its annotators could see the others' annotations while it was finished, so theirs stay as they are.
    """
    locked = lock_task(task)
    check_may_adjudicate(locked, by)
    _check_counts(locked)
    gold = _find_gold(locked)
    Event.objects.record(
        REOPENED,
        locked,
        actor=by,
        project=locked.round.project,
        status=gold.status,
        ledger=gold.markup.get("ledger"),
    )
    gold.delete()
    locked.assignments.filter(closed_at=None).update(closed_at=timezone.now())
    _set_status(locked, TaskStatus.ANNOTATED)
    return locked


@transaction.atomic
def review_gold(task: Task, *, by: User) -> Gold:
    """Confirm a gold that was sampled for review; who disagrees reopens the task instead."""
    locked = lock_task(task)
    check_may_adjudicate(locked, by)
    _check_counts(locked)
    gold = _find_gold(locked)
    if gold.needs_review:
        gold.needs_review = False
        gold.save(update_fields=["needs_review"])
        Event.objects.record("reviewed", gold, actor=by, project=locked.round.project)
    return gold


def rebuild_gold(task: Task) -> dict[str, Any]:
    """The gold of a finished task, made anew from the annotations and the ledger entries that it names."""
    stored = _find_gold(task).markup
    return read_case_of_gold(task, stored).to_gold()


@transaction.atomic
def close_own_share(task: Task, *, by: User) -> None:
    """End an adjudicator's own part in a task for good, so that they may see what the others made of it.

    They get the task never again, and an annotation that they submitted never changes again. Who submitted one closes
    it only where nobody else can adjudicate.
    """
    locked = lock_task(task)
    if locked.status != TaskStatus.ANNOTATED:
        raise TaskNotAnnotatedError(
            f"This task is {locked.get_status_display()}: there is nothing to close now."
        )
    own = locked.assignments.of(by).filter(closed_at=None)
    if not own.exists():
        raise NothingToCloseError("You have no open part in this task that could be closed.")
    if find_bars([locked], by).get(locked.pk) is AdjudicatorBar.ANOTHER_DECIDES:
        raise OwnAnnotationError(EXPLANATIONS[AdjudicatorBar.ANOTHER_DECIDES])
    for share in own:
        Event.objects.record("closed", share, actor=by, project=locked.round.project)
    own.update(closed_at=timezone.now())


def _append(case: Case, *, unit: str, action: str, payload: dict[str, Any], by: User, note: str) -> Decision:
    if case.number >= MAX_DECISIONS:
        raise InvalidDecisionError(
            f"This task has {MAX_DECISIONS:,} decisions, the most that one may have: finish it."
        )
    if len(note) > MAX_NOTE_LENGTH:
        raise InvalidDecisionError(
            f"The note has {len(note):,} characters, more than {MAX_NOTE_LENGTH:,}: shorten it."
        )
    decision = Decision.objects.create(
        task=case.task,
        number=case.number + 1,
        unit=unit,
        action=action,
        payload=payload,
        note=note.strip(),
        decided_by=by,
        supersedes=Decision.objects.filter(task=case.task, unit=unit).order_by("-number").first(),
    )
    Event.objects.record(
        "undid" if action == Action.UNDO else "decided",
        decision,
        actor=by,
        project=case.task.round.project,
        task=case.task.pk,
        unit=unit,
        action=action,
    )
    return decision


def _give_reason(case: Case, decision: Decision, motive: Motive) -> Decision:
    """Keep why a decision was needed; what was added had no unit before, and is called by its own words."""
    if motive:
        unit = case.outcome.unit(decision.unit)
        text = case.task.article.text
        added = decision.payload
        words = name_unit(unit, text) if unit else f"added {added.get('label') or added.get('kind')}"
        rule = name_rule(unit, case.scheme) if unit else str(added.get("label") or added.get("kind"))
        DecisionReason.objects.create(
            decision=decision,
            project=case.task.round.project,
            kind=motive.kind,
            is_for_guidelines=motive.is_for_guidelines,
            rule=rule[:MAX_REASON_WORDS],
            words=words[:MAX_REASON_WORDS],
        )
    return decision


def _finish(case: Case, gold: Gold) -> Gold:
    gold.save()
    _set_status(case.task, TaskStatus.ADJUDICATED)
    describe_finish(case, gold).save()
    return gold


def _set_status(task: Task, status: TaskStatus) -> None:
    task.status = status
    task.status_changed_at = timezone.now()
    task.awaits_rule = False
    task.save(update_fields=["status", "status_changed_at", "awaits_rule"])


def _check_counts(task: Task) -> None:
    if task.status == TaskStatus.EXCLUDED:
        raise NotAdjudicatedError(
            "This article is excluded: nothing of it is changed until it is included again."
        )


def _find_gold(task: Task) -> Gold:
    if task.status == TaskStatus.EXCLUDED:
        raise NotAdjudicatedError(
            "This article is excluded: nothing of it is changed until it is included again."
        )
    gold = Gold.objects.filter(task=task).first()
    if gold is None:
        raise NotAdjudicatedError("This task is not finished, so it has no gold yet.")
    return gold


def _check_finishable(case: Case) -> None:
    if case.outcome.open:
        raise OpenUnitsError(_name_open(case))
    if case.outcome.blocking:
        raise ConflictingGoldError(_join_messages(case.outcome.blocking))


def _join_messages(conflicts: Iterable[Conflict]) -> str:
    return " ".join(conflict.message for conflict in conflicts)


def _name_open(case: Case) -> str:
    names = [name_unit(unit, case.task.article.text) for unit in case.outcome.open]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{len(names)} still to decide: {'; '.join(names[:NAMED])}{more}."
