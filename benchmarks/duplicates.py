"""Copies among 100,000 made-up articles, of which 2 % are edited copies: recall, precision, and what the job takes.

Run it from the repository's root:

    python -m benchmarks.duplicates [--articles 100000] [--length 600]

On SQLite in a folder of its own, or on the database that DATABASE_URL names, which has to be empty. The job is run as a
worker runs it, one process from the texts in the database to the clusters there; making the articles up is not measured.

Words are drawn as often as words of a language are, and stock phrases, quotes and footers are shared by many articles that are
no copies. A copy is made in one of five ways: 2 to 15 % of the words edited, the lead cut, another lead, paragraphs merged and
white space changed, or all but half of it cut; each way but the second to last also edits words.
"""

import argparse
import hashlib
import json
import os
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

VOCABULARY = 40_000
PHRASES = 3_000
QUOTES = 4_000
SOURCES = 50
SHARE = 0.02
ROWS_AT_ONCE = 1_000
Paragraph = NDArray[np.int64]
WAYS = ("words", "cut lead", "another lead", "merged paragraphs", "half")


@dataclass(frozen=True, slots=True)
class MadeUp:
    """An article, and of which it is a copy and how it was made, where it is one."""

    number: int
    text: str
    copied_from: int | None
    way: str


class Writer:
    """Writes articles of a made-up language; a paragraph is an array of the ranks of its words."""

    def __init__(self, seed: int) -> None:
        self._draws = np.random.default_rng(seed)
        letters = np.array(list("etaoinshrdlucmfwypvbgk"))
        sizes = self._draws.integers(2, 10, VOCABULARY)
        self._words = np.array(["".join(self._draws.choice(letters, size)) for size in sizes], dtype=object)
        weights = np.cumsum(1 / (np.arange(VOCABULARY) + 3))
        self._until = weights / weights[-1]
        self._phrases = [self._draw(size) for size in self._draws.integers(3, 9, PHRASES)]
        self._quotes = [self._draw(size) for size in self._draws.integers(20, 61, QUOTES)]
        self._footers = [self._draw(40) for _ in range(SOURCES)]

    def _draw(self, number: int) -> Paragraph:
        return np.searchsorted(self._until, self._draws.random(int(number)))

    def _pick(self, some: list[Paragraph]) -> Paragraph:
        return some[int(self._draws.integers(len(some)))]

    def write(self, length: int) -> list[Paragraph]:
        """The paragraphs of an article of about so many words; three in ten hold a quote that others hold too."""
        length = max(60, int(self._draws.normal(length, length / 3)))
        paragraphs = []
        while length > 0:
            words = self._draw(self._draws.integers(30, 100))
            if self._draws.random() < 0.7:
                words = np.concatenate(
                    [words[:20], self._pick(self._phrases), words[20:], self._pick(self._phrases)]
                )
            paragraphs.append(words)
            length -= len(words)
        if self._draws.random() < 0.3:
            paragraphs.insert(int(self._draws.integers(1, len(paragraphs) + 1)), self._pick(self._quotes))
        return [*paragraphs, self._pick(self._footers)]

    def copy(self, paragraphs: list[Paragraph], way: str) -> list[Paragraph]:
        """An edited copy of an article."""
        if way == "cut lead":
            paragraphs = paragraphs[min(2, len(paragraphs) // 3) :]
        elif way == "another lead":
            paragraphs = [self._draw(sum(map(len, paragraphs)) // 3), *paragraphs[1:]]
        elif way == "half":
            paragraphs = paragraphs[: max(1, -(-len(paragraphs) // 2))]
        elif way == "merged paragraphs":
            return [np.concatenate(paragraphs)]
        rate = self._draws.uniform(0.02, 0.15)
        return [self._edit(words, rate) for words in paragraphs]

    def _edit(self, words: Paragraph, rate: float) -> Paragraph:
        """Words, of which so many are replaced, left out, or followed by a new one, each way as often."""
        ways = np.where(self._draws.random(len(words)) < rate, self._draws.integers(1, 4, len(words)), 0)
        edited = np.where(ways == 1, self._draw(len(words)), words)
        added = self._draw(len(words))[ways == 3]
        return np.insert(edited, np.flatnonzero(ways == 3), added)[
            np.insert(ways, np.flatnonzero(ways == 3), 0) != 2
        ]

    def write_all(self, articles: int, length: int) -> Iterator[MadeUp]:
        """Articles, some of which are copies of one of the last two thousand that are none."""
        originals: dict[int, list[Paragraph]] = {}
        for number in range(articles):
            if len(originals) > 50 and self._draws.random() < SHARE:
                source: int | None = int(self._draws.choice(list(originals)))
                way = str(self._draws.choice(WAYS))
                paragraphs = self.copy(originals[source], way)
            else:
                source, way, paragraphs = None, "", self.write(length)
                originals[number] = paragraphs
                if len(originals) > 2_000:
                    originals.pop(next(iter(originals)))
            yield MadeUp(
                number, "\n\n".join(" ".join(self._words[words]) for words in paragraphs), source, way
            )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--length", type=int, default=600, help="words of an article, on average")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="workbench-duplicates-") as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{Path(folder) / 'duplicates.sqlite3'}")
        os.environ |= {
            "WORKBENCH_HOME": folder,
            "SECRET_KEY": "of-a-benchmark",
            "DJANGO_SETTINGS_MODULE": "workbench.settings",
        }
        print(json.dumps(run(arguments), indent=2))


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    import django
    from django.core.management import call_command

    django.setup()
    from django.conf import settings

    settings.JOB_SCHEDULE = {}
    call_command("migrate", verbosity=0)
    from tests.factories import make_project

    project = make_project()
    originals, ways, characters = fill(project, arguments)
    weight = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    first = measure_job(project)
    again = add_one(project)
    return {
        "articles": arguments.articles,
        "characters": characters,
        **compare(project, originals, ways),
        **first,
        "megabytes_above_idle": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - weight) // 1024,
        "one_more_article": again,
        "load": round(os.getloadavg()[0], 1),
    }


def fill(project: Any, arguments: argparse.Namespace) -> tuple[dict[int, int], dict[int, str], int]:
    """Write the articles into the database; of each copy the original and the way, by the ids of the rows."""
    from django.db import transaction

    from annotations.models import Article

    ids: dict[int, int] = {}
    originals: dict[int, int] = {}
    ways: dict[int, str] = {}
    characters = 0
    rows: list[tuple[MadeUp, Any]] = []

    def save() -> None:
        with transaction.atomic():
            Article.objects.bulk_create([row for _, row in rows])
        for made, row in rows:
            ids[made.number] = row.pk
            if made.copied_from is not None:
                originals[row.pk], ways[row.pk] = ids[made.copied_from], made.way
        rows.clear()

    for made in Writer(arguments.seed).write_all(arguments.articles, arguments.length):
        digest = hashlib.sha256(f"{made.number} {made.text}".encode()).hexdigest()
        characters += len(made.text)
        fields = {"sha256": digest, "text_sha256": digest, "words_sha256": digest}
        row = Article(
            project=project, title=f"Article {made.number}", text=made.text, length=len(made.text), canonical="{}",
            source_format="text", encoding="utf-8", original=b"", **fields,
        )  # fmt: skip
        rows.append((made, row))
        if len(rows) == ROWS_AT_ONCE:
            save()
    save()
    return originals, ways, characters


def measure_job(project: Any) -> dict[str, float]:
    from annotations.corpus.duplicates import request_duplicates
    from annotations.jobs.worker import Worker
    from annotations.models import Job, JobStatus

    request_duplicates(project)
    wall, cpu = time.perf_counter(), time.process_time()
    worker = Worker()
    while Job.objects.filter(kind="find_duplicates").exclude(status=JobStatus.DONE).exists():
        assert worker.work_once()
    return {
        "seconds": round(time.perf_counter() - wall, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
    }


def add_one(project: Any) -> dict[str, float]:
    from tests.factories import make_article

    make_article(project, "One more article, about something else.")
    return measure_job(project)


def compare(project: Any, originals: dict[int, int], ways: dict[int, str]) -> dict[str, Any]:
    """Recall and precision over pairs in one cluster, and the copies that were missed, by the way they were made."""
    from annotations.likeness.resemblance import join_pairs
    from annotations.models import DuplicateMember

    members = DuplicateMember.objects.filter(cluster__project=project).values_list("article_id", "cluster_id")
    cluster_of = dict(members)
    found: dict[int, list[int]] = {}
    for article, cluster in cluster_of.items():
        found.setdefault(cluster, []).append(article)
    planted = join_pairs(originals.items())
    true_pairs = {pair for numbers in planted for pair in list_pairs(numbers)}
    found_pairs = {pair for numbers in found.values() for pair in list_pairs(sorted(numbers))}
    missed = Counter(
        ways[copy]
        for copy, original in originals.items()
        if cluster_of.get(copy, -1) != cluster_of.get(original, -2)
    )
    right = len(true_pairs & found_pairs)
    return {
        "copies": len(originals),
        "recall": round(right / len(true_pairs), 4),
        "precision": round(right / len(found_pairs), 4) if found_pairs else None,
        "missed": dict(missed),
        "clusters": len(found),
    }


def list_pairs(numbers: list[int]) -> list[tuple[int, int]]:
    """Every two of some numbers, which are in order."""
    return [(one, other) for place, one in enumerate(numbers) for other in numbers[place + 1 :]]


if __name__ == "__main__":
    main()
