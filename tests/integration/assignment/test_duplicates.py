"""What a manager decides about copies, and what follows from it."""

import pytest
from django.db import Error, transaction

from annotations.assignment.duplicates import (
    NoArticleChosenError,
    NotAVerdictError,
    decide_cluster,
    explain_exclusion,
)
from annotations.assignment.excluding import exclude_article
from annotations.assignment.services import plan_round
from annotations.corpus.clusters import Pair, find_groups, write_clusters
from annotations.models import (
    Article,
    DuplicateCluster,
    Event,
    Project,
    Role,
    Round,
    RoundKind,
    User,
    Verdict,
)
from annotations.projects.archived import ProjectArchivedError
from tests.api.world import call_as, make_world
from tests.factories import make_article, make_member, make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_project()


@pytest.fixture
def manager(project: Project) -> User:
    return make_member(project, Role.MANAGER)


@pytest.fixture
def articles(project: Project) -> list[Article]:
    return [make_article(project) for _ in range(3)]


@pytest.fixture
def cluster(project: Project, articles: list[Article]) -> DuplicateCluster:
    first, second, third = (article.pk for article in articles)
    write_clusters(project, [Pair(first, second, 0.9, "edited"), Pair(second, third, 0.8, "edited")])
    return DuplicateCluster.objects.get()


def list_excluded(articles: list[Article]) -> list[str]:
    return [Article.objects.get(pk=article.pk).exclusion_reason for article in articles]


def test_one_is_kept_and_the_others_are_excluded_as_its_copies(
    cluster: DuplicateCluster, articles: list[Article], manager: User
) -> None:
    decided = decide_cluster(cluster, Verdict.ONE, kept=articles[1].pk, by=manager)
    reason = f"a copy of “{articles[1].title}” (article {articles[1].pk})"
    assert list_excluded(articles) == [reason, "", reason]
    assert (decided.verdict, decided.kept_id, decided.decided_by) == (Verdict.ONE, articles[1].pk, manager)
    event = Event.objects.get(verb="decided about copies")
    assert event.details == {"verdict": "one", "was": "open", "articles": 3, "kept": articles[1].title}


def test_another_decision_lets_the_others_count_again(
    cluster: DuplicateCluster, articles: list[Article], manager: User
) -> None:
    decide_cluster(cluster, Verdict.ONE, kept=articles[1].pk, by=manager)
    decide_cluster(cluster, Verdict.ONE, kept=articles[0].pk, by=manager)
    assert list_excluded(articles) == ["", *[explain_exclusion(articles[0])] * 2]
    decide_cluster(cluster, Verdict.GROUP, by=manager)
    assert list_excluded(articles) == ["", "", ""]


def test_what_was_excluded_for_another_reason_stays_excluded(
    cluster: DuplicateCluster, articles: list[Article], manager: User
) -> None:
    exclude_article(articles[2], reason="an advertisement", by=manager)
    decide_cluster(cluster, Verdict.ONE, kept=articles[0].pk, by=manager)
    decide_cluster(cluster, Verdict.DISTINCT, by=manager)
    assert list_excluded(articles) == ["", "", "an advertisement"]
    with pytest.raises(NoArticleChosenError, match="include it first"):
        decide_cluster(cluster, Verdict.ONE, kept=articles[2].pk, by=manager)


@pytest.mark.parametrize("verdict", [Verdict.ONE, Verdict.COPIES])
def test_an_article_of_the_cluster_has_to_be_chosen(
    cluster: DuplicateCluster, project: Project, manager: User, verdict: str
) -> None:
    for kept in (None, make_article(project).pk):
        with pytest.raises(NoArticleChosenError, match="Choose the article"):
            decide_cluster(cluster, verdict, kept=kept, by=manager)


@pytest.mark.parametrize("verdict", ["open", "both", ""])
def test_there_are_four_verdicts(cluster: DuplicateCluster, manager: User, verdict: str) -> None:
    with pytest.raises(NotAVerdictError, match="one, group, copies, distinct"):
        decide_cluster(cluster, verdict, by=manager)


def test_copies_are_a_group_until_somebody_says_that_they_are_not(
    cluster: DuplicateCluster, articles: list[Article], project: Project, manager: User
) -> None:
    numbers = [article.pk for article in articles]
    alone = make_article(project)
    assert find_groups([*numbers, alone.pk]) == dict.fromkeys(numbers, cluster.pk)
    decide_cluster(cluster, Verdict.DISTINCT, by=manager)
    assert find_groups(numbers) == {}


def test_a_round_leaves_out_what_is_marked_as_a_copy(
    cluster: DuplicateCluster, articles: list[Article], project: Project, manager: User
) -> None:
    decide_cluster(cluster, Verdict.COPIES, kept=articles[1].pk, by=manager)
    alone = make_article(project)
    round_ = plan_round(project, annotators=[make_member(project)], overlap=1, by=manager)
    assert list_planned(round_) == [articles[1].pk, alone.pk]


@pytest.mark.parametrize(("kind", "number"), [(RoundKind.RETEST, 2), (RoundKind.PRODUCTION, 4)])
def test_a_retest_takes_one_article_of_a_group(
    cluster: DuplicateCluster, project: Project, manager: User, kind: RoundKind, number: int
) -> None:
    decide_cluster(cluster, Verdict.GROUP, by=manager)
    make_article(project)
    round_ = plan_round(project, annotators=[make_member(project)], overlap=1, kind=kind, by=manager)
    assert len(list_planned(round_)) == number


def test_the_api_decides_and_says_what_is_missing() -> None:
    world = make_world()
    client = call_as(world, Role.MANAGER)
    address = f"/api/v1/duplicates/{world.copies.pk}/"
    refused = client.patch(address, {"verdict": "one"}, format="json")
    assert (refused.status_code, "Choose the article" in refused.json()["detail"]) == (409, True)
    kept = world.copies.members.all()[1].article_id
    assert client.patch(address, {"verdict": "one", "kept": kept}, format="json").json()["kept"] == kept
    assert client.get("/api/v1/duplicates/?verdict=open").json()["results"] == []
    assert client.patch(address, {}, format="json").json()["verdict"] == "one"


def list_planned(round_: Round) -> list[int]:
    return list(round_.tasks.order_by("article_id").values_list("article_id", flat=True))


def test_nothing_is_decided_in_an_archived_project(
    cluster: DuplicateCluster, project: Project, manager: User
) -> None:
    Project.objects.filter(pk=project.pk).update(archived_at="2026-01-01T00:00Z")
    with pytest.raises(ProjectArchivedError):
        decide_cluster(cluster, Verdict.GROUP, by=manager)


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": "perhaps"},
        {"verdict": "group"},
        {"decided_at": "2026-01-01T00:00Z"},
        {"verdict": "group", "decided_at": "2026-01-01T00:00Z", "kept": "first"},
    ],
)
def test_the_database_refuses_decisions_that_contradict_themselves(
    cluster: DuplicateCluster, articles: list[Article], change: dict[str, str]
) -> None:
    values = {name: articles[0].pk if value == "first" else value for name, value in change.items()}
    with pytest.raises(Error), transaction.atomic():
        DuplicateCluster.objects.filter(pk=cluster.pk).update(**values)
