"""Settings of worker processes that run the product's own jobs and are killed at them."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import STORAGES

JOB_SCHEDULE = {}
STORAGES = {
    **STORAGES,
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": os.environ.get("FILES")},
    },
}
