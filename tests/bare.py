"""The packages of an installation without any extra, as a folder to import from: what the lock of the app names, and nothing of the team's or ours."""

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==", re.MULTILINE)


def list_locked(lock: str) -> set[str]:
    """The names of the distributions that a file of `requirements/` locks."""
    return set(PINNED.findall((ROOT / "requirements" / lock).read_text(encoding="utf-8")))


def link_packages(folder: Path) -> Path:
    """Fill a folder with links to the packages of the app's lock; to use it, start `python -S` with it as PYTHONPATH."""
    folder.mkdir()
    for name in sorted(list_locked("app.txt")):
        try:
            found = distribution(name)
        except PackageNotFoundError:  # of another system or version of Python
            continue
        for top in {file.parts[0] for file in found.files or () if file.parts[0] != ".."}:
            link = folder / top
            if not link.exists():
                link.symlink_to(str(found.locate_file(top)))
    return folder
