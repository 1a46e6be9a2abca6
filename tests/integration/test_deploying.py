"""The files for a team's deployment say what the code needs, and Django's own checks for deploying find nothing."""

import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def test_the_checks_for_deploying_find_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={
            **{name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"},
            "DJANGO_SETTINGS_MODULE": "workbench.settings",
            "SECRET_KEY": secrets.token_urlsafe(64),
            "PUBLIC_URL": "https://annotate.example.org",
            "WORKBENCH_HOME": str(tmp_path),
            "CELERY_BROKER_URL": "redis://127.0.0.1:6379/0",
            "REDIS_URL": "redis://127.0.0.1:6379/1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def read_settings() -> set[str]:
    """The names that the settings read from the environment."""
    modules = (ROOT / "workbench" / "settings").glob("*.py")
    return {
        name
        for module in modules
        for name in re.findall(
            r'(?:setting|read_list|read_addresses)\(\s*"([A-Z_]+)"', module.read_text(encoding="utf-8")
        )
    }


@pytest.mark.parametrize("file", ["compose.yaml", "env.example"])
def test_every_setting_that_a_file_of_the_deployment_sets_is_read_by_something(file: str) -> None:
    text = (DEPLOY / file).read_text(encoding="utf-8")
    named = set(re.findall(r"^ *([A-Z][A-Z_]{3,})[:=]", text, re.MULTILINE))
    ours = {"POSTGRES_PASSWORD", "STUDIO_USERNAME", "STUDIO_PASSWORD", "STUDIO_SECRET_KEY", "CERTIFICATES"}
    theirs = {
        name for name in named if name.startswith(("POSTGRES_", "POSTGRE_", "LABEL_STUDIO_", "DJANGO_DB"))
    }
    assert named - ours - theirs <= read_settings()
    assert "SECRET_KEY" in named or file == "compose.yaml"


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_service_runs_as_its_own_user_and_starts_again(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    assert "User=workbench" in text
    assert "Restart=always" in text
    assert "NoNewPrivileges=yes" in text
    assert text.count("ExecStart=") == 1


def test_what_the_containers_run_is_what_the_services_run() -> None:
    docker = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    [command] = re.findall(
        r"ExecStart=\S+/(gunicorn .*)", (DEPLOY / "systemd" / "workbench-web.service").read_text()
    )
    assert command in docker
    assert "USER workbench" in docker
    assert "HEALTHCHECK" in docker
