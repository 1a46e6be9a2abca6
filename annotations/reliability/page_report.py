"""All that the agreement page and its files show of a selection, asked for in one place."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from annotations.agreement import AlternativeTest, DocumentCurve, Estimate, Report
from annotations.agreement.registry import METRICS
from annotations.models import Project
from annotations.reliability.anchoring import Anchoring, measure_anchoring
from annotations.reliability.basis import Counts, recall_basis
from annotations.reliability.confusion import Confusion, recall_confusions
from annotations.reliability.counting import TASKS_A_BLOCK, Counted, Options, count_selection, is_gamma_quick
from annotations.reliability.examples import Examples, find_differences, find_examples
from annotations.reliability.fields import FieldReport, report_fields
from annotations.reliability.full_report import PARTS, WholeReport, report_whole
from annotations.reliability.matrices import take_fingerprints
from annotations.reliability.models_apart import TestOptions, add_models, run_alternative_tests
from annotations.reliability.people import name_people
from annotations.reliability.periods import PeriodFigures, measure_periods
from annotations.reliability.planning import estimate_articles_needed
from annotations.reliability.reports import report_selection
from annotations.reliability.rounds import RoundFigures, compare_rounds
from annotations.reliability.schemes import find_schemes, list_labels
from annotations.reliability.selection import Selection
from annotations.reliability.without_each import FiguresWithout, leave_each_out
from annotations.schemes.scheme import Scheme

SHOWN_FIRST = ("u_alpha_binary", "cu_alpha", "alpha_nominal", "f1_strict", "f1_partial", "f1_type")
LINKS = ("relation_f1", "attribute_alpha")
SHOWN_LATER = ("gamma", "gamma_cat")
OF_LABELS = ("f1_strict", "f1_type", "alpha_nominal")
WITHOUT_EACH = ("f1_strict", "alpha_nominal")
WITHOUT_INTERVALS = Options(samples=0)


def choose_by_distances() -> tuple[str, ...]:
    """The metrics of spans that need a table of distances between labels."""
    return tuple(metric.name for metric in METRICS if metric.needs_distances and "spans" in metric.kinds)


@dataclass(frozen=True)
class PageReport:
    """The agreement of a selection, part by part: each part is computed when it is first read, on the same counts.

    `metric` is the one that pairs, articles, rounds and periods are measured by. `every_scheme` holds the schemes of all
    rounds where the caller has read them already.
    """

    project: Project
    selection: Selection
    metric: str
    every_scheme: Sequence[Scheme] | None = None

    @cached_property
    def schemes(self) -> list[Scheme]:
        """The schemes of the rounds that are compared, the latest first."""
        if self.selection.rounds is None and self.every_scheme is not None:
            return list(self.every_scheme)
        return find_schemes(self.project, self.selection.rounds)

    @cached_property
    def labels(self) -> list[str]:
        """The names of all labels of the schemes, in their order."""
        return list_labels(self.schemes)

    @cached_property
    def people(self) -> dict[int, str]:
        """The names of the annotators by their ids."""
        return name_people(self.project)

    @cached_property
    def shown_first(self) -> tuple[str, ...]:
        """The metrics in the first table of the page: also those by distances between labels, where the latest scheme has some."""
        return (*SHOWN_FIRST, *(choose_by_distances() if self.schemes[0].distances else ()))

    @cached_property
    def metrics(self) -> tuple[str, ...]:
        """The metrics that the page shows at once."""
        return tuple(dict.fromkeys([*self.shown_first, *LINKS, self.metric]))

    @cached_property
    def counted(self) -> Counted:
        """The counts that every part but gamma is computed from."""
        return count_selection(self.project, self.selection)

    @cached_property
    def main(self) -> Report:
        """The metrics that the page shows at once, with what labels and pairs of annotators reach."""
        slices = {"label": (*OF_LABELS, *LINKS), "pair": (self.metric,)}
        return report_selection(
            self.project, self.selection, metrics=self.metrics, by=slices, counted=self.counted
        )

    @cached_property
    def with_models(self) -> Report:
        """The metrics that the page shows at once, with each model apart: by label, and the chosen one by article."""
        slices = {"label": (*OF_LABELS, *LINKS), "document": (self.metric,)}
        return add_models(self.main, self.project, self.selection, by=slices)

    @cached_property
    def fingerprint_of_models(self) -> str:
        """What changes whenever an annotation of a model or of a person does; empty where there are no models."""
        if not self.selection.list_models():
            return ""
        everybody = replace(self.selection, models=())
        return repr(sorted(take_fingerprints(self.project, everybody, tasks_a_block=TASKS_A_BLOCK).items()))

    def test_models(self, test: TestOptions) -> dict[int, AlternativeTest]:
        """Whether each model could stand in for an annotator, by its id."""
        return run_alternative_tests(self.project, self.selection, test=test)

    @cached_property
    def basis(self) -> Counts:
        """How much was compared, and what only one annotator completed."""
        return recall_basis(self.counted)

    @cached_property
    def documents(self) -> list[tuple[int, Estimate]]:
        """The tasks that two people completed, the worst first; those without a value last."""
        report = report_selection(
            self.project,
            self.selection,
            metrics=(self.metric,),
            by=["document"],
            options=WITHOUT_INTERVALS,
            counted=self.counted,
        )
        found = [(int(name), estimate) for name, estimate in report[self.metric].by_document.items()]
        return sorted(found, key=lambda one: (one[1].value is None, one[1].value or 0.0, one[0]))

    @cached_property
    def rounds(self) -> list[RoundFigures]:
        """The metric of each round, where there are several."""
        return compare_rounds(self.project, self.selection, metrics=(self.metric,), counted=self.counted)

    @cached_property
    def anchoring(self) -> Anchoring | None:
        """The metric of people who saw suggestions beside those who did not; None where nobody saw any."""
        return measure_anchoring(self.project, self.selection, metrics=(self.metric,), counted=self.counted)

    @cached_property
    def confusions(self) -> list[Confusion]:
        """What one annotator marked where another marked each label."""
        return recall_confusions(self.counted, self.labels)

    @cached_property
    def gamma(self) -> Report:
        """Gamma, which is counted by itself and takes its time."""
        return report_selection(self.project, self.selection, metrics=SHOWN_LATER)

    @cached_property
    def everybody(self) -> Report:
        """The metric, and those that are also measured without each annotator, of all annotators and without intervals."""
        return report_selection(
            self.project,
            self.selection,
            metrics=tuple(dict.fromkeys([self.metric, *WITHOUT_EACH])),
            options=WITHOUT_INTERVALS,
            counted=self.counted,
        )

    @cached_property
    def without_each(self) -> list[FiguresWithout]:
        """The figures that the others would reach without each annotator."""
        metrics = tuple(dict.fromkeys([self.metric, *WITHOUT_EACH]))
        return leave_each_out(self.project, self.selection, metrics=metrics, counted=self.counted)

    @cached_property
    def fields(self) -> list[FieldReport]:
        """Agreement on the questions about the article as a whole."""
        return report_fields(self.project, self.selection)

    @cached_property
    def periods(self) -> list[PeriodFigures]:
        """The metric over time, oldest first."""
        return measure_periods(self.project, self.selection, metrics=(self.metric,), counted=self.counted)

    @cached_property
    def articles_needed(self) -> DocumentCurve:
        """How many articles would make the metric precise."""
        return estimate_articles_needed(
            self.project, self.selection, metric=self.metric, counted=self.counted
        )

    def find_examples(self, first: str, second: str, *, most: int, skipped: int) -> Examples:
        """The passages behind a cell of the confusions, some at a time."""
        return find_examples(
            self.project, self.selection, first=first, second=second, most=most, skipped=skipped
        )

    def find_differences(self, task: int, *, most: int, skipped: int) -> Examples:
        """The passages that the annotators of a task differ in, some at a time."""
        return find_differences(self.project, self.selection, task=task, most=most, skipped=skipped)

    def report_whole(self, *, with_gamma: bool = False) -> WholeReport:
        """All parts with all slices, for a file; gamma too where it is quick or asked for."""
        quick = self.metrics
        has_gamma = with_gamma or is_gamma_quick(self.everybody.data["n_documents_compared"])
        metrics = (*quick, *SHOWN_LATER) if has_gamma else quick
        return report_whole(
            self.project,
            self.selection,
            metrics=metrics,
            by={"label": quick, "pair": metrics, "document": metrics},
            parts=PARTS,
            of=tuple(dict.fromkeys([self.metric, *WITHOUT_EACH])),
        )
