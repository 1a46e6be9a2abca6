"""Articles are found by what is known of them, on both databases alike."""

import pytest

from annotations.assignment.duplicates import decide_cluster
from annotations.assignment.excluding import delete_article
from annotations.assignment.filtering import filter_articles
from annotations.corpus.choice import ArticleChoice, ChoiceError
from annotations.corpus.duplicates import request_duplicates
from annotations.jobs.worker import Worker
from annotations.models import Article, ArticleSketch, ArticleValue, Project, TaskStatus
from tests.factories import make_article, make_copies, make_project, make_round, make_task

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_project()


def find(project: Project, **asked: object) -> list[str]:
    request_duplicates(project)
    Worker().run_until_idle()
    found = filter_articles(project, ArticleChoice.from_json(asked)).published()
    return list(found.order_by("pk").values_list("title", flat=True))


@pytest.fixture
def news(project: Project) -> list[Article]:
    said = (
        (
            "Kyiv agrees",
            "The president agreed to security guarantees.",
            {"source": "wire", "date": "2026-03-01"},
        ),
        (
            "Kyiv waits",
            "No guarantees of security yet, the Préfet said.",
            {"source": "wire", "date": "2026-03-05T10:00"},
        ),
        (
            "停戦交渉",
            "大統領は法的拘束力のある安全保障を求めている。",
            {"language": "ja", "tags": ["peace", "talks"]},
        ),
    )
    return [make_article(project, text, title=title, metadata=metadata) for title, text, metadata in said]


ASKED: list[tuple[dict[str, object], list[str]]] = [
    ({}, ["Kyiv agrees", "Kyiv waits", "停戦交渉"]),
    ({"title": "kyiv"}, ["Kyiv agrees", "Kyiv waits"]),
    ({"words": "GUARANTEES security"}, ["Kyiv agrees", "Kyiv waits"]),
    ({"words": '"security guarantees"'}, ["Kyiv agrees"]),
    ({"words": "prefet"}, ["Kyiv waits"]),
    ({"words": "guarantee"}, []),
    ({"words": "安全保障"}, ["停戦交渉"]),
    ({"words": "保安"}, []),
    ({"words": "waits"}, ["Kyiv waits"]),
    ({"words": 'no" OR "security'}, []),
    ({"metadata": {"source": "wire"}}, ["Kyiv agrees", "Kyiv waits"]),
    ({"metadata": {"tags": "talks"}}, ["停戦交渉"]),
    ({"metadata": {"source": "wire", "tags": "talks"}}, []),
    ({"language": "ja"}, ["停戦交渉"]),
    ({"since": "2026-03-02"}, ["Kyiv waits"]),
    ({"until": "2026-03-05"}, ["Kyiv agrees", "Kyiv waits"]),
    ({"since": "2026-03-01", "until": "2026-03-04"}, ["Kyiv agrees"]),
    ({"max_length": 30}, ["停戦交渉"]),
    ({"min_length": 46}, ["Kyiv waits"]),
    ({"words": "security", "min_length": 46}, ["Kyiv waits"]),
]


def test_each_thing_that_is_asked_has_to_hold(project: Project, news: list[Article]) -> None:
    request_duplicates(project)
    Worker().run_until_idle()
    found = [
        (
            asked,
            list(
                filter_articles(project, ArticleChoice.from_json(asked))
                .order_by("pk")
                .values_list("title", flat=True)
            ),
        )
        for asked, _ in ASKED
    ]
    assert found == ASKED


@pytest.mark.parametrize("words", ["—", '""'])
def test_a_search_for_signs_finds_nothing(project: Project, news: list[Article], words: str) -> None:
    assert find(project, words=words) == []


def test_articles_of_other_projects_are_not_found(project: Project, news: list[Article]) -> None:
    other = make_project()
    make_article(other, "Security guarantees elsewhere", metadata={"source": "wire"})
    assert find(other, words="security", metadata={"source": "wire"}) == ["Security guarantees elsewhere"]
    assert len(find(project, words="security")) == 2


def test_an_article_is_found_by_how_far_it_has_come(project: Project) -> None:
    round_ = make_round(project)
    titles = ("open", "annotated", "adjudicated", "cancelled", "excluded", "unplanned")
    for title in titles:
        article = make_article(project, title=title)
        if title in TaskStatus.values:
            make_task(round_, article, status=title)
        if title == "excluded":
            Article.objects.filter(pk=article.pk).update(
                excluded_at="2026-01-01T00:00Z", exclusion_reason="ad"
            )
    assert find(project, progress="unplanned") == ["cancelled", "unplanned"]
    assert find(project, progress="planned") == ["open"]
    assert find(project, progress="done") == ["annotated"]
    assert find(project, progress="excluded") == ["excluded"]
    assert find(project, progress="gold") == ["adjudicated"]


def test_an_article_is_found_by_whether_it_has_copies(project: Project) -> None:
    titles = ("first", "second", "alone", "apart", "as well")
    first, second, _, apart, as_well = (
        make_article(project, " ".join(f"{title}{n}" for n in range(9)), title=title) for title in titles
    )
    cluster = make_copies(first, second)
    decide_cluster(make_copies(apart, as_well), "distinct", by=None)
    assert find(project, copies="grouped") == ["first", "second"]
    assert find(project, copies="alone") == ["alone", "apart", "as well"]
    assert find(project, copies="first") == ["first", "alone", "apart", "as well"]
    decide_cluster(cluster, "copies", kept=second.pk, by=None)
    assert find(project, copies="first") == ["second", "alone", "apart", "as well"]


def test_what_is_deleted_is_found_no_more(project: Project, news: list[Article]) -> None:
    find(project)
    delete_article(news[0], by=None)
    assert find(project, words="guarantees") == ["Kyiv waits"]
    assert find(project, metadata={"source": "wire"}) == ["Kyiv waits"]
    assert ArticleSketch.objects.count() == 2
    assert ArticleValue.objects.filter(column="source").count() == 1


@pytest.mark.parametrize(
    "asked",
    [
        {"colour": "red"},
        {"progress": "nearly"},
        {"copies": "some"},
        {"min_length": "long"},
        {"min_length": -1},
        {"max_length": True},
        {"metadata": ["source"]},
        {"metadata": {str(number): "x" for number in range(21)}},
        {"words": 3},
    ],
)
def test_what_cannot_be_asked_is_refused(asked: dict[str, object]) -> None:
    with pytest.raises(ChoiceError):
        ArticleChoice.from_json(asked)


def test_a_choice_says_what_was_said_and_reads_it_again() -> None:
    asked = {"words": "peace", "metadata": {"source": "wire"}, "max_length": 0, "copies": "first"}
    choice = ArticleChoice.from_json(asked)
    assert choice.to_json() == asked
    assert (
        choice.describe()
        == "text has peace; source is “wire”; at most 0 characters; one of each group of copies"
    )
    assert ArticleChoice().is_all
