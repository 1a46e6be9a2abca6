"""A watch on every transaction of the product: within one there is nothing but writing, or others wait for the rest.

What is measured is the processor time of the thread between the beginning and the end of the outermost transaction, so
that a busy machine fails no test. On SQLite that includes the writing itself, on PostgreSQL only what is around it. Not
counted are the full collections of garbage that happen meanwhile: they look at every object of the process, which after a
thousand tests takes a second, whatever the transaction does. The small collections of what it made itself are counted.
"""

import gc
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from threading import local
from typing import Any

from django.db.transaction import Atomic

MAX_SECONDS = 1.0
FULL_COLLECTION = 2
"""The generation of objects that only a full collection of garbage looks at."""
PRODUCT = "/annotations/"


class Watch:
    """Replaces what `transaction.atomic` does at the beginning and the end of a block."""

    def __init__(self) -> None:
        self.too_long: list[str] = []
        self.longest = 0.0
        """Seconds of the longest transaction since somebody set this to 0."""
        self._here = local()
        self._collecting_since = 0.0
        self._enter, self._exit = Atomic.__enter__, Atomic.__exit__

    @contextmanager
    def installed(self) -> Iterator["Watch"]:
        watch = self

        def enter(atomic: Any) -> None:
            watch._enter(atomic)
            if not getattr(atomic, "_from_testcase", False):
                watch._begin()

        def leave(atomic: Any, kind: Any, error: Any, trace: Any) -> None:
            try:
                watch._exit(atomic, kind, error, trace)
            finally:
                if not getattr(atomic, "_from_testcase", False):
                    watch._end()

        Atomic.__enter__, Atomic.__exit__ = enter, leave  # type: ignore[method-assign]
        gc.callbacks.append(self._leave_out_collection)
        try:
            yield self
        finally:
            gc.callbacks.remove(self._leave_out_collection)
            Atomic.__enter__, Atomic.__exit__ = self._enter, self._exit  # type: ignore[method-assign]

    def _begin(self) -> None:
        self._here.depth = getattr(self._here, "depth", 0) + 1
        if self._here.depth == 1:
            self._here.began = time.thread_time()

    def _leave_out_collection(self, phase: str, info: dict[str, int]) -> None:
        """Let the transaction of the thread that collects begin later, by as much as the collection took."""
        if info["generation"] < FULL_COLLECTION:
            return
        if phase == "start":
            self._collecting_since = time.thread_time()
        elif getattr(self._here, "depth", 0):
            self._here.began += time.thread_time() - self._collecting_since

    def _end(self) -> None:
        self._here.depth -= 1
        if self._here.depth == 0:
            seconds = time.thread_time() - self._here.began
            self.longest = max(self.longest, seconds)
            if seconds > MAX_SECONDS:
                self.too_long.append(f"{seconds:.1f} s in a transaction of {_name_caller()}")


def _name_caller() -> str:
    frames = [frame for frame in traceback.extract_stack() if PRODUCT in frame.filename]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "a test"
