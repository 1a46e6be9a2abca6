"""What the page of a release says is in it, and how that was decided."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from annotations.gold.agreement_changes import METRICS_IN_WORDS
from annotations.gold.card import STATUSES_IN_WORDS
from annotations.gold.choice import AGAINST_RULES
from annotations.models import TaskStatus
from annotations.plurals import count_things
from annotations.web.agreement.tables import Figure

WIDTH = 240
"""How wide the longest bar is drawn."""
LEFT_OUT = {
    **{status.value: status.label for status in TaskStatus},
    AGAINST_RULES: "finished although it breaks a rule of the scheme",
}
"""Why an article was left out: mostly the status of its task."""


@dataclass(frozen=True, slots=True)
class CountRow:
    """A number of a release, what it counts, and how long its bar is beside the others."""

    name: str
    number: int
    width: float


@dataclass(frozen=True, slots=True)
class FrozenMetric:
    """A figure of agreement as it was when a release was frozen, as a whole and of each label."""

    title: str
    whole: Figure
    by_label: list[Figure]


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a release, in a line and by labels, and how its articles were decided."""

    summary: str
    labels: list[CountRow]
    decided: list[CountRow]
    left_out: list[CountRow]
    facts: list[tuple[str, str]]
    agreement: list[FrozenMetric]


def describe_contents(manifest: Mapping[str, Any]) -> Contents:
    """Tell a manifest's counts, the most first; what there is none of is not named."""
    counts = defaultdict(int, manifest.get("counts", {}))
    made_of = [
        count_things(counts["annotations"], "annotation"),
        count_things(counts["decisions"], "decision"),
    ]
    facts = [("Made of", " and ".join(made_of))]
    if counts["unreviewed"]:
        facts.append(("Not reviewed yet", count_things(counts["unreviewed"], "article")))
    if counts["against_rules"]:
        rules = ", ".join(
            f"{rule} {number:,}" for rule, number in _read_numbers(manifest, "unmet_rules").items()
        )
        facts.append(
            ("Against a rule of the scheme", f"{count_things(counts['against_rules'], 'article')} ({rules})")
        )
    statuses = {
        STATUSES_IN_WORDS.get(name, name): number
        for name, number in _read_numbers(manifest, "by_status").items()
    }
    left_out = {
        LEFT_OUT.get(name, name): len(articles) for name, articles in manifest.get("left_out", {}).items()
    }
    return Contents(
        summary=", ".join(
            count_things(counts[name], name.removesuffix("s")) for name in ("articles", "spans", "relations")
        ),
        labels=_draw(_read_numbers(manifest, "spans_by_label")),
        decided=_draw(statuses),
        left_out=_draw(left_out),
        facts=facts,
        agreement=[
            FrozenMetric(
                METRICS_IN_WORDS.get(metric, metric),
                _read_figure("", found),
                [_read_figure(label, one) for label, one in sorted(found["by_label"].items())],
            )
            for metric, found in sorted(manifest.get("agreement", {}).items())
        ],
    )


def _read_figure(name: str, found: Mapping[str, Any]) -> Figure:
    """A figure as a manifest keeps it."""
    return Figure(name, found["value"], found["low"], found["high"], found["documents"], undefined="")


def _read_numbers(manifest: Mapping[str, Any], name: str) -> Mapping[str, int]:
    numbers: Mapping[str, int] = manifest.get("counts", {}).get(name, {})
    return numbers


def _draw(numbers: Mapping[str, int]) -> list[CountRow]:
    longest = max(numbers.values(), default=0)
    ordered = sorted(numbers.items(), key=lambda entry: (-entry[1], entry[0]))
    return [CountRow(name, number, WIDTH * number / longest) for name, number in ordered if number]
