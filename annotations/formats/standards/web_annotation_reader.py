"""What W3C Web Annotations say of texts: ours, and those of other programs where a file holds the texts too.

A page, a collection, a list, or an annotation a line. The text of a document is a body of the annotation that describes it.
Where a label is a body with the purpose `classifying`, bodies with `tagging` are attributes (`name=value`); otherwise each of
those is a label, as programs for highlighting have it. A relation is an annotation with the motivation `linking`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from annotations.formats.documents import (
    UNKNOWN,
    UNPLACED,
    Document,
    Judgement,
    Marking,
    read_name,
    require_object,
)
from annotations.formats.errors import RefusedError, placed, shorten
from annotations.formats.files.content import Content
from annotations.formats.places.quotes import find_once
from annotations.formats.ports import ReadingOptions
from annotations.markup import Markup, Origin

Entry = Mapping[str, Any]
OURS = "urn:workbench:document:"
GOLD = "gold"
DESCRIBES, LINKS, TAGS, ASSESSES = "describing", "linking", "tagging", "assessing"
CLASSIFIES = "classifying"
POSITION, QUOTE = "TextPositionSelector", "TextQuoteSelector"
UNLABELLED = "regions without a label"
LOOSE = "relations to a missing region"
REMARKS = "remarks"


def is_web_annotation(content: Content) -> bool:
    """Whether the first entry is a Web Annotation, or a page or a collection of them."""
    first = content.value
    if isinstance(first, list | tuple):
        first = next(iter(first), None)
    if not isinstance(first, Mapping):
        return False
    kinds = _list(first.get("type"))
    return any(kind in ("Annotation", "AnnotationPage", "AnnotationCollection") for kind in kinds)


def read_web_annotations(
    content: Content,
    _options: ReadingOptions = ReadingOptions(),  # noqa: B008 - frozen
) -> Iterator[Document]:
    """Read all annotations and give each document that has any, by the creators of these."""
    sources: dict[str, _Source] = {}
    links: list[tuple[str, Entry]] = []
    targets: dict[str, str] = {}
    for place, value in _list_annotations(content):
        entry = require_object(value, place, ("target",))
        if LINKS in _list(entry.get("motivation")):
            links.append((place, entry))
            continue
        with placed(place):
            source = _find_source(entry["target"])
            targets[str(entry.get("id", ""))] = source
            sources.setdefault(source, _Source(source)).add(place, entry)
    for place, entry in links:
        with placed(place):
            found = targets.get(_name_target(entry["target"]))
            if found is None:
                first = next(iter(sources.values()), None)
                if first is not None:
                    first.left_out[LOOSE] += 1
            else:
                sources[found].add_link(place, entry)
    for number, one in enumerate(sources.values(), start=1):
        yield one.finish(number)


def _list_annotations(content: Content) -> Iterator[tuple[str, Any]]:
    for place, value in content.entries:
        holder = value
        if isinstance(value, Mapping) and isinstance(value.get("first"), Mapping):
            holder = value["first"]
        if isinstance(holder, Mapping) and "items" in holder:
            items = holder["items"]
            if not isinstance(items, list):
                raise RefusedError(f"{place}: 'items' must be a list, not {shorten(items)}")
            for number, item in enumerate(items, start=1):
                yield f"item number {number}", item
        else:
            yield place, value


def _list(value: Any) -> list[Any]:
    return [] if value is None else list(value) if isinstance(value, list | tuple) else [value]


def _find_source(target: Any) -> str:
    """What is annotated: the source of the target, or the target itself."""
    first = next(iter(_list(target)), None)
    if isinstance(first, Mapping):
        first = first.get("source", first.get("id"))
        if isinstance(first, Mapping):
            first = first.get("id")
    return read_name(first, "the source of the target")


def _name_target(target: Any) -> str:
    first = next(iter(_list(target)), None)
    found = first.get("id") if isinstance(first, Mapping) else first
    return str(found)


@dataclass(slots=True)
class _Source:
    """All that is said of one document."""

    name: str
    text: str | None = None
    title: str = ""
    status: str = ""
    entries: dict[str, list[tuple[str, Entry]]] = field(default_factory=lambda: defaultdict(list))
    """By annotator: the place and the annotation."""
    links: dict[str, list[tuple[str, Entry]]] = field(default_factory=lambda: defaultdict(list))
    creators: tuple[str, ...] = ()
    """Of the gold."""
    left_out: Counter[str] = field(default_factory=Counter)

    def add(self, place: str, entry: Entry) -> None:
        """Take in an annotation that is no link."""
        if DESCRIBES in _list(entry.get("motivation")):
            self._describe(entry)
        else:
            self.entries[self._name_annotator(entry)].append((place, entry))

    def add_link(self, place: str, entry: Entry) -> None:
        """Take in a link from one of the annotations here."""
        self.links[self._name_annotator(entry)].append((place, entry))

    def _describe(self, entry: Entry) -> None:
        for body in _list_bodies(entry):
            value = body.get("value")
            if body.get("format") == "text/plain" and isinstance(value, str):
                self.text = value
            elif isinstance(value, str):
                self.title = value

    def _name_annotator(self, entry: Entry) -> str:
        names = [
            read_name(_name_agent(creator), "the creator")
            for creator in _list(entry.get("creator"))
            if creator is not None
        ]
        if f"{entry.get('id', '')}:".startswith(f"{self.name}:{GOLD}:"):
            self.creators = tuple(names)
            return GOLD
        if len(names) > 1:
            raise RefusedError(
                f"an annotation has {len(names)} creators; give each an annotation of their own"
            )
        return names[0] if names else UNKNOWN

    def finish(self, number: int) -> Document:
        """The document with the judgement of each annotator."""
        name = self.name.removeprefix(OURS) or str(number)
        if self.text is None:
            raise RefusedError(
                f"document {name!r} has no text in the file; add an annotation of it with the motivation 'describing' and "
                "the text as its body"
            )
        is_ours = self.name.startswith(OURS)
        judgements = {
            annotator: self._mark(Marking(name, annotator), self.text, annotator)
            for annotator in self.entries
        }
        gold = judgements.pop(GOLD).markup if is_ours and GOLD in judgements else None
        return Document(
            id=name,
            text=self.text,
            title=self.title,
            source_format="web-annotation",
            judgements=judgements,
            gold=gold,
            status=self._find_status(gold),
            annotators=self.creators if gold is not None else (),
            left_out={reason: count for reason, count in self.left_out.items() if count},
        )

    def _find_status(self, gold: Markup | None) -> str:
        return "" if gold is None else self.status or Origin.ADJUDICATED

    def _mark(self, marking: Marking, text: str, annotator: str) -> Judgement:
        keys: dict[str, str] = {}
        fields: dict[str, Any] = {}
        for place, entry in self.entries[annotator]:
            motivations = _list(entry.get("motivation"))
            with placed(place):
                if ASSESSES in motivations:
                    self.status = next((str(body.get("value")) for body in _list_bodies(entry)), "")
                elif (span := _find_place(entry["target"], text)) is not None:
                    self._add_spans(marking, entry, span, keys)
                elif TAGS in motivations:
                    for name, value in _read_tags(entry):
                        fields.setdefault(name, []).append(value)
                else:
                    self.left_out[UNPLACED] += 1
        for place, entry in self.links[annotator]:
            with placed(place):
                self._add_relation(marking, entry, keys)
        return marking.finish(fields=fields)

    def _add_spans(
        self, marking: Marking, entry: Entry, span: tuple[Any, Any, Any], keys: dict[str, str]
    ) -> None:
        labels = [
            body["value"]
            for body in _list_bodies(entry)
            if body.get("purpose") == CLASSIFIES and "value" in body
        ]
        pairs = _read_tags(entry)
        self.left_out[REMARKS] += sum(
            "value" in body and body.get("purpose") not in (None, CLASSIFIES, TAGS)
            for body in _list_bodies(entry)
        )
        attributes = dict(pairs) if labels else {}
        labels = labels or [value if name == TAGS else f"{name}={value}" for name, value in pairs]
        if not labels:
            self.left_out[UNLABELLED] += 1
        for label in labels:
            start, end, said = span
            key = marking.add_span(start, end, label, attributes=attributes, said=said)
            keys.setdefault(str(entry.get("id", key)), key)

    def _add_relation(self, marking: Marking, entry: Entry, keys: Mapping[str, str]) -> None:
        bodies = _list_bodies(entry)
        kinds = [
            body["value"] for body in bodies if body.get("purpose") in (CLASSIFIES, TAGS) and "value" in body
        ]
        ends = [str(body.get("source", body.get("id"))) for body in bodies if "value" not in body]
        source = _name_target(entry["target"])
        if source not in keys or len(ends) != 1 or ends[0] not in keys:
            self.left_out[LOOSE] += 1
            return
        marking.add_relation(source, ends[0], kinds[0] if kinds else LINKS, keys=keys)


def _list_bodies(entry: Entry) -> Sequence[Entry]:
    """The bodies of an annotation that are objects; one that is a mere text is a tag."""
    return [
        body
        if isinstance(body, Mapping)
        else {"purpose": TAGS, "value": body}
        if isinstance(body, str)
        else {}
        for body in _list(entry.get("body"))
    ]


def _read_tags(entry: Entry) -> list[tuple[str, Any]]:
    """The names and values of tags; one that has no name is called a tag."""
    found = []
    for body in _list_bodies(entry):
        value = body.get("value")
        if body.get("purpose", TAGS) == TAGS and isinstance(value, str):
            name, sign, rest = value.partition("=")
            found.append((name, rest) if sign and name else (TAGS, value))
    return found


def _name_agent(creator: Any) -> Any:
    if not isinstance(creator, Mapping):
        return creator
    return next((creator[key] for key in ("nickname", "name", "id", "email") if creator.get(key)), None)


def _find_place(target: Any, text: str) -> tuple[Any, Any, Any] | None:
    """The start, the end and the words that a target says; by its words alone where they stand but once."""
    first = next(iter(_list(target)), None)
    selectors = _list(first.get("selector")) if isinstance(first, Mapping) else []
    by_kind = {str(one.get("type")): one for one in selectors if isinstance(one, Mapping)}
    quote = by_kind.get(QUOTE, {})
    exact = quote.get("exact")
    if position := by_kind.get(POSITION):
        return position.get("start"), position.get("end"), exact
    if not isinstance(exact, str) or not exact:
        return None
    before, after = (str(quote.get(name) or "") for name in ("prefix", "suffix"))
    at = find_once(text, f"{before}{exact}{after}")
    if at is None:
        raise RefusedError(
            f"the words {shorten(exact)} do not stand in the text once with what is said to be around them"
        )
    return at + len(before), at + len(before) + len(exact), exact
