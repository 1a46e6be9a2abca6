"""Columns that are weighed before they are added up give the same sums as cells that are added up first."""

import numpy as np
import pytest

from annotations.agreement import Corpus, GammaOptions, Items, evaluate, read_plain, summarize
from annotations.agreement.sums import weighing
from annotations.agreement.sums.cells import Cells, Columns, Part
from tests.unit.agreement.corpora import random_plain
from tests.unit.agreement.test_invariants import approximately
from tests.unit.agreement.test_statistics import SLICES, unlike_documents

SPANS = read_plain({"documents": [*unlike_documents(), *random_plain(3, documents=33)["documents"][3:]]})
ITEMS = Items.from_rows(
    [{"a": n % 3, "b": n % 2, "c": n % 4} for n in range(9)] + [{"a": 1}, {"b": 2, "c": 2}]
)


@pytest.mark.parametrize("few", [0, weighing.FEW_FACTORS])
@pytest.mark.parametrize("at_once", [weighing.ENTRIES_AT_ONCE, 2000])
@pytest.mark.parametrize("data", [SPANS, ITEMS], ids=["spans", "items"])
def test_intervals_do_not_depend_on_what_is_summed_first(
    data: Corpus | Items, at_once: int, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    statistics = summarize(data, by=SLICES, gamma=GammaOptions(samples=2))
    cells_first = evaluate(statistics, by=SLICES, samples=20).to_json()
    monkeypatch.setattr(weighing, "FEW_ENTRIES", 0)
    monkeypatch.setattr(weighing, "FEW_FACTORS", few)
    monkeypatch.setattr(weighing, "ENTRIES_AT_ONCE", at_once)
    assert approximately(evaluate(statistics, by=SLICES, samples=20).to_json(), cells_first)


@pytest.mark.parametrize("few", [0, 100])
def test_a_cell_is_the_weighed_sum_of_its_columns(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weighing, "FEW_ENTRIES", few)
    matrix = np.array([[1.0, 0.0, 5.0], [2.0, 3.0, 0.0]])  # of two documents and three columns
    columns = Columns(np.array([0, 2, 3, 4]), np.array([0, 1, 1, 0]), np.array([1.0, 2.0, 3.0, 5.0]))
    part = Part(columns, np.array([0, 2, 1]), np.array([1, 1, 3]), np.array([1.0, 0.5, 2.0]))
    weights = np.array([[1.0, 0.0], [2.0, 1.0], [0.0, 4.0]])
    sums = weighing.prepare_sums([Cells([part], 2, 4)])(weights)
    expected = np.zeros((2, 4))
    expected[:, 1] = matrix[:, 0] + 0.5 * matrix[:, 2]
    expected[:, 3] = 2 * matrix[:, 1]
    assert sums.tolist() == (weights @ expected).tolist()
