"""What the agreement page and its files show of a choice of rounds, annotators and labels, computed once for both."""

from dataclasses import dataclass

from annotations.agreement import Estimate, Report
from annotations.models import Project
from annotations.reliability.counting import Counted, Options
from annotations.reliability.full_report import PARTS, WholeReport, report_whole
from annotations.reliability.periods import PeriodFigures, measure_periods
from annotations.reliability.reports import report_selection
from annotations.reliability.rounds import RoundFigures, compare_rounds
from annotations.reliability.selection import Selection
from annotations.web.agreement.tables import (
    GAMMA_PANEL,
    LINKS,
    OF_LABELS,
    PANEL,
    choose_by_distances,
    rank_documents,
)

WITHOUT_EACH = ("f1_strict", "alpha_nominal")
LARGEST_FOR_GAMMA = 150
QUICK = Options(samples=0)


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a selection; `metric` is the one that pairs, articles, rounds and periods are measured by.

    `has_distances` says whether the latest scheme has a table of distances between labels.
    """

    project: Project
    selection: Selection
    metric: str
    has_distances: bool

    @property
    def metrics(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*self.panel, *LINKS, self.metric]))

    @property
    def panel(self) -> tuple[str, ...]:
        """The rows of the panel: also those by distances between labels, where the scheme has some."""
        return (*PANEL, *(choose_by_distances() if self.has_distances else ()))

    def report(self, counted: Counted | None = None) -> Report:
        """The panel, and what labels and pairs reach."""
        slices = {"label": (*OF_LABELS, *LINKS), "pair": (self.metric,)}
        return report_selection(
            self.project, self.selection, metrics=self.metrics, by=slices, counted=counted
        )

    def rank_documents(self, counted: Counted | None = None) -> list[tuple[int, Estimate]]:
        """The tasks that two people completed, the worst first."""
        report = report_selection(
            self.project,
            self.selection,
            metrics=(self.metric,),
            by=["document"],
            options=QUICK,
            counted=counted,
        )
        return rank_documents(report, self.metric)

    def compare_rounds(self, counted: Counted | None = None) -> list[RoundFigures]:
        return compare_rounds(self.project, self.selection, metrics=(self.metric,), counted=counted)

    def measure_periods(self) -> list[PeriodFigures]:
        return measure_periods(self.project, self.selection, metrics=(self.metric,))

    def report_whole(self, *, with_gamma: bool = False) -> WholeReport:
        """All that the page shows, with all slices; gamma too where it is quick or asked for."""
        quick = self.metrics
        compared = report_selection(self.project, self.selection, metrics=quick, options=QUICK).data[
            "n_documents_compared"
        ]
        has_gamma = with_gamma or compared <= LARGEST_FOR_GAMMA
        metrics = (*quick, *GAMMA_PANEL) if has_gamma else quick
        return report_whole(
            self.project,
            self.selection,
            metrics=metrics,
            by={"label": quick, "pair": metrics, "document": metrics},
            parts=PARTS,
            of=tuple(dict.fromkeys([self.metric, *WITHOUT_EACH])),
        )
