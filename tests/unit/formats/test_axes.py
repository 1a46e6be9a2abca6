"""What a format says that it has a place for is so: over made-up articles that need each axis, written, counted and read again."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

import pytest

from annotations.formats.axes import Axes, Axis, Extent
from annotations.formats.losses import ATTRIBUTES, RELATIONS
from annotations.formats.ports import Format, Loss, Losses, ReadingOptions
from annotations.formats.record import Record
from annotations.formats.registry import FORMATS, OF_ANNOTATIONS, WRITTEN, find_format
from annotations.formats.sources import read_annotated
from annotations.markup import Relation
from annotations.spans import Span
from tests.unit.formats.lossy import by, make
from tests.unit.formats.samples import SCHEME
from tests.unit.formats.test_formats import each_format, write
from tests.unit.formats.test_losses import READERS
from tests.unit.formats.test_round_trips import describe_record, list_read

EXAMPLES = 12
"""Made-up articles of each axis; some need what a format holds in part, and some do not."""
WORDS = ("Kyiv", "agreed", "in", "haste", "while", "Moscow", "and", "Minsk", "waited", "for", "news")
VALUES = ("named", "state", "a b", "1,2")


class Made:
    """An article of made-up words, whose spans begin and end with these."""

    def __init__(self, random: Random, number: int) -> None:
        self.random, self.number = random, number
        words = random.choices(WORDS, k=random.randint(6, 12))
        self.text = f"{' '.join(words)} {number}"
        self.places = [0]
        for word in words:
            self.places.append(self.places[-1] + len(word) + 1)

    def span(self, first: int, last: int, key: str, **attributes: str) -> Span:
        """The words from one to before another, under a label that is drawn."""
        ends = self.places[first], self.places[last] - 1
        label = self.random.choice(SCHEME.labels)
        return Span(*ends, label, tuple(sorted(attributes.items())), key)

    def record(self, *spans: Span, **said: tuple[Relation, ...] | tuple[tuple[str, str], ...]) -> Record:
        """The article as gold with these spans."""
        return make(self.text, *spans, number=self.number, **said)  # type: ignore[arg-type]


def make_overlap(made: Made) -> list[Record]:
    """Make a span that begins in another and ends behind it."""
    first, second, third, fourth = sorted(made.random.sample(range(len(made.places)), k=4))
    return [made.record(made.span(first, third, "1"), made.span(second, fourth, "2"))]


def make_nesting(made: Made) -> list[Record]:
    """Make a span within another, which may begin or end with it."""
    first, second, third = sorted(made.random.sample(range(len(made.places)), k=3))
    inner = made.random.choice([(first, second), (second, third)])
    return [made.record(made.span(first, third, "1"), made.span(*inner, "2"))]


def make_attributes(made: Made) -> list[Record]:
    """Make a span with up to three answers about it."""
    names = made.random.sample(("holder", "kind", "type"), k=made.random.randint(1, 3))
    answers = {name: made.random.choice(VALUES) for name in names}
    return [made.record(made.span(0, 2, "1", **answers))]


def make_relations(made: Made) -> list[Record]:
    """Make a link between two spans that do not meet, and perhaps one back."""
    links = (Relation("1", "2", "says"), Relation("2", "1", "answers"))
    spans = made.span(0, 2, "1"), made.span(3, 5, "2")
    return [made.record(*spans, relations=links[: made.random.randint(1, 2)])]


def make_fields(made: Made) -> list[Record]:
    """Make answers about the whole text."""
    names = made.random.sample(("genre", "note", "tone"), k=made.random.randint(1, 3))
    answers = tuple(sorted((name, made.random.choice(VALUES)) for name in names))
    return [made.record(made.span(0, 2, "1"), fields=answers)]


def make_annotators(made: Made) -> list[Record]:
    """Make what two or three people marked in one article, each something else."""
    names = "ABC"[: made.random.randint(2, 3)]
    return [by(name, made.record(made.span(place, place + 1, "1"))) for place, name in enumerate(names)]


def make_empty(made: Made) -> list[Record]:
    """Make gold in which nothing is marked."""
    return [made.record()]


@cache
def make_up(axis: Axis) -> list[list[Record]]:
    """Articles that need an axis and no other, each as the records of it."""
    random = Random(axis.value)  # noqa: S311 - the same articles every time
    return [MAKERS[axis](Made(random, number)) for number in range(10, 10 + EXAMPLES)]


MAKERS: dict[Axis, Callable[[Made], list[Record]]] = {
    Axis.OVERLAP: make_overlap,
    Axis.NESTING: make_nesting,
    Axis.ATTRIBUTES: make_attributes,
    Axis.RELATIONS: make_relations,
    Axis.FIELDS: make_fields,
    Axis.ANNOTATORS: make_annotators,
    Axis.EMPTY: make_empty,
}
"""All but discontinuity, since no record has a span of several pieces."""


def find_losses(chosen: Format, records: list[Record]) -> frozenset[Loss]:
    losses = Losses()
    b"".join(chosen.write_lines((one.to_line() for one in records), losses=losses))
    return losses.kinds


def measure(chosen: Format, axis: Axis) -> Extent:
    """How far a format holds an axis, by how many of the articles it reports a loss of it for."""
    lost = [
        any(axis in loss.axes for loss in find_losses(chosen, records)) for records in make_up(axis)
    ].count(True)
    return {0: Extent.YES, EXAMPLES: Extent.NO}.get(lost, Extent.PART)


@each_format
def test_a_format_reports_the_loss_of_what_it_does_not_hold_and_of_nothing_else(chosen: Format) -> None:
    measured = {axis: measure(chosen, axis) for axis in MAKERS}
    assert chosen.axes
    assert measured == {axis: chosen.axes[axis] for axis in MAKERS}


@each_format
def test_what_a_format_holds_is_read_again(chosen: Format, tmp_path: Path) -> None:
    """Read by our own reader, or by that of the tests where there is none; what was counted as lost is not expected."""
    for axis in MAKERS:
        records = [one for several in make_up(axis) for one in several]
        losses = find_losses(chosen, records)
        path = tmp_path / f"{axis}.{chosen.extension}"
        path.write_bytes(write(chosen, records)[0])
        read = list_read(path, chosen) if chosen.is_read_back else READERS[chosen.name](path.read_bytes())
        assert list(read) == [describe_record(one, losses, chosen) for one in records]


NEEDS: dict[Axis, Callable[[list[Record]], object]] = {
    Axis.OVERLAP: lambda records: is_crossed(*records[0].markup.spans),
    Axis.NESTING: lambda records: is_nested(*records[0].markup.spans),
    Axis.ATTRIBUTES: lambda records: records[0].markup.spans[0].attributes,
    Axis.RELATIONS: lambda records: records[0].markup.relations,
    Axis.FIELDS: lambda records: records[0].markup.fields,
    Axis.ANNOTATORS: lambda records: len({one.annotations[0].annotator for one in records}) > 1,
    Axis.EMPTY: lambda records: not records[0].markup.spans,
}


def is_crossed(one: Span, other: Span) -> bool:
    return one.start < other.start < one.end < other.end


def is_nested(one: Span, other: Span) -> bool:
    return one.start <= other.start < other.end <= one.end


@pytest.mark.parametrize("axis", MAKERS)
def test_each_made_up_article_needs_its_axis(axis: Axis) -> None:
    assert all(NEEDS[axis](records) for records in make_up(axis))


def test_every_format_of_annotations_says_what_it_holds_and_no_other_does() -> None:
    of_markup = {known for known in (*OF_ANNOTATIONS, *WRITTEN) if known.name != "items"}
    assert {known for known in FORMATS if known.axes} == of_markup


@pytest.mark.parametrize(
    ("axes", "lost"),
    [
        (Axes(), (RELATIONS,)),
        (Axes(relations=Extent.NO), ()),
        (Axes(relations=Extent.NO), (ATTRIBUTES,)),
        (None, (RELATIONS,)),
    ],
)
def test_a_format_cannot_say_otherwise_than_its_losses(axes: Axes | None, lost: tuple[Loss, ...]) -> None:
    with pytest.raises(ValueError, match="the axes of the format tei are not those of its losses"):
        replace(find_format("tei"), axes=axes, cannot_hold=lost)


def test_a_span_of_several_pieces_is_read_in_part_and_counted_where_it_is_not(tmp_path: Path) -> None:
    brat = find_format("brat")
    text, spans = "Kyiv\nagreed at once", "T1\tClaim 0 4;5 11\tKyiv agreed\nT2\tClaim 0 4;12 14\tKyiv at\n"
    (tmp_path / "a.txt").write_text(text)
    (tmp_path / "a.ann").write_text(spans)
    [document] = [one for part in read_annotated(tmp_path, ReadingOptions()) for one in part.documents]
    [marked] = [span for judgement in document.judgements.values() for span in judgement.markup.spans]
    assert (marked.start, marked.end) == (0, 11)
    assert document.left_out == {"spans of several pieces": 1}
    assert brat.axes
    assert [known.name for known in FORMATS if known.axes and known.axes.discontinuity is not Extent.NO] == [
        "brat",
        "tei",
    ]
