"""Planning and freezing 15,000 articles: each writes in parts, none of which takes more than a second of processor time."""

from collections.abc import Callable

import pytest

from annotations.assignment.services import plan_round
from annotations.gold.services import freeze_release
from annotations.models import Role, RoundKind, Task, TaskStatus, User
from annotations.models.inserting import ROWS_AT_ONCE, insert_rows
from annotations.models.tallies import find_wrong_tallies
from tests.factories import make_article, make_member, make_project, make_round
from tests.factories.large import make_adjudicated_round
from tests.transactions import MAX_SECONDS, Watch

pytestmark = pytest.mark.django_db
ARTICLES = 15_000
"""Four fifths of them have gold."""


def time_transactions(watch: Watch, act: Callable[[], object]) -> float:
    """How long the longest transaction of something took."""
    watch.longest = 0.0
    act()
    return watch.longest


def test_planning_and_freezing_a_large_project_hold_nobody_up(transaction_watch: Watch) -> None:
    round_ = make_adjudicated_round(ARTICLES)
    project = round_.project
    team: list[User] = [make_member(project, Role.ANNOTATOR) for _ in range(3)]
    transaction_watch.too_long.clear()  # the world took its time
    articles = list(project.articles.only("pk", "project"))

    def plan() -> None:
        planned = plan_round(
            project, annotators=team, overlap=3, kind=RoundKind.CALIBRATION, articles=articles, by=None
        )
        assert planned.tasks.count() == ARTICLES

    def freeze() -> None:
        release = freeze_release(project, title="First", by=None, exception="A pilot.")
        assert release.items.count() == ARTICLES * 4 // 5

    assert time_transactions(transaction_watch, plan) < MAX_SECONDS
    assert time_transactions(transaction_watch, freeze) < MAX_SECONDS
    assert find_wrong_tallies() == set()


def test_rows_inserted_together_are_those_that_would_be_saved_one_by_one() -> None:
    project = make_project()
    articles = [make_article(project) for _ in range(3)]
    saved, inserted = make_round(project), make_round(project)
    for article in articles:
        Task.objects.create(round=saved, article=article, wanted=2)
    insert_rows(Task, ["article_id"], ([article.pk] for article in articles), round=inserted, wanted=2)
    columns = [field.attname for field in Task._meta.concrete_fields]
    columns = [name for name in columns if name not in {"id", "round_id", "status_changed_at"}]
    rows = [list(round_.tasks.order_by("pk").values_list(*columns)) for round_ in (saved, inserted)]
    assert rows[0] == rows[1]
    assert all(task.status_changed_at for task in inserted.tasks.all())
    assert find_wrong_tallies() == set()


def test_more_rows_than_go_at_once_are_all_inserted_and_none_makes_nothing() -> None:
    round_ = make_adjudicated_round(ROWS_AT_ONCE + 1)
    other = make_round(round_.project)
    insert_rows(Task, ["article_id"], [], round=other, wanted=1)
    assert not other.tasks.exists()
    ids = round_.project.articles.values_list("pk")
    insert_rows(Task, ["article_id"], ids, round=other, wanted=1, status=TaskStatus.OPEN)
    assert other.tasks.count() == ROWS_AT_ONCE + 1
