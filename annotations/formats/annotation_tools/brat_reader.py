"""What brat's stand-off files say: a text and an `.ann` beside it for each document, in a folder for each annotator.

Read are spans (T), relations (R), attributes (A, M) and events (E), whose arguments are relations between their triggers.
A span of several fragments is one where only white space parts them, as brat writes a span that runs over a line's end.
"""

import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import PurePosixPath

from annotations.formats.documents import Document, Judgement, Marking
from annotations.formats.errors import RefusedError, placed, shorten
from annotations.formats.files.bundles import Bundle, BundledFile, list_by_document
from annotations.formats.ports import ReadingOptions
from annotations.limits import MAX_ROWS, MAX_TEXT_LENGTH, MAX_TOKEN_LINE_LENGTH

ANNOTATIONS, TEXT = ".ann", ".txt"
FRAGMENT = re.compile(r"([0-9]{1,10}) ([0-9]{1,10})", re.ASCII)
ROLE_NUMBER = re.compile(r"(?<=[^0-9])[0-9]+$")
"""What brat puts behind the second argument of one role, as in `Theme2`."""
DISCONTINUOUS = "spans of several pieces"
ON_RELATIONS = "attributes of relations"
OF_LEFT_OUT = "relations and attributes of what is left out"
COUNTED = {"N": "normalisations", "#": "notes", "*": "equivalences"}
ENDS = 2
MIN_WORDS = {"E": 1}
"""Of what follows a key, where it is not two; an event may have nothing but its trigger."""


def holds_brat(bundle: Bundle) -> bool:
    """Whether a file is an `.ann`, or a folder or an archive holds one."""
    return any(name.endswith(ANNOTATIONS) for name in bundle.files)


def read_brat(bundle: Bundle, options: ReadingOptions) -> Iterator[Document]:  # noqa: ARG001
    """Give each document with what is in its `.ann` of each annotator; who has none did not do it."""
    files = [name for name in bundle.files if name.endswith(ANNOTATIONS)]
    for document, names in list_by_document(files, bundle.name, ANNOTATIONS).items():
        yield _read_document(bundle, document, names)


def _read_document(bundle: Bundle, document: str, names: Mapping[str, str]) -> Document:
    text: str | None = None
    judgements: dict[str, Judgement] = {}
    left_out: Counter[str] = Counter()
    places: list[str] = []
    for annotator, name in names.items():
        file = bundle.files[name]
        of_this = _find_text(bundle, file)
        if text is not None and of_this != text:
            raise RefusedError(
                f"{file.where}: document {document!r}: the text is not that beside {places[0]}"
            )
        text = of_this
        places.append(file.where)
        sheet = _Standoff(text, Marking(document, annotator, place=file.where), left_out)
        for number, line in enumerate(io.StringIO(file.read_text(), newline="\n"), start=1):
            with placed(f"{file.where}, line {number}"):
                sheet.read_line(line.removesuffix("\n").removesuffix("\r"), number)
        with placed(file.where):
            judgements[annotator] = sheet.finish()
    return Document(
        id=document, text=text, source_format="brat", judgements=judgements, left_out=dict(left_out)
    )


def _find_text(bundle: Bundle, file: BundledFile) -> str:
    """The text beside an `.ann`, or in a folder above, where annotators share it."""
    path = PurePosixPath(file.name).with_suffix(TEXT)
    for folder in path.parents:
        if found := bundle.find(str(folder / path.name)):
            text = found.read_text()
            if len(text) > MAX_TEXT_LENGTH:
                raise RefusedError(
                    f"{found.where} has more than {MAX_TEXT_LENGTH:,} characters; give it in parts"
                )
            return text
    raise RefusedError(
        f"{file.where}: there is no {path.name} beside it, so its offsets belong to no text; add it"
    )


