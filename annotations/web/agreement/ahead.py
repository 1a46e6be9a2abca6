"""Jobs that count agreement as annotations come in, so that whoever opens its page or takes its files does not wait."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from annotations.jobs.services import enqueue
from annotations.jobs.worker import Checkpoint
from annotations.models import Job, Project
from annotations.reliability.counting import choose_counting, complete_options, count
from annotations.reliability.page_report import PageReport
from annotations.reliability.report_files import FILES
from annotations.reliability.selection import choose_selection
from annotations.web.agreement.files import find_file
from annotations.web.agreement.forms import MAIN_METRICS

FILES_AFTER = timedelta(minutes=10)
"""The files take longer than the page and are asked for less often."""


def run_count_agreement(job: Job, checkpoint: Checkpoint) -> None:
    """Count what is new in a project, and compute what its page shows; until nothing more has come in."""
    project = job.project
    if project is None:
        return
    before = ""
    while (fingerprint := count_ahead(project, progress=checkpoint)) != before:
        before = fingerprint
    enqueue(
        "write_agreement",
        key=f"write_agreement:{project.pk}",
        project=project,
        run_after=timezone.now() + FILES_AFTER,
    )


def run_write_agreement(job: Job, checkpoint: Checkpoint) -> None:
    """Write the files of a project's agreement."""
    if job.project is not None:
        page = choose_page(job.project)
        for suffix in FILES:
            find_file(page, suffix)
            checkpoint()


def choose_page(project: Project) -> PageReport:
    """What somebody sees who chooses nothing."""
    return PageReport(project, choose_selection(project), MAIN_METRICS[0])


def count_ahead(project: Project, *, progress: Callable[[], None]) -> str:
    """Compute what the page shows, part by part, and give back the fingerprint of what was counted."""
    page = choose_page(project)
    options = complete_options(project, page.selection, None)
    count(project, page.selection, choose_counting((), by=(), options=options), progress=progress)
    for compute in (
        lambda: page.main,
        lambda: page.basis,
        lambda: page.documents,
        lambda: page.rounds,
        lambda: page.confusions,
        lambda: page.periods,
        lambda: page.everybody,
        lambda: page.without_each,
        lambda: page.articles_needed,
    ):
        compute()
        progress()
    return page.counted.row.fingerprint
