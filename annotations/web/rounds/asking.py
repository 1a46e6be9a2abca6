"""Steps that take work away from annotators: each asks on a page of its own, which says before what follows."""

from django.contrib import messages
from django.db.models import OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from annotations.assignment.closing import close_round, describe_closing
from annotations.assignment.errors import AssignmentError
from annotations.assignment.prospects import count_stuck_without, find_prospect
from annotations.assignment.services import deactivate_participant, withdraw_assignment
from annotations.models import (
    CLAIM_HOLDING_STATUSES,
    Annotation,
    Assignment,
    AssignmentStatus,
    AssignmentTally,
    Decision,
    Participant,
    Role,
    Round,
    Task,
    TaskStatus,
)
from annotations.models.expressions import CountOf
from annotations.plurals import count_things
from annotations.web.access import MemberRequest, member_page
from annotations.web.rounds.finding import find_round


@member_page(Role.MANAGER, is_for_a_change=True)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: MemberRequest, assignment_id: int) -> HttpResponse:
    """Take a task back from an annotator, once a manager has read what becomes of what they made."""
    assignments = Assignment.objects.filter(task__round__project=request.project)
    assignment = get_object_or_404(
        assignments.select_related("annotator", "task__round__project", "task__article").defer(
            "task__article__text", "task__article__original"
        ),
        pk=assignment_id,
    )
    task = assignment.task
    if request.method == "POST":
        try:
            withdraw_assignment(assignment, by=request.user)
        except AssignmentError as error:
            messages.error(request, str(error))
        else:
            task.refresh_from_db(fields=["status", "claimed", "wanted"])
            messages.success(request, f"Taken back from {assignment.annotator}. {_say_who_is_next(task)}")
        return redirect("web:task", request.project.slug, task.pk)
    context = {
        "assignment": assignment,
        "task": task,
        "is_possible": assignment.status in CLAIM_HOLDING_STATUSES
        and task.status in {TaskStatus.OPEN, TaskStatus.ANNOTATED},
        "is_submitted": assignment.status == AssignmentStatus.SUBMITTED,
        "is_last": not task.assignments.submitted().exclude(pk=assignment.pk).exists(),
        "is_stuck": find_prospect(task).is_stuck_without_one,
        "decisions": Decision.objects.filter(task=task).count(),
    }
    return render(request, "annotations/rounds/withdraw.html", context)


def _say_who_is_next(task: Task) -> str:
    """Who gets a task from which an annotator was just taken."""
    if task.round.closed_at is not None:
        return "The round is closed, so it goes to nobody."
    if find_prospect(task).is_stuck:
        return "Too few annotators of the round are left for it, so nobody can finish it."
    return "It goes to somebody else of the round; they get it again only if you pass it on to them."


@member_page(Role.MANAGER, is_for_a_change=True)
@require_http_methods(["GET", "HEAD", "POST"])
def leave_round(request: MemberRequest, number: int, participant_id: int) -> HttpResponse:
    """Let an annotator receive nothing more in a round, once a manager has read what goes back."""
    round_ = find_round(request, number)
    participants = Participant.objects.filter(round=round_).select_related("annotator")
    participant = get_object_or_404(participants, pk=participant_id)
    person = participant.annotator
    if request.method == "POST":
        returned = deactivate_participant(participant, by=request.user)
        given_back = f" {_say_given_back(len(returned))}." if returned else ""
        messages.success(
            request,
            f"{person} receives nothing more in this round.{given_back} What they submitted stays.",
        )
        return redirect("web:round", request.project.slug, number)
    theirs = AssignmentTally.objects.filter(round=round_, annotator=person)
    context = {
        "round": round_,
        "person": person,
        "is_active": participant.is_active,
        "queued": theirs.filter(status=AssignmentStatus.QUEUED).total(),
        "submitted": theirs.filter(status=AssignmentStatus.SUBMITTED).total(),
        "stuck": count_stuck_without(round_, person.pk) if participant.is_active else 0,
    }
    return render(request, "annotations/rounds/leave.html", context)


def _say_given_back(number: int) -> str:
    return f"{count_things(number, 'article')} of their queue {'is' if number == 1 else 'are'} given back"


@member_page(Role.MANAGER, is_for_a_change=True)
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: MemberRequest, number: int) -> HttpResponse:
    """End a round, once a manager has read what becomes gold by rule and what is cancelled."""
    round_ = find_round(request, number)
    if request.method == "POST":
        close_round(round_, by=request.user)
        messages.success(request, f"Round {number} is closed: nothing of it is given to anybody from now on.")
        return redirect("web:round", request.project.slug, number)
    context = {"round": round_, "closing": describe_closing(round_), "alone": _count_alone(round_)}
    return render(request, "annotations/rounds/close.html", context)


def _count_alone(round_: Round) -> int:
    """How many open tasks have one annotation alone that has a vote, so that nobody can disagree with it."""
    voting = Annotation.objects.current().with_vote().filter(assignment__task=OuterRef("pk")).order_by()
    open_tasks = Task.objects.filter(round=round_, status=TaskStatus.OPEN)
    return open_tasks.annotate(voting=CountOf(voting.values("pk"))).filter(voting=1).count()
