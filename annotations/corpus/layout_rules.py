"""The words by which lines of a text are told for what they are, read from `layout.toml` beside this module."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("layout.toml")
DATE = (
    r"(?:[^\W\d_]+day,?\s+)?(?:\d{1,2}\.?\s+(?:de\s+)?[^\W\d_]{3,12}\.?|[A-Z][a-z]+\s+\d{1,2}),?\s+(?:de\s+)?\d{4}\b.*"
    r"|\d{4}-\d{2}-\d{2}\b.*|\d{1,2}[./]\d{1,2}[./]\d{4}\b.*"
)
"""A line that begins with a day: 12 March 2025, March 12, 2025, 4 de marzo de 2025, 2025-03-12, 12.3.2025."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutRules:
    """Patterns of whole lines in any language that is known, and the words that make a line a name or keep it from being one."""

    boilerplate: re.Pattern[str]
    """Of a line in small letters: to ask hundreds of patterns in any case takes several times as long."""
    byline: re.Pattern[str]
    by: re.Pattern[str]
    """What stands before the name of an author."""
    about_author: re.Pattern[str]
    is_a_writer: re.Pattern[str]
    particles: frozenset[str]
    no_names: frozenset[str]


@cache
def load_layout_rules() -> LayoutRules:
    """Read the rules that are shipped."""
    content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    languages = content["boilerplate"].values()
    byline, biography, names = content["byline"], content["biography"], content["names"]
    published = _join(map(re.escape, byline["published"]))
    professions = _join(map(re.escape, biography["professions"]))
    return LayoutRules(
        boilerplate=re.compile(
            _join(line for language in languages for lines in language.values() for line in lines)
        ),
        byline=re.compile(rf"(?:[Bb]y|BY)\s+[A-Z].*|(?i:{published})\b.*|{DATE}"),
        by=re.compile(rf"{_join(map(re.escape, byline['by']))}\s+"),
        about_author=re.compile(_join(biography["headings"]), re.IGNORECASE),
        is_a_writer=re.compile(
            r"(?:[A-Z][\w'’.-]*\s+){1,4}(?:is|was)\s+(?:an?|the)\s+(?:[\w-]+\s+){0,6}" + rf"{professions}\b"
        ),
        particles=frozenset(names["particles"]),
        no_names=frozenset(names["excluded"]),
    )


def _join(patterns: Iterable[str]) -> str:
    """One pattern of many, in which a space stands for any white space, and a space with a question mark for any or none."""
    spaced = (re.sub(r"\\? ", r"\\s+", pattern.replace(" ?", r"\s*")) for pattern in patterns)
    return f"(?:{'|'.join(spaced)})"
