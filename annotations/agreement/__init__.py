"""Agreement between annotators: every metric over plain arrays, with intervals; usable without Django.

Read annotations, evaluate, look:

>>> from annotations.agreement import evaluate, read_plain
>>> claim = {"start": 0, "end": 6, "label": "Claim"}
>>> stance = {"start": 10, "end": 20, "label": "Stance"}
>>> corpus = read_plain({"documents": [
...     {"id": "d1", "length": 40, "annotators": {"ann": [claim, stance], "bob": [claim]}},
...     {"id": "d2", "length": 30, "annotators": {"ann": [claim], "bob": [claim]}},
... ]})
>>> report = evaluate(corpus, metrics=["f1_strict", "alpha_nominal"], by=["label", "pair"], samples=200, seed=1)
>>> round(report["f1_strict"].value, 3), report["f1_strict"].details["matched"]
(0.8, 2.0)
>>> report["f1_strict"].by_label["Stance"].value
0.0
>>> sorted(report.to_json()["metrics"]["alpha_nominal"]["by_pair"])
['ann|bob']

To keep a page fast, cache the statistics instead of the report and renew only the documents that changed:

>>> from annotations.agreement import Statistics, summarize
>>> cached = summarize(corpus, metrics=["f1_strict"], by=["pair"]).to_bytes()
>>> changed = summarize(corpus.select(documents=["d2"]), metrics=["f1_strict"], by=["pair"])
>>> statistics = Statistics.from_bytes(cached).merge(changed)
>>> round(evaluate(statistics, metrics=["f1_strict"], by=["pair"]).metrics["f1_strict"].value, 3)
0.8

The best alignment behind gamma is an object of its own; adjudication can build on its clusters:

>>> from annotations.agreement import align
>>> [len(cluster.spans) for cluster in align(corpus, documents=["d1"])[0].clusters]
[2, 1]

A model among the annotators is in no figure unless it is asked for, and then apart; it can be tested against the others:

>>> from annotations.agreement import alternative_annotator_test
>>> rows = [{"ann": n % 3, "bob": n % 3, "gpt": n % 3} for n in range(30)]
>>> evaluate({"items": rows}, metrics="cohen_kappa", models="gpt").data["n_annotators"]
2
>>> alternative_annotator_test({"items": rows}, models="gpt")["gpt"].winning_rate
1.0

An annotator absent from a document did not do it; one with an empty list judged it empty. Whatever cannot be computed
has `value` None and says why in `undefined`. From the command line: `python -m annotations.agreement FILE ... --json`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from annotations.agreement.data.corpus import Corpus, MarkedSpan
from annotations.agreement.errors import (
    AgreementError,
    InvalidCorpusError,
    InvalidOptionError,
    UnknownMetricError,
)

if TYPE_CHECKING:
    from annotations.agreement.counting import summarize
    from annotations.agreement.data.items import Items
    from annotations.agreement.data.trimming import trim_spans
    from annotations.agreement.evaluation import evaluate
    from annotations.agreement.gamma.alignment import Alignment, Cluster, align
    from annotations.agreement.gamma.options import GammaOptions
    from annotations.agreement.questions.advantage import AlternativeTest, HumanComparison
    from annotations.agreement.questions.alternative import alternative_annotator_test
    from annotations.agreement.questions.inference import (
        Comparison,
        DocumentCurve,
        compare,
        estimate_documents_needed,
        leave_one_annotator_out,
    )
    from annotations.agreement.questions.span_errors import SpanPair, SpanScores, score_spans
    from annotations.agreement.readers.builder import CorpusBuilder
    from annotations.agreement.readers.files import read_file, read_files
    from annotations.agreement.readers.frames import read_frame, read_rows
    from annotations.agreement.readers.notebook import read_data
    from annotations.agreement.readers.values import read_items, read_jsonl, read_label_studio, read_plain
    from annotations.agreement.registry import METRICS, NAMES
    from annotations.agreement.report import Estimate, MetricReport, ModelReport, Report
    from annotations.agreement.sums.statistics import Statistics

__all__ = [
    "METRICS",
    "NAMES",
    "AgreementError",
    "Alignment",
    "AlternativeTest",
    "Cluster",
    "Comparison",
    "Corpus",
    "CorpusBuilder",
    "DocumentCurve",
    "Estimate",
    "GammaOptions",
    "HumanComparison",
    "InvalidCorpusError",
    "InvalidOptionError",
    "Items",
    "MarkedSpan",
    "MetricReport",
    "ModelReport",
    "Report",
    "SpanPair",
    "SpanScores",
    "Statistics",
    "UnknownMetricError",
    "align",
    "alternative_annotator_test",
    "compare",
    "estimate_documents_needed",
    "evaluate",
    "leave_one_annotator_out",
    "read_data",
    "read_file",
    "read_files",
    "read_frame",
    "read_items",
    "read_jsonl",
    "read_label_studio",
    "read_plain",
    "read_rows",
    "score_spans",
    "summarize",
    "trim_spans",
]

ON_DEMAND = {
    "gamma.alignment": ("Alignment", "Cluster", "align"),
    "readers.notebook": ("read_data",),
    "counting": ("summarize",),
    "evaluation": ("evaluate",),
    "readers.files": ("read_file", "read_files"),
    "readers.frames": ("read_frame", "read_rows"),
    "gamma.options": ("GammaOptions",),
    "questions.advantage": ("AlternativeTest", "HumanComparison"),
    "questions.alternative": ("alternative_annotator_test",),
    "questions.inference": (
        "Comparison",
        "DocumentCurve",
        "compare",
        "estimate_documents_needed",
        "leave_one_annotator_out",
    ),
    "questions.span_errors": ("SpanPair", "SpanScores", "score_spans"),
    "data.items": ("Items",),
    "readers.builder": ("CorpusBuilder",),
    "readers.values": ("read_items", "read_jsonl", "read_label_studio", "read_plain"),
    "data.trimming": ("trim_spans",),
    "registry": ("METRICS", "NAMES"),
    "report": ("Estimate", "MetricReport", "ModelReport", "Report"),
    "sums.statistics": ("Statistics",),
}
HOMES = {name: module for module, names in ON_DEMAND.items() for name in names}


if not TYPE_CHECKING:  # which knows the names from above, and no others

    def __getattr__(name: str) -> Any:
        """Import the module of what is asked for: to load every metric takes a while, and few callers need all."""
        if name not in HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
