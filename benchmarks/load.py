"""Annotators at work: each claims, reads for a while, saves, and so on; how long a claim and a save take, and what went wrong.

    python -m benchmarks.load                                   25 annotators for a minute, SQLite
    python -m benchmarks.load --annotators 200 --database postgresql

They are threads of several processes, as in a server with workers, and each claim or save is a request with a connection of its own. Both
are timed without the gateway and Label Studio. On a busy machine look at the processor's time, and not at the clock.
"""

import argparse
import json
import os
import random
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from benchmarks.claims import DATABASES, PROCESSES, count_in_database, prepare

TASKS_OF_EACH = 60


@dataclass
class Share:
    """What the annotators of one process saw."""

    claims: list[float] = field(default_factory=list)
    saves: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    cpu: float = 0.0


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--annotators", type=int, default=25)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument(
        "--pause", type=float, default=2, help="Seconds of reading between two saves, on average."
    )
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    chosen = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="workbench-load-") as folder,
        DATABASES[chosen.database](Path(folder)) as address,
    ):
        os.environ |= {
            "DATABASE_URL": address,
            "WORKBENCH_HOME": folder,
            "SECRET_KEY": "of-a-benchmark",
            "DJANGO_SETTINGS_MODULE": "workbench.settings",
        }
        participants = prepare(chosen.annotators, chosen.annotators * TASKS_OF_EACH // 3, 3)
        with get_context("spawn").Pool(PROCESSES) as pool:
            work = [
                (participants[part::PROCESSES], chosen.seconds, chosen.pause) for part in range(PROCESSES)
            ]
            shares = pool.starmap(work_for_a_while, work)
        report = (
            describe(shares) | {"over_assigned": count_in_database(3)["over_assigned"]} | count_saves(shares)
        )
    print(json.dumps(vars(chosen) | report, indent=2))


def work_for_a_while(participants: Sequence[int], seconds: float, pause: float) -> Share:
    import django

    django.setup()
    share = Share()
    deadline = time.monotonic() + seconds
    threads = [threading.Thread(target=work_as, args=(one, deadline, pause, share)) for one in participants]
    before = time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    share.cpu = time.process_time() - before
    return share


def work_as(participant_id: int, deadline: float, pause: float, share: Share) -> None:
    from django.db import DatabaseError, connections

    from annotations.assignment.services import claim_tasks
    from annotations.models import Participant
    from tests.factories.collection import submit

    participant = Participant.objects.select_related("round__project", "annotator").get(pk=participant_id)
    connections.close_all()  # nobody holds one while they read
    chance = random.Random(participant_id)  # noqa: S311 - it guards no secret
    while time.monotonic() < deadline:
        time.sleep(chance.uniform(0, 2 * pause))
        try:
            before = time.perf_counter()
            claimed = claim_tasks(participant, limit=1)
            share.claims.append(time.perf_counter() - before)
            connections.close_all()  # as after every request
            for assignment in claimed:
                before = time.perf_counter()
                submit(assignment)
                share.saves.append(time.perf_counter() - before)
        except DatabaseError as error:
            share.errors[f"{type(error).__name__}: {error}"] += 1
        finally:
            connections.close_all()


def describe(shares: Sequence[Share]) -> dict[str, object]:
    claims = [each for share in shares for each in share.claims]
    saves = [each for share in shares for each in share.saves]
    return {
        "milliseconds_of_a_claim": quantiles(claims),
        "milliseconds_of_a_save": quantiles(saves),
        "processor_milliseconds_of_both": round(sum(share.cpu for share in shares) / len(saves) * 1000, 1),
        "database_errors": dict(sum((share.errors for share in shares), Counter())),
    }


def quantiles(seconds: Sequence[float]) -> dict[str, int]:
    return {
        "median": round(statistics.median(seconds) * 1000),
        "95_percent": round(statistics.quantiles(seconds, n=20)[-1] * 1000),
        "slowest": round(max(seconds) * 1000),
    }


def count_saves(shares: Sequence[Share]) -> dict[str, int]:
    """Compare what was acknowledged with what the database holds."""
    from annotations.models import Annotation

    acknowledged = sum(len(share.saves) for share in shares)
    return {"acknowledged": acknowledged, "lost_or_doubled": abs(Annotation.objects.count() - acknowledged)}


if __name__ == "__main__":
    main()
