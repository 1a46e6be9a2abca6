"""Reading a scheme from its definition in TOML, and saying clearly what is wrong with a definition."""

import hashlib
import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources

from annotations.schemes.scheme import (
    OWN_WORDS,
    Attribute,
    Condition,
    DocumentField,
    Example,
    FieldKind,
    Label,
    RelationType,
    Rule,
    Scheme,
    Value,
)
from annotations.schemes.table import InvalidSchemeError, Table

LABEL_NAME = r"[A-Za-z][A-Za-z0-9_-]*"
SMALL_NAME = r"[a-z][a-z0-9_-]*"
COLOR = r"#[0-9A-Fa-f]{6}"
KEY = r"[a-z0-9]"
KEYS_OF_THE_EDITOR = "uU"
NAMES_OF_THE_EDITOR = ("label", "text")
SHIPPED = ("argument-v1", "argument-lite-v1")


def read_definition(identifier: str) -> str:
    """The TOML text of a scheme that comes with the workbench."""
    if identifier not in SHIPPED:
        raise InvalidSchemeError(f"there is no scheme {identifier!r}; there are {', '.join(SHIPPED)}")
    path = resources.files("annotations.schemes") / "definitions" / f"{identifier}.toml"
    return path.read_bytes().decode()


def load_shipped(identifier: str) -> Scheme:
    return load_scheme(read_definition(identifier))


@lru_cache(maxsize=64)
def load_scheme(definition: str) -> Scheme:
    """Read a definition and check that it does not contradict itself; once, because pages ask for it several times."""
    try:
        content = tomllib.loads(definition)
    except tomllib.TOMLDecodeError as error:
        raise InvalidSchemeError(f"the definition is not TOML: {error}") from error
    table = Table(content, "scheme")
    topics = _read_values(table, "topics")
    scheme = Scheme(
        name=table.name("name", SMALL_NAME, "lower-case letters, digits and hyphens"),
        version=table.number("version"),
        title=table.text("title"),
        guidelines=table.text("guidelines", ""),
        topics=topics,
        labels=tuple(_read_label(label, topics) for label in table.tables("labels", "label")),
        relations=tuple(_read_relation(relation) for relation in table.tables("relations", "relation")),
        fields=tuple(
            field for group in table.tables("fields", "field") for field in _read_fields(group, topics)
        ),
        sha256=hashlib.sha256(definition.encode()).hexdigest(),
    )
    table.finish()
    _check(scheme)
    return scheme


def _read_label(table: Table, topics: tuple[Value, ...]) -> Label:
    label = Label(
        name=table.name("name", LABEL_NAME, "letters, digits, _ and -, with a letter first"),
        key=table.name("key", KEY, "one lower-case letter or digit"),
        color=table.name("color", COLOR, "a colour like #0072B2"),
        description=table.text("description", ""),
        attributes=tuple(_read_attribute(entry, topics) for entry in table.tables("attributes", "attribute")),
        rules=_read_rules(table),
        outside=table.names("outside"),
    )
    table.finish()
    return label


def _read_attribute(table: Table, topics: tuple[Value, ...]) -> Attribute:
    name = table.name("name", SMALL_NAME, "lower-case letters, digits, _ and -")
    if table.has("values_from"):
        if table.text("values_from") != "topics":
            raise table.complain("'values_from' must be 'topics'")
        values = topics
    else:
        values = _read_values(table, "values")
    attribute = Attribute(
        name=name,
        title=table.text("title", name),
        values=values,
        keys=table.text("keys", ""),
        required=table.flag("required"),
        default=table.text("default", ""),
        is_open=table.flag("open"),
        applies_when=_read_conditions(table, "applies_when"),
        description=table.text("description", ""),
    )
    table.finish()
    if not values and not attribute.is_open:
        raise table.complain("it has no values and is not open")
    if attribute.is_open and any(value.name == OWN_WORDS for value in values):
        raise table.complain(f"it is open, so that none of its values may be called {OWN_WORDS!r}")
    if attribute.keys and len(attribute.keys) != len(values) + attribute.is_open:
        raise table.complain("'keys' needs one key for each value, and one more if it is open")
    _check_default(table, attribute.default, values)
    return attribute


def _read_relation(table: Table) -> RelationType:
    name = table.name("name", SMALL_NAME, "lower-case letters, digits, _ and -")
    relation = RelationType(
        name=name,
        title=table.text("title", name),
        sources=table.names("from", required=True),
        targets=table.names("to", required=True),
        required_when=_read_conditions(table, "required_when"),
        forbidden_when=_read_conditions(table, "forbidden_when"),
        description=table.text("description", ""),
        rules=_read_rules(table),
    )
    table.finish()
    return relation


