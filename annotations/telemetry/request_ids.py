"""The id of the request that is being answered; a job that a request asks for carries it on, into every line of the log."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from secrets import token_hex

ACCEPTED = re.compile(r"[A-Za-z0-9._-]{8,64}")
_current: ContextVar[str] = ContextVar("request_id", default="")
_job: ContextVar[str] = ContextVar("job", default="")


def current_request_id() -> str:
    """The id of the request, or of the request that asked for the job, that this thread works for; empty elsewhere."""
    return _current.get()


def current_job() -> str:
    """Name and number of the job that this thread runs; empty elsewhere."""
    return _job.get()


def choose_request_id(given: str) -> str:
    """Keep an id that the proxy in front gave, where it is one, and make a new one elsewhere."""
    return given if ACCEPTED.fullmatch(given) else token_hex(16)


@contextmanager
def working_for(request_id: str, *, job: str = "") -> Iterator[None]:
    """Let everything that is logged or asked for meanwhile carry an id."""
    request_token, job_token = _current.set(request_id), _job.set(job)
    try:
        yield
    finally:
        _current.reset(request_token)
        _job.reset(job_token)
