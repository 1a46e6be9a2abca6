"""The questions of a quiz are the examples of the guidelines."""

import pytest

from annotations.schemes.definition import SHIPPED, load_scheme, read_definition
from annotations.schemes.quizzes import (
    QuizQuestion,
    choose_questions,
    count_right,
    list_questions,
    shuffle,
)


@pytest.fixture(scope="module")
def questions() -> tuple[QuizQuestion, ...]:
    return list_questions(load_scheme(read_definition("argument-v1")))


def test_every_example_of_every_rule_is_a_question(questions: tuple[QuizQuestion, ...]) -> None:
    scheme = load_scheme(read_definition("argument-v1"))
    assert len(questions) == 2 * sum(len(label.rules) for label in scheme.labels)
    assert {question.label for question in questions} == {label.name for label in scheme.labels}


def test_ten_are_chosen_evenly_over_labels_and_answers(questions: tuple[QuizQuestion, ...]) -> None:
    chosen = [questions[place] for place in choose_questions(questions)]
    assert len(chosen) == 10
    assert sum(question.is_marked for question in chosen) == 5
    labels = [question.label for question in chosen]
    assert {labels.count(label) for label in labels} == {2}


def test_all_are_chosen_where_there_are_fewer(questions: tuple[QuizQuestion, ...]) -> None:
    assert choose_questions(questions[:3]) == [0, 1, 2]


def test_the_order_is_the_same_each_time_and_tells_nothing(questions: tuple[QuizQuestion, ...]) -> None:
    shuffled = shuffle(questions)
    assert shuffled == shuffle(questions[::-1])
    assert [one.is_marked for one in shuffled] != [one.is_marked for one in questions]


def test_questions_survive_being_stored(questions: tuple[QuizQuestion, ...]) -> None:
    assert tuple(QuizQuestion.from_json(one.to_json()) for one in questions) == questions


def test_right_is_what_the_guidelines_say(questions: tuple[QuizQuestion, ...]) -> None:
    assert count_right(questions, [one.is_marked for one in questions]) == len(questions)
    assert count_right(questions[:2], [False, False]) == 1


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_scheme_gives_a_quiz(name: str) -> None:
    questions = list_questions(load_scheme(read_definition(name)))
    scheme = load_scheme(read_definition(name))
    assert len(choose_questions(questions)) >= min(2, len(scheme.labels))
