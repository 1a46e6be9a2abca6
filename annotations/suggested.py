"""What an annotator made of suggested spans: taken as they were, taken and changed, left, or marked without a suggestion."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from annotations.markup import Markup
from annotations.spans import Span

PREFIX = "suggestion-"


@dataclass(frozen=True, slots=True)
class SuggestedUse:
    """How many spans of an annotation are suggestions as they were, suggestions that were changed, and the annotator's own."""

    unchanged: int
    changed: int
    own: int
    left: int
    """Suggestions that were not taken over."""

    @property
    def marked(self) -> int:
        """All spans of the annotation."""
        return self.unchanged + self.changed + self.own


def name_suggestions(markup: Markup) -> tuple[Span, ...]:
    """The spans of a prediction in reading order, under names that tell nothing of who made it.

    >>> [span.key for span in name_suggestions(Markup((Span(4, 9, "Claim", key="gpt-7"),)))]
    ['suggestion-1']
    """
    ordered = sorted(markup.spans, key=lambda span: (span.start, span.end, span.label, span.key))
    return tuple(replace(span, key=f"{PREFIX}{number}") for number, span in enumerate(ordered, start=1))


def compare_suggested(suggested: Sequence[Span], submitted: Iterable[Span]) -> SuggestedUse:
    """Hold submitted spans against the suggestions that their annotator saw.

    A span is a suggestion as it was where it has its place, its label and every answer that was suggested; answers to what
    was left open are no change. One that goes by the name of a suggestion, and is not as that was, was taken over and changed.
    """
    waiting: dict[tuple[int, int, str], list[Span]] = {}
    for one in suggested:
        waiting.setdefault((one.start, one.end, one.label), []).append(one)
    taken: set[str] = set()
    rest: list[Span] = []
    for span in submitted:
        alike = waiting.get((span.start, span.end, span.label), [])
        answers = set(span.attributes)
        same = next((one for one in alike if set(one.attributes) <= answers), None)
        if same is None:
            rest.append(span)
        else:
            alike.remove(same)
            taken.add(same.key)
    known = {one.key for one in suggested}
    changed = {span.key for span in rest if span.key in known and span.key not in taken}
    return SuggestedUse(
        unchanged=len(taken),
        changed=len(changed),
        own=len(rest) - len(changed),
        left=len(known) - len(taken) - len(changed),
    )
