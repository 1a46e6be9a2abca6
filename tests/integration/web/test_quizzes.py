"""A quiz is put together of the guidelines' examples, taken, and asked for by rounds before they give out articles."""

import pytest
from django.db import Error, transaction
from django.test import Client
from django.urls import reverse

from annotations.assignment.errors import NotQualifiedError
from annotations.assignment.planning import plan_round
from annotations.assignment.qualifying import QuizError, make_quiz, require_quiz, take_quiz
from annotations.assignment.services import claim_tasks, reassign
from annotations.models import Event, Project, Quiz, QuizAttempt, Role, Round, User
from annotations.projects.wording import correct_wording
from tests.answers import read_words
from tests.factories import make_article, make_member, make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_project()


@pytest.fixture
def quiz(project: Project) -> Quiz:
    return make_quiz(project, chosen=range(4), passing=3, by=None)


@pytest.fixture
def annotator(project: Project) -> User:
    return make_member(project, Role.ANNOTATOR, name="Ada")


@pytest.fixture
def round_(project: Project, quiz: Quiz, annotator: User) -> Round:
    make_article(project)
    return plan_round(project, annotators=[annotator], overlap=1, quiz=quiz, by=None)


def sign_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def list_right(quiz: Quiz) -> list[bool]:
    return [question.is_marked for question in quiz.list_questions()]


def test_a_round_gives_nothing_to_whoever_has_not_passed_its_quiz(
    round_: Round, quiz: Quiz, annotator: User
) -> None:
    participant = round_.participants.get()
    assert claim_tasks(participant, limit=1) == []
    right = list_right(quiz)
    assert not take_quiz(quiz, annotator, answers=[not right[0], not right[1], *right[2:]]).has_passed
    assert claim_tasks(participant, limit=1) == []
    assert take_quiz(quiz, annotator, answers=[not right[0], *right[1:]]).has_passed
    assert len(claim_tasks(participant, limit=1)) == 1


def test_a_share_is_passed_on_only_to_who_has_passed_the_quiz(
    round_: Round, quiz: Quiz, annotator: User, project: Project
) -> None:
    take_quiz(quiz, annotator, answers=list_right(quiz))
    [share] = claim_tasks(round_.participants.get(), limit=1)
    other = make_member(project, Role.ANNOTATOR)
    round_.participants.create(annotator=other)
    with pytest.raises(NotQualifiedError, match="has not passed quiz 1, which round 1 requires"):
        reassign(share, to=other, by=None)


def test_a_quiz_is_no_more_required_once_somebody_says_so(round_: Round) -> None:
    require_quiz(round_, None, by=None)
    assert claim_tasks(round_.participants.get(), limit=1)
    assert Event.objects.get(verb="required a quiz for").details["quiz"] is None


def test_an_annotator_is_led_to_the_quiz_and_told_what_was_otherwise_and_why(
    round_: Round, quiz: Quiz, annotator: User, project: Project
) -> None:
    browser = sign_in(annotator)
    assert "Take the quiz" in read_words(browser.get(reverse("web:work")))
    address = reverse("web:quiz", args=[project.slug, quiz.number])
    assert browser.get(reverse("web:start", args=[round_.pk])).url == address  # type: ignore[attr-defined]
    assert "Some questions have no answer yet" in read_words(browser.post(address, {"answer-0": "yes"}))
    assert not QuizAttempt.objects.exists()
    wrong = {
        f"answer-{place}": "no" if is_marked else "yes" for place, is_marked in enumerate(list_right(quiz))
    }
    answer = browser.post(address, wrong, follow=True)
    assert "0 of 4 were right, and 3 are needed" in read_words(answer)
    assert answer.context["otherwise"] == quiz.list_questions()
    right = {
        f"answer-{place}": "yes" if is_marked else "no" for place, is_marked in enumerate(list_right(quiz))
    }
    assert "You have passed this quiz with 4 of 4." in read_words(browser.post(address, right, follow=True))
    assert "Take the quiz" not in read_words(browser.get(reverse("web:work")))


def test_no_question_tells_its_answer(quiz: Quiz, annotator: User, project: Project) -> None:
    page = sign_in(annotator).get(reverse("web:quiz", args=[project.slug, quiz.number])).content.decode()
    assert "is-lost" not in page
    assert page.count("is-open") >= len(quiz.questions)


def test_a_quiz_keeps_its_words_and_a_later_one_has_the_corrected(quiz: Quiz, project: Project) -> None:
    before = quiz.list_questions()
    first = next(one.example.why for one in before if one.example.why in project.scheme.source)
    correct_wording(
        project,
        project.scheme,
        source=project.scheme.source.replace(first, "Better said."),
        name="A reason",
        by=None,
    )
    later = make_quiz(project, chosen=range(4), passing=3, by=None)
    quiz.refresh_from_db()
    assert quiz.list_questions() == before
    assert later.number == 2
    assert "Better said." in {question.example.why for question in later.list_questions()}
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        Quiz.objects.filter(pk=quiz.pk).update(passing=1)


@pytest.mark.parametrize(("chosen", "passing"), [([], 1), ([10_000], 1), ([-1], 1), ([0, 1], 3), ([0], 0)])
def test_a_quiz_needs_examples_that_are_there_and_a_mark_that_can_be_reached(
    project: Project, chosen: list[int], passing: int
) -> None:
    with pytest.raises(QuizError):
        make_quiz(project, chosen=chosen, passing=passing, by=None)


def test_a_manager_makes_a_quiz_by_form_requires_it_and_sees_who_passed(
    project: Project, annotator: User
) -> None:
    browser = sign_in(make_member(project, Role.MANAGER))
    address = reverse("web:quizzes", args=[project.slug])
    assert browser.get(address).context["chosen"] == 10
    browser.post(address, {"question": ["0", "1"], "passing": "2"})
    quiz = project.quizzes.get()
    make_article(project)
    plan = {"kind": "calibration", "annotators": [annotator.pk], "overlap": "1", "quiz": quiz.pk}
    planned = browser.post(reverse("web:plan-round", args=[project.slug]), plan)
    assert planned.status_code == 302, planned.context["form"].errors
    page = read_words(browser.get(reverse("web:round", args=[project.slug, 1])))
    assert "Quiz 1</a> has to be passed first" in page
    assert "quiz not passed yet" in page
    take_quiz(quiz, annotator, answers=list_right(quiz))
    assert "not passed yet" not in read_words(browser.get(address))
    browser.post(reverse("web:require-quiz", args=[project.slug, 1]), {"quiz": ""})
    assert "has to be passed first" not in read_words(
        browser.get(reverse("web:round", args=[project.slug, 1]))
    )
