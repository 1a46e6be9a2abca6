"""Names of a new scheme that people would take for one, because they differ only in case or in how letters are encoded."""

from collections.abc import Iterable

from annotations.schemes.definition import load_scheme
from annotations.schemes.names import find_lookalikes
from annotations.schemes.scheme import Question, Scheme
from annotations.schemes.table import TomlTable


def load_new_scheme(definition: str) -> Scheme:
    """Read a definition that is not in use yet: of a new one no two names may look alike."""
    scheme = load_scheme(definition)
    place = TomlTable({}, f"scheme {scheme.identifier!r}")
    _refuse_lookalikes(place, "labels", (label.name for label in scheme.labels))
    _refuse_lookalikes(place, "relations", (relation.name for relation in scheme.relations))
    _refuse_lookalikes(place, "relation titles", (relation.title for relation in scheme.relations))
    _refuse_lookalikes(place, "fields", (field.name for field in scheme.fields))
    asked: list[tuple[TomlTable, Question]] = [(place, field) for field in scheme.fields]
    for label in scheme.labels:
        inner = TomlTable({}, f"{place.place}, label {label.name!r}")
        _refuse_lookalikes(inner, "attributes", (attribute.name for attribute in label.attributes))
        asked += [(inner, attribute) for attribute in label.attributes]
    for around, question in asked:
        inner = TomlTable({}, f"{around.place}, {question.name!r}")
        _refuse_lookalikes(inner, "values", (value.name for value in question.kind.options))
    return scheme


def _refuse_lookalikes(where: TomlTable, what: str, names: Iterable[str]) -> None:
    if found := find_lookalikes(names):
        raise where.complain(
            f"the {what} {found[0]!r} and {found[1]!r} differ only in case or in how letters are encoded, so that people take "
            "them for one: give one of them another name"
        )
