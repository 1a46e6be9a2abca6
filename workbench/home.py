"""The folder of an installation and its settings file; needed before Django's settings can be read."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

HOME = Path(os.environ.get("WORKBENCH_HOME") or Path(__file__).resolve().parent.parent / "var").resolve()
"""Everything that this installation keeps: database, keys, Label Studio's data, logs."""

SETTINGS_FILE = HOME / "settings.env"


def read_settings() -> dict[str, str]:
    if not SETTINGS_FILE.exists():
        return {}
    lines = (line.strip() for line in SETTINGS_FILE.read_text(encoding="utf-8").splitlines())
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def write_settings(values: Mapping[str, str]) -> None:
    """Add to the settings file or replace what it says; only the owner may read it."""
    HOME.mkdir(parents=True, exist_ok=True)
    merged = {**read_settings(), **values}
    new = SETTINGS_FILE.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text("".join(f"{name}={value}\n" for name, value in merged.items()), encoding="utf-8")
    new.replace(SETTINGS_FILE)


def ensure_secret_key() -> None:
    """Generate the installation's own key on its first start."""
    if not (os.environ.get("SECRET_KEY") or read_settings().get("SECRET_KEY")):
        write_settings({"SECRET_KEY": secrets.token_urlsafe(64)})
