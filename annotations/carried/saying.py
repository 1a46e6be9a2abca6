"""What the annotations and the gold of tasks become by a later version of the scheme, and what that does to them, counted."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from annotations.adjudication.ledger import Revision, sort_by_task
from annotations.corpus.annotated.writing import Contribution
from annotations.mapping.definition import load_mapping
from annotations.mapping.translation import Translation, Translator
from annotations.mapping.versions import judge
from annotations.markup import Markup, Problem, Relation, sort_pairs
from annotations.models import Annotation, CarriedRound, Task
from annotations.schemes.check import shorten
from annotations.schemes.scheme import Scheme
from annotations.spans import Span

MAX_EXAMPLES = 3
MAX_SORTS = 200
"""Sorts of changes that are told apart; a scheme of use has far fewer."""


@dataclass(slots=True)
class Effect:
    """How often something becomes of what was marked, with the first examples."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def note(self, example: str) -> None:
        """Count one more; the first few are kept as examples."""
        self.count += 1
        if len(self.examples) < MAX_EXAMPLES and example not in self.examples:
            self.examples.append(example)


class Sayer:
    """Says what was marked by one version of a scheme in the words of another."""

    def __init__(self, mapping: str, *, before: Scheme, after: Scheme) -> None:
        self.before, self.after = before, after
        read = load_mapping(mapping)
        self._translator = Translator(read, after)
        self.to_review = frozenset(label.found for label in read.labels if label.is_to_review)

    @classmethod
    def of(cls, carried: CarriedRound) -> "Sayer":
        """Build what says the annotations of a round again while it is carried over, by its mapping."""
        return cls(carried.mapping, before=carried.source.scheme.definition, after=carried.scheme.definition)

    def say(self, text: str, markup: Markup) -> Translation:
        """A markup of the earlier version by the later one."""
        return self._translator.translate(text, judge(markup, self.before))

    def find_unmet(self, text: str, said: Translation) -> list[Problem]:
        """The rules of the later version that what was said breaks."""
        return self._translator.find_unmet(text, said)

    def contribute(self, one: Revision, text: str) -> Contribution:
        """An annotation as it is to be written."""
        return Contribution.of(one.annotator, self.say(text, one.markup), text)

    def is_to_review(self, markup: Markup) -> bool:
        """Whether somebody wanted an adjudicator to look at what becomes of it."""
        return any(span.label in self.to_review for span in markup.spans)


def read_gold_markup(gold: dict[str, Any]) -> Markup:
    """A stored gold as plain spans, relations and fields."""
    return Markup(
        tuple(
            Span(each["start"], each["end"], each["label"], sort_pairs(each["attributes"]), each["key"])
            for each in gold["spans"]
        ),
        tuple(Relation(each["source"], each["target"], each["kind"]) for each in gold["relations"]),
        sort_pairs(gold["fields"]),
    )


def list_annotations(tasks: Collection[Task]) -> dict[int, list[Revision]]:
    """The annotations that count now, by task, those of models too; a fixed number of queries reads those of many tasks."""
    numbers = [task.pk for task in tasks]
    return sort_by_task(Annotation.objects.current().filter(assignment__task__in=numbers))


def weigh(sayer: Sayer, tasks: Iterable[Task]) -> dict[str, Effect]:
    """What would become of the annotations of some tasks, by sorts in words, with counts and examples."""
    effects: dict[str, Effect] = {}
    listed = list(tasks)
    annotations = list_annotations(listed)
    for task in listed:
        text = task.article.text
        for one in annotations.get(task.pk, ()):
            for sort, example in _compare(one.markup, sayer.say(text, one.markup), text, sayer):
                if sort in effects or len(effects) < MAX_SORTS:
                    effects.setdefault(sort, Effect()).note(example)
    return effects


def _compare(before: Markup, said: Translation, text: str, sayer: Sayer) -> Iterator[tuple[str, str]]:
    after = {span.key: span for span in said.markup.spans}
    for span in before.spans:
        now = after.get(span.key)
        quote = f"“{shorten(span.quote(text))}”"
        if now is None:
            yield f"{span.label}: gone", quote
        elif now.label != span.label:
            yield f"{span.label} becomes {now.label}", quote
        elif now.attributes != span.attributes:
            yield f"{span.label}: answers change", quote
        else:
            yield f"{span.label} stays as it is", quote
        if span.label in sayer.to_review:
            yield f"{span.label}: left to an adjudicator", quote
    for what, number in said.left_out.items():
        for _ in range(number):
            yield f"Left out: {what}", ""
    for problem in said.misfits:
        yield "Has no place, and is kept beside the annotation", problem.message
    for problem in sayer.find_unmet(text, said):
        yield "Breaks a rule of the later version, so an adjudicator is asked", problem.message


def count_parts(contributions: Iterable[Contribution]) -> Counter[str]:
    """What was written of some annotations, as the page of the round tells it."""
    counts: Counter[str] = Counter()
    for one in contributions:
        said = one.translation
        counts["annotations"] += 1
        counts["spans"] += len(said.markup.spans)
        counts["links"] += len(said.markup.relations)
        counts["left out"] += sum(said.left_out.values())
        counts["kept beside"] += len(said.misfits)
    return counts
