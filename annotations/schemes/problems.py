"""What can be wrong with an annotation or with gold: who can mend it, and what follows where nobody does."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from annotations.markup import Problem


class Code(StrEnum):
    """One kind of problem; the value is stored and shown, so it never changes its meaning."""

    MALFORMED = "malformed"
    UNKNOWN_CONTROL = "unknown_control"
    UNKNOWN_LABEL = "unknown_label"
    SEVERAL_LABELS = "several_labels"
    UNKNOWN_ATTRIBUTE = "unknown_attribute"
    UNKNOWN_VALUE = "unknown_value"
    UNKNOWN_FIELD = "unknown_field"
    UNKNOWN_RELATION = "unknown_relation"
    REPEATED_ANSWER = "repeated_answer"
    INVALID_SPAN = "invalid_span"
    SPAN_OUTSIDE_TEXT = "span_outside_text"
    QUOTE_DIFFERS = "quote_differs"
    MISSING_SPAN = "missing_span"
    SEVERAL_TYPES = "several_types"
    BOTH_DIRECTIONS = "both_directions"

    UNTYPED_RELATION = "untyped_relation"
    WRONG_ENDS = "wrong_ends"
    RELATION_TO_ITSELF = "relation_to_itself"
    REPEATED_RELATION = "repeated_relation"
    MISSING_RELATION = "missing_relation"
    FORBIDDEN_RELATION = "forbidden_relation"
    BLANK_SPAN = "blank_span"
    SAME_LABEL_OVERLAP = "same_label_overlap"
    FORBIDDEN_OVERLAP = "forbidden_overlap"
    MISSING_ATTRIBUTE = "missing_attribute"
    MISSING_WORDS = "missing_words"
    UNFIT_VALUE = "unfit_value"
    INAPPLICABLE_ATTRIBUTE = "inapplicable_attribute"
    ANSWER_TOO_LONG = "answer_too_long"
    MISSING_FIELD = "missing_field"
    NOTHING_MARKED = "nothing_marked"
    SOMETHING_MARKED = "something_marked"


class InSubmission(StrEnum):
    """What follows where an annotator submits something that has a problem."""

    REFUSED = "refused"
    """The annotator can mend it, so the submission is refused with the message."""
    QUARANTINED = "quarantined"
    """It cannot be accepted: it goes to quarantine, and the rest of the annotation is kept."""


class InGold(StrEnum):
    """What follows in adjudication where the gold, as far as it is decided, breaks a rule of the scheme."""

    BLOCKS = "blocks"
    """The task cannot be finished."""
    NEEDS_REASON = "needs a reason"
    """The task is finished only with a reason, which stands in its ledger and is counted in releases."""
    FALLS = "falls"
    """The relation cannot be chosen; where a later decision forbids it, it is left out and its unit says why."""
    IS_OPEN = "is open"
    """Its unit is open until it is answered."""


@dataclass(frozen=True, slots=True)
class Consequence:
    """What follows from one kind of problem, for annotators and for adjudicators."""

    in_submission: InSubmission
    in_gold: InGold


def _say(in_submission: InSubmission, by_gold: Mapping[InGold, Iterable[Code]]) -> dict[Code, Consequence]:
    return {code: Consequence(in_submission, in_gold) for in_gold, codes in by_gold.items() for code in codes}


CONSEQUENCES: Mapping[Code, Consequence] = {
    **_say(
        InSubmission.QUARANTINED,
        {
            InGold.BLOCKS: (
                Code.MALFORMED,
                Code.UNKNOWN_CONTROL,
                Code.UNKNOWN_LABEL,
                Code.SEVERAL_LABELS,
                Code.UNKNOWN_ATTRIBUTE,
                Code.UNKNOWN_VALUE,
                Code.UNKNOWN_FIELD,
                Code.REPEATED_ANSWER,
                Code.INVALID_SPAN,
                Code.SPAN_OUTSIDE_TEXT,
                Code.QUOTE_DIFFERS,
                Code.MISSING_SPAN,
                Code.SEVERAL_TYPES,
                Code.BOTH_DIRECTIONS,
            ),
            InGold.FALLS: (Code.UNKNOWN_RELATION,),
        },
    ),
    **_say(
        InSubmission.REFUSED,
        {
            InGold.BLOCKS: (
                Code.BLANK_SPAN,
                Code.UNTYPED_RELATION,
                Code.SAME_LABEL_OVERLAP,
                Code.FORBIDDEN_OVERLAP,
                Code.MISSING_WORDS,
                Code.UNFIT_VALUE,
                Code.INAPPLICABLE_ATTRIBUTE,
                Code.ANSWER_TOO_LONG,
                Code.SOMETHING_MARKED,
            ),
            InGold.NEEDS_REASON: (Code.MISSING_RELATION, Code.MISSING_FIELD, Code.NOTHING_MARKED),
            InGold.FALLS: (
                Code.WRONG_ENDS,
                Code.FORBIDDEN_RELATION,
                Code.RELATION_TO_ITSELF,
                Code.REPEATED_RELATION,
            ),
            InGold.IS_OPEN: (Code.MISSING_ATTRIBUTE,),
        },
    ),
}
"""What follows from each kind of problem: the one table that submission and adjudication share."""

MENDABLE = frozenset(
    code for code, consequence in CONSEQUENCES.items() if consequence.in_submission is InSubmission.REFUSED
)


WARNABLE: Mapping[Code, str] = {
    Code.MISSING_ATTRIBUTE: "A question about a span has to be answered",
    Code.MISSING_FIELD: "A question about the article has to be answered",
    Code.MISSING_RELATION: "A link that a span needs has to be drawn",
    Code.FORBIDDEN_RELATION: "A link that a span must not have is refused",
    Code.NOTHING_MARKED: "An article in which nothing is marked has to say so",
    Code.SAME_LABEL_OVERLAP: "Spans of one label stay beside each other",
    Code.FORBIDDEN_OVERLAP: "Spans of labels that exclude each other stay beside each other",
}
"""The rules that a project may only warn of, in words: what breaks them can be stored, and adjudication settles it."""


def select_mendable(problems: Iterable[Problem], *, warned: Collection[str] = ()) -> list[Problem]:
    """The problems for which a submission is refused, so that the annotator mends them.

    `warned` are codes of rules that the project only warns of.
    """
    only_warned = WARNABLE.keys() & set(warned)
    return [problem for problem in problems if problem.code in MENDABLE - only_warned]


def find_consequence(problem: Problem) -> InGold:
    """What follows in gold from a problem that a scheme's rules found there."""
    return CONSEQUENCES[Code(problem.code)].in_gold
