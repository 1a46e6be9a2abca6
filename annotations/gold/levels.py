"""The lines of a release at each level of content: its gold, with votes, the annotations it was made of, or its ledger.

A release names the revisions and how many decisions it was made of, and neither ever changes, so that every level is as frozen
as the gold itself.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Min

from annotations.formats.canonical import join_members, read_members, write_canonical, write_members
from annotations.formats.levels import ContentLevel, LevelNotHeldError
from annotations.formats.ports import Format
from annotations.formats.record import LedgerReference
from annotations.formats.registry import WRITTEN
from annotations.gold.releases import ReleaseDamagedError, read_release_lines
from annotations.gold.votes import count_votes
from annotations.markup import Markup, Origin
from annotations.models import Annotation, Decision, Project, Release
from annotations.projects.pseudonyms import name_annotators

PAGE = 100
"""How many records are held at once."""
OF_ANNOTATIONS = (ContentLevel.VOTES, ContentLevel.ANNOTATIONS)
"""The levels that say what each annotator marked, which adjudicators see on the page of a task alone."""
OF_THE_GOLD = ("annotations", "field_provenance", "fields", "ledger", "relations", "spans", "status")
"""What an annotation says anew of what a record of gold says."""
OF_THE_LEDGER = ("external_id", "id", "ledger", "record_version", "round", "scheme", "text_sha256", "title")

Records = Sequence[dict[str, Any]]
Known = Mapping[tuple[int, int, str, int], tuple[str, str]]
"""The checksum and the members of an annotation, by article, round, letter and revision."""


def check_level(chosen: Format, level: ContentLevel) -> None:
    """Refuse a level that a format does not hold, and name those that do."""
    if level not in chosen.levels:
        able = ", ".join(known.name for known in WRITTEN if level in known.levels)
        raise LevelNotHeldError(
            f"{chosen.name} has no place for the level “{level}”: take {able}, or one of the levels "
            f"{', '.join(chosen.levels)}"
        )


def read_level_lines(release: Release, level: ContentLevel, *, split: str = "") -> Iterator[str]:
    """The canonical lines of a release at a level, or of some of its parts."""
    lines = read_release_lines(release, split=split)
    if level == ContentLevel.GOLD:
        yield from lines
        return
    project = release.project
    write = _WRITERS[level]
    names = _name_adjudicators(project) if level == ContentLevel.LEDGER else name_annotators(project)
    for page in _page(lines):
        yield from write(project, page, names)


def _write_votes(project: Project, records: Records, people: Mapping[int, str]) -> Iterator[str]:
    known = _read_annotations(project, records, people)
    for record in records:
        annotations = {
            letter: Markup.from_json(read_members(members)) for letter, _, members in _list_own(record, known)
        }
        yield write_canonical({**record, "votes": count_votes(Markup.from_json(record), annotations)})


def _write_annotations(project: Project, records: Records, people: Mapping[int, str]) -> Iterator[str]:
    known = _read_annotations(project, records, people)
    alike = write_members({"ledger": LedgerReference().to_json(), "status": Origin.SUBMITTED}).split("\n")
    for record in records:
        about = write_members({key: value for key, value in record.items() if key not in OF_THE_GOLD})
        for _, reference, members in _list_own(record, known):
            own = f'"annotations":[{write_canonical(reference)}]'
            yield join_members((own, *alike, *about.split("\n"), *members.split("\n")))


def _write_ledger(project: Project, records: Records, adjudicators: Mapping[int, str]) -> Iterator[str]:
    decisions: dict[tuple[int, int], list[Decision]] = {}
    for decision in (
        Decision.objects.filter(
            task__round__project=project, task__article__in=[record["id"] for record in records]
        )
        .select_related("task__round", "supersedes", "reason")
        .order_by("task_id", "number")
    ):
        task = decision.task
        decisions.setdefault((task.article_id, task.round.number), []).append(decision)
    for record in records:
        wanted = record["ledger"]["decisions"]
        found = decisions.get((record["id"], record["round"]), [])[:wanted]
        if len(found) != wanted:
            raise ReleaseDamagedError(f"decisions about article {record['id']} are gone; restore a backup")
        about = {key: record[key] for key in OF_THE_LEDGER}
        yield write_canonical(
            {**about, "decisions": [_describe_decision(one, adjudicators) for one in found]}
        )


_WRITERS = {
    ContentLevel.VOTES: _write_votes,
    ContentLevel.ANNOTATIONS: _write_annotations,
    ContentLevel.LEDGER: _write_ledger,
}


def _describe_decision(decision: Decision, adjudicators: Mapping[int, str]) -> dict[str, Any]:
    reason = getattr(decision, "reason", None)
    return {
        "number": decision.number,
        "unit": decision.unit,
        "action": decision.action,
        "payload": decision.payload,
        "note": decision.note,
        "by": adjudicators.get(decision.decided_by_id or 0, ""),
        "at": decision.decided_at.isoformat(),
        "supersedes": decision.supersedes.number if decision.supersedes else None,
        "reason": reason
        and {
            "kind": reason.kind,
            "rule": reason.rule,
            "words": reason.words,
            "is_for_guidelines": reason.is_for_guidelines,
        },
    }


def _name_adjudicators(project: Project) -> dict[int, str]:
    """A name for everybody who ever decided anything in a project, in the order of their first decisions."""
    firsts = (
        Decision.objects.filter(task__round__project=project, decided_by__isnull=False)
        .order_by()
        .values("decided_by")
        .annotate(first=Min("id"))
        .order_by("first")
    )
    return {row["decided_by"]: f"adjudicator-{place}" for place, row in enumerate(firsts, start=1)}


def _read_annotations(project: Project, records: Records, people: Mapping[int, str]) -> Known:
    """All revisions of the articles of these records; those that are named are taken from among them."""
    rows = Annotation.objects.filter(
        assignment__task__round__project=project,
        assignment__task__article__in=[record["id"] for record in records],
    ).values_list(
        "assignment__task__article_id",
        "assignment__task__round__number",
        "assignment__annotator_id",
        "revision",
        "sha256",
        "canonical",
    )
    return {
        (article, round_, people[person], revision): (sha256, members)
        for article, round_, person, revision, sha256, members in rows
        if person in people
    }


def _list_own(record: Mapping[str, Any], known: Known) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """The letter, the reference and the members of each annotation that a record names, in its order."""
    for reference in record["annotations"]:
        letter, revision = reference["annotator"], reference["revision"]
        sha256, members = known.get((record["id"], record["round"], letter, revision), ("", ""))
        if sha256 != reference["sha256"]:
            raise ReleaseDamagedError(
                f"revision {revision} of annotator {letter} of article {record['id']} is not what the release "
                "was made of; restore it from a backup"
            )
        yield letter, reference, members


def _page(lines: Iterable[str]) -> Iterator[Records]:
    waiting: list[dict[str, Any]] = []
    for line in lines:
        waiting.append(json.loads(line))
        if len(waiting) == PAGE:
            yield waiting
            waiting = []
    if waiting:
        yield waiting
