"""spaCy's DocBin: documents as tokens, and what was marked in them as groups of spans, one an annotator.

In our files a group is called `sc`, as spaCy's span categorizer wants it, where it is the gold, and after its annotator
otherwise. Attributes, relations and fields stand in `group.attrs["workbench"]`, by the ids of spans. In others' files all
groups and the entities of a document are by the one annotator whose file it is; where there are several, each span says in
its attribute `group` in which it stands.
"""

import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from annotations.formats.axes import Axes
from annotations.formats.categories import read_categories
from annotations.formats.documents import UNKNOWN, Document, Judgement, Marking, require_list, require_object
from annotations.formats.errors import RefusedError, placed, shorten
from annotations.formats.files.bundles import Bundle, BundledFile
from annotations.formats.libraries import SPACY
from annotations.formats.losses import MOVED, UNLINKED, WITHOUT_TOKEN
from annotations.formats.ports import Format, ReadingOptions
from annotations.formats.training.docbin_writer import GOLD_GROUP, OURS, SPAN, write_docbin
from annotations.formats.training.msgpack import read_message
from annotations.formats.training.spacy_strings import load_symbols, number_text
from annotations.limits import MAX_DOCBIN_BYTES, MAX_PART_BYTES, MAX_TEXT_LENGTH
from annotations.markup import Markup, Origin

LOOKED_AT = 4_096
ORTH, ENT_IOB, ENT_TYPE = 65, 77, 78
"""The numbers by which spaCy calls what a column of tokens holds: words, and whether an entity begins or goes on there."""
ENTITIES = "ents"
INSIDE, BEGINS = 1, 3
LABELLED = "spans without a label"
EMPTY = "spans without a token"


def opens_docbin(bundle: Bundle) -> bool:
    """Whether a file is a DocBin, by how it begins once it is unpacked."""
    if bundle.only is None:
        return False
    begin = bundle.only.read_begin(LOOKED_AT)
    try:
        unpacked = zlib.decompressobj().decompress(begin, LOOKED_AT)
    except zlib.error:
        return False
    return b"\xa5attrs" in unpacked[:64]


def read_docbin(bundle: Bundle, options: ReadingOptions) -> Iterator[Document]:  # noqa: ARG001
    """Give each document with what each annotator marked in it; it is known by its number unless the file names it."""
    for file in bundle.files.values():
        with placed(file.where):
            yield from _read_file(file)


def _read_file(file: BundledFile) -> Iterator[Document]:
    load_symbols()
    with file.reading(most=MAX_PART_BYTES) as stream:
        message = require_object(
            read_message(unpack(stream.read())),
            "the file",
            ("attrs", "tokens", "spaces", "lengths", "strings"),
        )
    columns = _Columns.of_message(message)
    texts = {number_text(text): text for text in columns.list_texts(message["strings"])}
    texts.update((number, text) for text, number in load_symbols().items())
    for number, (first, length) in enumerate(columns.list_places(), start=1):
        with placed(f"document number {number}"):
            words = _Words.of_tokens(columns, first, length, texts)
            groups = list(_read_groups(columns.find(message, "span_groups", number), texts, words))
            groups += words.list_entities(texts)
            yield _make_document(number, words, groups, columns.find(message, "cats", number))


def unpack(raw: bytes) -> bytes:
    """Decompress a DocBin, or refuse one that is damaged or unpacks to more than `MAX_DOCBIN_BYTES`."""
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(raw, MAX_DOCBIN_BYTES)
        if unpacker.unconsumed_tail:
            raise RefusedError(f"it unpacks to more than {MAX_DOCBIN_BYTES:,} bytes; give it in parts")
    except zlib.error as error:
        raise RefusedError(f"it is damaged ({error}); get it again") from error
    return unpacked


