"""What a long setup says while it goes on."""

import io
import re
import time

import pytest
from rich.console import Console

from annotations.management.steps import Steps


def make_steps() -> tuple[Steps, io.StringIO]:
    output = io.StringIO()
    return Steps(Console(file=output, force_terminal=False, width=100)), output


def read_seconds(said: str) -> list[float]:
    return [float(found) for found in re.findall(r"\(([0-9.]+) s\)", said)]


def test_what_goes_on_in_the_background_is_told_while_it_is_waited_for() -> None:
    steps, output = make_steps()
    doings = iter(["starting", "starting", "12 steps so far"])
    last = time.monotonic() + 0.7
    steps.wait(
        "Label Studio", is_over=lambda: time.monotonic() > last, describe=lambda: next(doings, "later")
    )
    lines = output.getvalue().splitlines()
    assert lines[0].strip() == "· Label Studio: starting"
    assert lines[1].strip().startswith("✓ Label Studio (0.")
    assert len(lines) == 2  # the next line would come after ten seconds


def test_the_times_of_the_steps_do_not_overlap() -> None:
    steps, output = make_steps()
    begin = time.monotonic()
    over_at = begin + 0.5
    with steps.step("Database"):
        time.sleep(0.25)
    steps.wait("Label Studio", is_over=lambda: time.monotonic() >= over_at, describe=lambda: "")
    took = time.monotonic() - begin
    seconds = read_seconds(output.getvalue())
    assert len(seconds) == 2
    assert sum(seconds) <= took + 0.1


def test_a_step_that_fails_is_not_told_as_done() -> None:
    steps, output = make_steps()
    with pytest.raises(OSError), steps.step("Database"):
        raise OSError
    assert output.getvalue() == ""
