"""A quiz about guidelines: examples of their rules put as questions, and how the answers are marked.

Each question shows a passage with words marked in it and asks whether the guidelines mark them with a label. The answer
stands in the guidelines: the example fits its rule, or it does not.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from annotations.schemes.scheme import Example, Scheme

USUAL_QUESTIONS = 10
USUAL_SHARE = 0.8
"""Of the answers, how many have to be right unless somebody says otherwise."""


@dataclass(frozen=True, slots=True)
class QuizQuestion:
    """An example of a rule, and whether its words are marked with the label."""

    label: str
    rule: str
    example: Example
    is_marked: bool

    def to_json(self) -> dict[str, Any]:
        return {
            "label": self.label,
            "rule": self.rule,
            "quote": self.example.quote,
            "marked": list(self.example.marked),
            "why": self.example.why,
            "source": self.example.source,
            "is_marked": self.is_marked,
        }

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> "QuizQuestion":
        example = Example(written["quote"], tuple(written["marked"]), written["why"], written["source"])
        return cls(written["label"], written["rule"], example, written["is_marked"])


def list_questions(scheme: Scheme) -> tuple[QuizQuestion, ...]:
    """Every example that the rules of labels give, as a question, in the order of the guidelines."""
    return tuple(
        QuizQuestion(label.name, rule.title, example, is_marked)
        for label in scheme.labels
        for rule in label.rules
        for examples, is_marked in ((rule.fits, True), (rule.misfits, False))
        for example in examples
    )


def choose_questions(questions: Sequence[QuizQuestion], most: int = USUAL_QUESTIONS) -> list[int]:
    """The places of questions that cover the labels evenly, as many of each answer as there are, in ascending order."""
    waiting: defaultdict[tuple[str, bool], list[int]] = defaultdict(list)
    for place, question in enumerate(questions):
        waiting[question.label, question.is_marked].append(place)
    chosen: list[int] = []
    while len(chosen) < most and any(waiting.values()):
        for places in waiting.values():
            if places and len(chosen) < most:
                chosen.append(places.pop(0))
    return sorted(chosen)


def shuffle(questions: Sequence[QuizQuestion]) -> list[QuizQuestion]:
    """The questions in an order that tells nothing of their answers, the same each time."""
    return sorted(questions, key=_scatter)


def _scatter(question: QuizQuestion) -> bytes:
    words = "\n".join((question.label, question.example.quote, *question.example.marked))
    return sha256(words.encode()).digest()


def find_usual_pass(number: int) -> int:
    """How many of so many answers have to be right unless somebody says otherwise.

    >>> find_usual_pass(10), find_usual_pass(1)
    (8, 1)
    """
    return max(1, round(number * USUAL_SHARE))


def count_right(questions: Sequence[QuizQuestion], answers: Sequence[bool]) -> int:
    """How many answers are as the guidelines have it."""
    return sum(question.is_marked == answer for question, answer in zip(questions, answers, strict=True))
