"""Jobs that count agreement as annotations come in, so that whoever opens its page or takes its files does not wait."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from annotations.jobs.services import enqueue
from annotations.jobs.worker import Checkpoint
from annotations.models import Job, Project
from annotations.reliability.basis import recall_basis
from annotations.reliability.confusion import recall_confusions
from annotations.reliability.counting import choose_counting, complete_options, count
from annotations.reliability.planning import estimate_articles_needed
from annotations.reliability.reports import report, report_selection
from annotations.reliability.schemes import find_distances, find_schemes, list_labels
from annotations.reliability.selection import choose_selection
from annotations.reliability.without_each import leave_each_out
from annotations.web.agreement.figures import QUICK, WITHOUT_EACH, Figures
from annotations.web.agreement.files import FILES, find_file
from annotations.web.agreement.forms import MAIN_METRICS
from annotations.web.projects.views import HEADLINES

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
        figures = choose_figures(job.project)
        for suffix in FILES:
            find_file(figures, suffix)
            checkpoint()


def choose_figures(project: Project) -> Figures:
    """What somebody sees who chooses nothing."""
    selection = choose_selection(project)
    has_distances = find_distances(project, selection.rounds) is not None
    return Figures(project, selection, MAIN_METRICS[0], has_distances)


def count_ahead(project: Project, *, progress: Callable[[], None]) -> str:
    """Compute what the page shows, part by part, and give back the fingerprint of what was counted."""
    figures = choose_figures(project)
    options = complete_options(project, figures.selection, None)
    counted = count(
        project, figures.selection, choose_counting((), by=(), options=options), progress=progress
    )
    labels = list_labels(find_schemes(project, figures.selection.rounds))
    for compute in (
        lambda: figures.report(counted),
        lambda: recall_basis(counted),
        lambda: figures.rank_documents(counted),
        lambda: figures.compare_rounds(counted),
        lambda: recall_confusions(counted, labels),
        lambda: report(project, metrics=HEADLINES),
        figures.measure_periods,
        lambda: report_selection(project, figures.selection, metrics=WITHOUT_EACH, options=QUICK),
        lambda: leave_each_out(project, figures.selection, metrics=WITHOUT_EACH),
        lambda: report_selection(project, figures.selection, metrics=(figures.metric,), options=QUICK),
        lambda: estimate_articles_needed(project, figures.selection, metric=figures.metric),
    ):
        compute()
        progress()
    return counted.row.fingerprint
