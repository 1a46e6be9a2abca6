"""What an installation keeps of a person, as lines of JSON that the person may take with them."""

import json
from collections.abc import Iterator
from typing import Any

from django.db.models import F

from annotations.blindness import keep_visible, keep_visible_events
from annotations.models import (
    Annotation,
    ApiToken,
    Decision,
    Event,
    Membership,
    QuizAttempt,
    SignInLink,
    User,
)

CHUNK = 500


def write_personal_data(user: User) -> Iterator[bytes]:
    """All that is kept of a person, a line for each thing with its `kind`; rows are read a few at a time.

    What they made of an article that they annotate, or annotate again, is left out until they are done with it, as everywhere.
    """
    for kind, row in _list_rows(user):
        yield json.dumps({"kind": kind, **row}, ensure_ascii=False, default=str).encode() + b"\n"


def _list_rows(user: User) -> Iterator[tuple[str, dict[str, Any]]]:
    yield (
        "account",
        {
            "email": user.email,
            "name": user.name,
            "is_active": user.is_active,
            "date_joined": user.date_joined,
            "last_login": user.last_login,
            "wants_digest": user.wants_digest,
        },
    )
    for kind, rows in _list_queries(user):
        for row in rows.iterator(CHUNK):
            yield kind, row


def _list_queries(user: User) -> Iterator[tuple[str, Any]]:
    in_project, of_task = F("project__slug"), F("task__round__project__slug")
    roles = Membership.objects.filter(user=user).order_by("pk")
    yield "role", roles.values("role", "created_at", project_slug=in_project)
    links = SignInLink.objects.filter(user=user).order_by("pk")
    yield "sign_in_link", links.values("created_at", "used_at")
    tokens = ApiToken.objects.filter(user=user).order_by("created")
    yield "token", tokens.values("name", "scope", "created")
    own = Annotation.objects.filter(assignment__annotator=user)
    annotations = keep_visible(own, user, article="assignment__task__article").order_by("pk")
    yield (
        "annotation",
        annotations.values(
            "created_at",
            "result",
            "fields",
            project_slug=F("assignment__task__round__project__slug"),
            article=F("assignment__task__article__external_id"),
            in_round=F("assignment__task__round__number"),
        ),
    )
    attempts = QuizAttempt.objects.filter(person=user).order_by("pk")
    yield (
        "quiz_attempt",
        attempts.values(
            "taken_at",
            "answers",
            "right",
            "has_passed",
            project_slug=F("quiz__project__slug"),
            quiz_number=F("quiz__number"),
        ),
    )
    decisions = keep_visible(Decision.objects.filter(decided_by=user), user, article="task__article")
    yield (
        "decision",
        decisions.order_by("pk").values("decided_at", "unit", "action", "note", project_slug=of_task),
    )
    events = keep_visible_events(Event.objects.filter(actor=user), user)
    yield "event", events.order_by("pk").values("at", "verb", "subject_type", "subject_id", "details")
