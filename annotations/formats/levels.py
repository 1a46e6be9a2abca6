"""How much of what was annotated a file of a release holds."""

from enum import StrEnum


class ContentLevel(StrEnum):
    """The levels of content that a release is written with."""

    GOLD = "gold"
    VOTES = "votes"
    ANNOTATIONS = "annotations"
    LEDGER = "ledger"

    @property
    def short(self) -> str:
        """What a link says."""
        return {
            ContentLevel.GOLD: "gold",
            ContentLevel.VOTES: "gold and votes",
            ContentLevel.ANNOTATIONS: "all annotations",
            ContentLevel.LEDGER: "decisions",
        }[self]

    @property
    def words(self) -> str:
        """What is in the file, as a sentence says it."""
        return {
            ContentLevel.GOLD: "what was settled for each article",
            ContentLevel.VOTES: "the gold, and beside each part of it how the annotators it was made of voted",
            ContentLevel.ANNOTATIONS: "what each annotator marked, as it went into the gold, under their letters",
            ContentLevel.LEDGER: "each decision of the adjudicators, in order, with what they noted",
        }[self]


class LevelNotHeldError(ValueError):
    """A format was asked for a level of content that it has no place for."""
