"""Choices of many answers to many questions in which every answer meets every answer to another question at least once."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

Answer = tuple[str, int]
"""A question, and the place of one of its answers."""


def list_alone_and_pairwise(questions: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Every answer with the first answers to all other questions, and then choices by pairs."""
    for question, answers in questions.items():
        yield from ({question: answer} for answer in answers[1:])
    yield from list_pairwise(questions)


def list_pairwise(questions: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """A few dozen choices, the same each time; all combinations would be the product of all numbers of answers."""
    left = {
        frozenset([(one, i), (other, j)])
        for one, other in combinations(questions, 2)
        for i in range(len(questions[one]))
        for j in range(len(questions[other]))
    }
    while left:
        taken = dict(min(left, key=sorted))
        for question, answers in questions.items():
            if question not in taken:
                new = [_count_new(left, taken, (question, place)) for place in range(len(answers))]
                taken[question] = new.index(max(new))
        left -= {frozenset(pair) for pair in combinations(taken.items(), 2)}
        yield {question: questions[question][place] for question, place in taken.items()}


def _count_new(left: set[frozenset[Answer]], taken: Mapping[str, int], answer: Answer) -> int:
    return sum(frozenset([one, answer]) in left for one in taken.items())
