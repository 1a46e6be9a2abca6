"""Copies among the articles of a project: found by a job that reads what is new, and kept as clusters."""

import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from annotations.assignment.excluding import delete_article, undo_import
from annotations.corpus import catalogue, duplicates
from annotations.corpus.clusters import Pair, find_groups, write_clusters
from annotations.corpus.duplicates import find_copies_in_import, request_duplicates
from annotations.corpus.preparing import prepare
from annotations.corpus.services import import_articles
from annotations.corpus.staging import drop_import, open_import, stage
from annotations.formats.documents import Document
from annotations.jobs.worker import Worker
from annotations.likeness.shingles import Hashes, hash_shingles
from annotations.models import (
    Article,
    ArticleImport,
    ArticleSketch,
    Block,
    DuplicateCluster,
    DuplicateMember,
    Job,
    JobStatus,
    Project,
    Verdict,
)
from tests.factories import make_article, make_project

pytestmark = pytest.mark.django_db
SEEDS = sorted((Path(__file__).parents[3] / "seeds").glob("*.txt"))
SEED = SEEDS[0].read_text(encoding="utf-8")
EDITED = SEED.replace("security", "safety").replace("Ukraine has", "The country has")
PART = "\n".join(SEED.split("\n")[10:])


@pytest.fixture
def project() -> Project:
    return make_project()


def find(project: Project) -> list[list[int]]:
    """The members of each cluster once the jobs have run."""
    request_duplicates(project)
    Worker().run_until_idle()
    assert not Job.objects.exclude(status=JobStatus.DONE).exists()
    return list_clusters(project)


def list_clusters(project: Project) -> list[list[int]]:
    clusters = DuplicateCluster.objects.filter(project=project).order_by("pk")
    return [list(cluster.members.values_list("article_id", flat=True)) for cluster in clusters]


def write_copy(project: Project, text: str, **fields: object) -> Article:
    return make_article(project, text, **fields)


def test_the_five_seeds_are_five_articles(project: Project) -> None:
    import_articles(project, SEEDS, by=None)
    assert find(project) == []
    assert ArticleSketch.objects.filter(is_compared=True).count() == 5


def test_an_import_asks_for_the_copies_among_its_articles(project: Project) -> None:
    import_articles(project, SEEDS, by=None)
    Worker().run_until_idle()
    import_articles(project, [Document(place="copy", text=EDITED, original=EDITED.encode())], by=None)
    Worker().run_until_idle()
    first, copy = (
        project.articles.get(title__startswith="Ukraine Signals", source__contains="000"),
        project.articles.last(),
    )
    assert copy
    assert list_clusters(project) == [[first.pk, copy.pk]]


def test_a_copy_of_a_copy_is_in_the_cluster_of_both(project: Project) -> None:
    texts = [" ".join(f"word{number}" for number in range(start, start + 400)) for start in (0, 200, 400)]
    first, second, third = [write_copy(project, text) for text in texts]
    assert find(project) == [[first.pk, second.pk, third.pk]]
    assert find_groups([first.pk, third.pk]) == dict.fromkeys(
        [first.pk, third.pk], DuplicateCluster.objects.get().pk
    )


def test_members_say_of_which_article_they_have_most(project: Project) -> None:
    first, edited, part = (write_copy(project, text) for text in (SEED, EDITED, PART))
    find(project)
    members = {member.article_id: member for member in DuplicateMember.objects.all()}
    assert members[part.pk].nearest_id == first.pk
    assert members[part.pk].share == 1
    assert members[edited.pk].kind == "edited"
    assert 0.8 < members[edited.pk].share < 1


