"""The page's report: every part of it rests on the same counts."""

import pytest

from annotations.reliability import counting
from annotations.reliability.matrices import take_fingerprints
from annotations.reliability.page_report import PageReport
from annotations.reliability.selection import choose_selection
from tests.factories.reliability import annotate, make_tasks, make_team

pytestmark = pytest.mark.django_db


def test_a_selection_is_counted_once_for_all_parts_of_its_page(monkeypatch: pytest.MonkeyPatch) -> None:
    project, people, round_ = make_team("Ada", "Ben", "Cy")
    for task in make_tasks(round_, 2):
        for start, person in enumerate(people):
            annotate(task, person, (start, 10, "Claim"))
    taken: list[object] = []

    def count_and_take(*arguments: object, **options: object) -> object:
        taken.append(arguments)
        return take_fingerprints(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(counting, "take_fingerprints", count_and_take)
    page = PageReport(project, choose_selection(project), "f1_strict")
    assert taken == []
    assert page.main["f1_strict"].n_documents == len(page.documents) == 2
    assert page.basis.n_alone == 0
    assert [row.label for row in page.confusions] == ["Claim"]
    assert page.rounds == []
    assert len(page.without_each) == 3
    assert page.everybody["f1_strict"].value == page.main["f1_strict"].value
    assert len(page.periods) == 1
    assert page.articles_needed.documents
    assert len(taken) == 1
