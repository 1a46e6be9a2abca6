"""What every studio must do. A backend's test class inherits from it and gives the fixtures `studio` and `hand`."""

from typing import Protocol

import pytest

from annotations.collection.ports import NewStudioTask, Studio, StudioAnnotation, StudioProjectMissingError
from annotations.markup import Markup
from annotations.schemes.definition import load_shipped
from annotations.schemes.scheme import Scheme
from annotations.spans import Span

TEXT = "Kyiv 🇺🇦 must have guarantees.\r\nMoscow disagrees."
MORE_THAN_A_PAGE = 130
NO_SUCH_PROJECT = 987_654_321
NO_SUCH_TASK = 987_654_321


class AnnotatorHand(Protocol):
    """An annotator at work in the studio's own editor, on tasks whose text is TEXT, under the contract's scheme."""

    def submit(self, task_id: int, markup: Markup) -> int:
        """Return the id of the new annotation."""
        ...

    def change(self, annotation_id: int, markup: Markup) -> None: ...

    def skip(self, task_id: int) -> int: ...

    def delete_annotation(self, annotation_id: int) -> None: ...


def claim(start: int, end: int, key: str = "one") -> Markup:
    return Markup(spans=(Span(start, end, "Claim", key=key),))


def texts(*references: int) -> list[NewStudioTask]:
    return [
        NewStudioTask(reference=reference, text=TEXT, title=f"Article {reference}")
        for reference in references
    ]


