"""Could a model stand in for an annotator? The alternative annotator test, with the human ceiling beside it."""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

import numpy as np

from annotations.agreement.counting import summarize
from annotations.agreement.data.arrays import FloatArray
from annotations.agreement.data.corpus import Corpus
from annotations.agreement.data.distances import LabelDistances
from annotations.agreement.data.items import Items, read_numbers
from annotations.agreement.errors import InvalidOptionError
from annotations.agreement.gamma.options import GammaOptions
from annotations.agreement.model_figures import CountedPairs, pair_with_model
from annotations.agreement.questions.advantage import AlternativeTest, Scores, conclude
from annotations.agreement.readers.notebook import check_models, read_data
from annotations.agreement.registry import find_metric
from annotations.agreement.sums.measures import Slice
from annotations.agreement.sums.statistics import Statistics

SCORES_OF_ITEMS = ("accuracy", "rmse")
SCORES_OF_SPANS = ("f1_strict", "f1_exact", "f1_partial", "f1_type", "dice", "iou", "gamma")
SCORES = (*SCORES_OF_ITEMS, *SCORES_OF_SPANS)
EPSILON = 0.2
FALSE_DISCOVERIES = 0.05
ENOUGH_FOR_T = 30

Compare = Callable[[CountedPairs], FloatArray]
Finish = Callable[[FloatArray], FloatArray]


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
    distances: LabelDistances | Mapping[str, Any] | None = None,
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
    distances : LabelDistances or mapping of label to mapping of label to a distance from 0 to 1, optional
        How far apart labels are to gamma; 1 where it does not say.

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
    check_options(epsilon, false_discoveries, least_documents)
    read = read_data(data, models=[models] if isinstance(models, str) else models)
    names = check_models(read, models)
    chosen = check_score(score, of_items=isinstance(read, Items))
    humans = [name for name in read.annotators if name not in names]
    if len(humans) < 2:  # noqa: PLR2004
        raise InvalidOptionError(
            f"the test needs two human annotators or more, and beside {', '.join(names)} there are {len(humans)}"
        )
    count = partial(_count, score=chosen, unit=unit, gamma=gamma, distances=distances)
    found = {}
    for model in names:
        part = read.without([name for name in names if name != model])
        own, among = (CountedPairs.count(pairs, count) for pairs in pair_with_model(part, model))
        compare, finish = (
            _choose_items(part, chosen) if isinstance(part, Items) else (compare_spans(chosen), np.asarray)
        )
        found[model] = judge_model(
            model,
            own,
            among,
            compare=compare,
            finish=finish,
            score=chosen,
            epsilon=epsilon,
            false_discoveries=false_discoveries,
            least_documents=least_documents,
            n_judged=int(part.judged.any(axis=1).sum()),
        )
    return found


def check_options(epsilon: float, false_discoveries: float, least_documents: int) -> None:
    """Refuse options that the test has no meaning for.

    Raises
    ------
    InvalidOptionError
        Epsilon is not from 0 on and below 1, a rate does not lie between 0 and 1, or fewer than two documents are asked for.
    """
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


def check_score(score: str | None, *, of_items: bool) -> str:
    """Choose the score of the test, by default the first for the kind of data.

    Raises
    ------
    InvalidOptionError
        The score does not apply to the data.
    """
    allowed = SCORES_OF_ITEMS if of_items else SCORES_OF_SPANS
    if score is not None and score not in allowed:
        raise InvalidOptionError(f"cannot score by {score!r}; choose from {', '.join(allowed)}")
    return score or allowed[0]


