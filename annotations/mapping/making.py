"""A scheme made of what was found, as the text of its definition, with the mapping that leads to it."""

import colorsys
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import partial

from annotations.formats.places.offsets import COUNTED
from annotations.limits import MAX_NAME_LENGTH, MAX_RATING, MAX_SCHEME_TITLE_LENGTH
from annotations.mapping.definition import (
    AnnotatorMapping,
    LabelMapping,
    MarkupMapping,
    QuestionMapping,
    RelationMapping,
    quote,
)
from annotations.mapping.found import Found, FoundQuestion
from annotations.mapping.proposal import MAX_NAME
from annotations.schemes.choice_kinds import ChoiceKind, FlagKind, SeveralKind
from annotations.schemes.definition import (
    KEYS_OF_THE_EDITOR,
    NO_XML_CHARACTER,
    load_scheme,
)
from annotations.schemes.kinds import NumberKind, RatingKind, TextKind
from annotations.schemes.reading import NAMES_OF_THE_EDITOR
from annotations.schemes.scheme import Scheme
from annotations.schemes.values import ValueKind
from annotations.snapping import Snap

KEYS = tuple(key for key in "123456789abcdefghijklmnopqrstvwxyz0" if key not in KEYS_OF_THE_EDITOR)
COLORS = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#D55E00",
    "#56B4E9",
    "#332288",
    "#999933",
    "#882255",
    "#44AA99",
)
"""Of the palettes of Okabe and Ito and of Paul Tol, which people tell apart whatever colours they see."""
MAX_STARS = 10
MAX_CHOICES = 50
MAX_CHOICES_SELDOM = 10
"""Values of a question of which no one has to occur twice to be taken for choices."""
MAX_CHOICE_LENGTH = 60
BOXES = frozenset(("true", "false"))
WORDS_OF_BOXES = frozenset(("yes", "no"))
Namer = Callable[[str], str]


