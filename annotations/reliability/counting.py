"""The counts that agreement is computed from: kept in blocks of tasks, of which only those that changed are counted again."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.models import Manager, QuerySet
from django.utils import timezone

from annotations.agreement import Corpus, Items, Report, Statistics, evaluate, summarize
from annotations.agreement.command_line.arguments import read_gamma
from annotations.agreement.data.distances import DISTANCES
from annotations.agreement.data.sources import digest_sources, find_format
from annotations.agreement.evaluation import drop_many_pairs
from annotations.agreement.gamma.options import GammaOptions
from annotations.agreement.model_figures import pair_with_model
from annotations.agreement.registry import find_metric, span_metrics
from annotations.agreement.sums.statistics import unite_bytes
from annotations.models import AgreementBlock, AgreementStatistics, Project
from annotations.reliability.matrices import build_corpus, list_block_tasks, take_fingerprints, write_id
from annotations.reliability.schemes import find_schemes, list_distances, list_levels
from annotations.reliability.selection import Selection

ATTRIBUTES = "attributes"
TASKS_A_BLOCK = 250
TASKS_A_GAMMA_BLOCK = 20
"""Fewer, because gamma of a task takes a hundred times as long as all other metrics."""
MAX_DOCUMENTS_FOR_GAMMA = 150
"""The most documents for which gamma takes no longer than a page may."""
MAX_SELECTIONS = 60
MAX_REPORTS = 40
MAX_FILES = 4
MENTION_AGAIN_AFTER = timedelta(hours=6)
MANY_PAIRS = "pairs of annotators, too many to be reported one by one"
PAIRED_BY = "|"
"""Stands between the task and the two annotators of a pair that was counted."""
OF_ALL = frozenset({"judgements", "left_out", "lengths"})
"""The tables that every report reads."""
BEING_COUNTED = ""
"""The fingerprint of counts whose blocks are being renewed: nothing that was computed from them may be kept."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a report depends on besides its selection; `distances` are those of the scheme where they are None."""

    confidence: float = 0.95
    samples: int = 1000
    seed: int = 0
    unit: str = "character"
    gamma: GammaOptions | None = None
    distances: Mapping[str, Mapping[str, float]] | None = None

    @classmethod
    def read(cls, chosen: Mapping[str, Any]) -> "Options":
        """By the names that a command line and a query give them."""
        return cls(
            confidence=chosen["confidence"],
            samples=chosen["samples"],
            seed=chosen["seed"],
            unit=chosen["unit"],
            gamma=read_gamma(chosen),
            distances=None if chosen["distances"] is None else chosen["distances"].to_json(),
        )


@dataclass(frozen=True, slots=True)
class Counting:
    """What is counted of a selection. Pairs always are; gamma has slices of its own, so there it matters which.

    Beside a model (`with_model`, its id) each article is counted once for each pair of the model and a person, or, for
    `people_only`, of two people.
    """

    metrics: tuple[str, ...]
    by: tuple[str, ...]
    options: Options
    with_model: int | None = None
    people_only: bool = False

    @property
    def has_gamma(self) -> bool:
        return any(find_metric(name).is_slow for name in self.metrics)

    @property
    def needs_links(self) -> bool:
        return any(find_metric(name).takes_links for name in self.metrics)

    @property
    def gamma(self) -> GammaOptions:
        return self.options.gamma or GammaOptions(seed=self.options.seed)

    @property
    def slices(self) -> tuple[str, ...]:
        return tuple(sorted({"pair", *self.by} - {"document"})) if self.has_gamma else ("pair",)

    @property
    def tasks_a_block(self) -> int:
        return TASKS_A_GAMMA_BLOCK if self.has_gamma else TASKS_A_BLOCK

    def with_pool(self, project: Project, selection: Selection) -> "Counting":
        """The counting with the labels and lengths of the whole selection, where gamma is to draw with them.

        They change with each annotation, and then every block is counted anew.
        """
        if not self.has_gamma or self.gamma.drawn_from == "document":
            return self
        corpus = build_corpus(project, selection, unit=self.options.unit)
        return replace(self, options=replace(self.options, gamma=self.gamma.with_pool(corpus)))

    def describe(self) -> dict[str, Any]:
        return {
            "metrics": sorted(self.metrics),
            "unit": self.options.unit,
            "slices": self.slices,
            "gamma": asdict(self.gamma) if self.has_gamma else None,
            "distances": self.options.distances if self.has_gamma else None,
            "format": [find_format(), find_own_format()],
            "tasks_a_block": self.tasks_a_block,
            "with_model": self.with_model,
            "people_only": self.people_only,
        }

    def summarize(self, corpus: Corpus) -> Statistics:
        """Count the articles of a corpus, or beside a model the pairs of their annotators, which go by the task and both annotators."""
        if self.with_model is None or write_id(self.with_model) not in corpus.annotators:
            return self._summarize(corpus)
        pairing = pair_with_model(corpus, write_id(self.with_model))[self.people_only]
        names = tuple(
            PAIRED_BY.join((corpus.documents[origin], corpus.annotators[one], corpus.annotators[other]))
            for origin, one, other in zip(
                pairing.origin.tolist(), pairing.one.tolist(), pairing.other.tolist(), strict=True
            )
        )
        statistics = self._summarize(pairing.build())
        return replace(statistics, axes={**statistics.axes, "document": names})

    def _summarize(self, corpus: Corpus | Items) -> Statistics:
        return summarize(
            corpus,
            metrics=self.metrics,
            by=self.slices,
            unit=self.options.unit,
            gamma=self.gamma,
            distances=self.options.distances if self.has_gamma else None,
        )


