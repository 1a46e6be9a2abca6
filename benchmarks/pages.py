"""The pages and lists of a project with 20,000 articles and 53,000 annotations: CPU milliseconds and the costliest query of each.

Run it from the repository's root:

    python -m benchmarks.pages [--articles 20000]

On SQLite in a folder of its own, or on the database that DATABASE_URL names, in a transaction that is taken back.
"""

import time

from benchmarks.large import set_up

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
        for role, address in addresses:
            client = Client()
            client.force_login(large.people[role])
            print(f"{address:45} {measure(client, address)}")
        transaction.set_rollback(True)


def measure(client: object, address: str) -> str:
    from tests.plans import explain, record_queries

    client.get(address)
    begin = time.perf_counter()
    with record_queries() as queries:
        answer = client.get(address)
    seconds = time.perf_counter() - begin
    assert answer.status_code == 200, (address, answer.status_code)
    cost = max(explain(query).cost for query in queries)
    return f"{1000 * seconds:6.0f} ms  {len(queries):3} queries  costliest {cost}"


if __name__ == "__main__":
    main()
