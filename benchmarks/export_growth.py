"""How exports and freezing grow: 3 annotations of 8 spans an article, in a database of their own, of SQLite unless told otherwise.

    python -m benchmarks.export_growth 10000 100000        annotations; each is measured in a database of that size
    python -m benchmarks.export_growth --freeze 10000      articles whose gold is frozen into a release
    python -m benchmarks.export_growth 10000 1000000 --world var/growth    keeps the database for the next time
    python -m benchmarks.export_growth 10000 100000 --database postgresql     processor time is that of the workbench alone
    python -m benchmarks.export_growth 10000 100000 1000000 --draw growth.svg    draws the processor time over the annotations

Wall seconds until the first byte over REST, annotations a second, and the most that the process weighs above what it weighed
before. Rows of spans are left out of the database, since exports are made of the bytes that are stored beside them.
"""

import argparse
import gc
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any, Self

from benchmarks.agreement_page import LENGTH, draw_links, draw_places
from benchmarks.claims import DATABASES
from benchmarks.drawing import draw_growth
from benchmarks.export import WORDS

ANNOTATORS = 3
KINDS = 64
"""How many different markups are drawn; what is in them does not matter to an export, only how long they are."""
ROWS_AT_ONCE = 2_000
PAGE = os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("annotations", type=int, nargs="*", default=[])
    parser.add_argument("--freeze", type=int, metavar="ARTICLES")
    parser.add_argument("--formats", nargs="+", default=["jsonl", "conll"])
    parser.add_argument("--database", choices=sorted(DATABASES), default="sqlite")
    parser.add_argument("--world", type=Path, help="a folder in which the database is kept")
    parser.add_argument("--draw", type=Path, metavar="FILE.svg", help="where the growth is drawn")
    arguments = parser.parse_args()
    with ExitStack() as cleaning_up:
        folder = arguments.world or Path(
            cleaning_up.enter_context(tempfile.TemporaryDirectory(prefix="workbench-growth-"))
        )
        folder.mkdir(parents=True, exist_ok=True)
        os.environ |= {
            "DATABASE_URL": cleaning_up.enter_context(DATABASES[arguments.database](folder.resolve())),
            "WORKBENCH_HOME": str(folder.resolve()),
            "SECRET_KEY": "of-a-benchmark",
            "DJANGO_SETTINGS_MODULE": "workbench.settings",
        }
        found = run(arguments)
        print(json.dumps(found, indent=2))
    if arguments.draw:
        arguments.draw.write_text(draw(found["exports"]), encoding="utf-8")


