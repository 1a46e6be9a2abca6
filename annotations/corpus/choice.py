"""Which articles of a project somebody means, by what is known of them; what is not said does not matter."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from annotations.limits import MAX_CHOSEN_ARTICLES, MAX_CHOSEN_COLUMNS
from annotations.plurals import count_things


class Progress(StrEnum):
    """How far an article has come."""

    UNPLANNED = "unplanned"
    PLANNED = "planned"
    DONE = "done"
    GOLD = "gold"
    EXCLUDED = "excluded"


class Grouping(StrEnum):
    """Whether an article has copies."""

    ALONE = "alone"
    GROUPED = "grouped"
    FIRST = "first"


PROGRESS_NAMES = {
    Progress.UNPLANNED: "in no round yet",
    Progress.PLANNED: "in a round, not finished",
    Progress.DONE: "annotated, waiting for adjudication",
    Progress.GOLD: "with gold",
    Progress.EXCLUDED: "excluded",
}
GROUPING_NAMES = {
    Grouping.ALONE: "without copies",
    Grouping.GROUPED: "with copies",
    Grouping.FIRST: "one of each group of copies",
}


class ChoiceError(ValueError):
    """What was said of the articles that are meant cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class ArticleChoice:
    """What is asked of articles: each thing that is said has to hold."""

    title: str = ""
    words: str = ""
    metadata: tuple[tuple[str, str], ...] = ()
    """Columns with the value that each has to have."""
    language: str = ""
    since: str = ""
    until: str = ""
    min_length: int | None = None
    max_length: int | None = None
    progress: str = ""
    copies: str = ""
    articles: tuple[int, ...] = ()
    """The ids of those that were chosen one by one."""

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "ArticleChoice":
        """Read what `to_json` wrote, or what somebody wrote like it."""
        known = {field.name for field in fields(cls)}
        if unknown := sorted(set(content) - known):
            raise ChoiceError(
                f"Articles cannot be chosen by {', '.join(unknown)}; there are {', '.join(sorted(known))}."
            )
        columns = content.get("metadata") or {}
        if not isinstance(columns, Mapping) or len(columns) > MAX_CHOSEN_COLUMNS:
            raise ChoiceError(f"Give at most {MAX_CHOSEN_COLUMNS} columns of metadata, each with its value.")
        said = {
            **content,
            "metadata": tuple(sorted((str(name), str(value)) for name, value in columns.items())),
        }
        for name, choices in (("progress", Progress), ("copies", Grouping)):
            if said.get(name) and said[name] not in tuple(choices):
                raise ChoiceError(f"There is no {name} “{said[name]}”; there are {', '.join(choices)}.")
        for name in ("min_length", "max_length"):
            value = said.get(name)
            if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
                raise ChoiceError(f"“{name}” is a number of characters.")
        for name in ("title", "words", "language", "since", "until"):
            if not isinstance(said.get(name, ""), str):
                raise ChoiceError(f"“{name}” is a text.")
        said["articles"] = _read_articles(said.get("articles") or ())
        return cls(**said)

    def to_json(self) -> dict[str, Any]:
        """What is said, and nothing of what is not."""
        said = {name: value for name, value in asdict(self).items() if value not in ("", (), None)}
        if self.metadata:
            said["metadata"] = dict(self.metadata)
        if self.articles:
            said["articles"] = list(self.articles)
        return said

    @property
    def is_all(self) -> bool:
        """Whether nothing is asked of the articles."""
        return not self.to_json()

    def describe(self) -> str:
        """What is asked, in words.

        >>> ArticleChoice(language="de", metadata=(("source", "wire"),), min_length=500).describe()
        'source is “wire”; language is “de”; at least 500 characters'
        """
        chosen = count_things(len(self.articles), "article that was", "articles that were")
        parts = [f"{chosen} chosen one by one"] if self.articles else []
        parts += [f"title contains “{self.title}”"] if self.title else []
        parts += [f"text has {self.words}"] if self.words else []
        parts += [f"{name} is “{value}”" for name, value in self.metadata]
        parts += [f"language is “{self.language}”"] if self.language else []
        parts += [f"dated {self.since} or later"] if self.since else []
        parts += [f"dated {self.until} or earlier"] if self.until else []
        lengths = (("at least", self.min_length), ("at most", self.max_length))
        parts += [
            f"{word} {count_things(length, 'character')}" for word, length in lengths if length is not None
        ]
        parts += [PROGRESS_NAMES[Progress(self.progress)]] if self.progress else []
        parts += [GROUPING_NAMES[Grouping(self.copies)]] if self.copies else []
        return "; ".join(parts)


def _read_articles(said: Any) -> tuple[int, ...]:
    is_list = isinstance(said, list | tuple) and len(said) <= MAX_CHOSEN_ARTICLES
    if not is_list or not all(isinstance(one, int) and not isinstance(one, bool) and one > 0 for one in said):
        raise ChoiceError(f"“articles” lists the ids of at most {MAX_CHOSEN_ARTICLES} articles.")
    return tuple(sorted(set(said)))