def test_only_new_articles_are_read(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(20):
        write_copy(project, " ".join(f"w{number}x{place}" for place in range(100)))
    find(project)
    read: list[str] = []

    def read_and_hash(text: str) -> Hashes:
        read.append(text)
        return hash_shingles(text)

    monkeypatch.setattr("annotations.corpus.catalogue.hash_shingles", read_and_hash)
    new = write_copy(project, "Something else happened in the capital on Monday, officials said in a note.")
    assert find(project) == []
    assert read == [new.text]


def test_a_new_copy_joins_the_cluster_and_opens_it_again(project: Project) -> None:
    first, second = write_copy(project, SEED), write_copy(project, EDITED)
    find(project)
    DuplicateCluster.objects.update(verdict=Verdict.GROUP, decided_at="2026-01-01T00:00Z")
    third = write_copy(project, PART)
    assert find(project) == [[first.pk, second.pk, third.pk]]
    assert DuplicateCluster.objects.get().verdict == Verdict.OPEN


def test_a_decision_stands_while_nothing_new_comes(project: Project) -> None:
    write_copy(project, SEED), write_copy(project, EDITED)
    find(project)
    DuplicateCluster.objects.update(verdict=Verdict.GROUP, decided_at="2026-01-01T00:00Z")
    write_copy(project, "Another matter altogether.")
    ArticleSketch.objects.update(is_compared=False)
    find(project)
    assert DuplicateCluster.objects.get().verdict == Verdict.GROUP


def test_clusters_that_meet_in_a_new_article_become_one(project: Project) -> None:
    words = [f"word{number}" for number in range(1200)]
    one, other = (write_copy(project, " ".join(words[start : start + 400])) for start in (0, 800))
    copies = [write_copy(project, f"{article.text} and more") for article in (one, other)]
    assert len(find(project)) == 2
    bridge = write_copy(project, " ".join(words[100:1100]))
    assert find(project) == [sorted([one.pk, other.pk, *(copy.pk for copy in copies), bridge.pk])]


def test_articles_of_other_projects_are_not_compared(project: Project) -> None:
    write_copy(project, SEED)
    other = make_project()
    write_copy(other, SEED)
    assert find(project) == find(other) == []


def test_what_stands_below_every_article_of_a_source_makes_no_copies(project: Project) -> None:
    footer = " ".join(f"Our footer says this {number}." for number in range(40))
    for name in "ab":
        article = write_copy(project, " ".join(f"{name}{number}" for number in range(60)) + "\n\n" + footer)
        start = article.text.index("Our footer")
        Block.objects.create(article=article, ordinal=1, kind="boilerplate", start=start, end=article.length)
    assert find(project) == []


def test_a_job_that_was_killed_goes_on_where_it_was(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    articles = [write_copy(project, text) for text in (SEED, EDITED, PART)]
    monkeypatch.setattr(catalogue, "CATALOGUED_AT_ONCE", 1)
    monkeypatch.setattr(duplicates, "COMPARED_AT_ONCE", 1)
    chunks = itertools.count(1)

    def fail_at_second(project: Project, pairs: Sequence[Pair]) -> None:
        write_clusters(project, pairs)
        if next(chunks) == 2:
            raise DatabaseError("gone")

    monkeypatch.setattr("annotations.corpus.duplicates.write_clusters", fail_at_second)
    request_duplicates(project)
    Worker().run_until_idle()
    assert ArticleSketch.objects.filter(is_compared=True).count() == 1
    Job.objects.update(run_after="2026-01-01T00:00Z")
    assert find(project) == [[article.pk for article in articles]]


def test_excluded_articles_have_copies_too(project: Project) -> None:
    write_copy(project, SEED, excluded_at="2026-01-01T00:00Z", exclusion_reason="an advertisement")
    write_copy(project, EDITED)
    assert len(find(project)) == 1


def test_a_deleted_article_leaves_its_cluster_and_one_article_is_none(project: Project) -> None:
    first, second, third = (write_copy(project, text) for text in (SEED, EDITED, PART))
    find(project)
    delete_article(third, by=None)
    assert list_clusters(project) == [[first.pk, second.pk]]
    delete_article(second, by=None)
    assert list_clusters(project) == []
    assert list(ArticleSketch.objects.values_list("pk", flat=True)) == [first.pk]


def test_where_the_article_that_was_kept_is_deleted_the_cluster_is_open(project: Project) -> None:
    first, *_ = (write_copy(project, text) for text in (SEED, EDITED, PART))
    find(project)
    DuplicateCluster.objects.update(verdict=Verdict.COPIES, kept=first, decided_at="2026-01-01T00:00Z")
    delete_article(first, by=None)
    cluster = DuplicateCluster.objects.get()
    assert (cluster.verdict, cluster.kept_id, cluster.members.count()) == (Verdict.OPEN, None, 2)


def test_an_import_with_copies_can_be_undone(project: Project) -> None:
    write_copy(project, SEED)
    import_articles(project, [Document(place="copy", text=EDITED, original=EDITED.encode())], by=None)
    assert len(find(project)) == 1
    undo_import(ArticleImport.objects.get(), by=None)
    assert list_clusters(project) == []


def make_staged(project: Project, texts: Sequence[str]) -> ArticleImport:
    under_way = open_import(project)
    documents = [
        Document(place=f"new:{number}", text=text, original=text.encode())
        for number, text in enumerate(texts)
    ]
    stage(under_way, [prepare(document) for document in documents], by=None)
    return under_way


def test_copies_are_told_before_an_import_is_published(project: Project) -> None:
    known = write_copy(project, SEED)
    under_way = make_staged(project, [EDITED, "Something else.", PART])
    found = find_copies_in_import(under_way)
    assert [(copy.article.source, copy.other.pk) for copy in found] == [
        ("new:0", known.pk),
        ("new:2", known.pk),
    ]
    assert [copy.kind for copy in found] == ["edited", "edited"]
    assert not DuplicateCluster.objects.exists()
    assert find(project) == []
    drop_import(under_way)
    assert list(ArticleSketch.objects.values_list("pk", flat=True)) == [known.pk]


def test_copies_within_an_import_are_told_too(project: Project) -> None:
    found = find_copies_in_import(make_staged(project, [SEED, EDITED]))
    assert [(copy.article.source, copy.other.source) for copy in found] == [("new:1", "new:0")]


def test_looking_for_copies_takes_as_many_queries_for_one_article_as_for_fifty(project: Project) -> None:
    def count(texts: Sequence[str]) -> int:
        other = make_project()
        for text in texts:
            write_copy(other, text)
        request_duplicates(other)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            Worker().run_until_idle()
        return len(queries)

    count([SEED])
    assert count([SEED]) == count([" ".join(f"w{n}x{place}" for place in range(50)) for n in range(50)])
