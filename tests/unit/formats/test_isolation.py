"""Whatever happens where a foreign file is read becomes a sentence here."""

import io
import os
import signal
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from annotations.formats import isolation
from annotations.formats.documents import Document
from annotations.formats.errors import Refusal, RefusedError
from annotations.formats.isolation import Isolated
from annotations.formats.ports import NOTHING_SAID, TextOptions

HERE = "tests.unit.formats.test_isolation"


def read_badly(  # noqa: C901
    stream: BinaryIO, place: str, _options: TextOptions
) -> Iterator[Document | Refusal]:
    """What a reader of foreign files may do, as the file says."""
    match stream.read():
        case b"loop":
            while True:
                pass
        case b"memory":
            kept = []
            while True:
                kept.append(bytearray(8_000_000))
        case b"crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case b"raise":
            raise ValueError("an odd\nvalue")
        case b"refuse":
            raise RefusedError("it is no such file")
        case b"deep":
            read_badly(io.BytesIO(b"deep"), place, NOTHING_SAID).__next__()
        case b"exit":
            os._exit(0)
        case b"write":
            Path("/tmp/workbench-test-of-isolation").write_text("x" * 10)  # noqa: S108
        case b"print":
            print("this is no answer")  # noqa: T201
        case b"who":
            yield Document(place=place, text=str(os.getpid()))
            return
    yield Document(place=place, text="It rained.", original=b"It rained.")


def ask(what: bytes) -> list[str]:
    read = list(Isolated(f"{HERE}:read_badly", most=1_000)(io.BytesIO(what), "file", NOTHING_SAID))
    assert all(one.place == "file" for one in read)
    return [one.text or "" if isinstance(one, Document) else one.message for one in read]


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (b"memory", "more than 512 MB of memory"),
        (b"crash", "broke off"),
        (b"raise", "cannot be read (an odd value)"),
        (b"refuse", "it is no such file"),
        (b"deep", "nested too deeply"),
        (b"write", "cannot be read"),
        (b"x" * 1_001, "more than 1,000 bytes"),
    ],
)
def test_what_goes_wrong_in_the_process_is_one_sentence(what: bytes, words: str) -> None:
    [message] = ask(what)
    assert words in message


def test_a_file_on_which_it_computes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "MAX_READER_SECONDS", 1)
    started = time.monotonic()
    [message] = ask(b"loop")
    assert "given up" in message
    assert time.monotonic() - started < 30


def test_what_is_printed_there_is_no_answer() -> None:
    assert ask(b"print") == ["It rained."]


def test_one_process_reads_file_after_file_until_one_breaks_it() -> None:
    first = ask(b"who")
    assert ask(b"who") == first
    ask(b"crash")
    assert ask(b"who") != first
    isolation.close_readers()


def test_a_process_that_ends_by_itself_is_begun_again_for_the_next_file() -> None:
    before = ask(b"who")
    os.kill(int(before[0]), signal.SIGTERM)
    for _ in range(100):
        if (
            not Path(f"/proc/{before[0]}").exists()
            or isolation._waiting[f"{HERE}:read_badly"][0].process.poll() is not None
        ):
            break
        time.sleep(0.05)
    assert ask(b"who") != before


def test_reading_may_be_given_up_in_the_middle() -> None:
    reading = Isolated(f"{HERE}:read_badly", most=1_000)(io.BytesIO(b""), "file", NOTHING_SAID)
    assert isinstance(reading, Generator)
    next(reading)
    reading.close()
    assert ask(b"") == ["It rained."]


def test_two_files_are_read_at_a_time() -> None:
    one, two = (
        Isolated(f"{HERE}:read_badly", most=1_000)(io.BytesIO(b""), "file", NOTHING_SAID) for _ in range(2)
    )
    assert [next(one).place, next(two).place] == ["file", "file"]
    assert [list(one), list(two)] == [[], []]
