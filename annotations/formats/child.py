"""The process beside ours in which a foreign format is read: `python -m annotations.formats.child MODULE:FUNCTION`.

A module may have `prepare`, which loads what it needs before the process has its bounds. It gets requests on standard input and answers on standard output, each with its length before it. It may write no file, and has
bounds of memory and time.
"""

import base64
import importlib
import io
import json
import os
import select
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from annotations.formats.documents import Document
from annotations.formats.errors import Refusal, RefusedError
from annotations.formats.isolation import LENGTH_BYTES, say_too_large
from annotations.formats.ports import TextOptions
from annotations.limits import MAX_READER_MEMORY

IDLE_SECONDS = 20
"""After so long without a request the process ends."""
FOR_PYTHON = 64 * 1024 * 1024
"""Memory of the interpreter and of programs, which does not count as data."""


def main() -> None:
    """Read what is asked for until nothing is."""
    requests = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    path, _, name = sys.argv[1].partition(":")
    module = importlib.import_module(path)
    if hasattr(module, "prepare"):
        module.prepare()
    _limit_memory()
    function = getattr(module, name)
    while _waits_for(requests) and (length := requests.read(LENGTH_BYTES)):
        request = json.loads(requests.read(int.from_bytes(length, "big")))
        content = requests.read(request["size"])
        _limit_time(request["seconds"])
        is_over = False
        for answer in _answer(function, request, content):
            _send(answers, answer)
            _limit_time(request["seconds"])
            is_over = "failed" in answer
        if is_over:
            return
        answers.write(bytes(LENGTH_BYTES))
        answers.flush()


def _answer(
    function: Callable[..., Iterator[Any]], request: dict[str, Any], content: bytes
) -> Iterator[dict[str, Any]]:
    """What a reader gives, and whatever it stumbles over in words."""
    place = request["place"]
    try:
        with _open(request, content) as stream:
            for read in function(stream, place, TextOptions(**_read_options(request["options"]))):
                yield _write(read)
    except RefusedError as error:
        yield _write(Refusal.of(place, error))
    except MemoryError:
        yield {"failed": say_too_large()}
    except RecursionError:
        yield _write(Refusal(place, "it is nested too deeply to be read: save its text as a .txt file"))
    except Exception as error:  # noqa: BLE001  (whatever a library for foreign files raises)
        if "alloc" in str(error).lower() or "memory" in str(error).lower():
            yield {"failed": say_too_large()}
            return
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        yield _write(
            Refusal(
                place,
                f"it cannot be read ({reason}): it is damaged or no such file; save it anew with the program that made it",
            )
        )


def _read_options(said: dict[str, Any]) -> dict[str, Any]:
    return {name: frozenset(value) if isinstance(value, list) else value for name, value in said.items()}


def _open(request: dict[str, Any], content: bytes) -> BinaryIO:
    return Path(request["path"]).open("rb") if request["path"] else io.BytesIO(content)


def _write(read: Document | Refusal | dict[str, Any]) -> dict[str, Any]:
    if isinstance(read, dict):
        return read
    if isinstance(read, Refusal):
        return {
            "refused": {
                "place": read.place,
                "message": read.message,
                "remedy": read.remedy,
                "choices": read.choices,
                "samples": read.samples,
            }
        }
    return {
        "document": {
            "place": read.place,
            "id": read.id,
            "text": read.text,
            "title": read.title,
            "blocks": [[block.start, block.end, block.kind] for block in read.blocks],
            "has_rough_blocks": read.has_rough_blocks,
            "metadata": dict(read.metadata),
            "original": base64.b64encode(read.original).decode(),
            "encoding": read.encoding,
            "source_format": read.source_format,
            "warning": read.warning,
            "source_map": read.source_map and read.source_map.to_json(),
        }
    }


def _send(answers: BinaryIO, answer: dict[str, Any]) -> None:
    written = json.dumps(answer).encode()
    answers.write(len(written).to_bytes(LENGTH_BYTES, "big"))
    answers.write(written)
    answers.flush()


def _waits_for(requests: BinaryIO) -> bool:
    """Whether a request comes, or the end of all requests, before the process has waited long enough."""
    return os.name != "posix" or bool(select.select([requests], [], [], IDLE_SECONDS)[0])


def _limit_memory() -> None:
    """Let the process have so much memory, no file to write and no picture of itself when it crashes."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        for kind, most in (
            (resource.RLIMIT_DATA, MAX_READER_MEMORY - FOR_PYTHON),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
        ):
            resource.setrlimit(kind, (most, most))


def _limit_time(seconds: int) -> None:
    """Let the process compute so long from now on."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + seconds + 1, hard))


if __name__ == "__main__":
    main()
