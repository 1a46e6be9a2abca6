"""Quizzes about the guidelines, what people answered, and the rounds that ask for one to be passed."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone

from annotations.models.accounts import User
from annotations.models.assignment import Round
from annotations.models.projects import Project, Scheme
from annotations.schemes.quizzes import QuizQuestion


class Quiz(models.Model):
    """Examples of a project's guidelines whose answers are known. The database refuses changes."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="quizzes")
    scheme = models.ForeignKey(
        Scheme, on_delete=models.PROTECT, related_name="+", help_text="By whose guidelines it asks."
    )
    number = models.PositiveIntegerField(help_text="Counts the project's quizzes from 1.")
    questions = models.JSONField(help_text="As the guidelines were worded when it was made.")
    passing = models.PositiveIntegerField(help_text="How many answers have to be right.")
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints = [models.UniqueConstraint(name="quiz_number_unique", fields=["project", "number"])]

    def __str__(self) -> str:
        return f"quiz {self.number} of {self.project}"

    @property
    def title(self) -> str:
        """What people call it."""
        return f"Quiz {self.number}"

    def list_questions(self) -> list[QuizQuestion]:
        """The questions in the order in which they are asked."""
        return [QuizQuestion.from_json(written) for written in self.questions]


class QuizAttempt(models.Model):
    """What somebody answered to a quiz once, and whether they passed. The database refuses changes."""

    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="attempts")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(help_text="Whether they would mark the words, for each question.")
    right = models.PositiveIntegerField()
    has_passed = models.BooleanField()
    taken_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        indexes = [models.Index(name="quiz_attempt_of_person", fields=["quiz", "person", "has_passed"])]

    def __str__(self) -> str:
        return f"{self.person} at {self.quiz}"


def has_passed(person: User, *, quiz: OuterRef) -> Exists:
    """Whether a person has passed the quiz of each row that is asked about."""
    return Exists(QuizAttempt.objects.filter(quiz=quiz, person=person, has_passed=True).order_by())


class RequiredQuizQuerySet(models.QuerySet["RequiredQuiz"]):
    """Quizzes that rounds ask for, narrowed to those that somebody has not passed."""

    def unmet_by(self, person: User) -> Self:
        """Quizzes that a person has yet to pass."""
        return self.filter(~has_passed(person, quiz=OuterRef("quiz")))


class RequiredQuiz(models.Model):
    """Says which quiz somebody must have passed before articles of a round are given to them."""

    round = models.OneToOneField(
        Round, on_delete=models.CASCADE, primary_key=True, related_name="required_quiz"
    )
    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="required_by")

    objects = RequiredQuizQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.quiz} for {self.round}"
