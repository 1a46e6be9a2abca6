"""Label Studio's backend where no server is needed; the rest of the port's contract runs on a real one."""

from annotations.labelstudio.backend import LabelStudioBackend


def test_a_label_studio_that_was_never_started_is_not_up() -> None:
    assert not LabelStudioBackend().is_up()


def test_a_queue_opens_in_the_labelling_stream_and_a_task_by_itself() -> None:
    studio = LabelStudioBackend()
    assert studio.address_of(7) == "/studio/projects/7/data?labeling=1"
    assert studio.address_of(7, 12) == "/studio/projects/7/data?task=12"
