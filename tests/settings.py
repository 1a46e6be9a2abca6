"""The product's settings, with keys that live for a test and a database per worker."""

import os
import tempfile
from pathlib import Path

_home = (
    Path(tempfile.gettempdir()) / f"workbench-tests-{os.environ.get('PYTEST_XDIST_TESTRUNUID', os.getpid())}"
)
os.environ["WORKBENCH_HOME"] = str(_home)
os.environ.setdefault("SECRET_KEY", "a-key-that-lives-for-one-test-run-only")
os.environ.setdefault("PUBLIC_URL", "http://testserver")

from workbench.settings import *  # noqa: E402, F403
from workbench.settings import DATABASES, STATIC_ROOT  # noqa: E402

STATIC_ROOT.mkdir(parents=True, exist_ok=True)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
AXES_ENABLED = False
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    _home.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["TEST"] = {"NAME": str(_home / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL;PRAGMA synchronous=OFF;"
