"""The passages behind a cell of the confusions are those that it counts, wherever they lie."""

import pytest

from annotations.models import Block, BlockKind, Participant, Role, TaskStatus, User
from annotations.reliability import examples
from annotations.reliability.confusion import find_confusions
from annotations.reliability.counting import count_selection
from annotations.reliability.examples import Examples, find_differences, find_examples, find_frame
from annotations.reliability.selection import choose_selection
from tests.factories import make_member
from tests.factories.reliability import annotate, make_tasks, make_team

pytestmark = pytest.mark.django_db
LABELS = ["Claim", "Stance", "Cue"]


class Pair:
    """Ada and Ben, and a manager who looks at what they did."""

    def __init__(self, *names: str) -> None:
        self.project, people, self.round = make_team("Ada", "Ben", *names)
        self.ada, self.ben = people[:2]
        self.others = people[2:]
        self.reader: User = make_member(self.project, Role.MANAGER)

    def find(self, first: str, second: str, *, most: int = 1000, skipped: int = 0) -> Examples:
        return find_examples(
            self.project,
            choose_selection(self.project, reader=self.reader),
            first=first,
            second=second,
            most=most,
            skipped=skipped,
        )

    def places(self, first: str, second: str) -> list[tuple[str, str, int, int]]:
        found = self.find(first, second).passages
        return [
            (one.first, one.second, one.start, one.end) for passage in found for one in passage.differences
        ]


def test_a_stretch_that_only_one_of_two_longer_spans_covers_is_a_passage() -> None:
    pair = Pair()
    (task,) = make_tasks(pair.round, 1)
    annotate(task, pair.ada, (0, 40, "Claim"))
    annotate(task, pair.ben, (0, 20, "Claim"))
    assert pair.places("Claim", "") == [("Ada", "Ben", 20, 40)]
    assert pair.places("Claim", "Claim") == [("Ada", "Ben", 0, 20)]


def test_a_label_inside_a_shared_one_is_a_passage_with_nothing_in_its_place() -> None:
    pair = Pair()
    (task,) = make_tasks(pair.round, 1)
    annotate(task, pair.ada, (0, 40, "Claim"))
    annotate(task, pair.ben, (0, 40, "Claim"), (10, 15, "Stance"))
    assert pair.places("Claim", "Stance") == pair.places("Stance", "Claim") == []
    assert pair.places("Stance", "") == [("Ben", "Ada", 10, 15)]


def test_blocks_that_do_not_count_are_in_no_passage() -> None:
    pair = Pair()
    (task,) = make_tasks(pair.round, 1)
    annotate(task, pair.ada, (0, 40, "Claim"), (70, 80, "Claim"))
    annotate(task, pair.ben)
    pair.project.uncounted_blocks = [BlockKind.BOILERPLATE]
    pair.project.save()
    for number, (start, end) in enumerate([(10, 20), (60, 90)], start=1):
        Block.objects.create(
            article=task.article, ordinal=number, kind=BlockKind.BOILERPLATE, start=start, end=end
        )
    assert pair.places("Claim", "") == [("Ada", "Ben", 0, 10), ("Ada", "Ben", 20, 40)]


def test_the_passages_of_every_cell_add_up_to_what_it_counts() -> None:
    pair = Pair("Cy")
    readings = [
        [(0, 40, "Claim"), (10, 15, "Cue")],
        [(5, 60, "Claim"), (50, 70, "Stance"), (52, 55, "Cue")],
        [(12, 30, "Stance")],
    ]
    tasks = make_tasks(pair.round, 3)
    for shift, task in enumerate(tasks):
        for person, spans in zip((pair.ada, pair.ben, *pair.others), readings, strict=True):
            annotate(task, person, *((start + shift, end + shift, label) for start, end, label in spans))
    pair.project.uncounted_blocks = [BlockKind.QUOTE]
    pair.project.save()
    Block.objects.create(article=tasks[0].article, ordinal=1, kind=BlockKind.QUOTE, start=13, end=53)
    counted = count_selection(pair.project, choose_selection(pair.project)).load(tables=["confusion"])
    confusions = find_confusions(counted, LABELS)
    assert len(confusions) == len(LABELS)
    for row in confusions:
        for other, number in row.others.items():
            lengths = sum(end - start for *_, start, end in pair.places(row.label, other))
            assert lengths * (2 if other == row.label else 1) == number