class SchemeNotMadeError(ValueError):
    """What was found cannot be made a scheme of; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class MadeScheme:
    """A scheme that was made of what was found: its definition, what it says, and what becomes of what was found."""

    definition: str
    scheme: Scheme
    mapping: MarkupMapping


def make_scheme(found: Found, *, name: str, title: str, version: int = 1) -> MadeScheme:
    """Make a scheme in which everything that was found has its place.

    The kind of each question follows from its values, and a relation leads from and to the labels that it was found
    between. Ends of spans are held to words only where every span found keeps to them.
    """
    if not found.labels:
        raise SchemeNotMadeError(
            "There are no spans, so there are no labels to make a scheme of: choose a scheme that exists."
        )
    if len(found.labels) > len(KEYS):
        raise SchemeNotMadeError(
            f"There are {len(found.labels):,} labels, more than the {len(KEYS)} that keys of the keyboard choose between: "
            "write a scheme of those that you need, and a mapping in which the others are left out."
        )
    labels = _name_all(found.labels, _name_label)
    snap = Snap.CHARACTER if found.cut_words else Snap.WORD
    lines = [
        f"name = {quote(name)}",
        f"version = {version}",
        f"title = {quote(_cut(title))}",
        f"snap = {quote(snap.value)}",
    ]
    label_mappings = []
    for place, (label, becomes) in enumerate(labels.items()):
        lines += ["", "[[labels]]", f"name = {quote(becomes)}", f"key = {quote(KEYS[place])}"]
        lines += [f"color = {quote(_choose_color(place, len(labels)))}"]
        if becomes != label:
            lines += [f"description = {quote(_cut(label))}"]
        attributes = []
        asked = found.labels[label].attributes
        for attribute, small in _name_all(asked, partial(_name_attribute, label)).items():
            written, mapping = _write_question(asked[attribute], attribute, small)
            lines += ["", "    [[labels.attributes]]", *(f"    {line}" for line in written)]
            attributes.append(mapping)
        label_mappings.append(LabelMapping(found=label, becomes=becomes, attributes=tuple(attributes)))
    relations = _name_all(found.relations, _name_small)
    titles = _name_all(found.relations, _cut)
    for relation, small in relations.items():
        pairs = found.relations[relation].pairs
        lines += ["", "[[relations]]", f"name = {quote(small)}", f"title = {quote(titles[relation])}"]
        lines += [f"from = {_write_names(labels[source] for source, _ in pairs)}"]
        lines += [f"to = {_write_names(labels[target] for _, target in pairs)}"]
    field_mappings = []
    taken = {*NAMES_OF_THE_EDITOR}
    for name_found, small in _name_all(found.fields, _name_small, taken=taken).items():
        written, mapping = _write_question(found.fields[name_found], name_found, small)
        lines += ["", "[[fields]]", *written]
        field_mappings.append(mapping)
    definition = "\n".join([*lines, ""])
    return MadeScheme(
        definition,
        load_scheme(definition),
        MarkupMapping(
            labels=tuple(label_mappings),
            relations=tuple(RelationMapping(found=one, becomes=small) for one, small in relations.items()),
            fields=tuple(field_mappings),
            annotators=tuple(
                AnnotatorMapping(found=one, name=one[:MAX_NAME]) for one in sorted(found.annotators)
            ),
            offsets=COUNTED[1] if found.are_offsets_utf16 else COUNTED[0],
        ),
    )


def find_kind(found: FoundQuestion) -> str:
    """The name of the kind of question that takes the values that were found.

    >>> answers = FoundQuestion()
    >>> for value in ("3", "5", "1"):
    ...     answers.add(value, "")
    >>> find_kind(answers)
    'rating'
    """
    values = set(found.values)
    if found.has_several:
        return SeveralKind.name
    if values <= BOXES or values <= WORDS_OF_BOXES:
        return FlagKind.name
    numbers = [_read_number(value) for value in values]
    if values and all(number is not None for number in numbers):
        whole = all(number == number.to_integral_value() for number in numbers if number is not None)
        steps = [int(number) for number in numbers if number is not None]
        if whole and min(steps) >= 1 and 1 < max(steps) <= min(MAX_STARS, MAX_RATING):
            return RatingKind.name
        return NumberKind.name
    are_short = all(len(value) <= MAX_CHOICE_LENGTH and "\n" not in value for value in values)
    recur = found.values.total() >= 2 * len(values) or len(values) <= MAX_CHOICES_SELDOM
    if are_short and recur and len(values) <= MAX_CHOICES and not found.has_more_values:
        return ChoiceKind.name
    return TextKind.name


def _read_number(value: str) -> Decimal | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    is_plain = number.is_finite() and abs(number.adjusted()) < MAX_RATING and f"{number:f}" == value
    return number if is_plain else None


def _write_question(found: FoundQuestion, name: str, small: str) -> tuple[list[str], QuestionMapping]:
    """The lines of a question in a definition, and what becomes of the one that was found."""
    kind = find_kind(found)
    lines = [f"name = {quote(small)}", f"title = {quote(_cut(name))}", f"kind = {quote(kind)}"]
    values: tuple[tuple[str, str], ...] = ()
    if kind in (ChoiceKind.name, SeveralKind.name):
        named, shown = _name_all(found.values, _name_small), _name_all(found.values, _cut)
        options = ", ".join(
            f"{{ name = {quote(option)}, title = {quote(shown[value])} }}" for value, option in named.items()
        )
        lines.append(f"values = [{options}]")
        values = tuple((value, option) for value, option in named.items() if option != value)
    elif kind == RatingKind.name:
        lines.append(f"maximum = {max(int(Decimal(value)) for value in found.values)}")
    elif kind == NumberKind.name:
        decimals = max(-int(Decimal(value).as_tuple().exponent) for value in found.values)
        if decimals > 0:
            lines.append(f"step = {Decimal(1).scaleb(-decimals):f}")
    return lines, QuestionMapping(found=name, becomes=small, values=values)


def _name_all(found: Iterable[str], name: Namer, *, taken: Collection[str] = ()) -> dict[str, str]:
    """A name for each thing that was found, no two the same."""
    names: dict[str, str] = {}
    used = Counter(taken)
    for one in found:
        chosen = name(one)
        number = 1
        while (candidate := chosen if number == 1 else f"{chosen}-{number}") in used:
            number += 1
        used[candidate] += 1
        names[one] = candidate
    return names


def _name_label(found: str) -> str:
    name = re.sub(r"[^A-Za-z0-9_-]+", "_", _fold(found)).strip("_-")[: MAX_NAME_LENGTH - 10]
    return name if name[:1].isalpha() else f"L{name}"


def _name_small(found: str) -> str:
    name = re.sub(r"[^a-z0-9_-]+", "-", _fold(found).lower()).strip("_-")[: MAX_NAME_LENGTH - 10]
    return name if name[:1].isalpha() else f"v{name}"


def _name_attribute(label: str, found: str) -> str:
    """The name for an attribute of a scheme, without the label and the point before it that some files give."""
    return _name_small(found.removeprefix(f"{label}."))


def _fold(found: str) -> str:
    """A name in the letters that names of schemes are made of, as far as it has such letters."""
    return unicodedata.normalize("NFKD", found).encode("ascii", "ignore").decode()


def _cut(title: str) -> str:
    """A name as people read it: on one line, of characters that an editor can show, and not too long."""
    shown = " ".join(NO_XML_CHARACTER.sub(" ", title).split())
    return shown[: MAX_SCHEME_TITLE_LENGTH - 10] or "unnamed"


def _write_names(names: Iterable[str]) -> str:
    return f"[{', '.join(quote(name) for name in dict.fromkeys(names))}]"


def _choose_color(place: int, number: int) -> str:
    """Colours that stand apart also for who sees few of them; past those, round the circle of hues, calm, darker and lighter in turn."""
    if place < len(COLORS):
        return COLORS[place]
    hue = (place - len(COLORS)) / (number - len(COLORS))
    red, green, blue = colorsys.hls_to_rgb(hue, 0.36 if place % 2 == 0 else 0.52, 0.35)
    return f"#{round(red * 255):02X}{round(green * 255):02X}{round(blue * 255):02X}"


def list_derived(scheme: Scheme) -> Iterator[str]:
    """What a made scheme asks, a line a question, so that a person can look it over."""
    for label in scheme.labels:
        yield f"label {label.name}"
        for attribute in label.attributes:
            yield f"  {attribute.title}: {_describe_kind(attribute.kind)}"
    for relation in scheme.relations:
        yield f"link {relation.title}: from {' or '.join(relation.sources)} to {' or '.join(relation.targets)}"
    for document_field in scheme.fields:
        yield f"field {document_field.title}: {_describe_kind(document_field.kind)}"


def _describe_kind(kind: ValueKind) -> str:
    return f"{kind.name} of {len(kind.explained)}" if kind.explained else kind.name
