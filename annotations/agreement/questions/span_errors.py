"""One annotator's spans held against a reference: what is correct, incorrect, partial, missed and spurious, and which spans these are."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from annotations.agreement.data.arrays import FloatArray, IntArray
from annotations.agreement.data.corpus import Corpus, MarkedSpan
from annotations.agreement.errors import InvalidOptionError, shorten
from annotations.agreement.evaluation import check_confidence
from annotations.agreement.readers.notebook import read_corpus
from annotations.agreement.report import Estimate
from annotations.agreement.spans.f1 import SENSES
from annotations.agreement.spans.matching import Overlaps, find_overlaps, match_spans
from annotations.agreement.sums.bootstrap import draw_weights, percentile_interval
from annotations.agreement.sums.measures import NOTHING_TO_COMPARE, safe_ratio

OUTCOMES = ("correct", "incorrect", "partial", "missed", "spurious")
CORRECT, INCORRECT, PARTIAL, MISSED, SPURIOUS = range(len(OUTCOMES))
NO_SPAN = -1
CLOSE = 2.0**-20  # so little that pairs which only overlap never cost one that is correct
NONE_MARKED = "no spans: it marked nothing"
NONE_WANTED = "no spans: the reference marked nothing"
NONE_AT_ALL = "no spans: neither marked anything"


class SpanPair(NamedTuple):
    """An outcome, the span of the reference and that of the candidate; None where one has no counterpart."""

    outcome: str
    reference: MarkedSpan | None
    candidate: MarkedSpan | None


@dataclass(frozen=True, slots=True, eq=False)
class SpanScores:
    """Outcomes of one sense.

    Attributes
    ----------
    counts : mapping of outcome to int
    precision, recall, f1 : Estimate
        With a document bootstrap interval.
    """

    counts: Mapping[str, int]
    precision: Estimate
    recall: Estimate
    f1: Estimate
    corpus: Corpus
    outcome: IntArray
    reference: IntArray
    candidate: IntArray

    def __repr__(self) -> str:
        counts = ", ".join(f"{number} {name}" for name, number in self.counts.items())
        return f"SpanScores({counts}; F1 {self.f1.describe()})"

    def list_pairs(self, *outcomes: str) -> list[SpanPair]:
        """The spans with these outcomes, or with any, in the order of documents and places."""
        for name in outcomes:
            if name not in OUTCOMES:
                raise InvalidOptionError(f"there is no outcome {name!r}; choose from {', '.join(OUTCOMES)}")
        wanted = [OUTCOMES.index(name) for name in outcomes or OUTCOMES]
        rows = np.flatnonzero(np.isin(self.outcome, wanted))
        return list(self._read(rows))

    def _read(self, rows: IntArray) -> Iterator[SpanPair]:
        for row in rows.tolist():
            spans = [
                None if span == NO_SPAN else self.corpus.get_spans([span])[0]
                for span in (int(self.reference[row]), int(self.candidate[row]))
            ]
            yield SpanPair(OUTCOMES[self.outcome[row]], *spans)

    def to_json(self) -> dict[str, Any]:
        """Counts, figures, and the spans that are not correct."""
        spans: dict[str, list[dict[str, Any]]] = {name: [] for name in OUTCOMES[1:]}
        for pair in self.list_pairs(*OUTCOMES[1:]):
            sides = {"reference": pair.reference, "candidate": pair.candidate}
            spans[pair.outcome].append({side: span._asdict() for side, span in sides.items() if span})
        figures = {name: getattr(self, name).to_json() for name in ("precision", "recall", "f1")}
        return {"counts": dict(self.counts), **figures, "spans": spans}


def score_spans(
    data: Any,
    *,
    reference: str,
    candidate: str,
    label: str | None = None,
    confidence: float = 0.95,
    samples: int = 1000,
    seed: int = 0,
) -> Mapping[str, SpanScores]:
    r"""Hold an annotator's spans against those of a reference, in the four senses of SemEval-2013 task 9.1.

    .. math:: P = \frac{C + H / 2}{C + I + H + S}, \quad R = \frac{C + H / 2}{C + I + H + M}

    with :math:`C` correct, :math:`I` incorrect, :math:`H` partial, :math:`S` spurious and :math:`M` missed spans. Spans that
    overlap are paired one to one, so that as many as possible are correct (or, in the sense 'partial', score most), and
    then so that they share most. A pair is correct with the same borders and label (strict), the same borders (exact, partial)
    or the same label (type); else it is partial in the sense 'partial' and incorrect in the others. A span without a
    counterpart is missed or spurious. So :math:`C + H / 2` is the number of matches of span F1, and F1 is that metric.

    Parameters
    ----------
    data : Corpus, or whatever `read_data` reads that holds spans
    reference, candidate : str
        Annotators; only documents that both completed are compared.
    label : str, optional
        Only the spans with this label, on either side.
    confidence : float
    samples : int
        Bootstrap resamples of documents; 0 for no intervals.
    seed : int

    Returns
    -------
    mapping of 'strict', 'exact', 'partial' and 'type' to SpanScores

    Raises
    ------
    InvalidOptionError
        One of the annotators is not in the corpus, or both are one; or the data are items, which have no spans.
    InvalidCorpusError
        What is read cannot be what it claims.

    References
    ----------
    Segura-Bedmar, I., Martínez, P., Herrero-Zazo, M. (2013). SemEval-2013 task 9. Proceedings of SemEval.

    Examples
    --------
    >>> from annotations.agreement import read_plain
    >>> gold = [{"start": 0, "end": 4, "label": "A"}, {"start": 6, "end": 9, "label": "A"}]
    >>> model = [{"start": 0, "end": 5, "label": "A"}, {"start": 20, "end": 24, "label": "A"}]
    >>> corpus = read_plain({"documents": [{"id": "d", "length": 30, "annotators": {"gold": gold, "model": model}}]})
    >>> found = score_spans(corpus, reference="gold", candidate="model")
    >>> found["type"].counts
    {'correct': 1, 'incorrect': 0, 'partial': 0, 'missed': 1, 'spurious': 1}
    >>> [pair.candidate.start for pair in found["type"].list_pairs("spurious")]
    [20]
    """
    check_confidence(confidence)
    corpus = read_corpus(data)
    for name in (reference, candidate):
        if name not in corpus.annotators:
            raise InvalidOptionError(
                f"there is no annotator {shorten(name)}; there are {shorten(list(corpus.annotators))}"
            )
    if reference == candidate:
        raise InvalidOptionError(f"{shorten(reference)} cannot be held against itself; name two annotators")
    chosen = corpus.select(
        annotators=sorted([reference, candidate]), labels=None if label is None else [label]
    )
    both = np.flatnonzero(chosen.completed.all(axis=1))
    chosen = chosen.select(documents=[chosen.documents[index] for index in both.tolist()])
    overlaps = find_overlaps(chosen)
    estimate = _prepare_estimates(len(chosen.documents), confidence, samples, seed)
    is_first = chosen.annotators[0] == reference
    return {
        sense: _score_sense(chosen, overlaps, sense, is_first=is_first, estimate=estimate) for sense in SENSES
    }


def _score_sense(
    corpus: Corpus, overlaps: Overlaps, sense: str, *, is_first: bool, estimate: Callable[..., Estimate]
) -> SpanScores:
    one, other = overlaps.first, overlaps.second
    same_label = corpus.label[one] == corpus.label[other]
    same_place = (corpus.start[one] == corpus.start[other]) & (corpus.end[one] == corpus.end[other])
    correct = {"strict": same_place & same_label, "type": same_label}.get(sense, same_place)
    score = np.where(correct, 1.0, 0.5 if sense == "partial" else 0.0)
    lengths = corpus.end - corpus.start
    union = lengths[one] + lengths[other] - overlaps.shared
    paired = match_spans(corpus, overlaps, score + CLOSE * (1 + overlaps.shared / union) / 2)
    one, other, correct = one[paired], other[paired], correct[paired]
    alone = np.ones(corpus.n_spans, dtype=bool)
    alone[one] = alone[other] = False
    is_reference = (corpus.annotator == 0) == is_first
    missed, spurious = np.flatnonzero(alone & is_reference), np.flatnonzero(alone & ~is_reference)
    wanted, found = (one, other) if is_first else (other, one)
    otherwise = PARTIAL if sense == "partial" else INCORRECT
    outcome = np.concatenate(
        [
            np.where(correct, CORRECT, otherwise),
            np.full(len(missed), MISSED),
            np.full(len(spurious), SPURIOUS),
        ]
    )
    reference = np.concatenate([wanted, missed, np.full(len(spurious), NO_SPAN)])
    candidate = np.concatenate([found, np.full(len(missed), NO_SPAN), spurious])
    first = np.where(reference == NO_SPAN, candidate, reference)
    order = np.lexsort((corpus.label[first], corpus.end[first], corpus.start[first], corpus.document[first]))
    outcome, document = outcome[order], corpus.document[first[order]]
    sums = np.zeros((len(corpus.documents), len(OUTCOMES)))
    np.add.at(sums, (document, outcome), 1)
    return SpanScores(
        counts=dict(zip(OUTCOMES, sums.sum(axis=0).astype(int).tolist(), strict=True)),
        precision=estimate(sums, NONE_MARKED, (CORRECT, INCORRECT, PARTIAL, SPURIOUS)),
        recall=estimate(sums, NONE_WANTED, (CORRECT, INCORRECT, PARTIAL, MISSED)),
        f1=estimate(
            sums, NONE_AT_ALL, (CORRECT, INCORRECT, PARTIAL, SPURIOUS), (CORRECT, INCORRECT, PARTIAL, MISSED)
        ),
        corpus=corpus,
        outcome=outcome,
        reference=reference[order],
        candidate=candidate[order],
    )


def _prepare_estimates(
    n_documents: int, confidence: float, samples: int, seed: int
) -> Callable[..., Estimate]:
    """Figures of what is right in all that one side marked, or that both did, with the same resamples for all."""
    weights = draw_weights(
        np.ones(n_documents, dtype=bool), samples=samples if n_documents > 1 else 0, seed=seed
    )

    def score(sums: FloatArray, bases: Sequence[Sequence[int]]) -> FloatArray:
        right = sums[..., CORRECT] + sums[..., PARTIAL] / 2
        base = sum(sums[..., list(outcomes)].sum(axis=-1) for outcomes in bases)
        return safe_ratio(len(bases) * right, np.asarray(base))

    def estimate(sums: FloatArray, reason: str, *bases: Sequence[int]) -> Estimate:
        value = float(score(sums.sum(axis=0), bases))
        if not np.isfinite(value):
            return Estimate(None, None, n_documents, reason if n_documents else NOTHING_TO_COMPARE)
        interval = percentile_interval(score(weights @ sums, bases), confidence) if len(weights) else None
        return Estimate(value, interval, n_documents, None)

    return estimate
