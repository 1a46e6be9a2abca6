"""Agreement of a project: what somebody asks for, from the counts that are kept."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, replace

from django.db.models import Exists, OuterRef, Q

from annotations.agreement import Report
from annotations.agreement.errors import InvalidOptionError
from annotations.blindness import count_hidden
from annotations.models import Assignment, Project, User
from annotations.reliability.counting import (
    Counted,
    Options,
    choose_counting,
    count,
    needs_gamma,
    span_metrics,
)
from annotations.reliability.matrices import Scope
from annotations.reliability.report_json import present, read_report, write_report


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
    reader: User | None = None,
) -> Report:
    """Agreement over all of a project, or over some of its rounds (by number), annotators and labels.

    `uncounted` overrides the project's own choice of blocks that do not count. Documents go by the numbers of
    their tasks, annotators by their names.
    """
    scope = choose_scope(
        project, rounds=rounds, annotators=annotators, labels=labels, uncounted=uncounted, reader=reader
    )
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
    reader: User | None = None,
) -> Scope:
    """What of a project to compare; schemes go by their identifiers and stand for the rounds planned with them.

    Articles that are hidden from the reader are left out. From whom nothing is hidden shares what was counted for
    everybody.

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
        reader=reader.pk if reader is not None and count_hidden(project, reader) else None,
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
    chosen = (
        tuple(metrics) if metrics is not None else span_metrics(has_distances=options.distances is not None)
    )
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
    found = counted.evaluate(metrics, by=by, options=options, tasks=tasks)
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