@dataclass(frozen=True, slots=True)
class _Columns:
    """The tokens of all documents one after the other, a row each, and where each document's are."""

    attributes: Sequence[int]
    tokens: np.ndarray[Any, Any]
    spaces: np.ndarray[Any, Any]
    lengths: np.ndarray[Any, Any]

    @classmethod
    def of_message(cls, message: Mapping[str, Any]) -> "_Columns":
        attributes = require_list(message["attrs"], "'attrs'")
        raw = [message[name] for name in ("tokens", "spaces", "lengths")]
        if ORTH not in attributes or not all(isinstance(part, bytes | memoryview) for part in raw):
            raise RefusedError("its tokens have no words; it is no whole DocBin")
        try:
            tokens = np.frombuffer(raw[0], dtype="<u8").reshape(-1, len(attributes))
            spaces, lengths = np.frombuffer(raw[1], dtype=np.uint8), np.frombuffer(raw[2], dtype="<i4")
        except ValueError as error:
            raise RefusedError(f"its tokens are cut off or damaged ({error})") from error
        if (
            (lengths < 0).any()
            or int(lengths.sum(dtype=np.int64)) != len(tokens)
            or len(spaces) != len(tokens)
        ):
            raise RefusedError("its documents do not have as many tokens as it says; it is damaged")
        return cls(attributes, tokens, spaces, lengths)

    @staticmethod
    def list_texts(strings: Any) -> list[str]:
        """The texts of which tokens and labels are the numbers."""
        texts = require_list(strings, "'strings'")
        if not all(isinstance(text, str) for text in texts):
            raise RefusedError("'strings' must be a list of texts")
        return list(texts)

    def list_places(self) -> Iterator[tuple[int, int]]:
        """The first token of each document, and how many it has."""
        first = 0
        for length in self.lengths.tolist():
            yield first, length
            first += length

    @staticmethod
    def find(message: Mapping[str, Any], part: str, number: int) -> Any:
        """What a part of the message says of a document."""
        parts = require_list(message.get(part), f"{part!r}")
        return parts[number - 1] if number <= len(parts) else None


@dataclass(slots=True)
class _Words:
    """The tokens of one document, and where each stands in its text."""

    text: str = ""
    places: list[tuple[int, int]] = field(default_factory=list)
    entities: list[tuple[int, int]] = field(default_factory=list)
    """Of each token: whether an entity begins or goes on there, and the number of its label."""

    @classmethod
    def of_tokens(cls, columns: _Columns, first: int, length: int, texts: Mapping[int, str]) -> "_Words":
        words, place = cls(), 0
        parts: list[str] = []
        rows = columns.tokens[first : first + length]
        orths = rows[:, list(columns.attributes).index(ORTH)].tolist()
        for orth, space in zip(orths, columns.spaces[first : first + length].tolist(), strict=True):
            if (form := texts.get(orth)) is None:
                raise RefusedError("a token is a text that is not in the file")
            words.places.append((place, place + len(form)))
            parts += (form, " ") if space else (form,)
            place += len(form) + bool(space)
            if place > MAX_TEXT_LENGTH:
                raise RefusedError(f"the text has more than {MAX_TEXT_LENGTH:,} characters; give it in parts")
        words.text = "".join(parts)
        if {ENT_IOB, ENT_TYPE} <= set(columns.attributes):
            of_entities = [list(columns.attributes).index(name) for name in (ENT_IOB, ENT_TYPE)]
            words.entities = [(begin, label) for begin, label in rows[:, of_entities].tolist()]
        return words

    def list_entities(self, texts: Mapping[int, str]) -> Iterator["_Group"]:
        """The entities as a group of their own, if there are any."""
        found: list[tuple[int, int, str, str]] = []
        for number, (begin, label) in enumerate(self.entities):
            if begin == INSIDE and found and found[-1][1] == number:
                found[-1] = found[-1][0], number + 1, *found[-1][2:]
            elif begin in (INSIDE, BEGINS):
                found.append((number, number + 1, texts.get(label, ""), ""))
        if found:
            yield _Group(ENTITIES, found, {})


@dataclass(frozen=True, slots=True)
class _Group:
    """Spans by their tokens, each with its label and its id, and what stands beside them."""

    name: str
    spans: Sequence[tuple[int, int, str, str]]
    about: Mapping[str, Any]


