"""The version of a release: which part of it goes up follows from what changed since the one before."""

import re
from collections.abc import Mapping
from typing import Any

VERSION = re.compile(r"(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})")
FIRST = "1.0.0"


class InvalidVersionError(ValueError):
    """What was given as the version of a release is not one."""


class VersionNotLaterError(InvalidVersionError):
    """What was given as the version of a release does not come after the version of the release before."""


def read_version(written: str) -> tuple[int, int, int]:
    """A version as three numbers that can be compared.

    >>> read_version("1.10.0") > read_version("1.9.3")
    True
    """
    found = VERSION.fullmatch(written)
    if found is None:
        raise InvalidVersionError(f"“{written[:50]}” is no version: write three numbers, as in 1.2.0")
    major, minor, patch = map(int, found.groups())
    return major, minor, patch


def describe_version(manifest: Mapping[str, Any]) -> str:
    """The version that a manifest names; one of before there were versions counts as a minor one by its number."""
    return str(manifest.get("version") or f"0.{manifest.get('number', 0)}.0")


def propose_version(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> str:
    """The version that follows from two manifests: another scheme is a major one, other records a minor one, all else a patch.

    >>> old = {"version": "1.2.3", "schemes": [], "checksums": {"records": "a"}}
    >>> propose_version(old, {"schemes": [], "checksums": {"records": "b"}})
    '1.3.0'
    """
    if before is None:
        return FIRST
    major, minor, patch = read_version(describe_version(before))
    if _name_schemes(before) != _name_schemes(after):
        return f"{major + 1}.0.0"
    if before["checksums"]["records"] != after["checksums"]["records"]:
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}"


def check_version(written: str, *, before: Mapping[str, Any] | None) -> str:
    """A version that somebody chose, if it is later than that of the release before."""
    wanted = read_version(written)
    if before is not None and wanted <= read_version(describe_version(before)):
        raise VersionNotLaterError(
            f"{written} does not follow {describe_version(before)}, the version of the release before: choose a later one"
        )
    return written


def _name_schemes(manifest: Mapping[str, Any]) -> list[str]:
    return sorted(scheme["sha256"] for scheme in manifest["schemes"])
