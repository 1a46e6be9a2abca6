"""Coefficients over items against figures that were published with their data."""

import pytest

from annotations.agreement import Items, MetricReport, evaluate
from tests.unit.agreement.corpora import items_from_columns, items_from_confusion, items_from_counts


def measured(items: Items, metric: str) -> MetricReport:
    return evaluate(items, metrics=[metric], samples=0)[metric]


def test_cohen_1960_table_1() -> None:
    # Cohen (1960), A coefficient of agreement for nominal scales, table 1, as 100 persons
    report = measured(items_from_confusion([[25, 13, 12], [12, 2, 16], [3, 15, 2]]), "cohen_kappa")
    assert report.details["observed_agreement"] == pytest.approx(0.29)
    assert report.details["expected_agreement"] == pytest.approx(0.35)
    assert report.value == pytest.approx(-0.0923, abs=5e-5)


def test_cohen_1968_unweighted() -> None:
    # Cohen (1968), Weighted kappa, table 1, as 100 persons: unweighted kappa .492
    report = measured(items_from_confusion([[44, 7, 9], [5, 20, 5], [1, 3, 6]]), "cohen_kappa")
    assert report.value == pytest.approx(0.492, abs=5e-4)


@pytest.mark.parametrize(
    ("metric", "published"), [("scott_pi", 0.341), ("cohen_kappa", 0.348), ("percent_agreement", 0.7)]
)
def test_artstein_and_poesio_2008_dialogue_acts(metric: str, published: float) -> None:
    # Artstein and Poesio (2008), Inter-coder agreement for computational linguistics, tables 2 and 3
    assert measured(items_from_confusion([[20, 10], [20, 50]]), metric).value == pytest.approx(
        published, abs=5e-4
    )


FLEISS_1971 = """
00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031
00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006
"""


def test_fleiss_1971_psychiatric_diagnoses() -> None:
    # Fleiss (1971), table 1: 30 patients, 6 psychiatrists each; kappa .430
    counts = [[int(digit) for digit in row] for row in FLEISS_1971.split()]
    report = measured(items_from_counts(counts), "fleiss_kappa")
    assert report.details["observed_agreement"] == pytest.approx(0.5556, abs=5e-4)
    assert report.details["expected_agreement"] == pytest.approx(0.2201, abs=5e-4)
    assert report.value == pytest.approx(0.430, abs=5e-4)


def test_fleiss_of_fourteen_raters() -> None:
    # The worked example of the encyclopedia article on Fleiss' kappa: 10 subjects, 14 raters, kappa 0.210
    counts = [
        [0, 0, 0, 0, 14],
        [0, 2, 6, 4, 2],
        [0, 0, 3, 5, 6],
        [0, 3, 9, 2, 0],
        [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0],
        [3, 2, 6, 3, 0],
        [2, 5, 3, 2, 2],
        [6, 5, 2, 1, 0],
        [0, 2, 2, 3, 7],
    ]
    assert measured(items_from_counts(counts), "fleiss_kappa").value == pytest.approx(0.210, abs=5e-4)


def test_krippendorff_2011_binary_data() -> None:
    # Krippendorff (2011), Computing Krippendorff's alpha-reliability, section A: .095
    items = items_from_columns(
        {"Meg": [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], "Owen": [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]}
    )
    assert measured(items, "alpha_nominal").value == pytest.approx(0.095, abs=5e-4)


def test_krippendorff_2011_nominal_data() -> None:
    # the same, section B: .692
    items = items_from_columns({"Ben": list("aabbdcccedda"), "Gerry": [*list("babbbcccedd"), "d"]})
    assert measured(items, "alpha_nominal").value == pytest.approx(0.692, abs=5e-4)


KRIPPENDORFF_2011 = {
    "A": [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    "B": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    "C": [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    "D": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
}


@pytest.mark.parametrize(
    ("metric", "published"),
    [("alpha_nominal", 0.743), ("alpha_ordinal", 0.815), ("alpha_interval", 0.849), ("alpha_ratio", 0.797)],
)
def test_krippendorff_2011_any_metric_and_missing_data(metric: str, published: float) -> None:
    # the same, sections C and D: four observers, twelve units, missing values
    report = measured(items_from_columns(KRIPPENDORFF_2011), metric)
    assert report.value == pytest.approx(published, abs=5e-4)
    assert report.n_documents == 11
    assert report.details["n_documents_left_out"] == 1
    assert report.details["pairable_values"] == pytest.approx(40)


@pytest.mark.parametrize(
    ("metric", "published"),
    [("gwet_ac1", 0.7754441), ("gwet_ac2_linear", 0.8587391), ("gwet_ac2_quadratic", 0.9140007)],
)
def test_gwet_of_four_raters_with_missing_ratings(metric: str, published: float) -> None:
    # irrCAC, data set cac.raw4raters, which is that of Krippendorff (2011): gwet.ac1.raw without and with weights.
    # The unit that one rater alone judged counts for the prevalence of its value.
    report = measured(items_from_columns(KRIPPENDORFF_2011), metric)
    assert report.value == pytest.approx(published, abs=5e-8)


@pytest.mark.parametrize(
    ("metric", "published"),
    [
        ("cohen_kappa", 0.7964094),
        ("weighted_kappa_linear", 0.8429020),
        ("weighted_kappa_quadratic", 0.8921569),
        ("gwet_ac1", 0.8493305),
        ("gwet_ac2_linear", 0.9000227),
        ("gwet_ac2_quadratic", 0.9402369),
    ],
)
def test_two_abstractors_of_gwet_2014(metric: str, published: float) -> None:
    # irrCAC, data set cont3x3abstractors: kappa2.table and gwet.ac1.table without and with weights
    report = measured(items_from_confusion([[13, 0, 0], [0, 20, 7], [0, 4, 56]]), metric)
    assert report.value == pytest.approx(published, abs=5e-8)


HAYES_2007 = """
112.2 1101. 2333. .00.0 000.0 000.0 102.1 1.20. 222.2 2111. .100. 0000. 1222. 33223 111.1 111.1 212.2 1233. 1101. 000.0
0011. 00.00 2333. 0000. 12.22 0111. 00010 1212. 1122. 112.2 110.0 2121. 22.22 3222. 222.2 223.2 222.2 22.12 2222. 111.1
"""


@pytest.mark.parametrize(
    ("metric", "published"),
    [("alpha_nominal", 0.4765), ("alpha_ordinal", 0.7598), ("alpha_interval", 0.7574)],
)
def test_hayes_and_krippendorff_2007_news_tone(metric: str, published: float) -> None:
    # Hayes and Krippendorff (2007), Answering the call for a standard reliability measure for coding data, table 1:
    # five observers, forty articles, the challenger from sure loser (0) to likely winner (3); ordinal .7598
    rows = [
        {f"observer {place}": int(mark) for place, mark in enumerate(row) if mark != "."}
        for row in HAYES_2007.split()
    ]
    report = measured(Items.from_rows(rows), metric)
    assert report.value == pytest.approx(published, abs=5e-4)
    assert report.n_documents == len(rows) == 40


def test_values_of_items_are_slices_of_their_own() -> None:
    report = evaluate(
        items_from_confusion([[20, 10], [20, 50]]), metrics=["cohen_kappa"], by=["label"], samples=0
    )
    # with two values, each against the rest is the same table
    assert {round(part.value or 0, 3) for part in report["cohen_kappa"].by_label.values()} == {0.348}
