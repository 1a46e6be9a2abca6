"""How `make test` runs its stages and tells of them."""

import sys
from pathlib import Path

import pytest

from tests.stages import Command, Runner


def python(name: str, code: str) -> Command:
    return Command(name, (sys.executable, "-c", code))


def test_a_command_that_fails_fails_everything_and_stops_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    runner = Runner(tmp_path)
    track = runner.track(is_seen=True)
    track.run(python("first", "raise SystemExit(3)"), python("beside", "print('words of the second')"))
    track.run(python("last", "open('done', 'w')"))
    assert runner.report() == 1
    assert (tmp_path / "done").exists()
    told = capfd.readouterr().out
    assert "words of the second" in told
    assert told.endswith("\nFailed: first\n")


def test_the_slowest_tests_are_named_with_their_seconds(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    results = (
        "<testsuite><testcase classname='tests.a' name='quick' time='0.5'/>"
        "<testcase classname='tests.b' name='slow' time='3.25'/></testsuite>"
    )
    runner = Runner(tmp_path)
    code = f"import sys; open(sys.argv[1].partition('=')[2], 'w').write({results!r})"
    runner.track(is_seen=True).run(Command("some", (sys.executable, "-c", code), is_pytest=True))
    assert runner.report() == 0
    told = capfd.readouterr().out
    assert told.index("3.2 s  tests.b::slow (some)") < told.index("0.5 s  tests.a::quick (some)")
    assert told.endswith("\nEverything passed.\n")
