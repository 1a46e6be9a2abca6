"""What the lines of the audit trail say, as sentences: words before and after the thing that a line is about."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from annotations.models import Standing, TokenScope, Verdict
from annotations.plurals import count_things
from annotations.progress.deadlines import write_day
from annotations.progress.names import join_names

MAX_QUOTED = 160
VERDICTS = {
    Verdict.OPEN: "which is open again",
    Verdict.ONE: "of which one is kept",
    Verdict.GROUP: "which all count, as one group",
    Verdict.COPIES: "of which the others are marked as copies",
    Verdict.DISTINCT: "which are different articles",
}
ORIGINS = {
    "import": "from an imported file",
    "gold": "from imported gold",
    "reconcile": "which was found in Label Studio later",
}
Details = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """An event as a sentence is made of it: its details, the names of the people that they name, and whose share it is about."""

    details: Details
    names: Mapping[int, str] = field(default_factory=dict)
    person: str = ""
    place: str = ""

    def name(self, person: Any) -> str:
        """The name of a person by their id."""
        return self.names.get(person, f"no. {person}")


Words = str | Callable[[Told], str]


@dataclass(frozen=True, slots=True)
class Saying:
    """The words before and after the subject; `says` names the details that are told in them or that say nobody anything.

    Where `is_whole` the words say all, and no subject is named; where `names_person` whose share it is stands in them.
    """

    before: Words
    after: Words = ""
    says: tuple[str, ...] = ()
    is_whole: bool = False
    names_person: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words around the subject of one line, and the details that they leave to be listed."""

    before: str
    after: str = ""
    left: Details = field(default_factory=dict)
    is_whole: bool = False
    names_person: bool = False


def say(verb: str, kind: str, told: Told) -> Sentence:
    """Say what an event tells; one of a verb that is not known here in its own word, with its details listed."""
    saying = SAYINGS.get(f"{verb} {kind}") or SAYINGS.get(verb)
    if saying is None:
        return Sentence(verb, left=told.details)
    left = {name: value for name, value in told.details.items() if name not in saying.says}
    return Sentence(
        _write(saying.before, told), _write(saying.after, told), left, saying.is_whole, saying.names_person
    )


def _write(words: Words, told: Told) -> str:
    return words if isinstance(words, str) else words(told)


def quote(words: Any) -> str:
    """Somebody's words between quotation marks; those that are very long are cut.

    >>> quote("A duplicate")
    '“A duplicate”'
    """
    text = str(words)
    return f"“{text if len(text) <= MAX_QUOTED else f'{text[:MAX_QUOTED]}…'}”"


def _reason(told: Told) -> str:
    return f": {quote(told.details['reason'])}" if told.details.get("reason") else ""


def _day(iso: str) -> str:
    return write_day(date.fromisoformat(iso))


def _say_planned(told: Told) -> str:
    said, parts = told.details, []
    if {"kind", "tasks", "overlap"} <= said.keys():
        which = f" ({said['articles']})" if said.get("articles") else ""
        parts.append(
            f"for {said['kind']}: {count_things(said['tasks'], 'article')}{which}, "
            f"{count_things(said['overlap'], 'annotator')} each"
        )
    if people := said.get("annotators"):
        parts.append(f"with {join_names([told.name(person) for person in people])}")
    if said.get("due_on"):
        parts.append(f"due on {_day(said['due_on'])}")
    return ", ".join(parts)


def _say_submitted(told: Told) -> str:
    revision, origin = told.details.get("revision", 1), ORIGINS.get(told.details.get("origin", ""), "")
    again = f"again, as revision {revision}" if revision > 1 else ""
    return ", ".join(filter(None, (again, origin)))


def _say_excluded(told: Told) -> str:
    given_back = told.details.get("given_back", 0)
    queues = f"; {count_things(given_back, 'annotator')} had it in the queue" if given_back else ""
    return f"{_reason(told)}{queues}"


def _say_closed_task(told: Told) -> str:
    wanted, before = told.details.get("wanted"), told.details.get("wanted_before")
    return f"with {wanted} of {before} annotations" if wanted and before and wanted != before else ""


def _say_finished(told: Told) -> str:
    return "by the merge rule" if told.details.get("status") == "agreed" else ""


def _say_copies(told: Told) -> str:
    verdict, kept = told.details.get("verdict", ""), told.details.get("kept")
    words = VERDICTS.get(verdict, verdict)
    return f", {words}{f': {quote(kept)}' if kept else ''}" if words else ""


