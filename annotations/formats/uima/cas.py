"""What a UIMA CAS holds, whichever file it comes from: a text, structures with features, and the types of these."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

FIRST_VIEW = "_InitialView"
SOFA = "uima.cas.Sofa"
STRING = "uima.cas.String"
BUILT_IN = frozenset({"begin", "end", "sofa"})
SIMPLE = frozenset(
    f"uima.cas.{name}"
    for name in ("String", "Boolean", "Byte", "Short", "Integer", "Long", "Float", "Double")
)
ARRAYS = frozenset(f"{name}Array" for name in SIMPLE) | {"uima.cas.FSArray"}
OF_SIMPLE_VALUES = ARRAYS - {"uima.cas.FSArray"} | {"uima.cas.StringList"}
ALWAYS_REFERENCES = frozenset({"Governor", "Dependent", "target", "first", "next"})
"""Features that refer to a structure wherever INCEpTION has them, for files without their types."""
KEYS = re.compile(r"[0-9]+(?: [0-9]+)*")
MAX_DEPTH = 50
"""Types above a type, of which no one has that many."""


@dataclass(slots=True)
class Types:
    """The types that a UIMA CAS file declares, each with the type that it inherits from and its own features."""

    above: dict[str, str] = field(default_factory=dict)
    features: dict[str, dict[str, str]] = field(default_factory=dict)
    """By type: the range of each feature."""
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    """By type and feature: what our export calls it that no feature can be called."""

    def add(self, name: str, above: str, features: Mapping[str, str]) -> None:
        """Declare a type."""
        self.above[name] = above
        self.features[name] = dict(features)

    def name_feature(self, name: str, feature: str) -> str:
        """What a feature of a type is called, which is mostly its own name."""
        return self.names.get((name, feature), feature)

    def list_features(self, name: str) -> dict[str, str] | None:
        """The features of a type and of those above it with their ranges; None where the type is not declared."""
        if name not in self.above:
            return None
        found: dict[str, str] = {}
        for _ in range(MAX_DEPTH):
            found = {**self.features.get(name, {}), **found}
            if (name := self.above.get(name, "")) not in self.above:
                break
        return {feature: kind for feature, kind in found.items() if feature not in BUILT_IN}

    def is_simple(self, kind: str) -> bool:
        """Whether a range holds texts, numbers or truth values, one or several."""
        bare = kind.removesuffix("[]")
        return bare in SIMPLE or bare in OF_SIMPLE_VALUES or self.above.get(bare) == STRING

    def is_reference(self, name: str, feature: str) -> bool:
        """Whether a feature of a type refers to structures."""
        declared = self.list_features(name)
        if declared is None or feature not in declared:
            return feature in ALWAYS_REFERENCES
        return not self.is_simple(declared[feature])


@dataclass(frozen=True, slots=True)
class FeatureStructure:
    """One structure of a CAS: values of its type's features, and the keys of the structures that others refer to."""

    key: str
    type: str
    values: Mapping[str, Any]
    references: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def short_type(self) -> str:
        """The name of the type without those of the packages that hold it."""
        return self.type.rpartition(".")[2]

    @property
    def is_annotation(self) -> bool:
        """Whether it stands at a place of the text."""
        return "begin" in self.values and "end" in self.values


@dataclass(slots=True)
class Cas:
    """A text with its structures by their keys, in the order of the file."""

    types: Types
    structures: dict[str, FeatureStructure] = field(default_factory=dict)
    text: str = ""
    sofa: str = ""
    """The key of the text among the structures."""

    @classmethod
    def of_structures(cls, types: Types, structures: Iterable[FeatureStructure]) -> "Cas":
        """Choose the text that was annotated, which is that of the first view or else the first there is."""
        cas = cls(types)
        texts: list[FeatureStructure] = []
        for structure in structures:
            cas.structures[structure.key] = structure
            if structure.type == SOFA and isinstance(structure.values.get("sofaString"), str):
                texts.append(structure)
        chosen = next((one for one in texts if one.values.get("sofaID") == FIRST_VIEW), None)
        if chosen := chosen or next(iter(texts), None):
            cas.text, cas.sofa = chosen.values["sofaString"], chosen.key
        for structure in list(cas.structures.values()):
            if types.list_features(structure.type) is None:
                cas.structures[structure.key] = cas._find_slots(structure)
        return cas

    def _find_slots(self, host: FeatureStructure) -> FeatureStructure:
        """A structure of a type that is not declared, whose values that are keys of links refer to these."""
        found = {
            name: value.split()
            for name, value in host.values.items()
            if isinstance(value, str) and self._are_links(value)
        }
        values = {name: value for name, value in host.values.items() if name not in found}
        return replace(host, values=values, references={**host.references, **found}) if found else host

    def _are_links(self, value: str) -> bool:
        if not KEYS.fullmatch(value):
            return False
        links = [self.structures.get(key) for key in value.split()]
        return all(
            link is not None and not link.is_annotation and "target" in link.references for link in links
        )

    def follow(self, keys: Iterable[str]) -> Iterator[FeatureStructure]:
        """The structures of these keys; an array stands for what it holds."""
        for key in keys:
            structure = self.structures.get(key)
            if structure is None:
                continue
            if structure.type in ARRAYS or structure.type.endswith("[]"):
                for element in structure.references.get("elements", ()):
                    if (held := self.structures.get(element)) and held.type not in ARRAYS:
                        yield held
            else:
                yield structure