def judge_model(
    model: str,
    own: CountedPairs,
    among: CountedPairs,
    *,
    compare: Compare,
    finish: Finish = np.asarray,
    score: str,
    epsilon: float = EPSILON,
    false_discoveries: float = FALSE_DISCOVERIES,
    least_documents: int = ENOUGH_FOR_T,
    n_judged: int,
) -> AlternativeTest:
    """Run the alternative annotator test on pairs that were counted before.

    Parameters
    ----------
    model : str
    own, among : CountedPairs
        The pairs of the model and a human, and those of humans, of the documents that the model judged.
    compare : callable
        Pairs to how alike their annotators are, shape (pair,).
    finish : callable
        Means over the remaining annotators to scores.
    score : str
        The name of the score, for the result.
    epsilon, false_discoveries, least_documents
        See `alternative_annotator_test`.
    n_judged : int
        How many documents anybody judged.

    Returns
    -------
    AlternativeTest
    """
    annotators = tuple(sorted({*own.annotators, *among.annotators}))
    scores = _score_all(model, annotators, own, among, compare=compare, finish=finish)
    return conclude(
        scores,
        annotators,
        model=model,
        score=score,
        epsilon=epsilon,
        false_discoveries=false_discoveries,
        least_documents=least_documents,
        n_judged=n_judged,
    )


def _score_all(
    model: str,
    annotators: tuple[str, ...],
    own: CountedPairs,
    among: CountedPairs,
    *,
    compare: Compare,
    finish: Finish,
) -> Scores:
    """The scores of all humans and of the model, from the likeness of each two who judged a document.

    Each two humans of a document add to each other's score, and what the model has with one of them to its score in
    place of the other.
    """
    place = {name: number for number, name in enumerate(annotators)}
    document = {name: number for number, name in enumerate(own.documents)}
    own_place, among_place = (np.array([place[name] for name in one.annotators]) for one in (own, among))
    is_known = np.array([among.documents[origin] in document for origin in among.origin.tolist()], dtype=bool)
    origin = np.array(
        [document.get(among.documents[origin], 0) for origin in among.origin.tolist()], dtype=np.int64
    )
    human = own_place[own.find_partner(model)]
    code = own.origin * len(annotators) + human
    order = np.argsort(code)
    first, second = (
        order[np.searchsorted(code[order], (origin * len(annotators) + among_place[column])[is_known])]
        for column in (among.one, among.other)
    )
    with_model, between = compare(own), compare(among)[is_known]
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
    return Scores(own.origin, human, by_human, by_model)


def _count(
    data: Corpus | Items,
    *,
    score: str,
    unit: str,
    gamma: GammaOptions | None,
    distances: LabelDistances | Mapping[str, Any] | None,
) -> Statistics:
    """What the likeness of spans is made of; values of items are compared as they are."""
    metrics = ["percent_agreement"] if isinstance(data, Items) else [score]
    return summarize(data, metrics=metrics, unit=unit, gamma=gamma, distances=distances)


def _choose_items(items: Items, score: str) -> tuple[Compare, Finish]:
    """How alike two values are, and what makes a score of the mean over the others."""
    scale: FloatArray | None = None
    if score == "rmse":
        numbers = read_numbers(map(str, items.values))
        if numbers is None:
            raise InvalidOptionError("rmse needs values that are numbers; choose accuracy for others")
        scale = np.array(numbers, dtype=np.float64)

    def compare(pairs: CountedPairs) -> FloatArray:
        one, other = (items.codes[pairs.origin, column] for column in (pairs.one, pairs.other))
        if scale is None:
            return np.asarray(one == other, dtype=np.float64)
        return np.asarray((scale[one] - scale[other]) ** 2, dtype=np.float64)

    return compare, (np.asarray if scale is None else lambda mean: -np.sqrt(mean))


def compare_spans(score: str) -> Compare:
    """Choose how alike two annotators' spans of a document are; two without any are alike.

    Parameters
    ----------
    score : str
        One of `SCORES_OF_SPANS`, which must have been counted of the pairs.

    Returns
    -------
    callable
        Pairs to likenesses from 0 (or, of gamma, below) to 1, shape (pair,); NaN where the score is undefined.
    """

    def compare(pairs: CountedPairs) -> FloatArray:
        if not len(pairs.origin):
            return np.zeros(0)
        statistics = pairs.statistics
        measure = find_metric(score).build(statistics, Slice())
        values = np.concatenate([measure.score(sums) for _, sums in measure.cells.split()])
        judgements = statistics.tables["judgements"]
        n_spans = np.bincount(
            judgements.keys["document"],
            weights=judgements.quantities["spans"],
            minlength=statistics.n_documents,
        )
        return np.where(n_spans == 0, 1.0, values)

    return compare
