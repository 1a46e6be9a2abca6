"""Quizzes about the guidelines: what managers make them of, how annotators take them, and who has passed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from annotations.assignment.qualifying import QuizError, make_quiz, take_quiz
from annotations.models import Quiz, QuizAttempt, RequiredQuiz, Role, User
from annotations.progress.names import sort_by_name
from annotations.projects.wording import find_wording
from annotations.schemes.quizzes import QuizQuestion, choose_questions, find_usual_pass, list_questions
from annotations.web.access import MemberRequest, member_page

MAX_SHOWN = 50
"""Quizzes of a project that its page lists, the latest."""
MAX_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Taker:
    """Somebody who answered a quiz: how often, the most that they had right, and whether they passed."""

    person: User
    attempts: int
    most: int
    has_passed: bool


@member_page(Role.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def list_quizzes(request: MemberRequest) -> HttpResponse:
    """The page with a project's quizzes and who passed them, on which another one is put together."""
    project = request.project
    if request.method == "POST":
        try:
            quiz = make_quiz(
                project,
                chosen=[_read_number(value) for value in request.POST.getlist("question")],
                passing=_read_number(request.POST.get("passing", "")),
                by=request.user,
            )
        except QuizError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"{quiz.title} is there. A round can require it from now on.")
        return redirect("web:quizzes", project.slug)
    attempts = QuizAttempt.objects.select_related("person").order_by("pk")
    quizzes = project.quizzes.select_related("scheme", "created_by").order_by("-number")[:MAX_SHOWN]
    rounds = RequiredQuiz.objects.filter(round__project=project).select_related("round")
    offered = list_questions(find_wording(project, project.scheme))
    chosen = choose_questions(offered)
    context = {
        "rows": [
            {"quiz": quiz, "takers": _list_takers(quiz.attempts.all()), "rounds": quiz.required_by.all()}
            for quiz in quizzes.prefetch_related(
                Prefetch("attempts", attempts), Prefetch("required_by", rounds)
            )
        ],
        "offered": [(place, question, place in chosen) for place, question in enumerate(offered)],
        "passing": find_usual_pass(len(chosen)),
        "chosen": len(chosen),
        "colors": project.scheme.sha256,
    }
    return render(request, "annotations/schemes/quizzes.html", context)


def _read_number(written: str) -> int:
    """A number that a form says; -1, which nothing has, for what is none."""
    is_number = written.isascii() and written.isdecimal() and len(written) <= MAX_DIGITS
    return int(written) if is_number else -1


def _list_takers(attempts: Iterable[QuizAttempt]) -> list[Taker]:
    by_person: dict[User, list[QuizAttempt]] = {}
    for attempt in attempts:
        by_person.setdefault(attempt.person, []).append(attempt)
    takers = [
        Taker(person, len(theirs), max(one.right for one in theirs), any(one.has_passed for one in theirs))
        for person, theirs in by_person.items()
    ]
    return sort_by_name(takers, name=lambda taker: taker.person.name)


@member_page(Role.MANAGER, Role.ANNOTATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def show_quiz(request: MemberRequest, number: int) -> HttpResponse:
    """The page on which a quiz is taken; after that it says what was otherwise than the guidelines have it, and why."""
    quiz = get_object_or_404(
        Quiz.objects.select_related("scheme", "project"), project=request.project, number=number
    )
    questions = quiz.list_questions()
    given = [request.POST.get(f"answer-{place}", "") for place in range(len(questions))]
    if request.method == "POST" and all(answer in ("yes", "no") for answer in given):
        attempt = take_quiz(quiz, request.user, answers=[answer == "yes" for answer in given])
        if attempt.has_passed:
            messages.success(request, f"Passed: {attempt.right} of {len(questions)} are right.")
        return redirect("web:quiz", request.project.slug, number)
    latest = quiz.attempts.filter(person=request.user).order_by("-pk").first()
    has_passed = quiz.attempts.filter(person=request.user, has_passed=True).exists()
    context = {
        "quiz": quiz,
        "questions": [(place, question, given[place]) for place, question in enumerate(questions)],
        "is_incomplete": request.method == "POST",
        "latest": latest,
        "otherwise": _list_otherwise(questions, latest.answers) if latest else [],
        "has_passed": has_passed,
        "colors": quiz.scheme.sha256,
    }
    return render(request, "annotations/schemes/quiz.html", context)


def _list_otherwise(questions: Sequence[QuizQuestion], answers: Sequence[bool]) -> list[QuizQuestion]:
    """The questions that were answered otherwise than the guidelines have it."""
    return [
        question for question, answer in zip(questions, answers, strict=True) if question.is_marked != answer
    ]
