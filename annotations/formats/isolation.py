"""Foreign formats are read in processes of their own, with bounds of time and memory, and killed when over them.

What reads PDF, Word files or web pages is large and written for speed; a file that was made to do harm, or is only damaged,
may take all memory, never end, or break the program off. So it happens to a process beside ours (`annotations/formats/child.py`), and
becomes a sentence. A process reads one file after another, and ends when it has had nothing to do for a while.
"""

import atexit
import base64
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO

from annotations.formats.documents import Block, Document
from annotations.formats.errors import Refusal, Remedy
from annotations.formats.places.source_maps import SourceMap
from annotations.formats.ports import NOTHING_SAID, TextOptions
from annotations.limits import MAX_READER_MEMORY, MAX_READER_SECONDS

MAX_SENT = 16 * 1024 * 1024
"""Bytes of a file that are sent to the process; a larger file it reads from a disk."""
MAX_SENT_OF_ENTRIES = 1024 * 1024
"""Bytes of a file of several texts, of which only one should be in memory."""
MAX_FRAME_BYTES = 256 * 1024 * 1024
LENGTH_BYTES = 8
MEGABYTE = 1024 * 1024
PATIENCE = 5
"""How many times the seconds of computing may pass on the clock, since other programs compute, too."""
MAX_IDLE = 2
"""Processes of one reader that wait for the next file."""
CHUNK = 1 << 20
ROOT = Path(__file__).resolve().parents[2]


class ReaderEndedError(Exception):
    """The process ended before it answered, since it had had nothing to do for a while."""


@dataclass(frozen=True, slots=True)
class Isolated:
    """A reader of texts that runs in a process of its own; `function` is where it is, `module:name`."""

    function: str
    most: int
    """Bytes of a file."""
    keeps_file: bool = False
    """Whether the original of its one text is the file."""

    def __call__(
        self, stream: BinaryIO, place: str, options: TextOptions = NOTHING_SAID
    ) -> Iterator[Document | Refusal]:
        """Read a file in another process, and whatever happens to that as a refusal."""
        largest = min(self.most, MAX_SENT if self.keeps_file else MAX_SENT_OF_ENTRIES)
        raw = stream.read(largest + 1)
        if len(raw) <= largest:
            yield from self._read(raw, None, place, options)
        elif self.most == largest:
            yield Refusal(place, f"the file has more than {self.most:,} bytes: split it")
        else:
            with tempfile.NamedTemporaryFile(prefix="workbench-reader-") as file:
                size = _copy(raw, stream, file, self.most)
                if size > self.most:
                    yield Refusal(place, f"the file has more than {self.most:,} bytes: split it")
                    return
                yield from self._read(None, file.name, place, options)

    def _read(
        self, raw: bytes | None, path: str | None, place: str, options: TextOptions
    ) -> Iterator[Document | Refusal]:
        request = {
            "place": place,
            "seconds": MAX_READER_SECONDS,
            "options": {
                "encoding": options.encoding,
                "text_column": options.text_column,
                "title_column": options.title_column,
                "id_column": options.id_column,
                "left_out": sorted(options.left_out),
                "takes_long_texts": options.takes_long_texts,
            },
            "path": path,
            "size": 0 if raw is None else len(raw),
        }
        for answer in ask(self.function, request, raw or b""):
            if "failed" in answer:
                yield Refusal(place, answer["failed"])
            elif "refused" in answer:
                yield _read_refusal(answer["refused"])
            else:
                yield self._read_document(answer["document"], raw, path)

    def _read_document(self, value: dict[str, Any], raw: bytes | None, path: str | None) -> Document:
        original = base64.b64decode(value.pop("original"))
        if self.keeps_file:
            original = Path(path).read_bytes() if path else raw or b""
        runs = value.pop("source_map")
        return Document(
            **{
                **value,
                "blocks": tuple(Block(*block) for block in value["blocks"]),
                "original": original,
                "source_map": None if runs is None else SourceMap.from_json(runs),
            }
        )


def _read_refusal(value: dict[str, Any]) -> Refusal:
    remedy = Remedy(value["remedy"]) if value["remedy"] else None
    return Refusal(value["place"], value["message"], remedy, tuple(value["choices"]), tuple(value["samples"]))


def _copy(begin: bytes, stream: BinaryIO, file: IO[bytes], most: int) -> int:
    """Copy a stream to a file, but not much more than is allowed, and say how many bytes that were."""
    size = file.write(begin)
    while size <= most and (chunk := stream.read(CHUNK)):
        size += file.write(chunk)
    file.flush()
    return size


