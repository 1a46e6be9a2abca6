"""What a project's models reach beside its people: figures of their own, and whether they could stand in for somebody."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from annotations.agreement import AlternativeTest, HumanComparison, ModelReport, Report, Statistics
from annotations.agreement.model_figures import CountedPairs, Resampling, measure_model
from annotations.agreement.questions.alternative import (
    ENOUGH_FOR_T,
    EPSILON,
    FALSE_DISCOVERIES,
    SCORES_OF_SPANS,
    check_options,
    check_score,
    compare_spans,
    judge_model,
)
from annotations.agreement.registry import find_metric
from annotations.models import Project
from annotations.reliability.counting import (
    PAIRED_BY,
    Counted,
    Options,
    choose_counting,
    complete_options,
    count,
    needs_gamma,
)
from annotations.reliability.matrices import find_annotations, write_id
from annotations.reliability.report_json import read_model_report
from annotations.reliability.selection import Selection

APART = ("label", "document")
"""The slices that a model's figures have too."""


def add_models(
    report: Report,
    project: Project,
    selection: Selection,
    *,
    by: Collection[str] = (),
    options: Options | None = None,
) -> Report:
    """The report with each model's figures apart, in `by_model`: of all that it completed, and by label and article as `by` says."""
    models = selection.list_models()
    if not models:
        return report
    found = {
        write_id(model): measure_beside(
            project, selection, model, metrics=tuple(report.metrics), by=by, options=options
        )
        for model in models
    }
    return replace(
        report,
        metrics={
            name: replace(metric, by_model={model: figures[name] for model, figures in found.items()})
            for name, metric in report.metrics.items()
        },
    )


def measure_beside(
    project: Project,
    selection: Selection,
    model: int,
    *,
    metrics: Sequence[str],
    by: Collection[str] = (),
    options: Options | None = None,
) -> dict[str, ModelReport]:
    """Each metric of a model and the people, and of the people among themselves on the articles that the model completed."""
    options = complete_options(project, selection, options)
    found: dict[str, ModelReport] = {}
    for family in (
        [name for name in metrics if not needs_gamma(name)],
        [name for name in metrics if needs_gamma(name)],
    ):
        if family:
            found |= _measure_family(project, selection, model, family, by=by, options=options)
    return {name: found[name] for name in metrics}


def _measure_family(
    project: Project,
    selection: Selection,
    model: int,
    metrics: list[str],
    *,
    by: Collection[str],
    options: Options,
) -> dict[str, ModelReport]:
    slices = {name: [slice_ for slice_ in _choose_slices(by, name) if slice_ in APART] for name in metrics}
    own, among = (
        _count_pairs(project, selection, model, metrics, by=by, options=options, people_only=only)
        for only in (False, True)
    )
    key = selection.checksum(
        beside=model,
        metrics=metrics,
        by=slices,
        options=asdict(options),
        fingerprints=[own.row.fingerprint, among.row.fingerprint],
    )
    kept = own.recall(key)
    if kept is None:
        reports = measure_model(
            write_id(model),
            read_pairs(own.load(metrics)),
            read_pairs(among.load(metrics)),
            [find_metric(name) for name in metrics],
            resampling=Resampling(options.confidence, options.samples, options.seed),
            by=slices,
        )
        kept = {name: report.to_json() for name, report in reports.items()}
        own.keep(key, kept)
    return {name: read_model_report(kept[name]) for name in metrics}


def _choose_slices(by: Collection[str], metric: str) -> list[str]:
    """The slices that are wanted of a metric: `by` names them, or says which metrics are wanted by each."""
    if isinstance(by, Mapping):
        return [name for name, wanted in by.items() if metric in wanted]
    return list(by)


def _count_pairs(
    project: Project,
    selection: Selection,
    model: int,
    metrics: Sequence[str],
    *,
    by: Collection[str] = (),
    options: Options,
    people_only: bool,
) -> Counted:
    labels = [name for name in by if name == "label"]
    counting = replace(
        choose_counting(metrics, by=labels, options=options), with_model=model, people_only=people_only
    )
    return count(project, selection.set_beside(model), counting)


def read_pairs(statistics: Statistics) -> CountedPairs:
    """The counts of each pair of annotators on each article, from statistics in which every such pair stands as a document of its own."""
    tasks, first, second = (
        (
            tuple(column)
            for column in zip(*(name.split(PAIRED_BY) for name in statistics.documents), strict=True)
        )
        if statistics.documents
        else ((), (), ())
    )
    documents, origin = np.unique(np.array(tasks, dtype=str), return_inverse=True)
    annotators = sorted({*first, *second})
    place = {name: number for number, name in enumerate(annotators)}
    one, other = (np.array([place[name] for name in names], dtype=np.int64) for names in (first, second))
    return CountedPairs(
        statistics, tuple(documents.tolist()), tuple(annotators), origin.astype(np.int64), one, other
    )


@dataclass(frozen=True, slots=True)
class TestOptions:
    """How models are tested: by which likeness of spans, and how much less a model may be."""

    __test__ = False  # pytest takes it for tests by its name

    score: str = SCORES_OF_SPANS[0]
    epsilon: float = EPSILON
    false_discoveries: float = FALSE_DISCOVERIES
    least_documents: int = ENOUGH_FOR_T

    @classmethod
    def read(cls, chosen: Mapping[str, Any]) -> "TestOptions":
        """By the names that a command line and a query give them."""
        names = ("epsilon", "false_discoveries", "least_documents")
        score = chosen["score"] or SCORES_OF_SPANS[0]
        return cls(score=score, **{name: chosen[name] for name in names})


def run_alternative_tests(
    project: Project,
    selection: Selection,
    *,
    test: TestOptions | None = None,
    options: Options | None = None,
) -> dict[int, AlternativeTest]:
    """Whether each model of the selection could stand in for an annotator, by the model's id; annotators go by their ids, too.

    Raises
    ------
    InvalidOptionError
        The score is no likeness of spans, or an option is out of range.
    """
    test = test or TestOptions()
    check_options(test.epsilon, test.false_discoveries, test.least_documents)
    check_score(test.score, of_items=False)
    options = complete_options(project, selection, options)
    return {model: _test_model(project, selection, model, test, options) for model in selection.list_models()}


def _test_model(
    project: Project, selection: Selection, model: int, test: TestOptions, options: Options
) -> AlternativeTest:
    own, among = (
        _count_pairs(project, selection, model, [test.score], options=options, people_only=only)
        for only in (False, True)
    )
    chosen = {**asdict(test), "n_judged": _count_judged(project, selection, model)}
    key = selection.checksum(
        test=model,
        **chosen,
        options=asdict(options),
        fingerprints=[own.row.fingerprint, among.row.fingerprint],
    )
    kept = own.recall(key)
    if kept is None:
        found = judge_model(
            write_id(model),
            read_pairs(own.load([test.score])),
            read_pairs(among.load([test.score])),
            compare=compare_spans(test.score),
            finish=np.asarray,
            **chosen,
        )
        kept = found.to_json()
        own.keep(key, kept)
    rows = {name: HumanComparison(**row) for name, row in kept["by_human"].items()}
    return AlternativeTest(**{**kept, "by_human": rows})


def _count_judged(project: Project, selection: Selection, model: int) -> int:
    """How many tasks anybody completed, the model among them."""
    others = tuple(one for one in selection.models if one != model)
    compared = find_annotations(project, replace(selection, models=others))
    return compared.order_by().values("assignment__task").distinct().count()