class StudioContract:
    @pytest.fixture
    def scheme(self) -> Scheme:
        return load_shipped("argument-lite-v1")

    @pytest.fixture
    def project_id(self, studio: Studio, scheme: Scheme) -> int:
        return studio.create_project(title="Contract", scheme=scheme)

    def test_a_studio_that_runs_is_up(self, studio: Studio) -> None:
        assert studio.is_up()

    def test_a_project_and_each_of_its_tasks_have_an_address(self, studio: Studio, project_id: int) -> None:
        addresses = [studio.address_of(project_id), *(studio.address_of(project_id, task) for task in (1, 2))]
        assert len(set(addresses)) == len(addresses)
        assert all(address.startswith("/") for address in addresses)

    def test_two_projects_are_two(self, studio: Studio, scheme: Scheme) -> None:
        first, second = (studio.create_project(title="Twice", scheme=scheme) for _ in range(2))
        assert first != second

    def test_the_projects_of_a_title_go_with_all_that_is_in_them_and_no_other(
        self, studio: Studio, scheme: Scheme, project_id: int
    ) -> None:
        title = f"Preview {project_id} of a draft"
        gone = studio.create_project(title=title, scheme=scheme)
        [task] = studio.import_tasks(gone, texts(1))
        [kept] = studio.import_tasks(project_id, texts(2))
        for _ in range(2):
            studio.remove_projects(title)
        assert studio.fetch_task(task) is None
        assert studio.fetch_task(kept) is not None
        with pytest.raises(StudioProjectMissingError):
            studio.import_tasks(gone, texts(3))

    def test_a_title_of_any_length_will_do(self, studio: Studio, scheme: Scheme) -> None:
        assert studio.create_project(title="x", scheme=scheme)
        assert studio.create_project(title="A very long name of a project, " * 10, scheme=scheme)

    def test_imported_tasks_come_back_in_their_order_with_their_references(
        self, studio: Studio, project_id: int
    ) -> None:
        ids = studio.import_tasks(project_id, texts(31, 12, 23))
        fetched = [studio.fetch_task(task_id) for task_id in ids]
        assert [task.reference for task in fetched if task] == [31, 12, 23]
        assert [task.annotations for task in fetched if task] == [(), (), ()]
        listed = {task.task_id: task.reference for task in studio.list_tasks(project_id)}
        assert listed == dict(zip(ids, [31, 12, 23], strict=True))

    def test_no_tasks_are_no_work(self, studio: Studio, project_id: int) -> None:
        assert studio.import_tasks(project_id, []) == []
        assert list(studio.list_tasks(project_id)) == []

    def test_a_long_list_holds_every_task_once(self, studio: Studio, project_id: int) -> None:
        ids = studio.import_tasks(project_id, texts(*range(1, MORE_THAN_A_PAGE + 1)))
        listed = [task.task_id for task in studio.list_tasks(project_id)]
        assert len(ids) == MORE_THAN_A_PAGE
        assert sorted(listed) == sorted(ids)

    def test_a_list_holds_the_tasks_of_its_project_only(self, studio: Studio, scheme: Scheme) -> None:
        mine, other = (studio.create_project(title="Apart", scheme=scheme) for _ in range(2))
        [task_id] = studio.import_tasks(mine, texts(1))
        studio.import_tasks(other, texts(2))
        assert [task.task_id for task in studio.list_tasks(mine)] == [task_id]

    def test_a_missing_project_is_said_to_be_missing(self, studio: Studio) -> None:
        with pytest.raises(StudioProjectMissingError):
            studio.import_tasks(NO_SUCH_PROJECT, texts(1))
        assert list(studio.list_tasks(NO_SUCH_PROJECT)) == []

    def test_what_was_submitted_is_read_back_word_for_word(
        self, studio: Studio, hand: AnnotatorHand, project_id: int, scheme: Scheme
    ) -> None:
        [task_id] = studio.import_tasks(project_id, texts(1))
        markup = Markup(
            spans=(Span(0, 29, "Claim", key="a"), Span(31, 47, "Stance", key="b")),
            fields=(("nothing_to_mark", "yes"),),
        )
        annotation_id = hand.submit(task_id, markup)
        task = studio.fetch_task(task_id)
        assert task is not None
        [annotation] = task.annotations
        assert (annotation.annotation_id, annotation.is_skip) == (annotation_id, False)
        reading = studio.read_result(annotation.result, text=TEXT, scheme=scheme)
        assert reading.problems == ()
        assert sorted((span.start, span.end, span.label) for span in reading.markup.spans) == [
            (0, 29, "Claim"),
            (31, 47, "Stance"),
        ]
        assert dict(reading.markup.fields) == {"nothing_to_mark": "yes"}
        [listed] = studio.list_tasks(project_id)
        assert listed.annotations == (annotation,)

    def test_a_change_keeps_its_annotation_and_says_when(
        self, studio: Studio, hand: AnnotatorHand, project_id: int, scheme: Scheme
    ) -> None:
        [task_id] = studio.import_tasks(project_id, texts(1))
        annotation_id = hand.submit(task_id, claim(0, 4))
        [before] = self._annotations(studio, task_id)
        hand.change(annotation_id, claim(0, 6))
        [after] = self._annotations(studio, task_id)
        assert after.annotation_id == annotation_id
        assert after.updated_at > before.updated_at
        assert after.updated_at.tzinfo is not None
        [span] = studio.read_result(after.result, text=TEXT, scheme=scheme).markup.spans
        assert span.end == 6

    def test_a_skip_is_told_from_an_annotation(
        self, studio: Studio, hand: AnnotatorHand, project_id: int
    ) -> None:
        [task_id] = studio.import_tasks(project_id, texts(1))
        hand.skip(task_id)
        assert [annotation.is_skip for annotation in self._annotations(studio, task_id)] == [True]

    def test_a_deleted_annotation_is_gone(self, studio: Studio, hand: AnnotatorHand, project_id: int) -> None:
        [task_id] = studio.import_tasks(project_id, texts(1))
        hand.delete_annotation(hand.submit(task_id, claim(0, 4)))
        assert self._annotations(studio, task_id) == ()

    def test_a_deleted_task_is_gone_and_may_be_deleted_again(
        self, studio: Studio, hand: AnnotatorHand, project_id: int
    ) -> None:
        first, second = studio.import_tasks(project_id, texts(1, 2))
        hand.submit(first, claim(0, 4))
        studio.delete_task(first)
        studio.delete_task(first)
        assert studio.fetch_task(first) is None
        assert [task.task_id for task in studio.list_tasks(project_id)] == [second]

    def test_a_task_that_never_was_is_none(self, studio: Studio) -> None:
        assert studio.fetch_task(NO_SUCH_TASK) is None
        studio.delete_task(NO_SUCH_TASK)

    @staticmethod
    def _annotations(studio: Studio, task_id: int) -> tuple[StudioAnnotation, ...]:
        task = studio.fetch_task(task_id)
        assert task is not None
        return task.annotations
