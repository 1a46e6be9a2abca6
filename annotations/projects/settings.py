"""What a manager changes of a running project: its name, what it is about, and how its tasks are given out and reviewed."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from annotations.limits import MAX_DESCRIPTION_LENGTH
from annotations.models import BlockKind, Event, Project, User
from annotations.projects.archived import lock_live
from annotations.schemes.problems import WARNABLE

CHANGEABLE = (
    "name",
    "description",
    "queue_depth",
    "lease_hours",
    "review_share",
    "uncounted_blocks",
    "warned_rules",
)


class InvalidSettingError(ValueError):
    """A project cannot have a setting of this value; the message says which may be."""


@transaction.atomic
def change_settings(project: Project, *, by: User | None, **wanted: Any) -> dict[str, list[Any]]:
    """Give a project other settings; returns what changed, as it was and as it is now."""
    locked = lock_live(project.pk)
    changes = {}
    for name, value in wanted.items():
        checked = _check(locked, name, value)
        if checked != getattr(locked, name):
            changes[name] = [getattr(locked, name), checked]
            setattr(locked, name, checked)
    if changes:
        locked.save(update_fields=list(changes))
        Event.objects.record("changed settings of", locked, actor=by, project=locked, **changes)
    for name, (_, now) in changes.items():
        setattr(project, name, now)
    return changes


def _check(project: Project, name: str, value: Any) -> Any:
    if name not in CHANGEABLE:
        raise InvalidSettingError(f"a project has no setting {name!r}; there are {', '.join(CHANGEABLE)}")
    if name == "uncounted_blocks":
        return _check_blocks(value)
    if name == "warned_rules":
        return _check_rules(value)
    if isinstance(value, str):
        value = value.strip()
    if name == "description" and len(value) > MAX_DESCRIPTION_LENGTH:
        raise InvalidSettingError(
            f"the description has {len(value):,} characters, more than {MAX_DESCRIPTION_LENGTH:,}: shorten it"
        )
    try:
        field: Any = Project._meta.get_field(name)
        return field.clean(value, project)
    except ValidationError as error:
        raise InvalidSettingError(f"{name.replace('_', ' ')}: {' '.join(error.messages)}") from error


def _check_blocks(kinds: Any) -> list[str]:
    wanted = sorted({str(kind) for kind in kinds})
    if unknown := [kind for kind in wanted if kind not in BlockKind.values]:
        raise InvalidSettingError(
            f"there is no kind of block {unknown[0]!r}; there are {', '.join(BlockKind.values)}"
        )
    return wanted


def _check_rules(codes: Any) -> list[str]:
    wanted = sorted({str(code) for code in codes})
    if unknown := [code for code in wanted if code not in WARNABLE]:
        raise InvalidSettingError(
            f"a project cannot only warn of {unknown[0]!r}; it can of {', '.join(WARNABLE)}"
        )
    return wanted
