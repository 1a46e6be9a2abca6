"""Running something within stated memory and processor time, so that an attack fails a test and not the machine."""

import gc
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
    """Let the process grow by so many megabytes of addresses and use so many seconds of its processor, no more.

    What the process had before is not looked at by collections of garbage from then on: after some thousand tests that
    alone takes a second. The time is set as an interval and not as RLIMIT_CPU, because the kernel holds that limit against ticks
    it counted, which on a busy machine run seconds ahead of the time that getrusage tells of a process.
    """
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    memory = resource.getrlimit(resource.RLIMIT_AS)
    handler = signal.signal(signal.SIGPROF, _stop)
    gc.freeze()
    resource.setrlimit(resource.RLIMIT_AS, (used + megabytes * MEGABYTE, memory[1]))
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_AS, memory)
        signal.signal(signal.SIGPROF, handler)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise OutOfTimeError
