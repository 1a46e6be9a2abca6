"""WebAnno TSV 3, which INCEpTION exports: one annotator's work on one document, a token a line, the columns of each layer.

A span's label is its feature `value`, or the only feature of its layer; a layer of several features without that name,
and a span that has no value, are called as the layer is. The other features are attributes. What fills a slot of a span is a
relation of the slot's role. Offsets count UTF-16 units
and become code points here. The text between sentences is not in the file, so white space there is blanks.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest

from annotations.formats.axes import Axes, Extent
from annotations.formats.documents import Document, Judgement, Marking
from annotations.formats.errors import RefusedError, placed, shorten
from annotations.formats.files.bundles import Bundle, BundledFile
from annotations.formats.files.content import number_lines
from annotations.formats.losses import FIELDS, MOVED, RENAMED, UNLINKED, WITHOUT_TOKEN
from annotations.formats.places.offsets import Utf16Places
from annotations.formats.ports import Format, ReadingOptions
from annotations.formats.uima.inception import BEFORE, CURATOR, NOBODY, name_annotators
from annotations.formats.uima.webanno_tsv_writer import BEFORE_FIRST, write_tsv
from annotations.limits import MAX_COLUMNS, MAX_PART_BYTES, MAX_ROWS, MAX_TEXT_LENGTH, MAX_TOKEN_LINE_LENGTH
from annotations.markup import Markup, Origin

BEGIN = b"#FORMAT=WebAnno TSV 3"
SUFFIX = ".tsv"
ROW = re.compile(r"([0-9]{1,9}-[0-9]{1,9}(?:\.[0-9]{1,9})?)\t([0-9]{1,9})-([0-9]{1,9})\t([^\t]*)(?:\t(.*))?")
PART = re.compile(r"((?:\\.|[^|\\])*)(?:\||$)")
NUMBERED = re.compile(r"(.*?)(?:\[([0-9]{1,9})\])?", re.DOTALL)
REFERENCE = re.compile(r"([0-9]{1,9}-[0-9]{1,9}(?:\.[0-9]{1,9})?)(?:\[([0-9]{1,9})(?:_([0-9]{1,9}))?\])?")
ESCAPED = re.compile(r"\\(.)")
NAMED = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "b": "\b"}
SPANS, RELATIONS, CHAINS = "#T_SP=", "#T_RL=", "#T_CH="
NOTHING, NO_VALUE = "_", "*"
LABEL = "value"
EMPTY = "spans of no character"
CHAIN_LINKS = "links of chains"
ON_RELATIONS = "attributes of relations"
ROLE, BASE = "ROLE_", "BT_"
SLOT = re.compile(r"^ROLE_[^:]*:|_[^_]*$")
IN_SLOT = re.compile(r"(?:\\.|[^;\\])+")
UNPLACED = "relations between tokens, or with an end that is left out"

End = tuple[str, str, str]
"""The layer of a span, its number, and without one its row."""


def opens_tsv(bundle: Bundle) -> bool:
    """Whether a file is WebAnno TSV 3, or a folder or an archive holds one."""
    return any(True for _ in _list_names(bundle))


def read_tsv(bundle: Bundle, options: ReadingOptions) -> Iterator[Document]:  # noqa: ARG001
    """Give each document with what each annotator marked in it."""
    sheets = {name: _read_sheet(bundle.files[name]) for name in _list_names(bundle)}
    documents: dict[str, dict[str, str]] = defaultdict(dict)
    named = name_annotators(sheets, bundle, lambda name: sheets[name].text)
    for name, (annotator, document) in named.items():
        documents[document][annotator] = name
    for document, names in sorted(documents.items()):
        judgements: dict[str, Judgement] = {}
        left_out: Counter[str] = Counter()
        gold: Markup | None = None
        first: _TokenSheet | None = None
        for annotator, name in sorted(names.items()):
            sheet = sheets[name]
            first = first or sheet
            if sheet.text != first.text:
                raise RefusedError(
                    f"{sheet.where}: document {document!r}: the text is not that of {first.where}"
                )
            if annotator == NOBODY:
                left_out[BEFORE] += 1
                continue
            judgement = sheet.mark(Marking(document, annotator, place=sheet.where), left_out)
            if annotator == CURATOR:
                gold = judgement.markup
            else:
                judgements[annotator] = judgement
        yield Document(
            id=document,
            text=first.text if first else "",
            source_format="webanno-tsv",
            judgements=judgements,
            gold=gold,
            may_have_both=True,
            status=Origin.ADJUDICATED if gold is not None else "",
            left_out=dict(left_out),
        )


def _list_names(bundle: Bundle) -> Iterator[str]:
    for name, file in bundle.files.items():
        if (bundle.is_alone or name.endswith(SUFFIX)) and file.read_begin(len(BEGIN)) == BEGIN:
            yield name


@dataclass(slots=True)
class _Layer:
    """The columns of one layer."""

    name: str
    kind: str
    features: list[str]
    base: str = ""
    """Of a relation: the layer of its ends."""

    @classmethod
    def of_line(cls, kind: str, line: str) -> "_Layer":
        name, *features = line.removeprefix(kind).split("|")
        base = features[-1].removeprefix(BASE) if kind == RELATIONS and features else ""
        return cls(name, kind, features, base)

    @property
    def short(self) -> str:
        return self.name.rpartition(".")[2] or self.name

    def read(self, values: list[str]) -> tuple[str, dict[str, str]]:
        """The label and the attributes that the values of the features give."""
        given = {
            name: _unescape(value)
            for name, value in zip(self.features, values, strict=True)
            if name and value not in (NOTHING, NO_VALUE)
        }
        of_slots = [place for place, name in enumerate(self.features) if name.startswith(ROLE)]
        for place in of_slots:
            given.pop(self.features[place], None)
            given.pop(self.features[min(place + 1, len(self.features) - 1)], None)
        only = self.features[0] if len(self.features) == 1 else LABEL
        label = given.pop(only, "") or self.short
        return label, given


@dataclass(slots=True)
class _Mention:
    """A span while its rows are read."""

    line: int
    start: int
    end: int
    layer: _Layer
    values: list[str]


@dataclass(slots=True)
class _TokenSheet:
    """The lines of one file."""

    where: str
    layers: list[_Layer] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    """Of the text, as far as it is known."""
    length: int = 0
    """Of these parts, in UTF-16 units."""
    sentence: list[str] = field(default_factory=list)
    """The lines of a sentence whose first token is still to come."""
    tokens: list[tuple[int, int, int, str]] = field(default_factory=list)
    mentions: dict[End, _Mention] = field(default_factory=dict)
    links: list[tuple[int, End, End, str]] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    text: str = ""

    def read_line(self, line: str, number: int) -> None:
        """Take in one line; an empty one ends a sentence."""
        if line.startswith("#Text="):
            self.sentence.append(line.removeprefix("#Text="))
        elif number > MAX_ROWS or len(line) > MAX_TOKEN_LINE_LENGTH:
            raise RefusedError(
                f"a file has at most {MAX_ROWS:,} lines, each of {MAX_TOKEN_LINE_LENGTH:,} characters besides the text"
            )
        elif row := ROW.fullmatch(line):
            self._read_row(row, number)
        elif kind := next((kind for kind in (SPANS, RELATIONS, CHAINS) if line.startswith(kind)), ""):
            self.layers.append(_Layer.of_line(kind, line))
            if sum(len(layer.features) for layer in self.layers) > MAX_COLUMNS:
                raise RefusedError(f"there are more than {MAX_COLUMNS:,} columns; export fewer layers")
        elif line.strip() and not line.startswith("#"):
            raise RefusedError(
                f"{shorten(line)} is no line of WebAnno TSV 3: SENTENCE-TOKEN, START-END, the token"
            )

    def _read_row(self, row: re.Match[str], number: int) -> None:
        unit, start, end, token = row[1], int(row[2]), int(row[3]), row[4]
        if self.sentence:
            self._place_sentence(start, token)
        self.tokens.append((number, start, end, token))
        cells = (row[5] or "").removesuffix("\t").split("\t") if row[5] else []
        expected = sum(len(layer.features) for layer in self.layers)
        if len(cells) != expected:
            raise RefusedError(
                f"there are {len(cells)} cells behind the token, but {expected} columns are named"
            )
        place = 0
        for layer in self.layers:
            columns = [PART.findall(cell)[:-1] for cell in cells[place : place + len(layer.features)]]
            place += len(layer.features)
            for values in self._split(layer, columns):
                if layer.kind == SPANS:
                    self._read_span(layer, values, unit, (start, end), number)
                elif layer.kind == CHAINS:
                    self.left_out[CHAIN_LINKS] += 1
                else:
                    self._read_relation(layer, values, unit, number)

    def _split(self, layer: _Layer, columns: list[list[str]]) -> Iterator[list[str]]:
        """What is stacked at a token in one layer, each with its values; nothing where all of them say so."""
        depth = len(columns[0]) if columns else 0
        if any(len(column) != depth for column in columns):
            raise RefusedError(f"the columns of {layer.short} have different numbers of values")
        for values in zip(*columns, strict=True):
            if any(value != NOTHING for value in values):
                yield list(values)

    def _read_span(
        self, layer: _Layer, values: list[str], unit: str, ends: tuple[int, int], number: int
    ) -> None:
        split = [_cut_number(value) for value in values]
        key = next((number for _, number in split if number), "")
        end = (layer.name, key, "" if key else unit)
        if mention := self.mentions.get(end):
            mention.start, mention.end = min(mention.start, ends[0]), max(mention.end, ends[1])
            return
        self.mentions[end] = _Mention(number, *ends, layer, [value for value, _ in split])
        for place, name in enumerate(layer.features[:-1]):
            if name.startswith(ROLE):
                base = layer.features[place + 1].removeprefix(BASE)
                self._read_slot(SLOT.sub("", name), end, (base, values[place], values[place + 1]), number)

    def _read_slot(self, slot: str, host: End, cells: tuple[str, str, str], number: int) -> None:
        """Relate a span to what fills a slot of it, by the roles of these or else the name of the slot."""
        base, roles, fillers = cells
        if fillers in (NOTHING, NO_VALUE):
            return
        named = [_cut_number(role)[0] for role in IN_SLOT.findall(roles)]
        for role, filler in zip_longest(named, fillers.split(";"), fillvalue=""):
            if (found := REFERENCE.fullmatch(filler)) is None:
                raise RefusedError(f"what fills a slot is no reference to a token: {shorten(filler)}")
            key = found[2] or ""
            kind = slot if role in ("", NO_VALUE, NOTHING) else _unescape(role)
            self.links.append((number, host, (base, key, "" if key else found[1]), kind))

    def _read_relation(self, layer: _Layer, values: list[str], unit: str, number: int) -> None:
        *features, reference = values
        found = REFERENCE.fullmatch(reference)
        if found is None:
            raise RefusedError(f"the end of {layer.short} is no reference to a token: {shorten(reference)}")
        source, target = ("" if key in (None, "0") else key for key in (found[2], found[3]))
        ends = (
            (layer.base, source, "" if source else found[1]),
            (layer.base, target, "" if target else unit),
        )
        bare = [_cut_number(value)[0] for value in features]
        names = layer.features[:-1]
        given = dict(zip(names, bare, strict=True))
        value = given.pop(names[0] if len(names) == 1 else LABEL, NO_VALUE)
        kind = layer.short if value in (NO_VALUE, NOTHING) else _unescape(value)
        if told := sum(one not in (NO_VALUE, NOTHING) for one in given.values()):
            self.left_out[ON_RELATIONS] += told
        self.links.append((number, *ends, kind))

    def _place_sentence(self, start: int, token: str) -> None:
        """Put a sentence where its first token stands, after blanks for what is between sentences."""
        text = _unescape("\n".join(self.sentence))
        before = max(text.find(_unescape(token)), 0)
        begin = start - _count_units(text[:before])
        if begin < self.length or begin > MAX_TEXT_LENGTH:
            raise RefusedError(f"the sentence {shorten(text)} cannot begin at {begin}")
        self.parts += " " * (begin - self.length), text
        self.length = begin + _count_units(text)
        self.sentence = []

    def finish(self) -> None:
        """Put the text together, and see that each token stands where it says."""
        self.text = "".join(self.parts)
        if len(self.text) > MAX_TEXT_LENGTH:
            raise RefusedError(f"the text has more than {MAX_TEXT_LENGTH:,} characters; give it in parts")
        places = Utf16Places.of_text(self.text)
        for number, start, end, token in self.tokens:
            first, last = places.find_code_point(start), places.find_code_point(end)
            if first is None or last is None or self.text[first:last] not in (token, _unescape(token)):
                raise RefusedError(
                    f"line {number}: the token {shorten(token)} does not stand at [{start}, {end})"
                )
        for mention in self.mentions.values():
            mention.start = places.find_code_point(mention.start) or 0
            mention.end = places.find_code_point(mention.end) or 0

    def mark(self, marking: Marking, left_out: Counter[str]) -> Judgement:
        """All that was marked, under the names of document and annotator."""
        left_out.update(self.left_out)
        keys: dict[End, str] = {}
        for end, mention in self.mentions.items():
            if mention.start == mention.end:
                left_out[EMPTY] += 1
                continue
            label, attributes = mention.layer.read(mention.values)
            with placed(f"{self.where}, line {mention.line}"):
                keys[end] = marking.add_span(
                    mention.start, mention.end, label, attributes=attributes, place=f"line {mention.line}"
                )
        for number, source, target, kind in self.links:
            if source in keys and target in keys:
                with placed(f"{self.where}, line {number}"):
                    marking.add_relation(
                        keys[source], keys[target], kind, keys={key: key for key in keys.values()}
                    )
            else:
                left_out[UNPLACED] += 1
        return marking.finish()


def _read_sheet(file: BundledFile) -> _TokenSheet:
    if file.size > MAX_PART_BYTES:
        raise RefusedError(f"{file.where} is larger than {MAX_PART_BYTES:,} bytes; give it in parts")
    sheet = _TokenSheet(file.where)
    with placed(file.where):
        for number, line in number_lines(file):
            with placed(f"line {number}"):
                sheet.read_line(line, number)
        sheet.finish()
    return sheet


def _cut_number(value: str) -> tuple[str, str]:
    """A value, and the number by which a span is the same at several tokens or beside others.

    >>> _cut_number("Place[3]"), _cut_number("Place")
    (('Place', '3'), ('Place', ''))
    """
    found = NUMBERED.fullmatch(value)
    return (found[1], found[2] or "") if found else (value, "")


def _unescape(value: str) -> str:
    return ESCAPED.sub(lambda found: NAMED.get(found[1], found[1]), value)


def _count_units(text: str) -> int:
    return len(text) + sum(sign > "\uffff" for sign in text)


WEBANNO_TSV = Format(
    name="webanno-tsv",
    title="WebAnno TSV 3, as INCEpTION reads and exports it",
    short="WebAnno TSV",
    holds="with texts",
    axes=Axes(fields=Extent.NO),
    suits="importing into INCEpTION or WebAnno, and reading a word a line",
    media_type="application/zip",
    extension="webanno-tsv.zip",
    opens=opens_tsv,
    read_bundle=read_tsv,
    write=write_tsv,
    cannot_hold=(FIELDS, BEFORE_FIRST, MOVED, WITHOUT_TOKEN, UNLINKED, RENAMED),
)
