"""Agreement of a project: counted once a document, kept, and brought up to date document by document."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from annotations.agreement import METRICS, Corpus, Report, Statistics, evaluate, summarize
from annotations.agreement.command_line.arguments import read_gamma
from annotations.agreement.errors import InvalidOptionError
from annotations.agreement.gamma.counting import GammaOptions
from annotations.agreement.registry import find_metric
from annotations.agreement.sums import statistics as library
from annotations.models import AgreementStatistics, Assignment, Project, User
from annotations.reliability.matrices import (
    Scope,
    build_corpus,
    find_annotations,
    list_documents,
    take_fingerprint,
    write_id,
)
from annotations.reliability.report_json import present, read_report, write_report

SPANS = "spans"
GAMMA = "gamma"
MOST_SCOPES = 60
MOST_REPORTS = 40
MENTION_AGAIN_AFTER = timedelta(hours=6)
NEEDS_LINKS = ("attribute_", "relation_")


@dataclass(frozen=True, slots=True)
class Options:
    """What a report depends on besides its scope."""

    confidence: float = 0.95
    samples: int = 1000
    seed: int = 0
    unit: str = "character"
    gamma: GammaOptions | None = None

    @classmethod
    def read(cls, chosen: Mapping[str, Any]) -> "Options":
        """By the names that a command line and a query give them."""
        return cls(
            confidence=chosen["confidence"],
            samples=chosen["samples"],
            seed=chosen["seed"],
            unit=chosen["unit"],
            gamma=read_gamma(chosen),
        )


@dataclass(frozen=True, slots=True)
class Counting:
    """What is counted of a scope. Pairs always are; gamma has slices of its own, so there it matters which."""

    metrics: tuple[str, ...]
    by: tuple[str, ...]
    options: Options

    @property
    def has_gamma(self) -> bool:
        return any(map(needs_gamma, self.metrics))

    @property
    def needs_links(self) -> bool:
        return any(name.startswith(NEEDS_LINKS) for name in self.metrics)

    @property
    def gamma(self) -> GammaOptions:
        return self.options.gamma or GammaOptions(seed=self.options.seed)

    @property
    def slices(self) -> tuple[str, ...]:
        return tuple(sorted({"pair", *self.by} - {"document"})) if self.has_gamma else ("pair",)

    def describe(self) -> dict[str, Any]:
        return {
            "metrics": sorted(self.metrics),
            "unit": self.options.unit,
            "slices": self.slices,
            "gamma": asdict(self.gamma) if self.has_gamma else None,
            "format": library.FORMAT,
        }

    def summarize(self, corpus: Corpus) -> Statistics:
        return summarize(
            corpus, metrics=self.metrics, by=self.slices, unit=self.options.unit, gamma=self.gamma
        )


@dataclass(frozen=True, slots=True)
class Counted:
    """The statistics of a scope as they are now."""

    row: AgreementStatistics

    def load(self, *, tables: Collection[str] | None = None) -> Statistics:
        return Statistics.from_bytes(bytes(self.row.content), tables=tables)

    def recall(self, key: str) -> dict[str, Any] | None:
        """What was computed from these counts before."""
        kept = self.row.reports.filter(key=key).first()
        return None if kept is None else kept.content

    def keep(self, key: str, content: dict[str, Any]) -> None:
        """The key knows the counts, so that nothing is shown of counts that were renewed meanwhile."""
        self.row.reports.update_or_create(key=key, defaults={"content": content})
        beyond = list(self.row.reports.order_by("-id").values_list("pk", flat=True)[MOST_REPORTS:])
        if beyond:
            self.row.reports.filter(pk__in=beyond).delete()


def report(
    project: Project,
    *,
    rounds: Iterable[int] | None = None,
    annotators: Iterable[User | int] | None = None,
    labels: Iterable[str] | None = None,
    uncounted: Iterable[str] | None = None,
    metrics: Sequence[str] | None = None,
    by: Collection[str] = (),
    options: Options | None = None,
) -> Report:
    """Agreement over all of a project, or over some of its rounds (by number), annotators and labels.

    `uncounted` overrides the project's own choice of blocks that do not count. Documents go by the numbers of
    their tasks, annotators by their names.
    """
    scope = choose_scope(project, rounds=rounds, annotators=annotators, labels=labels, uncounted=uncounted)
    found = report_scope(project, scope, metrics=metrics, by=by, options=options)
    return present(found, name_people(project))


def choose_scope(
    project: Project,
    *,
    rounds: Iterable[int] | None = None,
    annotators: Iterable[User | int] | None = None,
    labels: Iterable[str] | None = None,
    uncounted: Iterable[str] | None = None,
    schemes: Iterable[str] | None = None,
) -> Scope:
    """What of a project to compare; schemes go by their identifiers and stand for the rounds planned with them.

    Raises
    ------
    InvalidOptionError
        No round was planned with one of the schemes.
    """
    if schemes is not None:
        theirs = _find_rounds(project, schemes)
        rounds = theirs if rounds is None else theirs & set(rounds)
    return Scope(
        rounds=None if rounds is None else tuple(sorted(set(rounds))),
        annotators=None
        if annotators is None
        else tuple(sorted({one.pk if isinstance(one, User) else one for one in annotators})),
        labels=None if labels is None else tuple(sorted(set(labels))),
        uncounted=tuple(sorted(set(project.uncounted_blocks if uncounted is None else uncounted))),
    )


def find_annotators(project: Project, emails: Iterable[str]) -> list[User]:
    """Members and former annotators of a project by their addresses, whatever the case.

    Raises
    ------
    InvalidOptionError
        Nobody in the project has one of the addresses.
    """
    theirs = User.objects.filter(
        Q(memberships__project=project) | Q(assignments__task__round__project=project)
    )
    known = {user.email.lower(): user for user in theirs.distinct()}
    wanted = sorted({email.lower() for email in emails})
    if missing := [email for email in wanted if email not in known]:
        raise InvalidOptionError(f"Nobody has the e-mail address {missing[0]!r} in this project.")
    return [known[email] for email in wanted]


def _find_rounds(project: Project, schemes: Iterable[str]) -> set[int]:
    numbers: dict[str, set[int]] = {}
    for name, version, number in project.rounds.values_list("scheme__name", "scheme__version", "number"):
        numbers.setdefault(f"{name}-v{version}", set()).add(number)
    found = set()
    for scheme in schemes:
        if scheme not in numbers:
            known = ", ".join(sorted(numbers)) or "none yet"
            raise InvalidOptionError(
                f"no round of this project has the scheme {scheme!r}; there are: {known}"
            )
        found |= numbers[scheme]
    return found


def report_scope(
    project: Project,
    scope: Scope,
    *,
    metrics: Sequence[str] | None = None,
    by: Collection[str] = (),
    options: Options | None = None,
    tasks: Collection[int] | None = None,
    counted: Counted | None = None,
) -> Report:
    """The report with annotators and tasks by the names that they have in the library; sliced as in `evaluate`.

    `tasks` narrows it to some documents without counting them again. Gamma is counted and kept apart, because it
    costs so much more than the rest. Who asks for several reports may count the rest once, with `count_scope`.
    """
    options = options or Options()
    chosen = tuple(metrics) if metrics is not None else span_metrics()
    families = [
        family
        for family in (
            tuple(name for name in chosen if not needs_gamma(name)),
            tuple(name for name in chosen if needs_gamma(name)),
        )
        if family
    ]
    reports = [
        _report_family(
            project,
            scope,
            family,
            by=by,
            options=options,
            tasks=tasks,
            counted=None if needs_gamma(family[0]) else counted,
        )
        for family in families
    ]
    found = {name: metric for one in reports for name, metric in one.metrics.items()}
    return replace(reports[0], metrics={name: found[name] for name in chosen})


def _report_family(
    project: Project,
    scope: Scope,
    metrics: tuple[str, ...],
    *,
    by: Collection[str],
    options: Options,
    tasks: Collection[int] | None,
    counted: Counted | None,
) -> Report:
    counted = counted or count(project, scope, choose_counting(metrics, by=by, options=options))
    key = scope.checksum(
        metrics=metrics,
        by={name: sorted(wanted) for name, wanted in by.items()} if isinstance(by, Mapping) else sorted(by),
        options=asdict(options),
        tasks=None if tasks is None else sorted(tasks),
        fingerprint=counted.row.fingerprint,
    )
    if (kept := counted.recall(key)) is not None:
        return read_report(kept)
    statistics = counted.load()
    if tasks is not None:
        statistics = statistics.select([write_id(task) for task in tasks])
    found = evaluate(
        statistics,
        metrics=metrics,
        by=by,
        confidence=options.confidence,
        samples=options.samples,
        seed=options.seed,
        unit=options.unit,
    )
    counted.keep(key, write_report(found))
    return found


def count_scope(project: Project, scope: Scope, options: Options | None = None) -> Counted:
    """All that is known of a scope but gamma."""
    return count(project, scope, choose_counting((), by=(), options=options or Options()))


def count_for(
    metric: str, project: Project, scope: Scope, *, options: Options, counted: Counted | None = None
) -> Counted:
    """The counts that a metric needs: those of the scope that are there already, unless it is gamma."""
    if counted is not None and not needs_gamma(metric):
        return counted
    return count(project, scope, choose_counting((metric,), by=(), options=options))


def choose_counting(metrics: Sequence[str], *, by: Collection[str], options: Options) -> Counting:
    """All metrics of a family, so that one count serves every report; gamma's family has slices as asked for."""
    has_gamma = any(map(needs_gamma, metrics))
    family = tuple(name for name in span_metrics() if needs_gamma(name) == has_gamma)
    if isinstance(by, Mapping):
        by = [name for name, wanted in by.items() if not set(metrics).isdisjoint(wanted)]
    return Counting(family, tuple(sorted(by)) if has_gamma else (), options)


