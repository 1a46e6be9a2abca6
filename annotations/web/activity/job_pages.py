"""Long work: what runs and how long still, what waits, what ended how, by whom; in a project and in the whole installation."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from annotations.jobs.managing import JobRefusedError, cancel_job, may_cancel, may_retry, retry_job
from annotations.limits import MAX_PAGED_ROWS
from annotations.models import Job, JobStatus, Project, Role
from annotations.models.jobs import UNFINISHED
from annotations.web.access import MemberRequest, PersonRequest, installation_page, member_page
from annotations.web.paging import paginate, read_choice

CHOICES = {"": (), "now": UNFINISHED, "ended badly": (JobStatus.FAILED, JobStatus.CANCELLED)}
"""What a list of jobs can be narrowed to."""


@dataclass(frozen=True, slots=True)
class JobRow:
    """A row of the list of jobs: how long it still takes, when it may begin, and the like ones before it that it stands for."""

    job: Job
    address: str
    left: timedelta | None
    due: datetime | None
    earlier: Sequence[tuple[Job, str]]


@member_page(Role.MANAGER)
@require_safe
def list_jobs(request: MemberRequest) -> HttpResponse:
    """The jobs of a project; its table renews itself while something is under way."""
    return _list(request, Job.objects.filter(project=request.project), project=request.project)


@installation_page
@require_safe
def list_all_jobs(request: PersonRequest) -> HttpResponse:
    """The jobs of the whole installation, those of no project with them."""
    return _list(request, Job.objects.select_related("project"), project=None)


@member_page(Role.MANAGER)
@require_safe
def show_job(request: MemberRequest, job_id: int) -> HttpResponse:
    """One job of a project with its log."""
    return _show(request, _find(request.project, job_id), project=request.project)


@installation_page
@require_safe
def show_any_job(request: PersonRequest, job_id: int) -> HttpResponse:
    """One job of the installation with its log."""
    return _show(request, _find(None, job_id), project=None)


@member_page(Role.MANAGER)
@require_POST
def change_job(request: MemberRequest, job_id: int) -> HttpResponse:
    """Cancel a job of a project, or have it tried again."""
    return _change(request, _find(request.project, job_id), project=request.project)


@installation_page
@require_POST
def change_any_job(request: PersonRequest, job_id: int) -> HttpResponse:
    """Cancel any job of the installation, or have it tried again."""
    return _change(request, _find(None, job_id), project=None)


def _list(request: PersonRequest, jobs: QuerySet[Job], *, project: Project | None) -> HttpResponse:
    which = read_choice(request, "which", list(CHOICES))
    shown = jobs.filter(status__in=CHOICES[which]) if which else jobs
    page = paginate(request, shown.select_related("created_by").order_by("-id"), most=MAX_PAGED_ROWS)
    now = timezone.now()
    context = {
        "page": page,
        "rows": [
            JobRow(
                job,
                address=_address(job, project),
                left=job.estimate_left(now),
                due=job.run_after if job.status == JobStatus.QUEUED and job.run_after > now else None,
                earlier=[(one, _address(one, project)) for one in earlier],
            )
            for job, *earlier in _gather_routine(page.object_list)
        ],
        "is_busy": jobs.filter(status__in=UNFINISHED).exists(),
        "choices": [("", "all"), ("now", "under way"), ("ended badly", "ended badly")],
        "which": which,
        "is_installation": project is None,
        "frame": _frame(project),
    }
    is_renewal = request.headers.get("HX-Request") == "true"
    return render(request, f"annotations/activity/{'_jobs' if is_renewal else 'jobs'}.html", context)


def _gather_routine(jobs: Iterable[Job]) -> list[list[Job]]:
    """Jobs of one kind that follow each other, that nobody asked for and that ended alike and well, go together."""

    def tell(job: Job) -> tuple[object, ...]:
        is_routine = job.created_by_id is None and job.status == JobStatus.DONE
        return (job.kind, job.project_id, job.message) if is_routine else (job.pk,)

    return [list(alike) for _, alike in groupby(jobs, key=tell)]


def _show(request: HttpRequest, job: Job, *, project: Project | None) -> HttpResponse:
    context = {
        "job": job,
        "left": job.estimate_left(timezone.now()),
        "lines": [line.split(" ", 2) for line in job.log.splitlines() if line.count(" ") > 1],
        "address": _address(job, project),
        "may_cancel": may_cancel(job),
        "may_retry": may_retry(job),
        "is_installation": project is None,
        "list_address": reverse("web:jobs", args=[project.slug]) if project else reverse("web:all-jobs"),
        "frame": _frame(project),
    }
    return render(request, "annotations/activity/job.html", context)


def _change(request: PersonRequest, job: Job, *, project: Project | None) -> HttpResponse:
    wanted = request.POST.get("what", "")
    try:
        if wanted == "cancel":
            cancel_job(job, by=request.user)
            messages.success(request, "The job is cancelled. What it had finished stays.")
        elif wanted == "retry":
            retry_job(job, by=request.user)
            messages.success(request, "The job waits for a worker again.")
        else:
            messages.error(request, "Say what is to become of the job: press one of its buttons.")
    except JobRefusedError as error:
        messages.error(request, str(error))
    return redirect(_address(job, project))


def _find(project: Project | None, job_id: int) -> Job:
    jobs = Job.objects.select_related("created_by", "project")
    return get_object_or_404(jobs if project is None else jobs.filter(project=project), pk=job_id)


def _address(job: Job, project: Project | None) -> str:
    return (
        reverse("web:any-job", args=[job.pk])
        if project is None
        else reverse("web:job", args=[project.slug, job.pk])
    )


def _frame(project: Project | None) -> str:
    return "annotations/base.html" if project is None else "annotations/project_base.html"
