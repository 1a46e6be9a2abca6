"""Rounds with suggestions are measured beside rounds without, and the report says what suggestions do."""

import pytest

from annotations.assignment.services import plan_round
from annotations.collection.suggesting import show_suggestions
from annotations.models import Predictor, Project, User
from annotations.reliability.anchoring import describe_anchoring, measure_anchoring
from annotations.reliability.counting import Options
from annotations.reliability.full_report import report_whole
from annotations.reliability.selection import choose_selection
from annotations.spans import Span
from tests.factories import make_article, make_assignment, make_member, make_prediction, make_project
from tests.factories.adjudication import TEXT, claim, mark, submit

pytestmark = pytest.mark.django_db
METRIC = "f1_strict"


def annotate(
    project: Project, people: list[User], marked: list[list[Span]], *, predictor: Predictor | None
) -> None:
    """A round of one article, in which each person marks something."""
    article = make_article(project, f"{TEXT} {project.articles.count()}")
    make_prediction(article, mark(claim(0, 25)))
    round_ = plan_round(
        project,
        annotators=people,
        overlap=len(people),
        articles=[article],
        suggestions=predictor and Predictor.objects.get(),
        by=None,
    )
    for person, spans in zip(people, marked, strict=True):
        share = make_assignment(round_.tasks.get(), person)
        show_suggestions(share)
        submit(share, mark(*spans))


@pytest.fixture
def project() -> Project:
    project = make_project()
    people = [make_member(project), make_member(project)]
    make_prediction(make_article(project), mark(claim(0, 4)))
    predictor = Predictor.objects.get()
    same = [[claim(0, 25, key="suggestion-1")], [claim(0, 25, key="suggestion-1"), claim(30, 40)]]
    annotate(project, people, same, predictor=predictor)
    annotate(project, people, [[claim(0, 25)], [claim(8, 33)]], predictor=None)
    return project


def test_both_sides_are_measured_and_held_against_the_model(project: Project) -> None:
    found = measure_anchoring(project, choose_selection(project), metrics=[METRIC])
    assert found is not None
    assert found.without is not None
    assert (found.seen.rounds, found.without.rounds) == ((1,), (2,))
    assert (found.seen.like_model, found.seen.marked) == (2, 3)
    assert (found.without.like_model, found.without.marked) == (1, 2)
    values = [side.figures[METRIC].value for side in (found.seen, found.without)]
    assert values == [pytest.approx(2 / 3), 0.0]
    said = describe_anchoring(found, METRIC)
    assert said[0].startswith("Annotators of round 1 saw suggestions of a model.")
    assert said[-1] == (
        "67 of 100 of their spans are just as the model said; of those who saw nothing, 50 of 100 are."
    )


def test_only_rounds_with_suggestions_cannot_be_compared_and_that_is_said(project: Project) -> None:
    selection = choose_selection(project, rounds=[1])
    found = measure_anchoring(project, selection, metrics=[METRIC])
    assert found is not None
    assert found.without is None
    assert "No round without suggestions is chosen" in describe_anchoring(found, METRIC)[-1]


def test_where_nobody_saw_any_nothing_is_said(project: Project) -> None:
    selection = choose_selection(project, rounds=[2])
    assert measure_anchoring(project, selection, metrics=[METRIC]) is None
    whole = report_whole(
        project, selection, metrics=[METRIC], parts=["suggestions"], options=Options(samples=0)
    )
    assert whole.to_json()["suggestions"] == {}


def test_a_report_for_programs_has_both_sides(project: Project) -> None:
    whole = report_whole(
        project,
        choose_selection(project),
        metrics=[METRIC],
        parts=["suggestions"],
        options=Options(samples=0),
    )
    part = whole.to_json()["suggestions"]
    assert (part["with"]["rounds"], part["without"]["rounds"]) == ([1], [2])
    assert part["with"]["like_model"] == 2
    assert METRIC in part["against_without"]
