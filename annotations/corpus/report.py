"""What became of each row of an import."""

from dataclasses import dataclass, field
from typing import Any

from annotations.formats.errors import Notice, Refusal
from annotations.limits import MAX_REFUSALS, MAX_ROWS
from annotations.plurals import count_things


@dataclass(frozen=True, slots=True)
class ImportedArticle:
    """An article that was made of a row, and what a person should look at in it."""

    id: int
    place: str
    title: str
    warning: str = ""
    length: int = 0
    version_of: int | None = None
    """The article of the project with the same id, and an earlier text."""


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """A row whose text the project has already; its article stays as it is."""

    id: int | None
    place: str
    first_place: str


@dataclass(slots=True)
class ImportReport:
    """What became of each row. Where nothing was imported because of a bad row, `imported` is empty."""

    is_atomic: bool
    most_named: int = MAX_ROWS
    """How many articles it names; it counts the others."""
    imported: list[ImportedArticle] = field(default_factory=list)
    already_there: list[KnownArticle] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    """What somebody should look at, though nothing is refused for it: what a folder holds besides, texts that are nearly others."""
    unnamed_notices: int = 0
    made: int = 0
    characters: int = 0
    versions: int = 0
    known: int = 0
    warned: list[ImportedArticle] = field(default_factory=list)
    """Those of the articles, named or not, that somebody should look at."""
    unnamed: int = 0
    """Refused rows beyond those that are named; the last of `refused` says how many."""

    def add(self, made: ImportedArticle) -> None:
        """An article was written."""
        self.made += 1
        self.characters += made.length
        self.versions += made.version_of is not None
        if len(self.imported) < self.most_named:
            self.imported.append(made)
        if made.warning and len(self.warned) < MAX_REFUSALS:
            self.warned.append(made)

    def recognise(self, known: KnownArticle) -> None:
        """A row has the text of an article that is there."""
        self.known += 1
        if len(self.already_there) < self.most_named:
            self.already_there.append(known)

    def forget_articles(self) -> None:
        """Nothing was imported after all."""
        self.imported.clear()
        self.already_there.clear()
        self.made = self.known = self.characters = self.versions = 0

    def refuse(self, refusal: Refusal) -> None:
        if len(self.refused) < MAX_REFUSALS:
            self.refused.append(refusal)
        else:
            self.unnamed += 1

    def notice(self, notice: Notice) -> None:
        if len(self.notices) < MAX_REFUSALS:
            self.notices.append(notice)
        else:
            self.unnamed_notices += 1

    def close(self) -> None:
        """Say how many refused rows and notices are not named."""
        if self.unnamed_notices:
            self.notices.append(Notice("and further", count_things(self.unnamed_notices, "more notice")))
        if self.unnamed:
            self.refused.append(
                Refusal(
                    "and further",
                    count_things(self.unnamed, "more row was refused", "more rows were refused"),
                )
            )

    def to_json(self) -> dict[str, Any]:
        return {
            "imported": [
                {"id": made.id, "place": made.place, "title": made.title, "warning": made.warning}
                for made in self.imported
            ],
            "already_there": [
                {"id": known.id, "place": known.place, "first_place": known.first_place}
                for known in self.already_there
            ],
            "notices": [{"place": notice.place, "message": notice.message} for notice in self.notices],
            "refused": [{"place": bad.place, "message": bad.message} for bad in self.refused],
            "nothing_imported_because_of_refused_rows": self.is_atomic and bool(self.refused),
        }
