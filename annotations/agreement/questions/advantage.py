"""What the alternative annotator test concludes from the scores of a model and of the humans it would stand in for."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from annotations.agreement.data.arrays import FloatArray, IntArray
from annotations.agreement.report import to_plain

PASSING = 0.5
TIE = 1e-12  # scores that differ by no more than rounding are equal


@dataclass(frozen=True, slots=True)
class HumanComparison:
    r"""A model against one human annotator, by how well each agrees with the remaining ones.

    Attributes
    ----------
    annotator : str
    n_documents : int
        Documents (or items) that both judged and at least one other human did.
    human_score, model_score : float or None
        Mean score against the remaining annotators.
    human_advantage, model_advantage : float or None
        :math:`\rho_h, \rho_f`: how often each scores at least as well as the other.
    p_value, adjusted_p_value : float or None
        Of the hypothesis that the model's advantage is at least epsilon below the human's; adjusted by Benjamini and
        Yekutieli for the number of humans.
    wins : bool or None
        Whether the hypothesis is rejected, so that the model may stand in for this annotator.
    undefined : str or None
        Why this human is not tested.
    """

    annotator: str
    n_documents: int
    human_score: float | None = None
    model_score: float | None = None
    human_advantage: float | None = None
    model_advantage: float | None = None
    p_value: float | None = None
    adjusted_p_value: float | None = None
    wins: bool | None = None
    undefined: str | None = None


@dataclass(frozen=True, slots=True)
class AlternativeTest:
    r"""What the alternative annotator test says of a model.

    Attributes
    ----------
    model, score : str
    epsilon, false_discoveries : float
    by_human : mapping of annotator to HumanComparison
    n_documents, n_documents_left_out : int
        Documents that were compared, and those that fewer than two humans or not the model judged, or where a score is
        undefined.
    winning_rate : float or None
        :math:`\omega`: the share of the humans tested that the model wins against.
    advantage_probability : float or None
        :math:`\rho`: the mean over them of how often the model scores at least as well as the human.
    passes : bool or None
        Whether the winning rate is at least one half.
    model_score, human_ceiling : float or None
        The mean scores of the model and of the humans, each human left out in turn, against the same remaining ones.
    undefined : str or None
        Why there is no winning rate.
    """

    model: str
    score: str
    epsilon: float
    false_discoveries: float
    by_human: Mapping[str, HumanComparison]
    n_documents: int
    n_documents_left_out: int
    winning_rate: float | None = None
    advantage_probability: float | None = None
    passes: bool | None = None
    model_score: float | None = None
    human_ceiling: float | None = None
    undefined: str | None = None

    def __repr__(self) -> str:
        if self.winning_rate is None:
            return f"AlternativeTest({self.model}: undefined: {self.undefined})"
        return (
            f"AlternativeTest({self.model}: winning rate {self.winning_rate:.2f}, advantage probability "
            f"{self.advantage_probability:.3f}, {self.score} {self.model_score:.3f} beside {self.human_ceiling:.3f})"
        )

    def to_json(self) -> dict[str, Any]:
        """Plain dictionaries, lists, texts and numbers."""
        plain: dict[str, Any] = to_plain(asdict(self))
        return plain


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """How well each human, and the model in their place, agrees with the remaining humans of a document.

    Attributes
    ----------
    document, human : int arrays, shape (judgement,)
        The humans' judgements of documents that the model judged too.
    by_human, by_model : float arrays, shape (judgement,)
        NaN where there are no others, or a likeness is undefined.
    """

    document: IntArray
    human: IntArray
    by_human: FloatArray
    by_model: FloatArray


def conclude(
    scores: Scores,
    annotators: tuple[str, ...],
    *,
    model: str,
    score: str,
    epsilon: float,
    false_discoveries: float,
    least_documents: int,
    n_judged: int,
) -> AlternativeTest:
    """Test the model against each human, correct the tests for their number, and add up who wins.

    Parameters
    ----------
    scores : Scores
    annotators : tuple of str
        The names that `scores.human` numbers.
    model, score : str
        As they are named in the result.
    epsilon, false_discoveries : float
        See `alternative_annotator_test`.
    least_documents : int
    n_judged : int
        How many documents anybody judged; those that are not compared are left out.

    Returns
    -------
    AlternativeTest
    """
    known = np.isfinite(scores.by_human) & np.isfinite(scores.by_model)
    order = np.argsort(scores.human, kind="stable")
    order = order[known[order]]
    rows: dict[str, HumanComparison] = {}
    for human in np.unique(scores.human).tolist():
        own = slice(*np.searchsorted(scores.human[order], [human, human + 1]).tolist())
        name = annotators[human]
        rows[name] = _compare(
            name, scores.by_human[order[own]], scores.by_model[order[own]], epsilon, least_documents
        )
    n_compared = len(np.unique(scores.document[known]))
    whole = AlternativeTest(model, score, epsilon, false_discoveries, rows, n_compared, n_judged - n_compared)
    return _decide(whole, least_documents)


def _decide(whole: AlternativeTest, least_documents: int) -> AlternativeTest:
    """Correct the tests for their number, and add up who wins."""
    tested = [row for row in whole.by_human.values() if row.p_value is not None]
    if not tested:
        reason = f"no annotator shares {least_documents} documents with the model and with another annotator, as the test wants"
        return replace(whole, undefined=reason)
    given = np.array([row.p_value for row in tested], dtype=np.float64)
    adjusted = adjust_for_number(given)
    rows = [
        replace(row, adjusted_p_value=value, wins=value <= whole.false_discoveries)
        for row, value in zip(tested, adjusted.tolist(), strict=True)
    ]
    rate = float(np.mean([bool(row.wins) for row in rows]))
    return replace(
        whole,
        by_human={**whole.by_human, **{row.annotator: row for row in rows}},
        winning_rate=rate,
        advantage_probability=_average([row.model_advantage for row in rows]),
        passes=rate >= PASSING,
        model_score=_average([row.model_score for row in rows]),
        human_ceiling=_average([row.human_score for row in rows]),
    )


def adjust_for_number(p_values: FloatArray) -> FloatArray:
    r"""P-values that control the false discovery rate of so many tests, whatever their dependence.

    .. math:: \tilde p_{(i)} = \min_{k \ge i} \min\Bigl(1, \frac{m}{k} p_{(k)} \sum_{l=1}^m \frac{1}{l}\Bigr)

    Parameters
    ----------
    p_values : array, shape (test,)

    Returns
    -------
    array, shape (test,)

    References
    ----------
    Benjamini, Y., Yekutieli, D. (2001). Annals of Statistics 29(4).

    Examples
    --------
    >>> adjust_for_number(np.array([0.01, 0.04])).round(3).tolist()
    [0.03, 0.06]
    """
    ranks = np.arange(1, len(p_values) + 1)
    order = np.argsort(p_values)
    scaled = p_values[order] * len(p_values) / ranks * (1 / ranks).sum()
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(1.0, np.minimum.accumulate(scaled[::-1])[::-1])
    return adjusted


def _average(values: list[float | None]) -> float:
    return float(np.mean([value for value in values if value is not None]))


def _compare(
    annotator: str, human: FloatArray, model: FloatArray, epsilon: float, least_documents: int
) -> HumanComparison:
    """One human against the model on the documents that can be scored for both; arrays of shape (document,)."""
    if len(human) < least_documents:
        reason = f"{len(human)} documents are shared with the model and another annotator; {least_documents} are needed"
        return HumanComparison(annotator, len(human), undefined=reason)
    model_wins, human_wins = model >= human - TIE, human >= model - TIE
    difference = human_wins.astype(np.float64) - model_wins
    return HumanComparison(
        annotator,
        len(human),
        human_score=float(human.mean()),
        model_score=float(model.mean()),
        human_advantage=float(human_wins.mean()),
        model_advantage=float(model_wins.mean()),
        p_value=_test_below(difference, epsilon),
    )


def _test_below(values: FloatArray, bound: float) -> float:
    """One-sided t-test that the mean lies below a bound; without any spread, the mean itself decides."""
    from scipy.special import stdtr

    spread = float(values.std(ddof=1))
    distance = float(values.mean()) - bound
    if not spread:
        return 0.0 if distance < 0 else 1.0
    return float(stdtr(len(values) - 1, distance / (spread / np.sqrt(len(values)))))
