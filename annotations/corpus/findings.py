"""What the files of an import hold: kept with it, so that somebody can look before anything is published."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from annotations.corpus.report import ImportReport
from annotations.formats.documents import Document
from annotations.formats.errors import Notice, Refusal, Remedy, shorten
from annotations.limits import MAX_COLUMNS, MAX_NAMED_FILES, MAX_REFUSALS

Row = Document | Refusal | Notice
MAX_LISTED_VALUES = 6
MAX_LISTED_LENGTH = 20
"""A column of more values, or of longer ones, is told by an example."""


@dataclass(slots=True)
class FileFinding:
    """What one of the files gave."""

    name: str
    texts: int = 0
    refused: int = 0

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "texts": self.texts, "refused": self.refused}


@dataclass(slots=True)
class ColumnFinding:
    """A name under which rows hold something beside their texts, with how many do and what one of them holds."""

    name: str
    rows: int
    example: str
    values: Counter[str] | None = field(default_factory=Counter)
    """How many rows have each of its values; None once there are too many of them, or long ones, to be listed."""

    def note(self, value: Any) -> None:
        """Count a value, as long as the column has few and short ones."""
        if self.values is None or value in (None, ""):
            return
        if isinstance(value, str) and len(value) <= MAX_LISTED_LENGTH:
            self.values[value] += 1
            if len(self.values) <= MAX_LISTED_VALUES:
                return
        self.values = None

    def to_json(self) -> dict[str, Any]:
        kept = {"name": self.name, "rows": self.rows, "example": self.example}
        if not self.values or len(self.values) == self.rows:
            return kept
        return kept | {"counted": [list(counted) for counted in self.values.most_common()]}


@dataclass(slots=True)
class Findings:
    """Counts what each file of an import holds (texts, refusals, columns) while its rows are read."""

    files: list[FileFinding] = field(default_factory=list)
    columns: dict[str, ColumnFinding] = field(default_factory=dict)

    def watch(self, name: str, rows: Iterable[Row]) -> Iterator[Row]:
        """Give the rows of a file on, and note what they are."""
        found = FileFinding(name)
        if len(self.files) < MAX_NAMED_FILES:
            self.files.append(found)
        for row in rows:
            if isinstance(row, Document):
                found.texts += 1
                if row.metadata:
                    self._note_columns(row.metadata)
            elif isinstance(row, Refusal):
                found.refused += 1
            yield row

    def _note_columns(self, metadata: Mapping[str, Any]) -> None:
        for name, value in metadata.items():
            column = self.columns.get(name)
            if column is not None:
                column.rows += 1
            elif len(self.columns) < MAX_COLUMNS and value not in (None, ""):
                column = self.columns[name] = ColumnFinding(
                    name, 1, value[:80] if isinstance(value, str) else shorten(value)
                )
            if column is not None:
                column.note(value)


def sum_up(report: ImportReport, findings: Findings, *, files: int) -> dict[str, Any]:
    """What is kept of a reading: counts of everything, and of each list the first of its entries."""
    return {
        "counts": {
            "files": files,
            "articles": report.made,
            "characters": report.characters,
            "versions": report.versions,
            "already_there": report.known,
            "refused": len(report.refused) + report.unnamed,
            "notices": len(report.notices) + report.unnamed_notices,
        },
        "refused": [_refusal_to_json(bad) for bad in report.refused],
        "notices": [{"place": notice.place, "message": notice.message} for notice in report.notices],
        "warnings": [{"place": made.place, "message": made.warning} for made in report.warned],
        "already_there": [
            {"id": known.id, "place": known.place, "first_place": known.first_place}
            for known in report.already_there[:MAX_REFUSALS]
        ],
        "files": [file.to_json() for file in findings.files],
        "columns": [column.to_json() for column in findings.columns.values()],
    }


def _refusal_to_json(bad: Refusal) -> dict[str, Any]:
    said = {
        "place": bad.place,
        "message": bad.message,
        "remedy": bad.remedy.value if bad.remedy else "",
        "choices": list(bad.choices),
        "samples": list(bad.samples),
    }
    return {name: value for name, value in said.items() if value}


def read_refusals(report: Mapping[str, Any]) -> list[Refusal]:
    """The refusals of a reading, as they were kept."""
    return [
        Refusal(
            bad["place"],
            bad["message"],
            Remedy(bad["remedy"]) if "remedy" in bad else None,
            tuple(bad.get("choices", ())),
            tuple(bad.get("samples", ())),
        )
        for bad in report["refused"]
    ]
