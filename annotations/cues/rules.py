"""The rules as data: which words each looks for, what it marks then, and how it is explained."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

Mark = Literal["words", "after", "clause", "name"]
FILE = Path(__file__).with_name("rules.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class CueRule:
    """One rule: the words that it looks for, the stretch beside them that it marks, and the label and answers of that."""

    name: str
    title: str
    explanation: str
    words: tuple[str, ...]
    mark: Mark
    label: str
    answers: Mapping[str, str] = field(default_factory=dict)
    begins: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    needs_end: bool = False
    """Whether nothing is marked where none of `ends` follows in the sentence."""
    beside: str = ""
    """The rule that must have marked what follows the words."""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules in their order, under the name by which a project knows what they mark."""

    name: str
    rules: tuple[CueRule, ...]


@cache
def load_rules() -> RuleSet:
    """Read the rules that are shipped."""
    content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return RuleSet(content["name"], tuple(CueRule(**_freeze(rule)) for rule in content["rules"]))


def _freeze(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in rule.items()}