def _read_groups(raw: Any, texts: Mapping[int, str], words: _Words) -> Iterator[_Group]:
    """The groups of a document, which are a list, or a map of each to the names under which it stands."""
    if not raw:
        return
    if not isinstance(raw, bytes | memoryview):
        raise RefusedError("its groups of spans must be bytes")
    groups = read_message(bytes(raw))
    for one in groups if isinstance(groups, list | Mapping) else ():
        if not isinstance(one, bytes | memoryview):
            raise RefusedError("a group of spans must be bytes")
        group = require_object(read_message(bytes(one)), "a group of spans", ("name", "spans"))
        spans = []
        for span in require_list(group["spans"], "the spans of a group"):
            if not isinstance(span, bytes) or len(span) != SPAN.size:
                raise RefusedError(f"a span must be {SPAN.size} bytes")
            key, _, label, first, last, _, _ = SPAN.unpack(span)
            if not 0 <= first <= last <= len(words.places):
                raise RefusedError(
                    f"a span of the tokens {first} to {last} is none of {len(words.places)} tokens"
                )
            spans.append((first, last, texts.get(label, ""), texts.get(key, "") if key else ""))
        names = groups[one] if isinstance(groups, Mapping) else [group["name"]]
        about = group.get("attrs")
        for name in require_list(names, "the names of a group"):
            yield _Group(str(name), spans, about if isinstance(about, Mapping) else {})


def _make_document(number: int, words: _Words, groups: Sequence[_Group], cats: Any) -> Document:
    ours = [group for group in groups if isinstance(group.about.get(OURS), Mapping)]
    left_out: dict[str, int] = defaultdict(int)
    if not ours:
        marking = Marking(str(number), UNKNOWN)
        for group in groups:
            in_group = {"group": group.name} if len(groups) > 1 else {}
            _add_spans(marking, group, words, left_out, attributes={key: in_group for *_, key in group.spans})
        judgement = marking.finish(fields=read_categories(cats))
        return Document(
            id=str(number),
            text=words.text,
            source_format="docbin",
            judgements={UNKNOWN: judgement},
            left_out=left_out,
        )
    about = ours[0].about[OURS]
    name = str(about.get("document") or number)
    judgements: dict[str, Judgement] = {}
    gold: Markup | None = None
    for group in ours:
        judgement = _read_ours(Marking(name, group.name), group, words, left_out)
        if group.name == GOLD_GROUP:
            gold = judgement.markup
        else:
            judgements[group.name] = judgement
    return Document(
        id=name,
        text=words.text,
        title=str(about.get("title") or ""),
        source_format="docbin",
        judgements=judgements,
        gold=gold,
        may_have_both=bool(judgements),
        status=str(about.get("status") or Origin.ADJUDICATED) if gold is not None else "",
        left_out=left_out,
    )


def _read_ours(marking: Marking, group: _Group, words: _Words, left_out: dict[str, int]) -> Judgement:
    """What we wrote as a group, whose spans others may have changed meanwhile."""
    about = group.about[OURS]
    attributes = require_object(about.get("attributes") or {}, "'attributes'")
    keys = _add_spans(marking, group, words, left_out, attributes=attributes)
    for relation in require_list(about.get("relations"), "'relations'"):
        ends = require_list(relation, "a relation")
        if len(ends) == 3 and ends[0] in keys and ends[2] in keys:  # noqa: PLR2004 - source, type, target
            marking.add_relation(
                keys[ends[0]], keys[ends[2]], ends[1], keys={key: key for key in keys.values()}
            )
        else:
            left_out["relations to a missing region"] += 1
    return marking.finish(fields=require_object(about.get("fields") or {}, "'fields'"))


def _add_spans(
    marking: Marking,
    group: _Group,
    words: _Words,
    left_out: dict[str, int],
    *,
    attributes: Mapping[Any, Any],
) -> dict[Any, str]:
    """Add the spans of a group with their attributes, which are given by their ids, and give their keys by these."""
    keys: dict[Any, str] = {}
    for first, last, label, key in group.spans:
        if first == last:
            left_out[EMPTY] += 1
        elif not label:
            left_out[LABELLED] += 1
        else:
            about = dict(require_object(attributes.get(key) or {}, f"the attributes of {shorten(key)}"))
            place = words.places[first][0], words.places[last - 1][1]
            added = marking.add_span(*place, label, attributes=about)
            if key:
                keys[key] = added
    return keys


DOCBIN = Format(
    name="docbin",
    title="spaCy's DocBin",
    short="spaCy",
    holds="with texts; spans are of whole tokens, and each that is not is counted",
    axes=Axes(),
    suits="training with spaCy",
    media_type="application/octet-stream",
    extension="spacy",
    opens=opens_docbin,
    read_bundle=read_docbin,
    write=write_docbin,
    cannot_hold=(MOVED, WITHOUT_TOKEN, UNLINKED),
    needs=SPACY,
)