def span_metrics() -> tuple[str, ...]:
    return tuple(metric.name for metric in METRICS if SPANS in metric.kinds)


def needs_gamma(name: str) -> bool:
    return GAMMA in find_metric(name).tables


def count(project: Project, scope: Scope, counting: Counting) -> Counted:
    """The statistics of the scope, counting only the documents whose annotations changed since the last time."""
    fingerprint = take_fingerprint(project, scope)
    key = scope.checksum(**counting.describe())
    row = AgreementStatistics.objects.filter(project=project, scope=key).defer("content", "documents").first()
    if row is None or row.fingerprint != fingerprint:
        documents = list_documents(find_annotations(project, scope))
        row = _renew(project, scope, counting, fingerprint, documents)
    elif row.used_at < timezone.now() - MENTION_AGAIN_AFTER:
        AgreementStatistics.objects.filter(pk=row.pk).update(used_at=timezone.now())
    return Counted(row)


def _renew(
    project: Project,
    scope: Scope,
    counting: Counting,
    fingerprint: str,
    documents: dict[str, str],
) -> AgreementStatistics:
    key = scope.checksum(**counting.describe())
    old = AgreementStatistics.objects.filter(project=project, scope=key).first()
    known = old.documents if old else {}
    changed = [int(task) for task, ids in documents.items() if known.get(task) != ids]

    def read(tasks: Collection[int] | None) -> Statistics:
        unit, with_links = counting.options.unit, counting.needs_links
        return counting.summarize(build_corpus(project, scope, tasks=tasks, unit=unit, with_links=with_links))

    if old is None or 2 * len(changed) > len(documents):
        statistics = read(None)
    else:
        statistics = Statistics.from_bytes(bytes(old.content))
        statistics = statistics.drop([write_id(int(task)) for task in known if task not in documents])
        if changed:
            statistics = statistics.merge(read(changed))
    with transaction.atomic():
        row = _write(
            AgreementStatistics(
                project=project,
                scope=key,
                fingerprint=fingerprint,
                documents=documents,
                content=statistics.to_bytes(),
            )
        )
        row.reports.all().delete()
        _forget_oldest(project)
    return row


def _write(row: AgreementStatistics) -> AgreementStatistics:
    """Put in the place of the row of its scope without reading that again: it is large."""
    (written,) = AgreementStatistics.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["project", "scope"],
        update_fields=["fingerprint", "documents", "content", "used_at"],
    )
    return written


def _forget_oldest(project: Project) -> None:
    rows = AgreementStatistics.objects.filter(project=project).order_by("-used_at", "-id")
    beyond = list(rows.values_list("pk", flat=True)[MOST_SCOPES:])
    if beyond:
        AgreementStatistics.objects.filter(pk__in=beyond).delete()


def name_people(project: Project) -> dict[int, str]:
    """Each annotator's name; with the address where two have the same."""
    people = {
        pk: (name or email, email)
        for pk, name, email in User.objects.filter(
            Exists(Assignment.objects.filter(annotator=OuterRef("pk"), task__round__project=project))
        ).values_list("pk", "name", "email")
    }
    names = [name for name, _ in people.values()]
    return {
        pk: f"{name} ({email})" if names.count(name) > 1 else name for pk, (name, email) in people.items()
    }
