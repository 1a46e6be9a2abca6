"""An annotator's own work: what is left, what can be reopened, and the way into the Studio."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotations.assignment.prospects import find_prospect
from annotations.collection.errors import SubmissionRefusedError
from annotations.collection.ports import StudioRefusedError, StudioUnavailableError
from annotations.collection.services import connect_studio, record_skip, top_up_queue
from annotations.models import (
    CLAIM_HOLDING_STATUSES,
    Assignment,
    AssignmentStatus,
    GuidelineRevision,
    Participant,
    RequiredQuiz,
    TaskStatus,
)
from annotations.projects.wording import find_unread, mark_read
from annotations.web.access import PersonRequest, person_page
from annotations.web.forms import SkipForm
from annotations.web.paging import paginate
from annotations.web.work.workload import (
    count_handed_in,
    find_own_assignments,
    find_participations,
    list_handed_in,
    list_round_work,
)

HANDED_IN_PER_PAGE = 25
CLOSED = (TaskStatus.ADJUDICATED, TaskStatus.CANCELLED, TaskStatus.EXCLUDED)


@person_page
@require_safe
def show_work(request: PersonRequest) -> HttpResponse:
    """The page “My work” of an annotator: what waits in each round, and what was handed in."""
    work = list_round_work(request.user)
    page = paginate(
        request,
        list_handed_in(request.user),
        per_page=HANDED_IN_PER_PAGE,
        count=count_handed_in(request.user),
    )
    participants = {share.participant.round_id: share.participant for share in work}
    rows = [
        {"assignment": assignment, "address": _find_way_back(assignment, participants)} for assignment in page
    ]
    context = {
        "now": next(iter(work), None),
        "others": work[1:],
        "page": page,
        "rows": rows,
        "corrections": find_unread(share.participant for share in work),
    }
    return render(request, "annotations/work/work.html", context)


@person_page
@require_POST
def read_correction(request: PersonRequest, revision_id: int) -> HttpResponse:
    """An annotator has read what changed in the guidelines, and is not shown it again."""
    theirs = find_participations(request.user).values("round__project")
    revision = get_object_or_404(GuidelineRevision, pk=revision_id, project__in=theirs)
    mark_read(request.user, revision)
    return redirect("web:work")


def _find_way_back(assignment: Assignment, participants: dict[int, Participant]) -> str:
    """The address where a submitted article can be changed; empty once it is adjudicated or closed."""
    participant = participants.get(assignment.task.round_id)
    is_open = (
        assignment.status == AssignmentStatus.SUBMITTED
        and assignment.closed_at is None
        and assignment.task.status not in CLOSED
    )
    if participant is None or participant.studio_project_id is None or assignment.studio_task_id is None:
        return ""
    if not is_open:
        return ""
    return connect_studio().address_of(participant.studio_project_id, assignment.studio_task_id)


@person_page
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: PersonRequest, round_id: int) -> HttpResponse:
    """Lead into the Studio. Filling the queue happens by itself as well, so that a GET may do it; the page that
    waits for the Studio comes back here by itself.
    """
    participants = find_participations(request.user).select_related(
        "round__scheme", "round__project", "annotator"
    )
    participant = get_object_or_404(participants, round_id=round_id)
    try:
        top_up_queue(participant, studio=connect_studio())
    except StudioUnavailableError:
        return render(request, "annotations/work/studio_down.html", {"participant": participant}, status=503)
    except StudioRefusedError as error:
        context = {"participant": participant, "error": error}
        return render(request, "annotations/work/studio_refused.html", context, status=502)
    participant.refresh_from_db(fields=["studio_project_id"])
    queued = Assignment.objects.of(request.user).queued().filter(task__round=round_id)
    unmet = RequiredQuiz.objects.filter(round=round_id).unmet_by(request.user).select_related("quiz").first()
    if unmet is not None and not queued.exists():
        messages.info(request, "Pass this quiz first; then your articles of the round come.")
        return redirect("web:quiz", participant.round.project.slug, unmet.quiz.number)
    if not queued.exists():
        messages.info(request, "There is nothing left for you in this round at the moment.")
        return redirect("web:work")
    if participant.studio_project_id is None or not queued.exclude(studio_task_id=None).exists():
        return render(request, "annotations/work/studio_down.html", {"participant": participant}, status=503)
    return redirect(connect_studio().address_of(participant.studio_project_id))


@person_page
@require_http_methods(["GET", "HEAD", "POST"])
def skip(request: PersonRequest, assignment_id: int) -> HttpResponse:
    """The page on which an annotator gives a task up and says why."""
    assignments = find_own_assignments(request.user)
    assignment = get_object_or_404(
        assignments.select_related("task__article", "task__round__project"), pk=assignment_id
    )
    form = SkipForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            record_skip(assignment, reason=form.cleaned_data["text"], studio=connect_studio())
        except SubmissionRefusedError as error:
            messages.error(request, str(error))
            return redirect("web:work")
        messages.success(request, f"Skipped “{assignment.task.article.title}”.")
        return redirect("web:start", assignment.task.round_id)
    prospect = find_prospect(assignment.task)
    context = {
        "assignment": assignment,
        "form": form,
        "is_held": assignment.status in CLAIM_HOLDING_STATUSES,
        "somebody_is_left": not prospect.is_stuck_without_one,
    }
    return render(request, "annotations/work/skip.html", context)