def test_every_article_that_has_a_passage_is_found_and_the_passages_come_a_page_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(examples, "TASKS_AT_ONCE", 2)
    pair = Pair()
    tasks = make_tasks(pair.round, 7)
    for number, task in enumerate(tasks):
        annotate(task, pair.ada, (0, 10 + number, "Claim"))
        annotate(task, pair.ben, *([(0, 10, "Claim")] if number < 6 else []))
    everything = pair.find("Claim", "")
    # the longest first: nothing of the last article is shared, nothing of the first differs
    assert [one.task for one in everything.passages] == [task.pk for task in reversed(tasks[1:])]
    assert (everything.tasks, everything.total) == (6, 6)
    page = pair.find("Claim", "", most=2)
    assert page.passages == everything.passages[:2]
    assert (page.tasks, page.total) == (6, None)
    last = pair.find("Claim", "", most=2, skipped=4)
    assert (last.passages, last.total) == (everything.passages[4:], 6)


def test_no_passage_is_shown_of_an_article_that_the_reader_may_still_annotate() -> None:
    pair = Pair()
    first, second = make_tasks(pair.round, 2)
    for task in (first, second):
        annotate(task, pair.ada, (0, 10, "Claim"))
        annotate(task, pair.ben)
    Participant.objects.create(round=pair.round, annotator=pair.reader)
    second.status = TaskStatus.ADJUDICATED
    second.save()
    found = pair.find("Claim", "")
    assert [one.task for one in found.passages] == [second.pk]
    assert found.tasks == 1


def test_a_passage_shows_the_spans_that_touch_it_and_keeps_whole_words() -> None:
    text = "word " * 200
    start, end = find_frame(text, 500, 504)
    assert text[start:end] == text[start:end].strip()
    assert (start % 5, end % 5) == (0, 4)
    assert 0 < start < 500
    assert 504 < end < 1000


def test_a_passage_stands_once_with_everybody_who_completed_the_article() -> None:
    pair = Pair("Cy", "Dora")
    (task,) = make_tasks(pair.round, 1)
    cy, _ = pair.others
    annotate(task, pair.ada, (0, 40, "Claim"))
    annotate(task, pair.ben, (0, 40, "Claim"))
    annotate(task, cy)
    (passage,) = pair.find("Claim", "").passages
    assert [(one.first, one.second) for one in passage.differences] == [("Ada", "Cy"), ("Ben", "Cy")]
    assert passage.focus == [(0, 40)]
    assert [(side.annotator, len(side.spans)) for side in passage.sides] == [
        ("Ada", 1),
        ("Ben", 1),
        ("Cy", 0),
    ]


def test_stretches_whose_surroundings_would_overlap_are_one_passage_unless_it_grows_too_long() -> None:
    pair = Pair()
    (task,) = make_tasks(pair.round, 1, length=3000)
    near, far = 50, 2000
    annotate(task, pair.ada, (0, 10, "Claim"), (near, near + 10, "Claim"), (far, far + 10, "Claim"))
    annotate(task, pair.ben)
    assert [one.focus for one in pair.find("Claim", "").passages] == [
        [(0, 10), (near, near + 10)],
        [(far, far + 10)],
    ]
    many = make_tasks(pair.round, 1, length=3000)[0]
    annotate(many, pair.ada, *((start, start + 10, "Source") for start in range(0, 2900, 100)))
    annotate(many, pair.ben)
    found = pair.find("Source", "").passages
    assert len(found) > 1
    assert all(one.focus[-1][1] - one.focus[0][0] <= examples.MAX_FOCUS for one in found)


def test_all_that_the_annotators_of_one_article_differ_in_is_found_in_the_order_of_the_text() -> None:
    pair = Pair("Cy")
    task, other = make_tasks(pair.round, 2, length=3000)
    annotate(task, pair.ada, (0, 40, "Claim"), (1000, 1040, "Stance"), (2000, 2040, "Claim"))
    annotate(task, pair.ben, (0, 40, "Claim"), (1000, 1040, "Claim"), (2000, 2030, "Claim"))
    annotate(other, pair.ada, (0, 40, "Claim"))
    annotate(other, pair.ben)
    found = find_differences(pair.project, choose_selection(pair.project), task=task.pk, most=9)
    assert [one.focus for one in found.passages] == [[(1000, 1040)], [(2030, 2040)]]
    assert (found.tasks, found.total) == (1, 2)


def test_what_is_hidden_from_the_reader_differs_nowhere() -> None:
    pair = Pair()
    (task,) = make_tasks(pair.round, 1)
    annotate(task, pair.ada, (0, 10, "Claim"))
    annotate(task, pair.ben)
    Participant.objects.create(round=pair.round, annotator=pair.reader)
    selection = choose_selection(pair.project, reader=pair.reader)
    assert find_differences(pair.project, selection, task=task.pk, most=9).passages == []