def ask(function: str, request: dict[str, Any], content: bytes = b"") -> Iterator[dict[str, Any]]:
    """Have a function answer in a process of its own; what goes wrong there is the last answer, under `failed`."""
    while True:
        child = _take(function)
        has_answered = False
        try:
            for answer in child.answers(request, content, request["seconds"] * PATIENCE):
                has_answered = True
                yield answer
        except ReaderEndedError:
            child.kill()
            if not has_answered:
                continue
            yield {"failed": "the program that reads it ended by itself: try again"}
        except _BrokeOffError as error:
            child.kill()
            yield {"failed": str(error)}
        except BaseException:
            child.kill()
            raise
        else:
            _give_back(function, child)
        return


class _BrokeOffError(Exception):
    """The process did not get to the end of a file, for this reason."""


class _Child:
    """A process that reads files with one function, one after another."""

    def __init__(self, function: str) -> None:
        self.owner = os.getpid()
        self.seconds = 0
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")])),
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
            "ARROW_DEFAULT_MEMORY_POOL": "system",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "annotations.formats.child", function],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            bufsize=0,
        )

    def answers(self, request: dict[str, Any], content: bytes, patience: int) -> Iterator[dict[str, Any]]:
        self.seconds = patience
        assert self.process.stdin  # noqa: S101  (it is a pipe)
        header = json.dumps(request).encode()
        try:
            _write_all(self.process.stdin, len(header).to_bytes(LENGTH_BYTES, "big") + header + content)
        except OSError:
            self._explain_end()
        while True:
            length = int.from_bytes(self._take(LENGTH_BYTES), "big")
            if length == 0:
                return
            if length > MAX_FRAME_BYTES:
                raise _BrokeOffError("it holds a text that is far too long: split it")
            answer = json.loads(self._take(length))
            yield answer
            if "failed" in answer:
                self.kill()
                return

    def _take(self, length: int) -> bytes:
        assert self.process.stdout  # noqa: S101  (it is a pipe)
        parts = []
        while length:
            if os.name == "posix" and not select.select([self.process.stdout], [], [], self.seconds)[0]:
                self.kill()
                raise _BrokeOffError(_say_too_slow())
            part = self.process.stdout.read(min(length, CHUNK))
            if not part:
                self._explain_end()
            parts.append(part)
            length -= len(part)
        return b"".join(parts)

    def _explain_end(self) -> None:
        code = self.process.wait()
        if code == 0:
            raise ReaderEndedError
        if hasattr(signal, "SIGXCPU") and code in {-signal.SIGXCPU, -signal.SIGKILL}:
            raise _BrokeOffError(_say_too_slow())
        raise _BrokeOffError(
            "the program that reads it broke off, since the file is damaged, takes too much memory or was made to do harm: save "
            "it anew with the program that made it, or save its text as a .txt file"
        )

    def kill(self) -> None:
        if self.owner != os.getpid():
            return
        with suppress(OSError):
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()

    @property
    def is_alive(self) -> bool:
        return self.owner == os.getpid() and self.process.poll() is None


def _say_too_slow() -> str:
    return (
        f"reading it took more than {MAX_READER_SECONDS} seconds, so it was given up: save it anew with the program that made "
        "it, or save its text as a .txt file"
    )


def say_too_large() -> str:
    """What is said of a file that needs more memory than a reader has."""
    return f"reading it takes more than {MAX_READER_MEMORY // MEGABYTE} MB of memory: split it, or save its text as a .txt file"


def _write_all(pipe: IO[bytes], content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[pipe.write(rest) :]


_waiting: dict[str, list[_Child]] = {}
"""Processes that have read a file and wait for the next, by what they read with."""


def _take(function: str) -> _Child:
    waiting = _waiting.setdefault(function, [])
    while waiting:
        with suppress(IndexError):
            child = waiting.pop()
            if child.is_alive:
                return child
            child.kill()
    return _Child(function)


def _give_back(function: str, child: _Child) -> None:
    waiting = _waiting.setdefault(function, [])
    if child.is_alive and len(waiting) < MAX_IDLE:
        waiting.append(child)
    else:
        child.kill()


@atexit.register
def close_readers() -> None:
    """End the processes that wait for a file."""
    for waiting in _waiting.values():
        while waiting:
            waiting.pop().kill()
