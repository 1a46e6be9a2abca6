"""What a file format is, and how it says what it cannot hold."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO, Protocol

from annotations.formats.axes import Axes, Axis
from annotations.formats.documents import Document, JudgedItems
from annotations.formats.errors import Refusal, RefusedError
from annotations.formats.files.bundles import Bundle
from annotations.formats.files.content import Content
from annotations.formats.levels import ContentLevel
from annotations.formats.libraries import Library
from annotations.formats.stored import read_stored
from annotations.spans import Span

MAX_EXAMPLES = 3
"""Of one kind of loss."""
MAX_WORDS = 40
"""Characters of an example, or of the title of its document."""


@dataclass(frozen=True, slots=True, order=True)
class Loss:
    """One kind of thing that a format cannot hold, and what happens to it instead.

    >>> Loss("relation", "relations", "dropped").describe(1)
    '1 relation dropped'
    """

    one: str
    several: str
    outcome: str
    axes: tuple[Axis, ...] = field(default=(), compare=False)
    """What of an annotation it is that has no place; none where a place, a name or a character changes."""

    def describe(self, count: int) -> str:
        return f"{count} {self.one if count == 1 else self.several} {self.outcome}"


@dataclass(frozen=True, slots=True)
class Lost:
    """How many of one kind of thing a format could not hold of a dataset, in words, and where the first of them stand.

    >>> Lost("2 relations dropped", ("in “Talks”",)).explain()
    '2 relations dropped, as in “Talks”'
    """

    line: str
    examples: tuple[str, ...] = ()

    def explain(self) -> str:
        """The line with its examples."""
        if not self.examples:
            return self.line
        *most, last = self.examples
        return f"{self.line}, as {', '.join(most)} and {last}" if most else f"{self.line}, as {last}"

    def to_json(self) -> dict[str, Any]:
        return {"line": self.line, "examples": list(self.examples)}

    @classmethod
    def from_json(cls, written: str | Mapping[str, Any]) -> "Lost":
        """A loss as it was written, which was the line alone before there were examples."""
        if isinstance(written, str):
            return cls(written)
        return cls(written["line"], tuple(written["examples"]))


class Losses:
    """What was lost while a dataset was written, by kind: how often, and where; read it only when the writer has given its last bytes."""

    def __init__(self) -> None:
        self._counts: Counter[Loss] = Counter()
        self._examples: dict[Loss, dict[str, None]] = {}
        self._document: Document | None = None

    def follow(self, documents: Iterable[Document]) -> Iterator[Document]:
        """The documents as they come: what is lost next is lost of the latest."""
        for document in documents:
            self._document = document
            yield document

    def add(self, loss: Loss, count: int = 1, *, span: Span | None = None) -> None:
        """Count what was lost of the latest document; the span is the one that is lost or changed, where it is one."""
        if not count:
            return
        self._counts[loss] += count
        examples = self._examples.setdefault(loss, {})
        if len(examples) < MAX_EXAMPLES and self._document is not None:
            examples[_show_place(self._document, span)] = None

    def __bool__(self) -> bool:
        return bool(self._counts)

    @property
    def kinds(self) -> frozenset[Loss]:
        """What was lost, whatever the number."""
        return frozenset(self._counts)

    def summarize(self) -> tuple[Lost, ...]:
        """Each kind with its examples, the commonest first."""
        ordered = sorted(self._counts.items(), key=lambda entry: (-entry[1], entry[0]))
        return tuple(Lost(loss.describe(count), tuple(self._examples[loss])) for loss, count in ordered)

    def describe(self) -> list[str]:
        """One line a kind, the commonest first."""
        return [lost.line for lost in self.summarize()]


def _show_place(document: Document, span: Span | None) -> str:
    place = f"in “{_cut(document.title or document.name)}”"
    words = _cut((document.text or "")[span.start : span.end]) if span else ""
    return f"“{words}” {place}" if words else place


def _cut(words: str) -> str:
    found = " ".join(words.split())
    return found if len(found) <= MAX_WORDS else f"{found[: MAX_WORDS - 1]}…"


NAMELESS = "a model"
"""What the model is called of whose predictions a file names none."""


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """What a reader of annotations cannot see in the file.

    Predictions of `models` are read as what these annotators marked; other predictions are left out and counted. Where
    predictions alone are wanted, those of every model are read, and what people marked of the same text is left out and counted.
    """

    models: frozenset[str] = frozenset()
    wants_predictions: bool = False

    def name_model(self, given: object) -> str | None:
        """What the model is called whose prediction a file holds; None where it is not read."""
        model = given if isinstance(given, str) else ""
        if self.wants_predictions:
            return model or NAMELESS
        return model if model in self.models else None


@dataclass(frozen=True, slots=True)
class TextOptions:
    """What a person says of files of texts because a reader cannot see it, or should not decide it."""

    encoding: str | None = None
    """Taken in place of what the bytes look like."""
    text_column: str | None = None
    """The column, or the key, that holds the text, where it is not called `text`."""
    title_column: str | None = None
    """The one that holds the title, where it is not called `title`."""
    id_column: str | None = None
    """The one that holds the id, where it is not called `id`."""
    left_out: frozenset[str] = frozenset()
    """Columns or keys that are not kept as metadata."""
    encodings: Mapping[str, str] = field(default_factory=dict)
    """Taken for files of these names, before `encoding`."""
    takes_long_texts: bool = False
    """Whether a text of more than `MAX_UNASKED_TEXT_LENGTH` characters is meant to be one article."""

    def of_file(self, name: str) -> "TextOptions":
        """What was said of one file."""
        return replace(self, encoding=self.encodings[name]) if name in self.encodings else self


NOTHING_SAID = TextOptions()
TextReader = Callable[[BinaryIO, str, TextOptions], Iterator[Document | Refusal]]
BundleReader = Callable[[Bundle, ReadingOptions], Iterator[Document]]
Guidelines = Callable[[str], str]
"""Gives a scheme in words by its checksum."""
DocumentReader = Callable[[Content, ReadingOptions], Iterator[Document]]


class UnknownFormatError(ValueError):
    """There is no format of that name that is written."""


class Writer(Protocol):
    """Writes documents as it reads them, so that a dataset never has to fit into memory.

    A document holds the gold, or what each annotator marked. What the format cannot hold is added to the losses.
    """

    def __call__(self, documents: Iterable[Document], *, losses: Losses) -> Iterator[bytes]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A file format: what it is called, what it can hold, and how it is read and written, each where it can be."""

    name: str
    title: str
    """As a list of formats says it."""
    short: str
    """As a button says it."""
    holds: str
    """What is in a file beside what its axes say, and what of that is read."""
    axes: Axes | None = None
    """How far it holds each thing that annotations have; None where it holds no markup."""
    suits: str = ""
    """For what it is written, in plain words after “for”; a format that is only read says nothing."""
    media_type: str
    extension: str
    """Of a file that is written, without a dot."""
    suffixes: tuple[str, ...] = ()
    """By which files of texts are known, each with its dot."""
    read_texts: TextReader | None = None
    """Gets the stream, the name under which its texts are reported, and what was said of it."""
    begins: bytes = b""
    """With what a file of it begins, after white space; of a folder or an archive, one that does not is left out."""
    is_of_rows: bool = False
    """Whether a text is a row or an object, whose columns say what is known of it; nothing is found out about it besides."""
    is_extracted: bool = False
    """Whether texts are taken out of something else, which the original is and does not spell them."""
    holds_pages: bool = False
    """Whether the original of a text is a web page, which can be shown with the places of the text in it."""
    is_read_whole: bool = False
    """Whether a file of texts is read as a whole, so that it may not be large."""
    recognises: Callable[[Content], bool] = lambda _: False
    """Whether content has this form, by its keys."""
    read_documents: DocumentReader | None = None
    """Gives the documents in order, with what each annotator or the gold says of them."""
    read_items: Callable[[Content], JudgedItems | None] | None = None
    """Gives items with a value an annotator, or None where the content holds documents."""
    opens: Callable[[Bundle], bool] = lambda _: False
    """Whether a file that is no JSON, a folder or an archive has this form, by its names and how it begins."""
    read_bundle: BundleReader | None = None
    """Gives the documents of such a file, folder or archive."""
    read_by: str = ""
    """The name of the format whose reader reads its files, where that is another's."""
    reads_ahead: bool = False
    """Whether the first document is given only when the last was read, since a later entry may say more of it."""
    copies_texts: bool = False
    """Whether some give each annotator a copy of each document, which are then to be joined."""
    write: Writer | None = None
    copy: Callable[[Iterable[str]], Iterator[bytes]] | None = None
    """Writes the canonical lines of records, where the format holds them as they are stored."""
    cannot_hold: tuple[Loss, ...] = ()
    """Whatever of a document it can lose; nothing else is ever counted."""
    levels: tuple[ContentLevel, ...] = (ContentLevel.GOLD, ContentLevel.ANNOTATIONS)
    """The levels of a release that it has a place for, where it is written."""
    writes_guidelines: bool = False
    """Whether it writes the scheme in words beside each text."""
    needs: Library | None = None
    """What must be installed for it to be written."""

    def __post_init__(self) -> None:
        """Refuse a format whose axes say otherwise than its losses, so that neither can be wrong alone."""
        if not (self.write or self.copy):
            return
        lost = {axis for loss in self.cannot_hold for axis in loss.axes}
        declared = set((self.axes or Axes()).list_lost()) - {Axis.DISCONTINUITY}
        if self.axes is None or lost != declared:
            odd = ", ".join(sorted(lost ^ declared)) or "none is said"
            raise ValueError(f"the axes of the format {self.name} are not those of its losses: {odd}")

    @property
    def is_written(self) -> bool:
        """Whether datasets are written in it, here where what it needs is installed or not."""
        return bool(self.write or self.copy) and (self.needs is None or self.needs.is_installed)

    @property
    def is_read_back(self) -> bool:
        """Whether annotations that are written in it are read, too, by its own reader or by that of another format."""
        return bool(self.read_documents or self.read_bundle or self.read_by)

    @property
    def contents(self) -> str:
        """What is in a file, in words."""
        return f"{self.axes.describe()}, {self.holds}" if self.axes else self.holds

    @property
    def holds_everything(self) -> bool:
        """Whether nothing that is counted can be lost in it."""
        return self.is_written and not self.cannot_hold

    def write_lines(
        self, lines: Iterable[str], *, losses: Losses, guidelines: Guidelines | None = None
    ) -> Iterator[bytes]:
        """Write the records of these canonical lines; `losses` are complete when the last is written."""
        if self.copy is not None:
            return self.copy(lines)
        if self.write is None:
            raise UnknownFormatError(f"the format {self.name} is read, but not written")
        documents = losses.follow(read_stored(lines))
        if guidelines is not None and self.writes_guidelines:
            documents = _add_guidelines(documents, guidelines)
        return self.write(documents, losses=losses)

    @property
    def text_reader(self) -> TextReader:
        """What reads texts of it."""
        if self.read_texts is None:
            raise RefusedError(f"no texts are read from the format {self.name}")
        return self.read_texts


def _add_guidelines(documents: Iterable[Document], guidelines: Guidelines) -> Iterator[Document]:
    """Documents with the words of their schemes, each of which is asked for once."""
    known: dict[str, str] = {}
    for document in documents:
        if document.scheme not in known:
            known[document.scheme] = guidelines(document.scheme)
        yield replace(document, guidelines=known[document.scheme])