def _say_settings(told: Told) -> str:
    changes = [
        f"{name.replace('_', ' ')} from {_value(pair[0])} to {_value(pair[1])}"
        for name, pair in told.details.items()
        if isinstance(pair, list) and len(pair) == 2  # noqa: PLR2004 - as it was, and as it is
    ]
    return f": {'; '.join(changes)}" if changes else ""


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return quote(value) if isinstance(value, str) else str(value)


def _roles(told: Told, name: str) -> str:
    return join_names([str(role) for role in told.details.get(name, [])]) or "none"


def _say_standing(told: Told) -> str:
    standing = told.details.get("after", "")
    return f"annotates as {Standing(standing).label}" if standing in Standing.values else "annotates"


def _say_token(told: Told) -> str:
    scope = told.details.get("scope", "")
    may = f" ({TokenScope(scope).label.lower()})" if scope in TokenScope.values else ""
    return f"made the token {quote(told.details.get('name', ''))}{may} for"


def _number(name: str, thing: str) -> Callable[[Told], str]:
    return lambda told: count_things(told.details.get(name, 0), thing)


SAYINGS: Mapping[str, Saying] = {
    # annotating
    "submitted": Saying("submitted", _say_submitted, ("revision", "origin")),
    "skipped": Saying("skipped", _reason, ("reason", "was")),
    "kept late": Saying("kept what was submitted too late for", says=("revision",)),
    "expired": Saying(
        "took", lambda told: f"back from {told.person}, whose time for it was over", names_person=True
    ),
    "returned": Saying(
        "took", lambda told: f"back from {told.person}, who gets it again in a retest", names_person=True
    ),
    "withdrew": Saying("took", lambda told: f"back from {told.person}", ("was",), names_person=True),
    "reassigned": Saying(
        "passed",
        lambda told: f"on to {told.person}, in place of {told.name(told.details.get('instead_of'))}",
        ("instead_of",),
        names_person=True,
    ),
    "missed annotation": Saying(
        "found an annotation gone from Label Studio, of", says=("studio_annotation",)
    ),
    "missed studio task": Saying("found no task in Label Studio any more for", says=("studio_task",)),
    "missed studio project": Saying(
        "found the queue of", lambda told: f"in {told.place} gone from Label Studio", ("studio_project",)
    ),
    "saw to": Saying(
        "saw to what was in quarantine of",
        lambda told: f": {quote(told.details['message'])}" if told.details.get("message") else "",
        ("message",),
    ),
    # adjudicating
    "decided": Saying("decided about a part of", says=("action",)),
    "undid decision": Saying("undid a decision about", says=("action",)),
    "finished": Saying("finished", _say_finished, ("status", "ledger")),
    "reviewed": Saying("looked over"),
    "closed assignment": Saying("ended their own part in"),
    # rounds
    "planned": Saying(
        "planned",
        _say_planned,
        ("kind", "overlap", "seed", "tasks", "articles", "order", "due_on", "annotators"),
    ),
    "joined": Saying("added", lambda told: f"to {told.place}"),
    "deactivated": Saying("took", lambda told: f"out of {told.place}"),
    "closed round": Saying("closed"),
    "opened again": Saying("opened", "again"),
    "renamed": Saying(
        lambda told: "named" if told.details.get("name") else "took the name from",
        lambda told: quote(told.details["name"]) if told.details.get("name") else "",
        ("was", "name"),
    ),
    "set the deadline of": Saying(
        lambda told: "set the deadline of" if told.details.get("due_on") else "took the deadline from",
        lambda told: f"to {_day(told.details['due_on'])}" if told.details.get("due_on") else "",
        ("was", "due_on"),
    ),
    "closed task": Saying("closed", _say_closed_task, ("wanted", "wanted_before", "withdrawn")),
    "cancelled task": Saying("cancelled", says=("wanted", "wanted_before", "withdrawn")),
    "began to carry over": Saying(
        "began to carry over", lambda told: f"to {told.details.get('scheme', '')}", ("scheme",)
    ),
    "carried over": Saying(
        "carried over",
        lambda told: f"to {told.details.get('scheme', '')}, as round {told.details.get('round', '')}",
        ("scheme", "round"),
    ),
    "took back what carried over": Saying("took back what was carried over of", says=("scheme",)),
    # people
    "invited": Saying("invited", lambda told: f"as {_roles(told, 'roles')}", ("email", "roles")),
    "accepted an invitation of": Saying(
        lambda told: f"accepted the invitation as {_roles(told, 'roles')}", says=("roles",), is_whole=True
    ),
    "withdrew the invitation of": Saying("withdrew the invitation of"),
    "changed roles of": Saying(
        "changed the roles of",
        lambda told: f"from {_roles(told, 'before')} to {_roles(told, 'after')}",
        ("before", "after"),
    ),
    "changed the standing of": Saying("said that", _say_standing, ("before", "after")),
    "created a token for": Saying(_say_token, says=("name", "scope", "key")),
    "revoked a token of": Saying(
        lambda told: f"ended the token {quote(told.details.get('name', ''))} of", says=("name", "key")
    ),
    # articles
    "imported articles": Saying(
        lambda told: f"imported {_number('count', 'article')(told)}", says=("count",), is_whole=True
    ),
    "imported annotations": Saying(
        lambda told: (
            f"imported {_number('annotations', 'annotation')(told)} of {_number('tasks', 'article')(told)} as"
        ),
        says=("annotations", "tasks", "annotators", "imported_as"),
    ),
    "imported predictions": Saying(
        lambda told: f"imported {_number('predictions', 'prediction')(told)}",
        says=("predictions",),
        is_whole=True,
    ),
    "undid articleimport": Saying(
        lambda told: f"undid an import of {_number('articles', 'article')(told)}",
        says=("articles", "tasks_of_rounds"),
        is_whole=True,
    ),
    "dropped an import": Saying("dropped an import", is_whole=True),
    "excluded": Saying("excluded", _say_excluded, ("reason", "title", "given_back")),
    "included": Saying("included", "again", ("was", "title")),
    "deleted article": Saying("deleted", says=("title", "source")),
    "named articles": Saying(
        lambda told: (
            f"kept articles as the set {quote(told.details.get('name', ''))}: {told.details.get('articles', '')}"
        ),
        says=("name", "articles"),
        is_whole=True,
    ),
    "deleted articleset": Saying(
        lambda told: f"deleted the set of articles {quote(told.details.get('name', ''))}",
        says=("name",),
        is_whole=True,
    ),
    "decided about copies": Saying("decided about", _say_copies, ("verdict", "was", "articles", "kept")),
    # the project and its releases
    "created project": Saying("started", says=("name", "scheme", "merge_rule")),
    "changed settings of": Saying(
        "changed settings of",
        _say_settings,
        (
            "name",
            "description",
            "queue_depth",
            "lease_hours",
            "review_share",
            "uncounted_blocks",
            "warned_rules",
            "merge_rule",
        ),
    ),
    "archived": Saying("archived"),
    "restored": Saying("brought back"),
    "deleted project": Saying("deleted", says=("name", "articles", "rounds")),
    "adopted": Saying(
        "adopted",
        lambda told: f"in place of {told.details['instead_of']}" if told.details.get("instead_of") else "",
        ("instead_of",),
    ),
    "corrected the wording of": Saying(
        "corrected the wording of",
        lambda told: f": {quote(told.details['name'])}" if told.details.get("name") else "",
        ("name", "number", "places"),
    ),
    "made quiz": Saying(
        "made",
        lambda told: f"of {count_things(told.details.get('questions', 0), 'question')}",
        ("questions", "passing"),
    ),
    "required a quiz for": Saying(
        lambda told: (
            f"asks for quiz {told.details['quiz']} to be passed for"
            if told.details.get("quiz")
            else "asks for no quiz any more for"
        ),
        says=("quiz",),
    ),
    "described": Saying("wrote on the card of", says=("parts",)),
    "drafted a release": Saying(
        "drafted a release of",
        lambda told: f": {quote(told.details.get('title', ''))}",
        ("title",),
    ),
    "discarded a draft": Saying(
        "discarded the draft of a release of",
        lambda told: f": {quote(told.details.get('title', ''))}",
        ("title",),
    ),
    "froze": Saying("froze", says=("sha256",)),
    "published": Saying("published"),
    "withdrawn": Saying("withdrew", _reason, ("reason",)),
    "signed": Saying("signed", lambda told: f"as {told.details.get('signer', '')}", ("signer",)),
    "added a webhook": Saying(
        lambda told: f"chose {quote(told.details.get('endpoint', ''))} to be told of the project",
        says=("endpoint",),
        is_whole=True,
    ),
    "removed a webhook": Saying(
        lambda told: f"lets {quote(told.details.get('endpoint', ''))} be told of the project no more",
        says=("endpoint",),
        is_whole=True,
    ),
    # jobs
    "asked for a job": Saying("asked for", says=("kind",)),
    "cancelled a job": Saying("cancelled", says=("kind",)),
    "tried a job again": Saying("asked once more for", says=("kind",)),
}
"""By the verb, or by the verb and the kind of thing that it is about where that says something else."""
