"""Keeping an installation's files and secrets from others; standard library only, as it runs before Django."""

import logging
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from annotations.telemetry.log_lines import JsonFormatter

PRIVATE_UMASK = 0o077
OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO
FOLDERS = ("", "run", "logs", "static", "label-studio", "label-studio/data", "mail")
"""Below the home; what is deeper is closed with the folder that it is in."""
SIGN_IN_LINK = re.compile(r"(/(?:sign-in|invitations)/)[^/\s?#\"'<>&]+")


class SecretFreeFormatter(logging.Formatter):
    """Log lines, their traces included, without what would let a reader of the log sign in."""

    def format(self, record: logging.LogRecord) -> str:
        return SIGN_IN_LINK.sub(r"\1(secret)", super().format(record))


class SecretFreeJsonFormatter(JsonFormatter):
    """Lines of JSON without what would let a reader of the log sign in."""

    def format(self, record: logging.LogRecord) -> str:
        return SIGN_IN_LINK.sub(r"\1(secret)", super().format(record))


def keep_secrets_out(logger: logging.Logger) -> None:
    """Write what a logger that others set up has to say as before, but without secrets."""
    for handler in logger.handlers:
        formatter = handler.formatter or logging.Formatter()
        handler.setFormatter(SecretFreeFormatter(formatter._fmt, formatter.datefmt))  # noqa: SLF001


def keep_private(home: Path) -> None:
    """Make what is written from now on readable by this account alone, and mend what an earlier version left open.

    What belongs to another account is left for `manage.py doctor` to tell about.
    """
    os.umask(PRIVATE_UMASK)
    for path in find_open_to_others(home):
        try:
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~OPEN_TO_OTHERS)
        except OSError:
            continue


def find_open_to_others(home: Path) -> Iterator[Path]:
    """The folders and files of an installation that others than their owner may read, change or list."""
    for name in FOLDERS:
        folder = home / name
        if folder.is_symlink() or not folder.is_dir():
            continue
        for path in (folder, *(entry for entry in _list(folder) if entry.is_file())):
            if not path.is_symlink() and stat.S_IMODE(path.stat().st_mode) & OPEN_TO_OTHERS:
                yield path


def _list(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []
