"""The one value that every reader gives: a document, its parts, and what each annotator or the gold says of it.

A reader gives documents one by one, in the order of the file. What it cannot hold is counted in the document, by reason.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any, NamedTuple

from annotations.formats.errors import RefusedError, shorten
from annotations.formats.places.source_maps import SourceMap
from annotations.formats.scalars import is_missing, is_whole, simplify
from annotations.markup import Markup, Relation
from annotations.spans import Span

SEPARATOR = "\x1f"
"""Joins several choices of one answer, so no single one may hold it."""
UNKNOWN = "unknown"
"""The annotator of a file that does not say whose annotations it holds."""
UNPLACED = "annotations without a place in the text"
ENDS_AND_TYPE = ("from", "to", "type")


class Block(NamedTuple):
    """What the stretch `[start, end)` of a text is, in code points: title, paragraph, boilerplate and so on."""

    start: int
    end: int
    kind: str

    def to_json(self) -> dict[str, Any]:
        return {"start": self.start, "end": self.end, "kind": self.kind}


class Unplaced(NamedTuple):
    """What a file says of a passage that cannot be found in the text: why not, where in the file it stands, and the thing itself."""

    message: str
    place: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one annotator said of one document; empty where they found nothing.

    `said` gives, by the key of a span, the words that the file says it covers. `places` gives, by the same key, where in the
    file the span stands, if that is not the `place` of the whole judgement. `unplaced` is no part of the markup.
    """

    markup: Markup = field(default_factory=Markup)
    said: Mapping[str, str] = field(default_factory=dict)
    place: str = ""
    places: Mapping[str, str] = field(default_factory=dict)
    unplaced: tuple[Unplaced, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text as a file holds it, what the file says about it, and what was marked in it.

    In a file of one text `original.decode(encoding) == text`; in one of rows, `original` is the whole row; of a page or a
    document of an office, from which the text is taken, it is the whole file. Files of annotations may give a length in
    place of the text.
    """

    place: str = ""
    """Where in the file it stands, as a message says it; empty where its id says enough."""
    id: str = ""
    text: str | None = None
    length: int | None = None
    title: str = ""
    blocks: tuple[Block, ...] = ()
    has_rough_blocks: bool = False
    """Whether what the file calls a paragraph may be something else, as rules see it by its words."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    original: bytes = b""
    encoding: str = "utf-8"
    """Of the original; empty where that is no text."""
    source_map: SourceMap | None = None
    """From the text to the original, or to what of it is text, where the text was taken out of it."""
    source_format: str = ""
    warning: str = ""
    is_part: bool = False
    """Whether other documents of this id are further parts of it, and no mistake."""
    labels: tuple[str, ...] | None = None
    """Those that may occur, where the file declares them."""
    asks_by_label: bool = False
    """Whether attributes of one name under two labels are two questions."""
    judgements: Mapping[str, Judgement] = field(default_factory=dict)
    """By annotator; who did not do the document is not there."""
    gold: Markup | None = None
    """What was decided of it."""
    may_have_both: bool = False
    """Whether the file keeps gold beside judgements, so that one document may have both, or either."""
    status: str = ""
    """How the gold, or the judgement, came about."""
    annotators: tuple[str, ...] = ()
    """Those whose judgements the gold was made of."""
    round: int | None = None
    """The number of the round in which the judgements were made."""
    scheme: str = ""
    """The checksum of the scheme by which it was annotated."""
    guidelines: str = ""
    """The scheme in words, where a format writes these."""
    external_id: str = ""
    """What the article was called where it came from."""
    text_sha256: str = ""
    votes: Mapping[str, Any] | None = None
    """How the annotators of the gold voted, where a release is written with that."""
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What it is called among the documents of a dataset, in which an article may stand once for each round."""
        return self.id if self.gold is not None or self.round is None else f"{self.id}-{self.round}"

    @property
    def markups(self) -> Iterator[tuple[tuple[str, ...], Markup]]:
        """What is said of it, after the annotators who said so or whose judgements it was made of."""
        if self.gold is not None:
            yield self.annotators, self.gold
        for annotator, judgement in self.judgements.items():
            yield (annotator,), judgement.markup


@dataclass(frozen=True, slots=True)
class JudgedItems:
    """Items without a text, each with a value an annotator, and the scale of the values where the file gives it."""

    rows: Sequence[Mapping[str, Any]]
    names: Sequence[str] | None = None
    order: Sequence[Any] | None = None


class Marking:
    """Gathers what one annotator marked in one document, and checks each part on the way.

    >>> marking = Marking("d1", "ann")
    >>> marking.add_span(0, 4, "Claim")
    '0'
    >>> marking.finish().markup.spans
    (Span(start=0, end=4, label='Claim', attributes=(), key='0'),)
    """

    def __init__(self, document: str, annotator: str, *, place: str = "") -> None:
        if not annotator:
            raise RefusedError(f"document {document!r}: an annotator has an empty name; name each one")
        self.where = f"document {document!r}, annotator {annotator!r}"
        self._spans: dict[str, Span] = {}
        self._relations: list[Relation] = []
        self._said: dict[str, str] = {}
        self._place = place
        self._places: dict[str, str] = {}
        self._unplaced: list[Unplaced] = []

    def add_span(
        self,
        start: Any,
        end: Any,
        label: Any,
        *,
        attributes: Any = None,
        said: Any = None,
        key: str | None = None,
        place: str = "",
    ) -> str:
        """Add a span and give its key; `said` is what the file says it covers, `place` where in the file it stands."""
        given = {} if attributes is None else attributes
        if problem := find_span_problem(start, end, label) or find_attribute_problem(given):
            span = f"[{shorten(start)}, {shorten(end)}) {shorten(label)}"
            raise RefusedError(f"{self.where}, span {span}: {problem}")
        name = str(len(self._spans)) if key is None else key
        if name in self._spans:
            raise RefusedError(f"{self.where}: two spans have the key {name!r}")
        values = tuple(sorted(read_attributes(given).items())) if given else ()
        self._spans[name] = Span(int(start), int(end), label, values, name)
        if isinstance(said, str):
            self._said[name] = said
        if place:
            self._places[name] = place
        return name

    def add_unplaced(self, message: str, place: str, payload: Mapping[str, Any]) -> None:
        """Note what is said of a passage that cannot be found, so that it is named and nothing is guessed."""
        self._unplaced.append(Unplaced(message, place, payload))

    def has_span(self, key: str) -> bool:
        """Whether a span of that key was added."""
        return key in self._spans

    def add_spans(self, spans: Any) -> list[str]:
        """Add a list of objects with `start`, `end`, `label` and perhaps `attributes` and `key`."""
        if not isinstance(spans, list):
            raise RefusedError(
                f"{self.where}: the spans must be a list; who did not do the document must not be there at all"
            )
        keys = []
        for index, span in enumerate(spans):
            if not isinstance(span, dict):
                raise RefusedError(f"{self.where}: span number {index} is no object, but {shorten(span)}")
            if missing := {"start", "end", "label"} - set(span):
                raise RefusedError(f"{self.where}: span number {index} has no {min(missing)!r}")
            place = span["start"], span["end"], span["label"]
            keys.append(self.add_span(*place, attributes=span.get("attributes")))
        return keys

    def add_relation(self, source: Any, target: Any, kind: Any, *, keys: Mapping[Any, str]) -> None:
        """Link two spans; `keys` gives those of the spans that the ends may name."""
        where = f"{self.where}, relation {shorten(kind)}"
        if problem := find_name_problem(kind):
            raise RefusedError(f"{where}: the type {problem}")
        for end in (source, target):
            if not (isinstance(end, str) or is_whole(end)) or end not in keys:
                raise RefusedError(
                    f"{where}: its end {shorten(end)} names none of the annotator's {len(keys)} spans in the document"
                )
        self._relations.append(Relation(keys[source], keys[target], kind))

    def add_relations(
        self, relations: Any, *, keys: Mapping[Any, str], members: tuple[str, str, str] = ENDS_AND_TYPE
    ) -> None:
        """Add a list of objects; `members` are those of the source, the target and the type."""
        if relations is None:
            return
        if not isinstance(relations, list):
            raise RefusedError(f"{self.where}: the relations must be a list, not {shorten(relations)}")
        for number, relation in enumerate(relations):
            if not isinstance(relation, dict):
                raise RefusedError(
                    f"{self.where}: relation number {number} is no object, but {shorten(relation)}"
                )
            if missing := [name for name in members if name not in relation]:
                raise RefusedError(f"{self.where}: relation number {number} has no {missing[0]!r}")
            self.add_relation(*(relation[name] for name in members), keys=keys)

    def finish(self, *, fields: Mapping[str, Any] | None = None) -> Judgement:
        """What was gathered, with the answers about the whole document."""
        answers = tuple(sorted(read_attributes(fields or {}).items()))
        markup = Markup(tuple(self._spans.values()), tuple(self._relations), answers)
        return Judgement(markup, self._said, self._place, self._places, tuple(self._unplaced))


def read_name(value: Any, what: str) -> str:
    """The name of something, which files give as a text or as a whole number.

    >>> read_name(7, "the id")
    '7'
    """
    if value != "" and (isinstance(value, str) or is_whole(value)):
        return str(value)
    raise RefusedError(f"{what} must be a text that is not empty, or a whole number, not {shorten(value)}")


def find_name_problem(value: Any) -> str:
    """Say why a value cannot be a label or a type of relation, empty where it can; U+001F joins several names in one place."""
    if not isinstance(value, str) or not value:
        return "must be a text that is not empty"
    return "must not hold the control character U+001F" if SEPARATOR in value else ""


def join_parts(parts: Iterable[Document]) -> Iterator[Document]:
    """Join what several annotators marked in one text where a file has a part for each, one after the other.

    Parts are of one document if they have its id and its text; gold is a document by itself.
    """
    waiting: Document | None = None
    for part in parts:
        if waiting is None or not _are_of_one(waiting, part):
            if waiting is not None:
                yield waiting
            waiting = part
        elif set(waiting.judgements) & set(part.judgements):
            raise RefusedError(f"{part.place}: document {part.id!r}: an annotator occurs twice")
        else:
            left_out = dict(Counter(waiting.left_out) + Counter(part.left_out))
            judgements = {**waiting.judgements, **part.judgements}
            waiting = replace(waiting, judgements=judgements, left_out=left_out)
    if waiting is not None:
        yield waiting


def _are_of_one(one: Document, other: Document) -> bool:
    is_gold = one.gold is not None or other.gold is not None
    return not is_gold and (one.id, one.text) == (other.id, other.text)


def find_span_problem(start: Any, end: Any, label: Any) -> str:
    """Say why these can be no span in any text, whatever its length; empty where they can."""
    if not (type(start) is type(end) is int or (is_whole(start) and is_whole(end))):
        return "start and end must be whole numbers of characters"
    if problem := find_name_problem(label):
        return f"the label {problem}"
    return "start must be at least 0 and smaller than end" if start < 0 or start >= end else ""


def find_attribute_problem(attributes: Any) -> str:
    """Say why a value cannot be the attributes of a span; empty where it can."""
    if not isinstance(attributes, dict):
        return f"the attributes must map names to values, not {shorten(attributes)}"
    for name, value in attributes.items():
        if not name:
            return "an attribute has an empty name; name each one"
        if not is_missing(value) and (problem := _find_value_problem(value)):
            return f"the value of the attribute {shorten(name)} {problem}"
    return ""


def read_attributes(attributes: Mapping[str, Any]) -> dict[str, str]:
    """The values as texts; null and NaN, like a name that is not there, say nothing."""
    return {name: value_text(value) for name, value in attributes.items() if not is_missing(value)}


def value_text(value: Any) -> str:
    r"""One text for an attribute's value; several choices are sorted and joined.

    >>> value_text(["b", "a"])
    'a\x1fb'
    """
    if isinstance(value, list | tuple):
        return SEPARATOR.join(sorted(value_text(part) for part in value))
    return value if isinstance(value, str) else json.dumps(simplify(value), sort_keys=True)


def require_object(value: Any, place: str, keys: Sequence[str] = ()) -> Mapping[str, Any]:
    """An entry as an object with all of these keys."""
    if not isinstance(value, Mapping):
        raise RefusedError(f"{place}: this is no object, but {shorten(value)}")
    if missing := [key for key in keys if key not in value]:
        raise RefusedError(f"{place}: there is no {missing[0]!r}")
    return value


def require_list(value: Any, what: str) -> Sequence[Any]:
    """A list, which null stands for when it is empty."""
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise RefusedError(f"{what} must be a list, not {shorten(value)}")
    return value


def _find_value_problem(value: Any) -> str:
    """Why this cannot be the value of an attribute, if it cannot."""
    if isinstance(value, float) and not isfinite(value):
        return f"is {shorten(value)}, which is no JSON; give null for no answer"
    if isinstance(value, str) and SEPARATOR in value:
        return "must not hold the control character U+001F, which joins several choices"
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next(filter(None, map(_find_value_problem, parts)), "")
