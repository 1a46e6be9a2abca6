"""Jobs whose delivery was lost, and jobs whose worker died: found by their rows and delivered again."""

from django.conf import settings
from django.utils import timezone

from annotations.jobs.delivery import redeliver
from annotations.models import Job

MAX_SWEPT = 1_000


def sweep() -> int:
    """Deliver again what is overdue; how many jobs that were. A job that was begun meanwhile is not begun twice."""
    overdue = Job.objects.claimable(timezone.now() - settings.JOB_SWEEP_AFTER).order_by("run_after", "id")[
        :MAX_SWEPT
    ]
    seconds = settings.JOB_SWEEP_AFTER.total_seconds()
    jobs = list(overdue)
    for job in jobs:
        redeliver(job, expires=max(seconds, 1.0))
    return len(jobs)
