"""Gamma with the labels and lengths of all articles, counted block by block."""

import pytest

from annotations.agreement import evaluate
from annotations.agreement.gamma.options import GammaOptions
from annotations.reliability import counting
from annotations.reliability.counting import Options
from annotations.reliability.matrices import build_corpus
from annotations.reliability.reports import report_selection
from annotations.reliability.selection import Selection
from tests.factories.reliability import annotate, make_tasks, make_team

pytestmark = pytest.mark.django_db


def test_each_block_is_drawn_with_the_labels_of_all_and_anew_when_they_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(counting, "TASKS_A_GAMMA_BLOCK", 2)
    project, people, round_ = make_team("Ada", "Ben")
    tasks = make_tasks(round_, 5)
    for number, task in enumerate(tasks[:4]):
        for person in people:
            annotate(task, person, (number, 10 + number, "Claim" if number % 2 else "Stance"))
    options = Options(samples=0, gamma=GammaOptions(samples=6, drawn_from="corpus"))

    def look() -> tuple[float | None, float | None]:
        ours = report_selection(project, Selection(), metrics=["gamma"], options=options)["gamma"]
        corpus = build_corpus(project, Selection())
        theirs = evaluate(corpus, metrics="gamma", samples=0, gamma=options.gamma)["gamma"]
        assert ours.value == pytest.approx(theirs.value, abs=1e-9)
        assert ours.parameters["drawn_from"] == "corpus"
        return ours.value, ours.details["expected_disorder"]

    before = look()
    for person in people:
        annotate(tasks[4], person, (0, 60, "Source"))
    assert look() != before
