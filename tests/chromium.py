"""A Chromium for the browser tests: an installed one, else Playwright's own, else Debian's.

Its headless shell is taken first: it draws no window around its pages, which takes half of a Chromium's time.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = (
    "chromium-headless-shell",
    "chrome-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
PACKAGES = ("chromium-headless-shell", "chromium")
"""Debian's: the second is there in every release."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str:
    """The path of a Chromium, installed first where there is none; a clear error where none can be had.

    Playwright is asked for its own: so not to be called while Playwright runs in this thread.
    """
    return _installed() or _from_playwright() or _from_debian() or _give_up()


def _installed() -> str | None:
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _from_playwright() -> str | None:
    def executable() -> str | None:
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            path = playwright.chromium.executable_path
        return path if Path(path).exists() else None

    if path := executable():
        return path
    done = subprocess.run(
        [sys.executable, "-m", "playwright", "install", "chromium"],
        capture_output=True,
        check=False,
        timeout=300,
    )
    return None if done.returncode else executable()


def _from_debian() -> str | None:
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return None
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}

    def run(*words: str) -> bool:
        command = ("apt-get", *words)
        done = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=900)
        return done.returncode == 0

    run("update", "-qq")
    any(run("install", "-y", "-qq", "--no-install-recommends", package) for package in PACKAGES)
    return _installed()


def _give_up() -> str:
    raise RuntimeError(
        "No Chromium: install Chromium or Chrome, or set CHROMIUM to the path of one. "
        "Playwright's download and Debian's package were tried and could not be had.",
    )
