"""A project's change of its merge rule: for the tasks that nobody has begun to adjudicate; gold keeps the rule it was made with."""

from django.db import transaction
from django.db.models import Exists, OuterRef

from annotations.adjudication.merging import find_rule
from annotations.assignment.claims import request_rule
from annotations.models import Decision, Event, Project, Task, User
from annotations.projects.archived import lock_live


class RuleInUseError(Exception):
    """The merge rule cannot change while tasks are half decided under it: they would change under the adjudicator's hands."""


@transaction.atomic
def change_merge_rule(project: Project, rule: str, *, by: User | None) -> bool:
    """Settle units by another rule from now on; whether that was a change.

    Tasks that wait for adjudication are settled anew by a job. Refused while an adjudicator has begun one of them:
    decisions were made about units that the other rule might settle, or leave open, otherwise.
    """
    find_rule(rule)
    locked = lock_live(project.pk)
    before = locked.merge_rule
    if rule == before:
        return False
    if begun := count_begun(locked):
        tasks = "task is half decided" if begun == 1 else f"{begun} tasks are half decided"
        raise RuleInUseError(
            f"{'One ' + tasks if begun == 1 else tasks} under the present rule: "
            f"finish {'it' if begun == 1 else 'them'} in adjudication first, then change the rule."
        )
    locked.merge_rule = project.merge_rule = rule
    locked.save(update_fields=["merge_rule"])
    Event.objects.record("changed settings of", locked, actor=by, project=locked, merge_rule=[before, rule])
    Task.objects.annotated().filter(round__project=locked).update(awaits_rule=True)
    request_rule(locked)
    return True


def count_begun(project: Project) -> int:
    """How many tasks wait for the rest of their decisions."""
    decisions = Decision.objects.filter(task=OuterRef("pk")).order_by()
    return Task.objects.annotated().filter(Exists(decisions), round__project=project).count()
