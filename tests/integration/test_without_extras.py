"""An installation without any extra: it starts and lets people in, though none of the team's libraries is there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bare import ROOT, link_packages, list_locked
from tests.databases import name_database

OF_THE_TEAM = ("allauth", "boto3", "celery", "fido2", "kombu", "redis", "storages")
LETS_IN = """
import django
django.setup()
from django.core.management import call_command
from django.test import Client
from annotations.models import User
from workbench import front, wsgi

call_command("migrate", verbosity=0)
call_command("collectstatic", interactive=False, verbosity=0)

User.objects.create_user(email="ana@example.org", password="correct horse battery", name="Ana")
browser = Client(headers={"host": "127.0.0.1:8000"})
assert "passkey" not in browser.get("/sign-in/").content.decode()
answer = browser.post("/sign-in/", {"username": "ana@example.org", "password": "correct horse battery"})
assert answer.headers.get("Location") == "/", answer.content
page = browser.get("/account/").content.decode()
assert "Your data" in page and "Second factor" not in page
assert browser.get("/api/v1/projects/").status_code == 200
"""


def run(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Python with the packages of the app's lock alone."""
    packages = link_packages(home / "packages")
    kept = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    return subprocess.run(
        [sys.executable, "-S", *arguments],
        cwd=ROOT,
        env={
            **kept,
            "PYTHONPATH": f"{packages}{os.pathsep}{ROOT}",
            "DJANGO_SETTINGS_MODULE": "workbench.settings",
            "SECRET_KEY": "of-a-test",
            "WORKBENCH_HOME": str(home),
            "DATABASE_URL": name_database(),
            "PUBLIC_URL": "http://127.0.0.1:8000",
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_lock_of_the_app_has_nothing_of_the_team() -> None:
    assert not {"django-allauth", "celery", "fido2", "kombu", "redis"} & list_locked("app.txt")
    assert {"django-allauth", "celery", "redis"} <= list_locked("team.txt")


@pytest.mark.django_db(transaction=True)
def test_an_installation_without_the_libraries_of_the_team_lets_people_in(tmp_path: Path) -> None:
    missing = "".join(f"assert find_spec({name!r}) is None\n" for name in OF_THE_TEAM)
    done = run(tmp_path, "-c", f"from importlib.util import find_spec\n{missing}{LETS_IN}")
    assert done.returncode == 0, done.stderr
