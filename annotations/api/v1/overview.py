"""How far a project is, as numbers for a dashboard: what the page Overview tells in words."""

from typing import Any

from rest_framework import serializers

from annotations.api.v1.serializers.people import PersonSerializer
from annotations.assignment.prospects import find_stuck_tasks
from annotations.models import Project, Task, TaskTally, User
from annotations.progress.pace import find_median_minutes
from annotations.progress.situation import count_tasks, describe_situation, find_quarantined
from annotations.progress.waiting import (
    count_unclaimed,
    find_waiting_since,
    list_adjudicators,
    list_annotators,
)


class ArticleStandSerializer(serializers.Serializer[Any]):
    """How many articles stand where; those in several rounds count once for each round from `annotating` on."""

    total = serializers.IntegerField()
    excluded = serializers.IntegerField(help_text="They count nowhere.")
    unplanned = serializers.IntegerField(help_text="In no round yet.")
    annotating = serializers.IntegerField()
    to_adjudicate = serializers.IntegerField(
        help_text="All annotations are in, and an adjudicator has to decide."
    )
    unreleased = serializers.IntegerField(help_text="Gold that was made since the last release.")
    adjudicated = serializers.IntegerField(help_text="All gold, released or not.")


class RemainingSerializer(serializers.Serializer[Any]):
    """What annotating is left, and about how long it takes."""

    annotations = serializers.IntegerField(help_text="Annotations that open tasks still want.")
    in_no_queue = serializers.IntegerField(help_text="Of these, those that nobody has in a queue yet.")
    minutes_each = serializers.FloatField(
        allow_null=True, help_text="The median of the latest; null where none is measured."
    )
    minutes = serializers.FloatField(allow_null=True, help_text="About how long all of them take.")


class WaitingAdjudicatorSerializer(serializers.Serializer[Any]):
    """An adjudicator of the project and when they were last active; what waits for them is one queue for all, counted beside this list."""

    person = PersonSerializer()
    last_active = serializers.DateTimeField(allow_null=True)


class WaitingAnnotatorSerializer(serializers.Serializer[Any]):
    """What waits for an annotator, since when, and how fast they are."""

    person = PersonSerializer()
    is_active = serializers.BooleanField(help_text="Takes part in a round now.")
    queued = serializers.IntegerField()
    since = serializers.DateTimeField(
        allow_null=True, help_text="When the oldest article of the queue came into it."
    )
    last_active = serializers.DateTimeField(allow_null=True)
    minutes_each = serializers.FloatField(allow_null=True, help_text="The median of their latest articles.")
    submitted = serializers.IntegerField()
    skipped = serializers.IntegerField()
    expired = serializers.IntegerField()


class OverviewSerializer(serializers.Serializer[Any]):
    """How far a project is, and on whom it waits."""

    articles = ArticleStandSerializer()
    stuck = serializers.IntegerField(
        help_text="Tasks that nobody can finish, because too few annotators are left for them."
    )
    quarantined = serializers.IntegerField(
        help_text="Parts of annotations that were not accepted and nobody has seen to."
    )
    remaining = RemainingSerializer()
    waiting_since = serializers.DateTimeField(
        allow_null=True, help_text="Since when the oldest task waits for an adjudicator."
    )
    annotators = WaitingAnnotatorSerializer(many=True)
    adjudicators = WaitingAdjudicatorSerializer(many=True)


def describe_overview(project: Project, *, roles: frozenset[str], reader: User) -> dict[str, Any]:
    """What the overview of a project tells, for its serializer; one page of queries, however large the project."""
    tasks = count_tasks(TaskTally.objects.filter(round__project=project))
    stuck = len(find_stuck_tasks(Task.objects.filter(round__project=project)))
    quarantined = find_quarantined(project, reader=reader).count()
    now = describe_situation(project, tasks=tasks, stuck=stuck, quarantined=quarantined, roles=roles)
    annotators = list_annotators(project)
    unclaimed = count_unclaimed(project) if tasks["open"] else 0
    missing = unclaimed + sum(line.queued for line in annotators)
    each = find_median_minutes(time for line in annotators for time in line.lead_times)
    return {
        "articles": {
            "total": now.articles,
            "excluded": now.excluded,
            "unplanned": now.unplanned,
            "annotating": now.open,
            "to_adjudicate": now.annotated,
            "unreleased": min(now.unreleased, now.adjudicated),
            "adjudicated": now.adjudicated,
        },
        "stuck": now.stuck,
        "quarantined": now.quarantined,
        "remaining": {
            "annotations": missing,
            "in_no_queue": unclaimed,
            "minutes_each": each,
            "minutes": None if each is None else each * missing,
        },
        "waiting_since": find_waiting_since(project) if tasks["annotated"] else None,
        "annotators": annotators,
        "adjudicators": list_adjudicators(project),
    }