@dataclass(frozen=True, slots=True)
class Counted:
    """The statistics of a selection as they are now, and the distances between labels that its figures go by."""

    row: AgreementStatistics
    project: Project
    selection: Selection
    distances: Mapping[str, Mapping[str, float]] | None

    def load(
        self,
        metrics: Collection[str] = (),
        *,
        tables: Collection[str] = (),
        tasks: Collection[int] | None = None,
    ) -> Statistics:
        """The tables that some metrics need of all annotators and of pairs, and those that are named; of some tasks or of all."""
        return self._load(OF_ALL | _list_tables(metrics) | set(tables), tasks)

    def _load(self, wanted: Collection[str], tasks: Collection[int] | None) -> Statistics:
        contents = self.row.blocks.order_by("number").values_list("content", flat=True)
        statistics = unite_bytes(
            map(bytes, contents.iterator(chunk_size=1)),
            tables=wanted,
            documents=None if tasks is None else [write_id(task) for task in tasks],
        )
        if self.distances is not None:
            options = {**statistics.options, DISTANCES: self.distances}
            statistics = replace(statistics, options=options)
        if ATTRIBUTES not in wanted:
            return statistics
        return statistics.scale_attributes(list_levels(find_schemes(self.project, self.selection.rounds)))

    def evaluate(
        self,
        metrics: Sequence[str],
        *,
        by: Collection[str],
        options: Options,
        tasks: Collection[int] | None = None,
    ) -> Report:
        """The report on these counts, or on some tasks of them; metrics of other tables one after the other, to save memory."""
        reports = []
        dropped: dict[str, int] = {}
        for group in _group_by_tables(metrics, by=by):
            statistics = self._load(OF_ALL | _list_tables(group, by=by), tasks)
            kept, n_pairs = drop_many_pairs(statistics, by)
            if n_pairs:
                dropped[MANY_PAIRS] = n_pairs
            report = evaluate(
                statistics,
                metrics=group,
                by=kept,
                confidence=options.confidence,
                samples=options.samples,
                seed=options.seed,
                unit=options.unit,
            )
            reports.append(report)
        found = {name: metric for one in reports for name, metric in one.metrics.items()}
        return Report(
            {name: found[name] for name in metrics}, reports[0].data, {**reports[0].left_out, **dropped}
        )

    def recall(self, key: str) -> dict[str, Any] | None:
        """What was computed from these counts before."""
        kept = self.row.reports.filter(key=key).first()
        return None if kept is None else kept.content

    def keep(self, key: str, content: dict[str, Any]) -> None:
        """Keep what was computed from these counts, unless they were renewed meanwhile."""
        if self._is_current():
            self.row.reports.update_or_create(key=key, defaults={"content": content})
            _forget_beyond(self.row.reports, MAX_REPORTS)

    def recall_file(self, key: str) -> bytes | None:
        """A file that was written of these counts before."""
        kept = self.row.files.filter(key=key).first()
        return None if kept is None else bytes(kept.content)

    def keep_file(self, key: str, content: bytes) -> None:
        """Keep a file that was written of these counts, unless they were renewed meanwhile."""
        if self._is_current():
            self.row.files.update_or_create(key=key, defaults={"content": content})
            _forget_beyond(self.row.files, MAX_FILES)

    def _is_current(self) -> bool:
        return AgreementStatistics.objects.filter(pk=self.row.pk, fingerprint=self.row.fingerprint).exists()


@lru_cache(maxsize=1)
def find_own_format() -> str:
    """The version of the code that takes a project's annotations to the library and its figures to a report."""
    return digest_sources(Path(__file__).resolve().parent)


def complete_options(project: Project, selection: Selection, options: Options | None) -> Options:
    """The options with the distances between labels of the latest scheme, unless they have a table of their own."""
    options = options or Options()
    if options.distances is not None:
        return options
    return replace(options, distances=list_distances(find_schemes(project, selection.rounds)))


def choose_counting(metrics: Sequence[str], *, by: Collection[str], options: Options) -> Counting:
    """What is counted for some metrics: the fast ones all together, so that one count serves every report; gamma by itself, with its slices."""
    has_gamma = any(map(needs_gamma, metrics))
    family = tuple(name for name in span_metrics() if needs_gamma(name) == has_gamma)
    if isinstance(by, Mapping):
        by = [name for name, wanted in by.items() if not set(metrics).isdisjoint(wanted)]
    return Counting(family, tuple(sorted(by)) if has_gamma else (), options)


