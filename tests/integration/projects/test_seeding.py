"""The projects that the quickstart begins with come in as any other, and a start that is cut off is gone on with."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from annotations.assignment.errors import NoArticlesLeftError
from annotations.assignment.services import withdraw_assignment
from annotations.management.samples import InvalidSampleError
from annotations.management.seeding import seed_project, seed_sample_project
from annotations.models import Assignment, AssignmentStatus, Project
from tests.factories import ROOT

ARTICLES = sorted((ROOT / "seeds").glob("*.txt"))


class NotedList(list[Path]):
    """Notes whether a transaction was open when somebody began to read it."""

    def __init__(self, paths: list[Path]) -> None:
        super().__init__(paths)
        self.read_in_transaction: list[bool] = []

    def __iter__(self) -> Iterator[Path]:
        self.read_in_transaction.append(connection.in_atomic_block)
        return super().__iter__()


@pytest.mark.django_db(transaction=True)
def test_the_articles_are_read_while_no_transaction_is_open() -> None:
    articles = NotedList(ARTICLES)
    seed_sample_project(articles, seed_project(articles))
    assert articles.read_in_transaction
    assert not any(articles.read_in_transaction)


@pytest.mark.django_db
def test_a_start_that_was_cut_off_is_gone_on_with(tmp_path: Path) -> None:
    with pytest.raises(NoArticlesLeftError):
        seed_project([tmp_path / "missing.txt"])
    assert Project.objects.get().rounds.count() == 0
    seeded = seed_project(ARTICLES)
    assert seeded.round.tasks.count() == len(ARTICLES)
    assert seed_project(ARTICLES) == seeded
    assert Project.objects.get().articles.count() == len(ARTICLES)


@pytest.mark.django_db
def test_sample_annotations_that_are_missing_are_added(tmp_path: Path) -> None:
    seeded = seed_project(ARTICLES)
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    last = max((tmp_path / "seeds" / "annotations").glob("*/*.json"))
    content = json.loads(last.read_text(encoding="utf-8"))
    content["spans"][0]["quote"] = "words that stand nowhere"
    last.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(InvalidSampleError):
        seed_sample_project(sorted((tmp_path / "seeds").glob("*.txt")), seeded)
    submitted = Assignment.objects.submitted()
    assert 0 < submitted.count() < 3 * len(ARTICLES)
    seed_sample_project(ARTICLES, seeded)
    assert submitted.count() == 3 * len(ARTICLES)


@pytest.mark.django_db
def test_a_sample_annotation_that_was_taken_back_stays_so() -> None:
    seeded = seed_project(ARTICLES)
    project = seed_sample_project(ARTICLES, seeded)
    own = Assignment.objects.filter(task__round__project=project)
    withdrawn = withdraw_assignment(own[0], by=None)
    seed_sample_project(ARTICLES, seeded)
    withdrawn.refresh_from_db()
    assert withdrawn.status == AssignmentStatus.WITHDRAWN
    assert own.submitted().count() == 3 * len(ARTICLES) - 1
