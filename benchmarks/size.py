"""What work costs in a project of 20,000 articles and 53,000 annotations: CPU seconds and queries of claims, jobs, planning and freezing.

Run it from the repository's root:

    python -m benchmarks.size [--articles 20000]

On SQLite in a folder of its own, or on the database that DATABASE_URL names, which must be empty.
"""

import time
from collections.abc import Callable
from typing import TypeVar

from benchmarks.large import set_up

Result = TypeVar("Result")
TASKS_TO_SETTLE = 1_000


def main() -> None:
    with set_up(__doc__) as articles:
        run(articles)


def run(articles: int) -> None:
    from django.db import transaction
    from django.utils import timezone

    from annotations.adjudication.settled import finish_by_rule
    from annotations.assignment.choosing import choose
    from annotations.assignment.claims import claim_tasks, expire_leases
    from annotations.assignment.services import plan_round
    from annotations.collection.queues import participants_to_top_up
    from annotations.gold.services import freeze_release
    from annotations.models import Assignment, Task
    from tests.factories.large import make_large_project

    with transaction.atomic():
        large = make_large_project(articles)
    measure(
        "freeze a release",
        lambda: freeze_release(large.project, title="Measured", by=None, exception="Measured."),
    )
    planned = measure(
        "plan a round of every article",
        lambda: plan_round(
            large.project, annotators=large.team, overlap=3, kind="calibration", seed=1, by=None
        ),
    )
    participant = planned.participants.select_related("round__project", "annotator")[0]
    measure("choose tasks, the first time in a process", lambda: choose(participant, limit=5))
    measure("choose tasks", lambda: choose(participant, limit=5))
    measure("claim five tasks", lambda: claim_tasks(participant, limit=5))
    measure("find whose queues are to be filled", lambda: list(participants_to_top_up()))
    measure("look for leases that ran out; there are none", expire_leases)
    claim_tasks(participant, limit=1_000)
    Assignment.objects.queued().filter(task__round=planned).update(leased_until=timezone.now())
    measure("expire 1,000 leases", expire_leases)
    waiting = list(Task.objects.annotated()[:TASKS_TO_SETTLE])
    measure(f"ask the merge rule about {len(waiting):,} tasks", lambda: finish_by_rule(waiting))


def measure(what: str, work: Callable[[], Result]) -> Result:
    """Do it, and print what it took."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    before = time.process_time()
    with CaptureQueriesContext(connection) as queries:
        result = work()
    print(f"{what:50} {1000 * (time.process_time() - before):7.0f} ms CPU  {len(queries):5} queries")
    return result


if __name__ == "__main__":
    main()
