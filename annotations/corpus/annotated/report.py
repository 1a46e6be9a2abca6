"""What became of files of annotations that were to come in, as pages, commands and the API tell it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from annotations.formats.errors import Notice, Refusal
from annotations.limits import MAX_REFUSALS
from annotations.markup import Problem
from annotations.schemes.problems import Code

UNMET_WORDS = {
    Code.SAME_LABEL_OVERLAP: "overlapping spans of one label",
    Code.FORBIDDEN_OVERLAP: "spans that overlap although their labels stay apart",
    Code.MISSING_ATTRIBUTE: "questions about spans that are not answered",
    Code.MISSING_FIELD: "questions about documents that are not answered",
    Code.MISSING_RELATION: "links that the scheme asks for and nobody drew",
    Code.NOTHING_MARKED: "documents in which nothing is marked",
    Code.SOMETHING_MARKED: "documents that are said to hold nothing and do",
}


@dataclass(slots=True)
class AnnotatedReport:
    """What was found, what is new, what was there already, and what does not fit."""

    documents: int = 0
    new_articles: int = 0
    known_articles: int = 0
    without_judgement: int = 0
    characters: int = 0
    """Of the new articles."""
    new_annotations: int = 0
    known_annotations: int = 0
    parts: Counter[str] = field(default_factory=Counter)
    by_annotator: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    """What the format or the mapping leaves out."""
    misfits: list[Refusal] = field(default_factory=list)
    unnamed_misfits: int = 0
    refused: list[Refusal] = field(default_factory=list)
    """Documents that cannot become articles."""
    unnamed_refused: int = 0
    unmet: Counter[str] = field(default_factory=Counter)
    """Rules of the scheme that what was kept breaks."""
    unmet_examples: dict[str, Notice] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    round_number: int | None = None
    """Of the round that was made of them."""
    article_import: int | None = None
    is_published: bool = False

    @property
    def has_new(self) -> bool:
        """Whether anything came in that was not there."""
        return bool(self.new_articles or self.new_annotations)

    @property
    def problem_count(self) -> int:
        """How many parts and documents do not fit."""
        return len(self.misfits) + self.unnamed_misfits + len(self.refused) + self.unnamed_refused

    def note_misfits(self, place: str, problems: Iterable[Problem]) -> None:
        """Name parts of an annotation that could not be kept."""
        for problem in problems:
            if len(self.misfits) < MAX_REFUSALS:
                self.misfits.append(Refusal(place, problem.message))
            else:
                self.unnamed_misfits += 1

    def note_unmet(self, place: str, problems: Iterable[Problem]) -> None:
        """Count rules that what was kept breaks, with the first place of each kind."""
        for problem in problems:
            words = UNMET_WORDS.get(Code(problem.code), problem.code.replace("_", " "))
            self.unmet[words] += 1
            self.unmet_examples.setdefault(words, Notice(place, problem.message))

    def refuse(self, refusal: Refusal) -> None:
        """Name a document that cannot become an article."""
        if len(self.refused) < MAX_REFUSALS:
            self.refused.append(refusal)
        else:
            self.unnamed_refused += 1

    def to_json(self) -> dict[str, Any]:
        """The report as programs read it."""
        return {
            "is_published": self.is_published,
            "round": self.round_number,
            "import": self.article_import,
            "documents": self.documents,
            "new_articles": self.new_articles,
            "known_articles": self.known_articles,
            "documents_without_annotations": self.without_judgement,
            "new_annotations": self.new_annotations,
            "known_annotations": self.known_annotations,
            "by_annotator": dict(self.by_annotator),
            "parts": {name: number for name, number in self.parts.items() if number},
            "left_out": dict(self.left_out),
            "misfits": [{"place": one.place, "message": one.message} for one in self.misfits],
            "unnamed_misfits": self.unnamed_misfits,
            "refused": [{"place": one.place, "message": one.message} for one in self.refused],
            "unnamed_refused": self.unnamed_refused,
            "unmet": [
                {
                    "what": words,
                    "number": number,
                    "place": self.unmet_examples[words].place,
                    "example": self.unmet_examples[words].message,
                }
                for words, number in self.unmet.items()
            ],
            "notices": [{"place": notice.place, "message": notice.message} for notice in self.notices],
        }
