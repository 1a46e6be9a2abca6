"""Quizzes about the guidelines: making one, taking it, and asking for it before a round gives articles to somebody."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max

from annotations.assignment.claims import request_top_up
from annotations.models import (
    Event,
    Participant,
    Project,
    Quiz,
    QuizAttempt,
    RequiredQuiz,
    Round,
    User,
)
from annotations.projects.archived import check_live
from annotations.projects.wording import find_wording
from annotations.schemes.quizzes import count_right, list_questions, shuffle


class QuizError(ValueError):
    """A quiz cannot be made or taken as somebody wants; the message says why."""


@transaction.atomic
def make_quiz(project: Project, *, chosen: Sequence[int], passing: int, by: User | None) -> Quiz:
    """Put examples of the guidelines, as the project words them now, together as a quiz.

    `chosen` are places among the questions that the guidelines give.
    """
    locked = Project.objects.select_for_update(no_key=True, of=("self",)).get(pk=project.pk)
    check_live(locked)
    offered = list_questions(find_wording(locked, locked.scheme))
    places = sorted(set(chosen))
    if not places or not 0 <= places[0] <= places[-1] < len(offered):
        raise QuizError("Choose at least one example that the guidelines have now.")
    if not 1 <= passing <= len(places):
        raise QuizError(f"To pass, between 1 and {len(places)} answers have to be right.")
    quiz = Quiz.objects.create(
        project=locked,
        scheme=locked.scheme,
        number=(locked.quizzes.aggregate(last=Max("number"))["last"] or 0) + 1,
        questions=[question.to_json() for question in shuffle([offered[place] for place in places])],
        passing=passing,
        created_by=by,
    )
    Event.objects.record("made", quiz, actor=by, project=locked, questions=len(places), passing=passing)
    return quiz


@transaction.atomic
def take_quiz(quiz: Quiz, person: User, *, answers: Sequence[bool]) -> QuizAttempt:
    """Mark what somebody answered; who passes is given articles of the rounds that waited for it."""
    check_live(quiz.project)
    questions = quiz.list_questions()
    if len(answers) != len(questions):
        raise QuizError("Answer every question.")
    right = count_right(questions, answers)
    has_passed = right >= quiz.passing
    attempt = QuizAttempt.objects.create(
        quiz=quiz, person=person, answers=list(answers), right=right, has_passed=has_passed
    )
    if has_passed:
        waiting = Participant.objects.filter(
            annotator=person, is_active=True, round__required_quiz__quiz=quiz, round__closed_at=None
        )
        for participant in waiting.select_related("round__project"):
            request_top_up(participant.round)
    return attempt


@transaction.atomic
def require_quiz(round_: Round, quiz: Quiz | None, *, by: User | None) -> None:
    """Give articles of a round only to whoever has passed a quiz, from now on; or to everybody in it again."""
    check_live(round_.project)
    if quiz is not None and quiz.project_id != round_.project_id:
        raise QuizError("Choose a quiz of the same project.")
    if quiz is None:
        RequiredQuiz.objects.filter(round=round_).delete()
    else:
        RequiredQuiz.objects.update_or_create(round=round_, defaults={"quiz": quiz})
    Event.objects.record(
        "required a quiz for",
        round_,
        actor=by,
        project=round_.project,
        quiz=quiz.number if quiz else None,
    )
    request_top_up(round_)
