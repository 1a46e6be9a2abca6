"""The pages and lists of a project with 20,000 articles and 53,000 annotations: how long nineteen of twenty requests take at most, by the clock and of CPU, and the costliest query of each.

Run it from the repository's root:

    python -m benchmarks.pages [--articles 20000]

On SQLite in a folder of its own, or on the database that DATABASE_URL names, in a transaction that is taken back.
"""

import gc
import time
from http import HTTPStatus
from typing import TYPE_CHECKING

from benchmarks.large import set_up

if TYPE_CHECKING:
    from django.test import Client

REQUESTS = 20

PAGES = (
    "",
    "notes/",
    "quarantine/",
    "articles/",
    "rounds/",
    "rounds/plan/",
    "rounds/1/",
    "adjudication/",
    "releases/",
    "activity/",
    "jobs/",
)
LISTS = ("articles", "tasks", "assignments", "annotations", "gold", "decisions", "events", "jobs")


def main() -> None:
    with set_up(__doc__) as articles:
        run(articles)


def run(articles: int) -> None:
    from django.db import transaction
    from django.test import Client

    from annotations.models import Role
    from tests.factories.large import make_large_project

    with transaction.atomic():
        large = make_large_project(articles)
        addresses = [
            (
                Role.ADJUDICATOR if page == "adjudication/" else Role.MANAGER,
                f"/projects/{large.project.slug}/{page}",
            )
            for page in PAGES
        ]
        addresses += [(Role.MANAGER, f"/api/v1/{name}/?page_size=500") for name in LISTS]
        addresses.append((Role.ANNOTATOR, "/work/"))
        gc.collect()
        gc.freeze()  # a server does not hold what was made up
        for role, address in addresses:
            client = Client()
            client.force_login(large.people[role])
            print(f"{address:45} {measure(client, address)}")
        transaction.set_rollback(True)


def measure(client: "Client", address: str) -> str:
    """The 95th percentile of requests after the first one, which fills caches, and the queries of one more."""
    from tests.plans import explain, record_queries

    client.get(address)
    by_clock, of_cpu = [], []
    for _ in range(REQUESTS):
        begin, cpu = time.perf_counter(), time.process_time()
        client.get(address)
        by_clock.append(time.perf_counter() - begin)
        of_cpu.append(time.process_time() - cpu)
    with record_queries() as queries:
        answer = client.get(address)
    assert answer.status_code == HTTPStatus.OK, (address, answer.status_code)
    cost = max(explain(query).cost for query in queries)
    clock, cpu = (1000 * sorted(times)[REQUESTS * 95 // 100 - 1] for times in (by_clock, of_cpu))
    return f"{clock:6.0f} ms  {cpu:6.0f} ms of CPU  {len(queries):3} queries  costliest {cost}"


if __name__ == "__main__":
    main()
