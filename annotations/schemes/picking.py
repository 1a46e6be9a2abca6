"""Examples for the guidelines that are picked in a text: the passage around some words, and the rule that they are added to."""

from collections.abc import Mapping, Sequence
from typing import Any

from annotations.schemes.key_layout import list_tables
from annotations.schemes.parts import NoSuchPartError, Path, find_part
from annotations.schemes.scheme import Example
from annotations.snapping import Snap, snap

MAX_PASSAGE = 600
"""Characters of a passage, unless the words themselves are longer."""


def pick_example(
    text: str, spans: Sequence[tuple[int, int]], *, why: str, source: str, article: int
) -> Example:
    """The sentences around some words of an article as an example in which these words are marked.

    The passage begins with the first of them where the same words stand in it before, so that nobody takes those for them.
    """
    ordered = sorted(spans)
    first, last = ordered[0][0], max(end for _, end in ordered)
    start, end = snap(text, first, last, Snap.SENTENCE)
    if end - start > MAX_PASSAGE:
        start, end = first, last
    marked = tuple(text[left:right] for left, right in ordered)
    if any(text.find(words, start) < left for words, (left, _) in zip(marked, ordered, strict=True)):
        start = first
    places = ",".join(f"{left}-{right}" for left, right in ordered)
    return Example(text[start:end], marked, why, source, f"{article}:{places}")


def write_example(example: Example) -> dict[str, Any]:
    """An example as a definition has it."""
    written: dict[str, Any] = {"quote": example.quote, "marked": list(example.marked), "why": example.why}
    return written | {key: value for key in ("source", "place") if (value := getattr(example, key))}


def add_example(content: dict[str, Any], rule: Path, example: Example, *, fits: bool) -> None:
    """Put an example behind those that a rule has."""
    part, which = find_part(content, rule), "fits" if fits else "misfits"
    there = part.get(which)
    known = [there] if isinstance(there, dict) else list_tables(part, which)
    part[which] = [*known, write_example(example)] if known else write_example(example)


def add_rule(
    content: dict[str, Any], owner: Path, title: str, text: str, example: Example, *, fits: bool
) -> None:
    """Give a label or a link another rule, of which this is the example."""
    rule = {"title": title, "text": text, "fits" if fits else "misfits": write_example(example)}
    part = find_part(content, owner)
    part["rules"] = [*list_tables(part, "rules"), rule]


def find_rule(content: Mapping[str, Any], label: str, title: str) -> Path:
    """Find the path of a label's rule by what both are called; NoSuchPartError where there is none."""
    for place, each in enumerate(list_tables(content, "labels")):
        if each.get("name") == label:
            for number, rule in enumerate(list_tables(each, "rules")):
                if rule.get("title") == title:
                    return ("labels", place, "rules", number)
    raise NoSuchPartError(title)


def find_label(content: Mapping[str, Any], label: str) -> Path:
    """Find the path of a label by its name; NoSuchPartError where there is none."""
    names = [each.get("name") for each in list_tables(content, "labels")]
    if label not in names:
        raise NoSuchPartError(label)
    return ("labels", names.index(label))
