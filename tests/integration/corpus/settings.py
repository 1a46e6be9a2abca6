"""Settings of the worker processes that tests of imports start and kill: the product's, without its periodic jobs."""

from workbench.settings import *  # noqa: F403

JOB_SCHEDULE = {}
