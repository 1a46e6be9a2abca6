"""Coefficients over spans against figures that were published with their data."""

from collections.abc import Sequence

import pytest

from annotations.agreement import Corpus, GammaOptions, evaluate
from tests.unit.agreement.corpora import Plain, one_document, span


def krippendorff_2004() -> Corpus:
    """Krippendorff (2004), Content Analysis, p. 254: a continuum of 300 that begins at 150."""
    return one_document(
        300,
        i=[span(75, 145, "c"), span(220, 250, "c"), span(30, 90, "k"), span(150, 200, "k")],
        j=[
            span(70, 150, "c"),
            span(205, 225, "c"),
            span(250, 270, "c"),
            span(30, 90, "k"),
            span(150, 200, "k"),
        ],
    )


def test_krippendorff_2004_alpha_u() -> None:
    report = evaluate(krippendorff_2004(), metrics=["alpha_u"], by=["label", "pair"])["alpha_u"]
    assert report.value == pytest.approx(0.8591, abs=1e-3)
    assert report.by_label["c"].value == pytest.approx(0.7286, abs=1e-4)
    assert report.by_label["k"].value == 1.0
    assert report.details["observed_disagreement"] == pytest.approx(0.0144, abs=1e-4)
    assert report.details["expected_disagreement"] == pytest.approx(0.0532 + 0.0490, abs=1e-4)
    assert report.by_pair["i|j"].value == pytest.approx(report.value)


KRIPPENDORFF_1995 = {
    "A": ([(2, 10), (14, 20)], [(4, 8), (15, 17)]),
    "B": ([(0, 18)], [(0, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 9), (9, 10)]),
    "C": ([(2, 8), (10, 12), (14, 18), (20, 22)], [(0, 2), (4, 8), (10, 14), (16, 18), (20, 22)]),
    "D": (
        [(0, 2), (2, 10), (10, 14), (14, 20), (20, 24)],
        [(0, 4), (4, 8), (8, 15), (15, 17), (17, 24)],
    ),
}


def krippendorff_1995(example: str, *, finer: int = 1) -> Corpus:
    """Krippendorff (1995), On the reliability of unitizing continuous data, p. 57: two people, a continuum of 24."""
    first, second = (
        [span(finer * start, finer * end, "unit") for start, end in units]
        for units in KRIPPENDORFF_1995[example]
    )
    return one_document(24 * finer, i=first, j=second)


@pytest.mark.parametrize(
    ("example", "observed", "published"),
    [("A", 0.03125, 0.553), ("B", 2.26736, -0.926), ("C", 0.02777, 0.679), ("D", 0.38715, 0.066)],
)
def test_krippendorff_1995_alpha_u(example: str, observed: float, published: float) -> None:
    # published for a continuum of points without extent, so cut it finely; his expected disagreements have one sign
    # that he corrected in 2004, worth up to .02
    coarse = evaluate(krippendorff_1995(example), metrics=["alpha_u"], samples=0)["alpha_u"]
    assert coarse.details["observed_disagreement"] == pytest.approx(observed, abs=1e-5)
    fine = evaluate(krippendorff_1995(example, finer=5000), metrics=["alpha_u"], samples=0)["alpha_u"]
    assert fine.details["observed_disagreement"] == pytest.approx(observed, abs=1e-5)
    assert fine.value == pytest.approx(published, abs=0.02)


@pytest.mark.parametrize(
    ("example", "metric", "published"),
    [
        ("A", "cohen_kappa", 0.385),
        ("A", "scott_pi", 0.314),
        ("A", "alpha_nominal", 0.329),
        ("B", "cohen_kappa", 0.385),
        ("B", "scott_pi", 0.314),
        ("C", "cohen_kappa", 0.314),
        ("C", "scott_pi", 0.314),
    ],
)
def test_krippendorff_1995_digitized(example: str, metric: str, published: float) -> None:
    report = evaluate(krippendorff_1995(example), metrics=[metric], samples=0)[metric]
    assert report.value == pytest.approx(published, abs=1e-3)


def test_krippendorff_1995_where_everything_is_marked() -> None:
    metrics = ["cohen_kappa", "scott_pi", "alpha_nominal"]
    report = evaluate(krippendorff_1995("D"), metrics=metrics, samples=0)
    assert all(report[metric].value is None for metric in metrics)


def segmentation(masses: Sequence[int]) -> list[Plain]:
    spans, place = [], 0
    for mass in masses:
        spans.append(span(place, place + mass, "segment"))
        place += mass
    return spans


@pytest.mark.parametrize(
    ("one", "other", "published"),
    [
        # the unit tests of Fournier's own program, segeval
        ([2, 3, 6], [5, 6], 0.5),
        ([2, 3, 6], [2, 3, 3, 3], 2 / 3),
        ([2, 3, 6], [2, 2, 7], 0.75),
        ([2, 3, 6], [1, 1, 3, 1, 5], 0.5),
        ([5, 6], [11], 0.0),
        # Fournier (2013) on Hearst's Stargazer text: two hypotheses against coders 1 and 2
        ([2, 6, 4, 2, 4, 3], [2, 3, 3, 1, 3, 6, 3], 0.57142857),
        ([2, 1, 1, 1, 5, 8, 2, 1], [2, 3, 3, 1, 3, 6, 3], 0.38888889),
        ([2, 6, 4, 2, 4, 3], [2, 8, 2, 4, 2, 3], 0.42857143),
        ([2, 1, 1, 1, 5, 8, 2, 1], [2, 8, 2, 4, 2, 3], 0.33333333),
    ],
)
def test_fournier_2013_boundary_similarity(one: list[int], other: list[int], published: float) -> None:
    corpus = one_document(sum(one), i=segmentation(one), j=segmentation(other))
    report = evaluate(corpus, metrics=["boundary_similarity"], samples=0)["boundary_similarity"]
    assert report.value == pytest.approx(published, abs=1e-7)