def needs_gamma(name: str) -> bool:
    """Whether a metric is made of gamma's table, which is slow to count and is counted by itself."""
    return find_metric(name).is_slow


def is_gamma_quick(n_documents: int) -> bool:
    """Whether there are so few documents that gamma need not be asked for."""
    return n_documents <= MAX_DOCUMENTS_FOR_GAMMA


def _list_tables(metrics: Iterable[str], *, by: Collection[str] = ("pair",)) -> set[str]:
    """What these metrics read, of pairs only where they are sliced so: all of them, or those that a mapping names."""
    tables = set()
    for name in metrics:
        metric = find_metric(name)
        tables |= set(metric.tables)
        if "pair" in by and (not isinstance(by, Mapping) or name in by["pair"]):
            tables |= set(metric.tables_of_pairs)
    return tables


def _group_by_tables(metrics: Sequence[str], *, by: Collection[str]) -> list[list[str]]:
    groups: dict[frozenset[str], list[str]] = {}
    for name in metrics:
        groups.setdefault(frozenset(_list_tables([name], by=by)), []).append(name)
    return list(groups.values())


def count(
    project: Project, selection: Selection, counting: Counting, *, progress: Callable[[], None] = lambda: None
) -> Counted:
    """The statistics of the selection; of its blocks of tasks only those are counted whose annotations changed since the last time.

    `progress` is called after each block that is counted.
    """
    counting = counting.with_pool(project, selection)
    now = take_fingerprints(project, selection, tasks_a_block=counting.tasks_a_block) or {0: "nothing"}
    fingerprint = hashlib.sha256(repr(sorted(now.items())).encode()).hexdigest()
    row, _ = AgreementStatistics.objects.get_or_create(
        project=project,
        selection=selection.checksum(**counting.describe()),
        defaults={"fingerprint": BEING_COUNTED},
    )
    if row.fingerprint != fingerprint:
        _Blocks(row, project, selection, counting).renew(now, progress)
        row.fingerprint, row.used_at = fingerprint, timezone.now()
        row.save(update_fields=["fingerprint", "used_at"])
        _forget_oldest(project)
    elif row.used_at < timezone.now() - MENTION_AGAIN_AFTER:
        AgreementStatistics.objects.filter(pk=row.pk).update(used_at=timezone.now())
    return Counted(row, project, selection, counting.options.distances)


def count_selection(project: Project, selection: Selection, options: Options | None = None) -> Counted:
    """Bring the statistics of a selection up to date, for every metric but gamma and what is made of its table."""
    return count(
        project, selection, choose_counting((), by=(), options=complete_options(project, selection, options))
    )


def count_for_metric(
    metric: str, project: Project, selection: Selection, *, options: Options, counted: Counted | None = None
) -> Counted:
    """The counts that a metric needs: those of the selection that are there already, unless it is gamma."""
    if counted is not None and not needs_gamma(metric):
        return counted
    options = complete_options(project, selection, options)
    return count(project, selection, choose_counting((metric,), by=(), options=options))


@dataclass(frozen=True, slots=True)
class _Blocks:
    """The blocks of tasks that the counts of a selection are kept in."""

    row: AgreementStatistics
    project: Project
    selection: Selection
    counting: Counting

    def renew(self, now: Mapping[int, str], progress: Callable[[], None]) -> None:
        """Bring each block up to date by itself: memory holds one, and who is stopped goes on with the next."""
        AgreementStatistics.objects.filter(pk=self.row.pk).update(fingerprint=BEING_COUNTED)
        self.row.reports.all().delete()
        self.row.files.all().delete()
        known = dict(self.row.blocks.values_list("number", "fingerprint"))
        gone = known.keys() - now.keys()
        if gone:
            self.row.blocks.filter(number__in=gone).delete()
        for number, fingerprint in sorted(now.items()):
            if known.get(number) != fingerprint:
                self._count(number, fingerprint)
                progress()

    def _count(self, number: int, fingerprint: str) -> None:
        counting = self.counting
        tasks = list_block_tasks(self.project, self.selection, number, tasks_a_block=counting.tasks_a_block)
        corpus = build_corpus(
            self.project,
            self.selection,
            tasks=tasks,
            unit=counting.options.unit,
            with_links=counting.needs_links,
        )
        content = counting.summarize(corpus).to_bytes()
        AgreementBlock.objects.bulk_create(
            [AgreementBlock(statistics=self.row, number=number, fingerprint=fingerprint, content=content)],
            update_conflicts=True,
            unique_fields=["statistics", "number"],
            update_fields=["fingerprint", "content"],
        )


def _forget_oldest(project: Project) -> None:
    _forget_beyond(AgreementStatistics.objects.filter(project=project), MAX_SELECTIONS, by="used_at")


def _forget_beyond(rows: "Manager[Any] | QuerySet[Any]", most: int, *, by: str = "id") -> None:
    """Delete all rows but the latest."""
    beyond = list(rows.order_by(f"-{by}", "-id").values_list("pk", flat=True)[most:])
    if beyond:
        rows.filter(pk__in=beyond).delete()
