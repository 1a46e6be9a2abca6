"""Passages of articles that become examples of the guidelines: at once in the rounds that run, and in a draft of the next version too."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from annotations.limits import MAX_REVISION_NAME_LENGTH
from annotations.models import GuidelineRevision, Project, Scheme, User
from annotations.projects.drafts import Editing, change_draft, find_draft
from annotations.projects.wording import correct_wording, find_source
from annotations.schemes.definition import read_content
from annotations.schemes.parts import NoSuchPartError, Path
from annotations.schemes.picking import add_example, add_rule, find_label, find_rule
from annotations.schemes.scheme import Example
from annotations.schemes.table import InvalidSchemeError
from annotations.schemes.writing import write_definition


@dataclass(frozen=True, slots=True)
class ChosenRule:
    """The rule of a label that an example is for; a new one where its text is given."""

    label: str
    rule: str
    text: str = ""


@transaction.atomic
def take_as_example(
    project: Project, scheme: Scheme, example: Example, to: ChosenRule, *, fits: bool, by: User | None
) -> GuidelineRevision:
    """Put a passage into the guidelines, as a correction of their wording that annotators are shown once.

    Raises
    ------
    NoSuchPartError
        The label or its rule is not there.
    NothingCorrectedError
        The correction is refused; the message says why.
    """
    content = read_content(find_source(project, scheme))
    _add(content, example, to, fits=fits)
    name = f"An example for {to.label}: {to.rule}"
    revision = correct_wording(
        project,
        scheme,
        source=write_definition(content),
        name=name if len(name) <= MAX_REVISION_NAME_LENGTH else f"{name[: MAX_REVISION_NAME_LENGTH - 1]}…",
        by=by,
    )
    _add_to_draft(project, example, to, fits=fits, by=by)
    return revision


def _add(content: dict[str, Any], example: Example, to: ChosenRule, *, fits: bool) -> None:
    if to.text:
        add_rule(content, find_label(content, to.label), to.rule, to.text, example, fits=fits)
    else:
        add_example(content, find_rule(content, to.label, to.rule), example, fits=fits)


def _add_to_draft(project: Project, example: Example, to: ChosenRule, *, fits: bool, by: User | None) -> None:
    """A draft that somebody works at has the example too, if it has the label and the rule still."""
    draft = find_draft(project)
    if draft.pk is None:
        return

    def change(content: dict[str, Any]) -> Path:
        _add(content, example, to, fits=fits)
        return ()

    try:
        change_draft(
            project,
            Editing(by=by, revision=draft.revision, insists=True),
            path=(),
            said=f"an example for {to.label}",
            change=change,
        )
    except (NoSuchPartError, InvalidSchemeError):
        return
