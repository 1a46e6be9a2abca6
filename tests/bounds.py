"""Running something within stated memory and processor time, so that an attack fails a test and not the machine."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

MEGABYTE = 1 << 20


class OutOfTimeError(Exception):
    """More processor time was used than was allowed."""


@contextmanager
def within(*, megabytes: int, seconds: int) -> Iterator[None]:
    """Let the process grow by so many megabytes of addresses and use so many seconds of its processor, no more."""
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    memory, time = resource.getrlimit(resource.RLIMIT_AS), resource.getrlimit(resource.RLIMIT_CPU)
    spent = resource.getrusage(resource.RUSAGE_SELF)
    handler = signal.signal(signal.SIGXCPU, _stop)
    resource.setrlimit(resource.RLIMIT_AS, (used + megabytes * MEGABYTE, memory[1]))
    resource.setrlimit(resource.RLIMIT_CPU, (int(spent.ru_utime + spent.ru_stime) + 1 + seconds, time[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, memory)
        resource.setrlimit(resource.RLIMIT_CPU, time)
        signal.signal(signal.SIGXCPU, handler)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise OutOfTimeError
