"""A UIMA CAS as XMI, and the types of its structures as `TypeSystem.xml` declares them."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from annotations.formats.errors import RefusedError
from annotations.formats.files.bundles import BundledFile
from annotations.formats.files.strict_xml import read_elements, split_name
from annotations.formats.uima.cas import (
    ARRAYS,
    BUILT_IN,
    OF_SIMPLE_VALUES,
    SOFA,
    Cas,
    FeatureStructure,
    Types,
)

if TYPE_CHECKING:
    from lxml import etree

XMI = "http://www.omg.org/XMI"
ROOT = f"{{{XMI}}}XMI"
KEY = f"{{{XMI}}}id"
NO_PACKAGE = "uima.noNamespace"
SPECIFIER = "http://uima.apache.org/resourceSpecifier"
CALLED = "Called: "
"""What stands in the description of a feature of ours before the name that it could not have."""
NUMBERS = re.compile(r"-?[0-9]+(?: -?[0-9]+)*")
NUMBER = re.compile(r"-?[0-9]{1,10}")


def read_types(file: BundledFile) -> Types:
    """The types that a `TypeSystem.xml` declares."""
    types = Types()
    elements = read_elements(file)
    root = next(elements)
    if split_name(str(root.tag)) != (SPECIFIER, "typeSystemDescription"):
        raise RefusedError(f"{file.where} declares no types of UIMA; give the TypeSystem.xml of the export")
    name = f"{{{SPECIFIER}}}"
    for element in elements:
        for declared in element.iter(f"{name}typeDescription"):
            features = {
                _read_text(one, "name"): _read_text(one, "rangeTypeName")
                for one in declared.iter(f"{name}featureDescription")
            }
            kind = _read_text(declared, "name")
            types.add(kind, _read_text(declared, "supertypeName"), features)
            for one in declared.iter(f"{name}featureDescription"):
                told = _read_text(one, "description")
                if told.startswith(CALLED):
                    types.names[kind, _read_text(one, "name")] = told.removeprefix(CALLED)
    return types


def _read_text(element: "etree._Element", name: str) -> str:
    return (element.findtext(f"{{{SPECIFIER}}}{name}") or "").strip()


def read_xmi(file: BundledFile, types: Types) -> Cas:
    """The text and the structures of an XMI file; what is not declared is known by how INCEpTION calls it."""
    elements = read_elements(file)
    root = next(elements)
    if root.tag != ROOT:
        raise RefusedError(
            f"{file.where} is no XMI, but {split_name(str(root.tag))[1]!r}; export it as UIMA CAS XMI"
        )
    return Cas.of_structures(types, _list_structures(elements, types))


def _list_structures(elements: Iterator["etree._Element"], types: Types) -> Iterator[FeatureStructure]:
    for element in elements:
        name, key = name_type(str(element.tag)), element.get(KEY)
        if not key:
            continue  # a view, which lists what is in it
        given: dict[str, Any] = {
            str(feature): str(value) for feature, value in element.attrib.items() if feature != KEY
        }
        for child in element:
            given.setdefault(str(child.tag), [])
            if isinstance(given[str(child.tag)], list):
                given[str(child.tag)].append(child.text or "")
        yield _sort_features(key, name, given, types)


def _sort_features(key: str, name: str, given: dict[str, Any], types: Types) -> FeatureStructure:
    values: dict[str, Any] = {}
    references: dict[str, list[str]] = {}
    for feature, value in given.items():
        if feature in ("begin", "end") and name != SOFA:
            values[feature] = _read_place(feature, value)
        elif feature in BUILT_IN:
            values[feature] = value
        elif name in ARRAYS and feature == "elements":
            parts = value if isinstance(value, list) else value.split()
            if name in OF_SIMPLE_VALUES:
                values[feature] = parts
            else:
                references[feature] = parts
        elif types.is_reference(name, feature) and isinstance(value, str) and NUMBERS.fullmatch(value):
            references[feature] = value.split()
        else:
            values[feature] = value
    return FeatureStructure(key, name, values, references)


def _read_place(feature: str, value: Any) -> int:
    if not isinstance(value, str) or not NUMBER.fullmatch(value):
        raise RefusedError(f"{feature!r} must be a whole number of characters, not {value!r}")
    return int(value)


def name_type(tag: str) -> str:
    """The name of a type after that of its element.

    >>> name_type("{http:///webanno/custom.ecore}Claim")
    'webanno.custom.Claim'
    """
    space, local = split_name(tag)
    package = space.removeprefix("http:///").removesuffix(".ecore").strip("/").replace("/", ".")
    return local if package in ("", NO_PACKAGE) else f"{package}.{local}"