def draw(exports: Sequence[Mapping[str, Any]]) -> str:
    """Processor seconds over annotations, a line a format."""
    lines: dict[str, list[tuple[float, float]]] = {}
    for one in exports:
        lines.setdefault(one["format"], []).append((one["annotations"], one["cpu_seconds"]))
    return draw_growth(
        lines,
        title="Exporting annotations of 8 spans; dotted: if it grew with their number alone",
        across="annotations",
        up="seconds of processor time",
    )


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from annotations.models import Project
    from tests.factories import make_project

    project = Project.objects.first() or make_project()
    found: dict[str, Any] = {"exports": []}
    for number in arguments.annotations:
        fill(project, articles=-(-number // ANNOTATORS))
        for name in arguments.formats:
            measured = measure_export(project, name, number)
            found["exports"].append({"annotations": number, "format": name, **measured})
            print(json.dumps(found["exports"][-1]), file=sys.stderr, flush=True)
    if arguments.freeze:
        fill(project, articles=arguments.freeze)
        found["freezing"] = {"articles": arguments.freeze, **measure_freezing(project)}
    return found | {"load": round(os.getloadavg()[0], 1)}


def fill(project: Any, *, articles: int) -> None:
    """Add articles that everybody has annotated until there are that many."""
    from django.db import connection

    from annotations.models import Article, Participant, Role
    from tests.factories import make_member, make_round

    have = Article.objects.filter(project=project).count()
    if have > articles:
        sys.exit(f"the world has {have} articles already: name another folder for fewer")
    round_ = project.rounds.first() or make_round(
        project,
        overlap=ANNOTATORS,
        annotators=tuple(make_member(project, Role.ANNOTATOR) for _ in range(ANNOTATORS)),
    )
    people = [one.annotator for one in Participant.objects.filter(round=round_).order_by("pk")]
    numbers = iter(range(have, min(articles, ROWS_AT_ONCE)))
    while chunk := list(islice(numbers, ROWS_AT_ONCE)):
        _add(project, round_, people, chunk)
    while (have := Article.objects.filter(project=project).count()) < articles:
        _copy(min(have, articles - have))
    if connection.vendor == "postgresql":  # which does so by itself a minute later
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _copy(articles: int) -> None:
    """Let the database make copies of the first articles, with what is made of them."""
    from django.db import connection, transaction
    from django.db.models import Max

    from annotations.models import Annotation, Article, Assignment, Task

    shifts = {
        model: model.objects.aggregate(last=Max("pk"))["last"]
        for model in (Article, Task, Assignment, Annotation)
    }
    of_articles = {
        Article: "id <= %s",
        Task: "article_id <= %s",
        Assignment: f"task_id IN (SELECT id FROM {Task._meta.db_table} WHERE article_id <= %s)",
        Annotation: f"assignment_id IN (SELECT a.id FROM {Assignment._meta.db_table} a JOIN {Task._meta.db_table} t "
        "ON t.id = a.task_id WHERE t.article_id <= %s)",
    }
    with transaction.atomic(), connection.cursor() as cursor:
        for model, chosen in of_articles.items():
            columns = {}
            for column in model._meta.concrete_fields:
                moved = model if column.primary_key else column.related_model
                columns[column.column] = (
                    f"{column.column} + {shifts[moved]}" if moved in shifts else column.column
                )
            if model is Article:
                number = f"id + {shifts[Article]}"
                padded = {
                    "sqlite": f"printf('%064d', {number})",
                    "postgresql": f"lpad(({number})::text, 64, '0')",
                }
                columns |= dict.fromkeys(("sha256", "text_sha256"), padded[connection.vendor])
            cursor.execute(
                f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) "
                f"SELECT {', '.join(columns.values())} FROM {model._meta.db_table} WHERE {chosen}",
                [articles],
            )


def _add(project: Any, round_: Any, people: list[Any], numbers: list[int]) -> None:
    import numpy as np
    from django.db.models import OuterRef, Subquery
    from django.utils import timezone

    from annotations.formats.canonical import checksum, write_members
    from annotations.formats.record import describe_markup
    from annotations.models import (
        Annotation,
        AnnotationOrigin,
        Article,
        Assignment,
        AssignmentStatus,
        Task,
        TaskStatus,
    )

    generator = np.random.default_rng(numbers[0])
    filling = WORDS * (LENGTH // len(WORDS) + 1)
    markups = [draw_links(generator, draw_places(generator, 8)) for _ in range(KINDS)]
    written = [
        (write_members(describe_markup(markup, filling)), checksum(markup.to_json())) for markup in markups
    ]
    articles = [
        Article(
            project=project,
            text=f"Article {number} {filling}"[:LENGTH],
            title=f"Article {number}",
            source_format="text",
            encoding="utf-8",
            original=b"",
            sha256=f"{number:064d}",
            text_sha256=f"{number:064d}",
            length=LENGTH,
        )
        for number in numbers
    ]
    for article in articles:
        article.write_canonical(())
    Article.objects.bulk_create(articles)
    tasks = Task.objects.bulk_create(
        Task(
            round=round_, article=article, wanted=ANNOTATORS, claimed=ANNOTATORS, status=TaskStatus.ANNOTATED
        )
        for article in articles
    )
    shares = Assignment.objects.bulk_create(
        Assignment(task=task, annotator=person, leased_until=round_.created_at)
        for task in tasks
        for person in people
    )
    Annotation.objects.bulk_create(
        Annotation(
            assignment=share,
            revision=1,
            origin=AnnotationOrigin.IMPORT,
            digest="",
            canonical=written[place % KINDS][0],
            sha256=written[place % KINDS][1],
        )
        for place, share in enumerate(shares)
    )
    own = Annotation.objects.filter(assignment=OuterRef("pk"))
    Assignment.objects.filter(pk__gte=shares[0].pk, pk__lte=shares[-1].pk).update(
        current=Subquery(own.values("pk")), status=AssignmentStatus.SUBMITTED, submitted_at=timezone.now()
    )


def measure_export(project: Any, name: str, number: int) -> dict[str, float]:
    from django.test import Client

    from annotations.models import Membership, Role
    from tests.factories import make_member

    client = Client(headers={"host": "127.0.0.1:8000"})
    known = Membership.objects.filter(project=project, role=Role.MANAGER).first()
    client.force_login(known.user if known else make_member(project, Role.MANAGER))
    client.get("/api/v1/projects/")
    address = f"/api/v1/projects/{project.pk}/annotations/?format={name}"
    next(iter(client.get(address).streaming_content))
    gc.collect()
    with Scales() as scales:
        begin, wall, size = time.process_time(), time.monotonic(), 0
        response = client.get(address)
        assert response.status_code == 200, response.content
        first = 0.0
        for chunk in response.streaming_content:
            first = first or time.monotonic() - wall
            size += len(chunk)
        seconds, passed = time.process_time() - begin, time.monotonic() - wall
    return {
        "first_byte_seconds": round(first, 3),
        "cpu_seconds": round(seconds, 2),
        "wall_seconds": round(passed, 2),
        "annotations_per_cpu_second": round(number / seconds),
        "megabytes": round(size / 1e6, 1),
        "megabytes_above_idle": scales.megabytes,
    }


def measure_freezing(project: Any) -> dict[str, float]:
    from annotations.gold.services import freeze_release
    from annotations.models import Gold, GoldStatus, Task, TaskStatus

    tasks = Task.objects.filter(round__project=project).order_by("pk")
    rows = tasks.values_list("pk", "assignments__current__canonical").filter(assignments__annotator__pk__gt=0)
    golds = dict(rows.iterator())
    members = '"annotations":[{"annotator":"A","revision":1,"sha256":"x"}]\n"ledger":{"decisions":0,"sha256":"x"}\n"status":"agreed"'
    for chunk in _chunks(golds.items()):
        Gold.objects.bulk_create(
            Gold(task_id=task, status=GoldStatus.AGREED, markup={}, canonical=f"{members}\n{canonical}")
            for task, canonical in chunk
        )
    tasks.update(status=TaskStatus.ADJUDICATED)
    gc.collect()
    with Scales() as scales:
        begin, wall = time.process_time(), time.monotonic()
        freeze_release(project, title="Grown", by=None, exception="Measured.")
        seconds, passed = time.process_time() - begin, time.monotonic() - wall
    return {
        "cpu_seconds": round(seconds, 2),
        "wall_seconds": round(passed, 2),
        "megabytes_above_idle": scales.megabytes,
    }


def _chunks(rows: Any) -> Any:
    waiting = iter(rows)
    while chunk := list(islice(waiting, ROWS_AT_ONCE)):
        yield chunk


class Scales:
    """Weighs the process every few milliseconds."""

    def __enter__(self) -> Self:
        self.idle = self.most = _weigh()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.02):
            self.most = max(self.most, _weigh())

    @property
    def megabytes(self) -> float:
        """The most above what it weighed at the beginning."""
        return round((self.most - self.idle) / 1e6, 1)


def _weigh() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE


if __name__ == "__main__":
    main()
