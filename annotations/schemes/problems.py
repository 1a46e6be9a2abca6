"""What can be wrong with an annotation, and who can mend it."""

from collections.abc import Iterable
from enum import StrEnum

from annotations.markup import Problem


class Code(StrEnum):
    """One kind of problem; the value is stored and shown, so it never changes its meaning."""

    # What cannot be accepted: it goes to quarantine, the rest of the annotation is kept.
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

    # What the annotator can mend: a submission that has it is refused with the message.
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


MENDABLE = frozenset(list(Code)[list(Code).index(Code.UNTYPED_RELATION) :])


def select_mendable(problems: Iterable[Problem]) -> list[Problem]:
    """The problems for which a submission is refused, so that the annotator mends them."""
    return [problem for problem in problems if problem.code in MENDABLE]