def semeval_2013() -> Corpus:
    """Six entities marked and six found, with the outcomes of the published example.

    One is found with another label, two with other borders (one of them with another label), one is missed, one is
    spurious, two are right.
    """
    gold = [
        span(0, 5, "drug"),
        span(10, 15, "brand"),
        span(20, 25, "drug"),
        span(30, 40, "group"),
        span(50, 60, "drug"),
        span(70, 75, "drug"),
    ]
    found = [
        span(0, 5, "drug"),
        span(10, 15, "brand"),
        span(20, 25, "brand"),
        span(30, 45, "group"),
        span(47, 60, "brand"),
        span(90, 95, "brand"),
    ]
    return one_document(100, gold=gold, system=found)


@pytest.mark.parametrize(
    ("metric", "published"),
    [("f1_strict", 2 / 6), ("f1_exact", 3 / 6), ("f1_partial", (3 + 0.5 * 2) / 6), ("f1_type", 3 / 6)],
)
def test_semeval_2013_task_9_1(metric: str, published: float) -> None:
    # precision and recall of the four schemes of SemEval-2013 task 9.1: .33, .50, .66, .50
    report = evaluate(semeval_2013(), metrics=[metric], samples=0)[metric]
    assert report.value == pytest.approx(published)
    assert report.details["units_1"] == report.details["units_2"] == 6


def test_mathet_2015_disorder_of_a_unitary_alignment() -> None:
    # Mathet et al. (2015), section 4: the dissimilarity of two units is the squared ratio of the moved borders to the
    # lengths, plus one for another label; a unit alone costs 1
    one, other = span(0, 10, "A"), span(5, 15, "B")
    details = evaluate(one_document(30, a=[one], b=[other]), metrics=["gamma"], samples=0)["gamma"].details
    assert details["observed_disorder"] == pytest.approx((10 / 20) ** 2 + 1)
    assert details["n_clusters"] == 1
    far = evaluate(one_document(300, a=[one], b=[span(200, 210)]), metrics=["gamma"], samples=0)[
        "gamma"
    ].details
    assert far["observed_disorder"] == pytest.approx(2.0)
    assert far["n_clusters"] == 2


ALEX_PAUL_SUZAN = {
    "Alex": [(2, 9, "1"), (11, 17, "2"), (24, 30, "5"), (32, 36, "6"), (36, 44, "6"), (44, 60, "7")],
    "Paul": [(2, 9, "1"), (11, 17, "3"), (19, 25, "5"), (32, 44, "6")],
    "Suzan": [(2, 9, "1"), (11, 17, "4"), (21, 27, "5"), (32, 36, "6"), (36, 40, "6"), (40, 44, "6")],
}


def test_the_example_of_the_gamma_software_by_mathet_and_others() -> None:
    # The program's own example and settings (alpha 3, shuffled samples); pygamma-agreement's test of it states
    # a disorder of .96, six clusters and a gamma of .44 to .47
    data = one_document(
        60, **{name: [span(*unit) for unit in units] for name, units in ALEX_PAUL_SUZAN.items()}
    )
    options = GammaOptions(alpha=3, sampler="shuffle", precision=0.01)
    report = evaluate(data, metrics=["gamma", "gamma_k"], by=["label"], samples=0, gamma=options)
    assert report["gamma"].details["observed_disorder"] == pytest.approx(0.96, rel=0.01)
    assert report["gamma"].details["n_clusters"] == 6
    assert report["gamma"].value == pytest.approx(0.455, abs=0.015)
    assert [report["gamma_k"].by_label[label].value for label in ("1", "5")] == [1.0, 1.0]


def test_krippendorff_2016_binary_by_its_formula() -> None:
    # two observers, a continuum of 10, units [0, 4) and [2, 6): intersections 2, unit with gap 4, gaps 4
    report = evaluate(one_document(10, a=[span(0, 4)], b=[span(2, 6)]), metrics=["u_alpha_binary"], samples=0)
    observed = 2 * 4
    correction = 2 * 16 + 12  # squared lengths of the units, plain length of the gaps
    expected = 2 * 8 * 12 / (20 - correction / 20)
    assert report["u_alpha_binary"].value == pytest.approx(1 - observed / expected)
    assert report["u_alpha_binary"].details["observed_disagreement"] == observed


KRIPPENDORFF_2019 = {
    "Alex": [(0, 7, "1"), (7, 13, "2"), (30, 32, "5"), (32, 37, "6"), (37, 44, "6"), (44, 60, "7")],
    "Paul": [(0, 7, "1"), (7, 13, "3"), (13, 21, "5"), (32, 44, "6")],
    "Suzan": [(0, 7, "1"), (7, 13, "4"), (13, 21, "5"), (32, 37, "6"), (37, 41, "6"), (41, 44, "6")],
}


@pytest.mark.parametrize(
    ("metric", "published"), [("u_alpha", 0.510), ("u_alpha_binary", 0.413), ("cu_alpha", 0.7242)]
)
def test_krippendorff_2019_three_annotators(metric: str, published: float) -> None:
    # Content Analysis, 4th edition, figure 12.11, which prints u .510, |u .413 and cu .724 for a continuum of 60
    corpus = one_document(
        60, **{name: [span(*unit) for unit in units] for name, units in KRIPPENDORFF_2019.items()}
    )
    value = evaluate(corpus, metrics=[metric], samples=0)[metric].value
    assert value == pytest.approx(published, abs=1e-3 if metric == "u_alpha_binary" else 5e-5)
