"""The package as a whole: what it offers, and what it loads for it."""

import subprocess
import sys

import pytest

from annotations import agreement

LOADED = """
import sys
import annotations.agreement as agreement
print(*sorted(name for name in sys.modules if name.split(".")[0] in {"annotations", "django", "scipy", "highspy"}))
"""


def test_every_name_that_is_offered_is_there() -> None:
    offered = {name: getattr(agreement, name) for name in dir(agreement)}
    assert sorted(offered) == sorted(agreement.__all__)
    with pytest.raises(AttributeError, match="no attribute 'evaluat'"):
        _ = agreement.evaluat  # type: ignore[attr-defined]


def test_nothing_is_loaded_before_it_is_asked_for() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [
        "annotations",
        "annotations.agreement",
        "annotations.agreement.data",
        "annotations.agreement.data.arrays",
        "annotations.agreement.data.checking",
        "annotations.agreement.data.corpus",
        "annotations.agreement.data.links",
        "annotations.agreement.data.naming",
        "annotations.agreement.data.ordering",
        "annotations.agreement.errors",
        "annotations.formats",
        "annotations.formats.errors",
        "annotations.plurals",
    ]
