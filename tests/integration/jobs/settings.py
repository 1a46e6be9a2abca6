"""Settings of the worker processes that tests start and kill."""

from tests.settings import *  # noqa: F403

HANDLERS = "tests.integration.jobs.handlers"
JOB_HANDLERS = {
    name: f"{HANDLERS}.{name}"
    for name in ("count_up", "fail", "fail_in_chunk", "forgive_everything", "do_nothing")
}
JOB_SCHEDULE = {}
