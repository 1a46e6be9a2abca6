"""Suggestions are shown in the rounds that were planned with them, and counted of each revision."""

from typing import Any

import pytest
from django.db import Error, transaction

from annotations.assignment.errors import AssignmentError, ImportInUseError
from annotations.assignment.excluding import undo_import
from annotations.assignment.services import plan_round
from annotations.collection.suggesting import show_suggestions, sum_up_use
from annotations.labelstudio.gateway.guidance import describe_article
from annotations.models import (
    Article,
    ArticleImport,
    Assignment,
    Event,
    Predictor,
    Project,
    Role,
    RoundSuggestions,
    ShownSuggestions,
    SuggestionUse,
    User,
)
from annotations.suggested import SuggestedUse
from tests.factories import make_article, make_assignment, make_member, make_prediction, make_project
from tests.factories.adjudication import TEXT, claim, mark, submit

pytestmark = pytest.mark.django_db
MODEL = "secret-model-7"


class Case:
    """An article that a model marked, in a round that shows it."""

    def __init__(self, *, suggests: bool = True) -> None:
        self.project: Project = make_project()
        self.article: Article = make_article(self.project, TEXT)
        self.prediction = make_prediction(self.article, mark(claim(key=f"{MODEL}-1")), model=MODEL)
        self.person: User = make_member(self.project)
        self.round = plan_round(
            self.project,
            annotators=[self.person],
            overlap=1,
            suggestions=Predictor.objects.get() if suggests else None,
            by=None,
        )
        self.share: Assignment = make_assignment(self.round.tasks.get(), self.person)


def test_a_round_shows_what_its_predictor_said_and_not_who_that_is() -> None:
    case = Case()
    told: dict[str, Any] = describe_article(case.share)
    [one] = told["suggestions"]
    assert (one["key"], one["label"], one["words"]) == ("suggestion-1", "Claim", TEXT[:25])
    assert one["entries"][0]["id"] == "suggestion-1"
    assert "Type: fact" in one["answers"]
    assert MODEL not in repr(told)
    assert Event.objects.get(verb="planned").details["suggestions"] == MODEL


def test_a_round_that_was_planned_without_suggestions_shows_none() -> None:
    case = Case(suggests=False)
    assert describe_article(case.share)["suggestions"] == []
    submit(case.share, mark(claim()))
    assert not SuggestionUse.objects.exists()
    assert sum_up_use(case.project, case.person) is None


def test_what_was_shown_stays_whatever_is_predicted_later() -> None:
    case = Case()
    show_suggestions(case.share)
    make_prediction(case.article, mark(claim(8, 33)), model=MODEL)
    assert [span.start for span in show_suggestions(case.share)] == [0]


def test_each_revision_is_counted_and_the_current_one_is_summed_up() -> None:
    case = Case()
    show_suggestions(case.share)
    submit(case.share, mark(claim(0, 25, key="suggestion-1")))
    submit(case.share, mark(claim(0, 30, key="suggestion-1"), claim(40, 50, key="drawn")))
    counted = [
        (one.unchanged, one.changed, one.own, one.left) for one in SuggestionUse.objects.order_by("pk")
    ]
    assert counted == [(1, 0, 0, 0), (0, 1, 1, 0)]
    assert sum_up_use(case.project, case.person) == SuggestedUse(unchanged=0, changed=1, own=1, left=0)


def test_who_saw_no_suggestion_is_not_counted() -> None:
    case = Case()
    submit(case.share, mark(claim()))
    assert not SuggestionUse.objects.exists()


def test_a_predictor_that_said_nothing_or_is_of_another_project_is_refused() -> None:
    case = Case()
    other = make_project()
    make_article(other)
    boss = make_member(other, Role.ANNOTATOR)
    silent = Predictor.objects.create(project=other, name="silent")
    for predictor in (silent, Predictor.objects.get(project=case.project)):
        with pytest.raises(AssignmentError, match=r"predicted nothing|not one of"):
            plan_round(other, annotators=[boss], overlap=1, suggestions=predictor, by=None)
    assert not other.rounds.exists()


def test_an_import_whose_predictions_were_shown_cannot_be_undone() -> None:
    case = Case()
    made = ArticleImport.objects.create(
        project=case.project, busy_until=case.prediction.created_at, published_at=case.prediction.created_at
    )
    make_prediction(case.article, mark(claim(8, 33)), model=MODEL, made_in=made)
    show_suggestions(case.share)
    with pytest.raises(ImportInUseError, match="have seen predictions"):
        undo_import(made, by=None)


@pytest.mark.parametrize("table", [RoundSuggestions, ShownSuggestions, SuggestionUse])
def test_the_database_refuses_to_rewrite_what_was_shown_and_counted(table: Any) -> None:
    case = Case()
    show_suggestions(case.share)
    submit(case.share, mark(claim()))
    column = "predictor" if table is RoundSuggestions else "prediction"
    row = table._default_manager.get()
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        table._default_manager.filter(pk=row.pk).update(**{f"{column}_id": getattr(row, f"{column}_id")})
