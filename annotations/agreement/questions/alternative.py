"""Could a model stand in for an annotator? The alternative annotator test, with the human ceiling beside it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from annotations.agreement.counting import summarize
from annotations.agreement.data.arrays import BoolArray, FloatArray, IntArray
from annotations.agreement.data.corpus import Corpus
from annotations.agreement.data.items import Items, read_numbers
from annotations.agreement.data.pairing import Pairing, pair_up
from annotations.agreement.errors import InvalidOptionError
from annotations.agreement.gamma.counting import GammaOptions
from annotations.agreement.readers.notebook import check_models, read_data
from annotations.agreement.registry import find_metric
from annotations.agreement.report import to_plain
from annotations.agreement.sums.measures import Scope

SCORES_OF_ITEMS = ("accuracy", "rmse")
SCORES_OF_SPANS = ("f1_strict", "f1_exact", "f1_partial", "f1_type", "dice", "iou", "gamma")
SCORES = (*SCORES_OF_ITEMS, *SCORES_OF_SPANS)
EPSILON = 0.2
FALSE_DISCOVERIES = 0.05
ENOUGH_FOR_T = 30
PASSING = 0.5
TIE = 1e-12  # scores that differ by no more than rounding are equal

Compare = Callable[[Pairing], FloatArray]
Finish = Callable[[FloatArray], FloatArray]


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


def alternative_annotator_test(
    data: Any,
    *,
    models: str | Collection[str],
    score: str | None = None,
    epsilon: float = EPSILON,
    false_discoveries: float = FALSE_DISCOVERIES,
    least_documents: int = ENOUGH_FOR_T,
    unit: str = "character",
    gamma: GammaOptions | None = None,
) -> Mapping[str, AlternativeTest]:
    r"""Whether models represent the group of annotators at least as well as its members do.

    Each human :math:`h_j` is left out in turn. On each document :math:`i` the score :math:`S` of the model :math:`f` and of
    the human against the remaining humans says who is at least as good,

    .. math::
        W^f_{ij} = [S(f, x_i, j) \ge S(h_j, x_i, j)], \quad W^h_{ij} = [S(h_j, x_i, j) \ge S(f, x_i, j)], \quad
        d_{ij} = W^h_{ij} - W^f_{ij},

    and a one-sided t-test of :math:`\bar d_j < \varepsilon` asks whether the model's advantage probability is less than
    epsilon below the human's. The false discovery rate over all humans is controlled for any dependence between the tests.

    Parameters
    ----------
    data : Corpus, Items, or whatever `read_data` reads
    models : name or names of annotators that are models
        Each is tested by itself; none is among the remaining annotators.
    score : str, optional
        Of items 'accuracy' (share of the remaining annotators who gave the same value; if not given) or 'rmse' (negative
        root mean squared difference of numbers). Of spans the mean over the remaining annotators of a similarity of the
        document: 'f1_strict' (if not given), another F1, 'dice', 'iou' or 'gamma' of the two; two who both marked nothing
        are alike (1).
    epsilon : float
        How much less a model may be, for what it saves: .2 for experts, .15 for skilled annotators, .1 for a crowd are the
        authors' rule of thumb.
    false_discoveries : float
    least_documents : int
        Humans who share fewer with the model are not tested; the t-test wants 30.
    unit : 'character', 'token' or 'word'
    gamma : GammaOptions, optional

    Returns
    -------
    mapping of model to AlternativeTest

    Raises
    ------
    InvalidOptionError
        An option is out of range, a score does not apply to the data, or fewer than two annotators are humans.
    InvalidCorpusError
        There is no annotator of a model's name.

    References
    ----------
    Calderon, N., Reichart, R., Dror, R. (2025). The Alternative Annotator Test for LLM-as-a-Judge. ACL, 16051-16081.
    Benjamini, Y., Yekutieli, D. (2001). Annals of Statistics 29(4).

    Examples
    --------
    >>> rows = [{"ann": n % 3, "bob": n % 3, "cem": n % 3, "gpt": n % 3} for n in range(40)]
    >>> alternative_annotator_test({"items": rows}, models="gpt")["gpt"]
    AlternativeTest(gpt: winning rate 1.00, advantage probability 1.000, accuracy 1.000 beside 1.000)
    """
    _check_options(epsilon, false_discoveries, least_documents)
    read = read_data(data, models=[models] if isinstance(models, str) else models)
    names = check_models(read, models)
    chosen = score or (SCORES_OF_ITEMS if isinstance(read, Items) else SCORES_OF_SPANS)[0]
    allowed = SCORES_OF_ITEMS if isinstance(read, Items) else SCORES_OF_SPANS
    if chosen not in allowed:
        raise InvalidOptionError(f"cannot score by {chosen!r}; choose from {', '.join(allowed)}")
    humans = [name for name in read.annotators if name not in names]
    if len(humans) < 2:  # noqa: PLR2004
        raise InvalidOptionError(
            f"the test needs two human annotators or more, and beside {', '.join(names)} there are {len(humans)}"
        )
    found = {}
    for model in names:
        part = read.without([name for name in names if name != model])
        compare, finish = (
            _choose_items(part, chosen) if isinstance(part, Items) else _choose_spans(chosen, unit, gamma)
        )
        scores = _score_all(part, model, compare, finish)
        rows = _compare_all(part, scores, epsilon=epsilon, least_documents=least_documents)
        whole = AlternativeTest(model, chosen, epsilon, false_discoveries, *rows)
        found[model] = _decide(whole, least_documents)
    return found


def _check_options(epsilon: float, false_discoveries: float, least_documents: int) -> None:
    if not 0 <= epsilon < 1:
        raise InvalidOptionError(f"epsilon must be at least 0 and less than 1, not {epsilon}; 0.2 is usual")
    if not 0 < false_discoveries < 1:
        raise InvalidOptionError(
            f"the rate of false discoveries must lie between 0 and 1, not {false_discoveries}; 0.05 is usual"
        )
    if least_documents < 2:  # noqa: PLR2004
        raise InvalidOptionError(
            f"a test needs two documents or more of each annotator, not {least_documents}"
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Scores:
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


def _score_all(data: Corpus | Items, model: str, compare: Compare, finish: Finish) -> _Scores:
    """The scores of all humans and of the model, from the likeness of each two who judged a document.

    Each two humans of a document add to each other's score, and what the model has with one of them to its score in
    place of the other.
    """
    place, n_annotators = data.annotators.index(model), len(data.annotators)
    judged: BoolArray = data.judged[:, place]
    own = pair_up(data, judged, annotator=place)
    among = pair_up(data, judged, annotator=place, others=True)
    human = np.where(own.one == place, own.other, own.one)
    code = own.origin * n_annotators + human  # ascending
    first, second = (
        np.searchsorted(code, among.origin * n_annotators + column) for column in (among.one, among.other)
    )
    with_model, between = compare(own), compare(among)
    ends = np.concatenate([first, second])
    count = np.bincount(ends, minlength=len(code))
    sums = (
        np.bincount(ends, weights=weights, minlength=len(code))
        for weights in (
            np.concatenate([between, between]),
            np.concatenate([with_model[second], with_model[first]]),
        )
    )
    by_human, by_model = (
        finish(np.divide(total, count, out=np.full(len(code), np.nan), where=count > 0)) for total in sums
    )
    return _Scores(own.origin, human, by_human, by_model)


def _choose_items(items: Items, score: str) -> tuple[Compare, Finish]:
    """How alike two values are, and what makes a score of the mean over the others."""
    scale: FloatArray | None = None
    if score == "rmse":
        numbers = read_numbers(map(str, items.values))
        if numbers is None:
            raise InvalidOptionError("rmse needs values that are numbers; choose accuracy for others")
        scale = np.array(numbers, dtype=np.float64)

    def compare(pairs: Pairing) -> FloatArray:
        one, other = (items.codes[pairs.origin, column] for column in (pairs.one, pairs.other))
        if scale is None:
            return np.asarray(one == other, dtype=np.float64)
        return np.asarray((scale[one] - scale[other]) ** 2, dtype=np.float64)

    return compare, (np.asarray if scale is None else lambda mean: -np.sqrt(mean))


def _choose_spans(score: str, unit: str, gamma: GammaOptions | None) -> tuple[Compare, Finish]:
    """How alike two annotators' spans of a document are; two without any are alike."""

    def compare(pairs: Pairing) -> FloatArray:
        paired = pairs.build()
        if not isinstance(paired, Corpus) or not len(pairs):
            return np.zeros(0)
        statistics = summarize(paired, metrics=[score], unit=unit, gamma=gamma)
        measure = find_metric(score).build(statistics, Scope())
        values = np.concatenate([measure.score(sums) for _, sums in measure.cells.split()])
        empty = np.bincount(paired.document, minlength=len(pairs)) == 0
        return np.where(empty, 1.0, values)

    return compare, np.asarray


def _compare_all(
    data: Corpus | Items, scores: _Scores, *, epsilon: float, least_documents: int
) -> tuple[dict[str, HumanComparison], int, int]:
    """Each human against the model, and how many documents were compared and left out."""
    known = np.isfinite(scores.by_human) & np.isfinite(scores.by_model)
    order = np.argsort(scores.human, kind="stable")
    order = order[known[order]]
    rows: dict[str, HumanComparison] = {}
    for human in np.unique(scores.human).tolist():
        own = slice(*np.searchsorted(scores.human[order], [human, human + 1]).tolist())
        name = data.annotators[human]
        rows[name] = _compare(
            name, scores.by_human[order[own]], scores.by_model[order[own]], epsilon, least_documents
        )
    compared = np.zeros(len(data.judged), dtype=bool)
    compared[scores.document[known]] = True
    left_out = ~compared & data.judged.any(axis=1)
    return rows, int(compared.sum()), int(left_out.sum())


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