def _read_fields(table: Table, topics: tuple[Value, ...]) -> Iterable[DocumentField]:
    """One field, or one a topic (`author_stance.ceding-territory`)."""
    name = table.name("name", SMALL_NAME, "lower-case letters, digits, _ and -")
    if name in NAMES_OF_THE_EDITOR:
        raise table.complain("a field cannot have this name: the editor uses it for the text and its labels")
    title = table.text("title", name)
    kind = table.text("kind")
    if kind not in [*FieldKind]:
        raise table.complain(f"'kind' must be one of {', '.join(FieldKind)}, not {kind!r}")
    values, keys = _read_values(table, "values"), table.text("keys", "")
    default, maximum = table.text("default", ""), table.number("maximum", 0)
    required, means_no_spans = table.flag("required"), table.flag("means_no_spans")
    description, is_each_topic = table.text("description", ""), table.flag("each_topic")
    table.finish()
    if (kind == FieldKind.CHOICE) != bool(values):
        raise table.complain("a choice needs values, and nothing else has them")
    if (kind == FieldKind.RATING) != (maximum > 1):
        raise table.complain("a rating needs a maximum above 1, and nothing else has one")
    if keys and (is_each_topic or len(keys) != (1 if kind == FieldKind.FLAG else len(values))):
        raise table.complain("'keys' needs one key for each value, and a field for each topic has none")
    if means_no_spans and kind != FieldKind.FLAG:
        raise table.complain("only a flag can mean that there are no spans")
    _check_default(table, default, values)
    names = [(f"{name}.{topic.name}", f"{title}: {topic.title}") for topic in topics]
    return [
        DocumentField(
            name=full_name,
            title=full_title,
            kind=FieldKind(kind),
            values=values,
            keys=keys,
            required=required,
            default=default,
            maximum=maximum,
            means_no_spans=means_no_spans,
            description=description,
        )
        for full_name, full_title in (names if is_each_topic else [(name, title)])
    ]


def _read_values(table: Table, key: str) -> tuple[Value, ...]:
    values = []
    for entry in table.tables(key, "value"):
        name = entry.name("name", SMALL_NAME, "lower-case letters, digits, _ and -")
        values.append(Value(name, entry.text("title", name), entry.text("description", "")))
        entry.finish()
    _check_unique(table, (value.name for value in values), "value")
    _check_unique(table, (value.title for value in values), "value title")
    return tuple(values)


def _read_conditions(table: Table, key: str) -> tuple[Condition, ...]:
    return tuple(Condition(tuple(sorted(allowed.items()))) for allowed in table.conditions(key))


def _read_rules(table: Table) -> tuple[Rule, ...]:
    rules = []
    for entry in table.tables("rules", "rule"):
        rules.append(
            Rule(
                title=entry.text("title"),
                text=entry.text("text"),
                fits=_read_example(entry.table("fits")),
                misfits=_read_example(entry.table("misfits")),
            ),
        )
        entry.finish()
    return tuple(rules)


def _read_example(table: Table) -> Example:
    example = Example(
        quote=table.exact_text("quote"),
        marked=table.names("marked", required=True),
        why=table.text("why"),
        source=table.text("source", ""),
    )
    table.finish()
    for words in example.marked:
        if words not in example.quote:
            raise table.complain(f"{words!r} is marked but not in the quote")
    return example


def _check(scheme: Scheme) -> None:
    """What the parts say about each other must hold: names are unique, and what is referred to exists."""
    place = Table({}, f"scheme {scheme.identifier!r}")
    if scheme.version < 1:
        raise place.complain("'version' counts from 1")
    if not scheme.labels:
        raise place.complain("it has no labels")
    _check_unique(place, (label.name for label in scheme.labels), "label")
    _check_keys(place, scheme)
    _check_unique(place, (relation.name for relation in scheme.relations), "relation")
    _check_unique(place, (relation.title for relation in scheme.relations), "relation title")
    _check_unique(place, (field.name for field in scheme.fields), "field")
    known = {label.name for label in scheme.labels}
    for label in scheme.labels:
        where = Table({}, f"{place.place}, label {label.name!r}")
        _check_unique(where, (attribute.name for attribute in label.attributes), "attribute")
        _check_known(where, label.outside, known)
        for attribute in label.attributes:
            _check_conditions(where, label, attribute.applies_when)
    for relation in scheme.relations:
        where = Table({}, f"{place.place}, relation {relation.name!r}")
        _check_known(where, (*relation.sources, *relation.targets), known)
        for condition in (*relation.required_when, *relation.forbidden_when):
            owners = [label for label in scheme.labels if label.name in relation.sources]
            if not any(_is_known_to(label, condition) for label in owners):
                raise where.complain(f"no label that it leads from can fulfil {str(condition)!r}")


def _check_keys(where: Table, scheme: Scheme) -> None:
    """Every key is bound once, whichever label is selected: the editor calls all that share one."""
    keys = [label.key for label in scheme.labels]
    keys += [key for label in scheme.labels for attribute in label.attributes for key in attribute.keys]
    keys += [key for field in scheme.fields for key in field.keys]
    _check_unique(where, keys, "key")
    for key in keys:
        if not re.fullmatch(r"[A-Za-z0-9]", key) or key in KEYS_OF_THE_EDITOR:
            raise where.complain(f"{key!r} cannot be a key: take a letter or digit other than u")


def _check_conditions(where: Table, label: Label, conditions: Iterable[Condition]) -> None:
    for condition in conditions:
        if not _is_known_to(label, condition):
            raise where.complain(f"its attributes cannot fulfil {str(condition)!r}")


def _is_known_to(label: Label, condition: Condition) -> bool:
    for name, values in condition.allowed:
        attribute = label.attribute(name)
        if attribute is None or not all(attribute.accepts(value) for value in values):
            return False
    return True


def _check_known(where: Table, names: Iterable[str], known: set[str]) -> None:
    for name in names:
        if name not in known:
            raise where.complain(f"there is no label {name!r}")


def _check_default(table: Table, default: str, values: tuple[Value, ...]) -> None:
    if default and default not in {value.name for value in values}:
        raise table.complain(f"the default {default!r} is none of its values")


def _check_unique(where: Table, names: Iterable[str], what: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise where.complain(f"{what} {name!r} occurs twice")
        seen.add(name)