@dataclass(slots=True)
class _Standoff:
    """The lines of one `.ann`, each looked at alone; what they say of each other is put together at the end."""

    text: str
    marking: Marking
    left_out: Counter[str]
    triggers: dict[str, str] = field(default_factory=dict)
    """By event."""
    relations: set[str] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)
    """Keys of spans that a corpus cannot hold."""
    spans: dict[str, tuple[int, int, int, str, str]] = field(default_factory=dict)
    """By key: the line, the start, the end, the label and the words."""
    links: list[tuple[int, str, str, str]] = field(default_factory=list)
    """The line, the source, the target and the type."""
    answers: list[tuple[int, str, str, str | bool]] = field(default_factory=list)
    """The line, the target, the name and the value."""

    def read_line(self, line: str, number: int) -> None:
        """Take in one line, which may be empty."""
        if not line.strip():
            return
        key, *cells = line.split("\t", 2)
        if number > MAX_ROWS or len(key) + len(cells[0] if cells else "") > MAX_TOKEN_LINE_LENGTH:
            raise RefusedError(
                f"brat's files have at most {MAX_ROWS:,} lines, each of {MAX_TOKEN_LINE_LENGTH:,} characters besides words"
            )
        sign = key[:1]
        if sign in COUNTED:
            self.left_out[COUNTED[sign]] += 1
            return
        words = cells[0].split() if cells else []
        if len(words) < MIN_WORDS.get(sign, ENDS) or sign not in "TREAM":
            raise RefusedError(
                f"{shorten(line)} is no line of brat: T, R, E, A or M and a number, a tab, and what it says"
            )
        if key in self.spans or key in self.triggers or key in self.relations or key in self.dropped:
            raise RefusedError(f"there is a {key} already; give each a number of its own")
        if sign == "T":
            self._read_span(key, cells, number)
        elif sign == "R":
            self.relations.add(key)
            self._read_arguments(words[0], words[1:], number)
        elif sign == "E":
            self._read_event(key, words, number)
        else:
            name, target, *values = words
            self.answers.append((number, target, name, " ".join(values) or True))

    def _read_span(self, key: str, cells: list[str], number: int) -> None:
        label, _, place = cells[0].partition(" ")
        pieces = [FRAGMENT.fullmatch(piece) for piece in place.split(";")]
        ends = [(int(piece[1]), int(piece[2])) for piece in pieces if piece]
        if len(ends) < len(pieces):
            raise RefusedError(f"{key} has no start and end, but {shorten(place)}")
        gaps = [self.text[before[1] : after[0]] for before, after in pairwise(ends)]
        if any(gap.strip() for gap in gaps):
            self.dropped.add(key)
            self.left_out[DISCONTINUOUS] += 1
        else:
            said = cells[1] if len(cells) > 1 else ""
            self.spans[key] = number, ends[0][0], ends[-1][1], label, said

    def _read_arguments(self, kind: str, arguments: list[str], number: int) -> None:
        ends = [argument.partition(":")[2] for argument in arguments]
        if len(ends) != ENDS or not all(ends):
            raise RefusedError(
                f"the relation {shorten(kind)} needs Arg1:KEY and Arg2:KEY, not {shorten(arguments)}"
            )
        self.links.append((number, ends[0], ends[1], kind))

    def _read_event(self, key: str, words: list[str], number: int) -> None:
        trigger, *arguments = ((role, end) for role, _, end in (word.partition(":") for word in words))
        self.triggers[key] = trigger[1]
        for role, end in (trigger, *arguments):
            if not end:
                raise RefusedError(f"the event {key} needs TYPE:KEY and ROLE:KEY, not {shorten(role)}")
        for role, end in arguments:
            self.links.append((number, key, end, ROLE_NUMBER.sub("", role)))

    def finish(self) -> Judgement:
        """All that was marked, with what refers to it."""
        attributes = self._place_answers()
        keys: dict[str, str] = {}
        for key, (number, start, end, label, said) in self.spans.items():
            with placed(f"line {number}"):
                keys[key] = self.marking.add_span(
                    start,
                    end,
                    label,
                    attributes=attributes.get(key),
                    said=said or None,
                    place=f"line {number}",
                )
        links = set()
        for number, source, target, kind in self.links:
            with placed(f"line {number}"):
                ends = self._find(source), self._find(target)
                if self.dropped.intersection(ends):
                    self.left_out[OF_LEFT_OUT] += 1
                elif (*ends, kind) not in links:
                    links.add((*ends, kind))
                    self.marking.add_relation(*ends, kind, keys=keys)
        return self.marking.finish()

    def _place_answers(self) -> dict[str, dict[str, str | bool]]:
        attributes: dict[str, dict[str, str | bool]] = defaultdict(dict)
        for number, target, name, value in self.answers:
            key = self.triggers.get(target, target)
            if key in self.relations:
                self.left_out[ON_RELATIONS] += 1
            elif key in self.dropped:
                self.left_out[OF_LEFT_OUT] += 1
            elif key not in self.spans:
                raise RefusedError(
                    f"line {number}: there is no {shorten(target)} of which this could be said"
                )
            elif attributes[key].setdefault(name, value) != value:
                raise RefusedError(f"line {number}: {target} has two values of {shorten(name)}; take one out")
        return attributes

    def _find(self, key: str) -> str:
        """The span of a key, or that of the trigger of an event."""
        return self.triggers.get(key, key)
