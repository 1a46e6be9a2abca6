"""What to do next about a project's agreement: at most three looks, each of which leads to passages."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.http import urlencode

from annotations.agreement.data.stretches import NOTHING
from annotations.plurals import write_decimal
from annotations.reliability.confusion import Confusion
from annotations.reliability.headline import percent
from annotations.web.agreement.tables import DocumentRow, LabelRow


@dataclass(frozen=True, slots=True)
class NextLook:
    """A thing to look at: what it is called, what was found, and the query of the page with its passages.

    `about` are the labels that it is about, so that two looks at the same labels are one.
    """

    title: str
    sentence: str
    query: str
    about: frozenset[str] = frozenset()


def choose_next_looks(
    labels: Sequence[LabelRow], confusions: Sequence[Confusion], documents: Sequence[DocumentRow]
) -> list[NextLook]:
    """What to look at next: the label and the article with the lowest agreement, and the two labels that are taken for each other most.

    Labels and documents come with the lowest agreement first.
    """
    rows = {row.label: row for row in confusions}
    label = _describe_label(labels, rows)
    confusion = [
        one for one in _describe_confusion(confusions) if one.about not in {other.about for other in label}
    ]
    return [*label, *confusion, *_describe_document(documents)]


def _describe_label(labels: Sequence[LabelRow], rows: dict[str, Confusion]) -> list[NextLook]:
    lowest = labels[0] if labels else None
    if lowest is None or lowest.strict.value is None or lowest.name not in rows or lowest.strict.value == 1:
        return []
    row = rows[lowest.name]
    others = {other: number for other, number in row.others.items() if other != lowest.name and number}
    if not others:
        return []
    other = max(others, key=lambda name: (others[name], name))
    share = write_percent(row.share(other))
    what = f"marked {other or 'nothing'} in its place"
    return [
        NextLook(
            f"The lowest label: {lowest.name}",
            f"{percent(lowest.strict.value)} of 100 spans are alike. Of the text that one marked so, the other {what} on {share} %.",
            _write_query(lowest.name, other),
            frozenset({lowest.name, other}),
        )
    ]


def _describe_confusion(confusions: Sequence[Confusion]) -> list[NextLook]:
    cells = [
        (row.share(other), row.label, other)
        for row in confusions
        for other, number in row.others.items()
        if number and other not in {NOTHING, row.label}
    ]
    if not cells:
        return []
    share, label, other = max(cells)
    return [
        NextLook(
            f"Most often mistaken: {label} and {other}",
            f"Of the text that one marked {label}, the other marked {other} in its place on {write_percent(share)} %.",
            _write_query(label, other),
            frozenset({label, other}),
        )
    ]


def _describe_document(documents: Sequence[DocumentRow]) -> list[NextLook]:
    lowest = documents[0] if len(documents) > 1 else None
    if lowest is None or lowest.figure.value is None or lowest.figure.value == 1:
        return []
    return [
        NextLook(
            f"The lowest article: {lowest.title}",
            f"It reaches {write_decimal(lowest.figure.value)}. Read all that they differ in there.",
            urlencode({"task": lowest.task}),
        )
    ]


def _write_query(first: str, second: str) -> str:
    return urlencode({"first": first, "second": second})


def write_percent(share: float) -> str:
    """A share in whole hundredths; what rounds to nothing or to all of it, and is neither, as less or more than that.

    >>> write_percent(0.221), write_percent(0.002), write_percent(0.997), write_percent(1.0)
    ('22', '<1', '>99', '100')
    """
    if 0 < share < 0.005:  # noqa: PLR2004 - what rounds to nothing
        return "<1"
    return ">99" if 0.995 <= share < 1 else str(percent(share))  # noqa: PLR2004 - what rounds to all
