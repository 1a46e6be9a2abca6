"""A UIMA CAS as JSON (JSON CAS 0.4), which holds the types of its structures itself."""

from collections.abc import Iterator, Mapping
from typing import Any

from annotations.formats.documents import require_object
from annotations.formats.errors import RefusedError, placed, shorten
from annotations.formats.files.bundles import BundledFile
from annotations.formats.files.content import RULES
from annotations.formats.scalars import is_whole
from annotations.formats.uima.cas import Cas, FeatureStructure, Types
from annotations.strict_json import StrictJsonError, read_strict

TYPES, STRUCTURES, ID, TYPE = "%TYPES", "%FEATURE_STRUCTURES", "%ID", "%TYPE"
ABOVE, RANGE, ELEMENTS = "%SUPER_TYPE", "%RANGE", "%ELEMENTS"
REFERENCE, SPECIAL = "@", ("%", "#", "^")
"""How the names of features begin that refer to structures, and of what says something about others."""
FIRST_KEYS = (b'"%TYPES"', b'"%FEATURE_STRUCTURES"')


def read_json_cas(file: BundledFile) -> Cas:
    """The text and the structures of a JSON CAS."""
    with placed(file.where):
        try:
            value = read_strict(file.read_text(), RULES)
        except StrictJsonError as error:
            raise RefusedError(f"this is no JSON: {error}") from error
        found = require_object(value, "the CAS", (STRUCTURES,))
        types = _read_types(found.get(TYPES) or {})
        return Cas.of_structures(types, _list_structures(found[STRUCTURES], types))


def _read_types(declared: Any) -> Types:
    types = Types()
    for name, value in require_object(declared, TYPES).items():
        about = require_object(value, f"the type {shorten(name)}")
        features = {
            feature: str(kind.get(RANGE, ""))
            for feature, kind in about.items()
            if isinstance(kind, Mapping) and not feature.startswith(SPECIAL)
        }
        types.add(str(name), str(about.get(ABOVE, "")), features)
    return types


def _list_structures(structures: Any, types: Types) -> Iterator[FeatureStructure]:
    if not isinstance(structures, list):
        raise RefusedError(f"{STRUCTURES} must be a list, not {shorten(structures)}")
    for number, value in enumerate(structures, start=1):
        about = require_object(value, f"structure number {number}", (ID, TYPE))
        name = about[TYPE]
        if not is_whole(about[ID]) or not isinstance(name, str):
            raise RefusedError(f"structure number {number} needs a whole number as {ID} and a name as {TYPE}")
        yield _read_structure(str(about[ID]), name, about, types)


def _read_structure(key: str, name: str, about: Mapping[str, Any], types: Types) -> FeatureStructure:
    values: dict[str, Any] = {}
    references: dict[str, list[str]] = {}
    for feature, value in about.items():
        if feature == ELEMENTS:
            parts = value if isinstance(value, list) else []
            if types.is_simple(name):
                values["elements"] = parts
            else:
                references["elements"] = [str(part) for part in parts]
        elif feature.startswith(SPECIAL):
            continue
        elif feature.startswith(REFERENCE):
            keys = value if isinstance(value, list) else [value]
            references[feature.removeprefix(REFERENCE)] = [str(part) for part in keys]
        elif feature in ("begin", "end") and not is_whole(value):
            raise RefusedError(f"structure {key}: {feature!r} must be a whole number, not {shorten(value)}")
        else:
            values[feature] = value
    if sofa := references.pop("sofa", None):
        values["sofa"] = sofa[0]
    return FeatureStructure(key, name, values, references)
