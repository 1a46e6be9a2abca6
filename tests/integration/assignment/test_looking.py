"""Looking through articles a bounded number at a time finds what asking for all of them finds, whatever is asked."""

from typing import Any

import pytest
from django.utils import timezone

from annotations.assignment.filtering import filter_articles
from annotations.assignment.looking import look_through
from annotations.corpus.choice import ArticleChoice, Grouping, Progress
from annotations.corpus.duplicates import request_duplicates
from annotations.jobs.worker import Worker
from annotations.models import DuplicateCluster, DuplicateMember, Project, Task, TaskStatus, Verdict
from tests.factories import make_article, make_project, make_round
from tests.pairwise import list_alone_and_pairwise

pytestmark = pytest.mark.django_db
ARTICLES = 24
ASKED: dict[str, list[Any]] = {
    "title": ["", "TALKS", "no such title"],
    "words": ["", "doubt", '"doubt Kyiv"', "unheard"],
    "metadata": [{}, {"source": "wire"}, {"source": "wire", "tags": "peace"}],
    "language": ["", "de"],
    "since": ["", "2026-03-02"],
    "until": ["", "2026-03-03"],
    "min_length": [None, 26],
    "max_length": [None, 29],
    "progress": ["", *Progress],
    "copies": ["", *Grouping],
}
"""Every question of the page with some of its answers."""


@pytest.fixture(scope="module")
def choices() -> list[ArticleChoice]:
    return [ArticleChoice.from_json(asked) for asked in list_alone_and_pairwise(ASKED)]


@pytest.fixture
def project() -> Project:
    project, elsewhere = make_project(), make_project()
    rounds = [make_round(project), make_round(project)]
    statuses = [*TaskStatus, None, None]
    clusters = [
        DuplicateCluster.objects.create(
            project=project, verdict=verdict, decided_at=None if verdict == Verdict.OPEN else timezone.now()
        )
        for verdict in (Verdict.OPEN, Verdict.ONE, Verdict.DISTINCT)
    ]
    for number in range(ARTICLES):
        article = make_article(
            project,
            ("They doubt Kyiv. ", "They doubt. Kyiv waits. ", "Nothing. ")[number % 3] * 2 + str(number),
            title=f"Talks {number}" if number % 2 else f"War {number}",
            metadata={
                "source": "wire" if number % 4 else "paper",
                "tags": ["peace", "talks"] if number % 5 else [],
                "language": "de" if number % 3 else "en",
                "date": f"2026-03-0{1 + number % 5}",
            },
        )
        for round_, status in zip(rounds, (statuses[number % 7], statuses[number % 5 + 1]), strict=True):
            if status is not None:
                Task.objects.create(round=round_, article=article, wanted=1, status=status)
        if number % 2:
            cluster = clusters[number % 6 // 2]
            DuplicateMember.objects.create(cluster=cluster, article=article, share=0.9, kind="edited")
    clusters[1].kept = clusters[1].members.order_by("-article")[0].article
    clusters[1].save()
    make_article(elsewhere, "They doubt Kyiv, elsewhere.", title="Talks", metadata={"source": "wire"})
    request_duplicates(project)
    request_duplicates(elsewhere)
    Worker().run_until_idle()
    return project


def test_whatever_is_asked_is_found_look_by_look(project: Project, choices: list[ArticleChoice]) -> None:
    sizes: list[int] = []
    for choice in choices:
        every = list(filter_articles(project, choice).published().order_by("pk").values_list("pk", flat=True))
        look = look_through(project, choice, most=5)
        found = look.ids
        while look.end is not None:
            look = look_through(project, choice, after=look.end, most=5)
            found += look.ids
        assert found == every, choice.describe()
        assert look_through(project, choice).ids == every, choice.describe()
        sizes.append(len(every))
    assert len([size for size in sizes if size]) > len(sizes) // 3
