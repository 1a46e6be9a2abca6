"""What became of suggestions is told by the spans alone."""

from annotations.markup import Markup, sort_pairs
from annotations.spans import Span
from annotations.suggested import SuggestedUse, compare_suggested, name_suggestions

SUGGESTED = name_suggestions(
    Markup(
        (
            Span(10, 20, "Claim", key="model-b"),
            Span(0, 5, "Claim", sort_pairs({"type": "fact"}), "model-a"),
            Span(30, 40, "Stance", key="model-c"),
        )
    )
)


def use(*spans: Span) -> SuggestedUse:
    return compare_suggested(SUGGESTED, spans)


def test_suggestions_go_by_names_that_tell_nothing_in_reading_order() -> None:
    assert [(one.key, one.start) for one in SUGGESTED] == [
        ("suggestion-1", 0),
        ("suggestion-2", 10),
        ("suggestion-3", 30),
    ]


def test_nothing_submitted_leaves_all() -> None:
    assert use() == SuggestedUse(unchanged=0, changed=0, own=0, left=3)


def test_a_span_with_the_place_label_and_answers_of_a_suggestion_is_unchanged_whatever_else_it_answers() -> (
    None
):
    more = sort_pairs({"type": "fact", "modality": "hedged"})
    assert use(Span(0, 5, "Claim", more, "suggestion-1")) == SuggestedUse(1, 0, 0, 2)


def test_a_span_that_somebody_drew_just_like_a_suggestion_is_as_good_as_taken_over() -> None:
    assert use(Span(10, 20, "Claim", key="drawn")) == SuggestedUse(1, 0, 0, 2)


def test_another_end_label_or_answer_is_a_change() -> None:
    changed = (
        Span(0, 5, "Claim", sort_pairs({"type": "value"}), "suggestion-1"),
        Span(10, 21, "Claim", key="suggestion-2"),
        Span(30, 40, "Claim", key="suggestion-3"),
    )
    assert use(*changed) == SuggestedUse(0, 3, 0, 0)


def test_a_span_of_no_suggestion_is_the_annotators_own_also_over_the_same_words() -> None:
    assert use(Span(10, 21, "Claim", key="drawn")) == SuggestedUse(0, 0, 1, 3)


def test_one_suggestion_is_counted_once() -> None:
    twice = (Span(10, 20, "Claim", key="suggestion-2"), Span(10, 20, "Claim", key="drawn"))
    assert use(*twice) == SuggestedUse(1, 0, 1, 2)


def test_a_suggestion_that_was_changed_beside_one_drawn_in_its_place_counts_once() -> None:
    both = (Span(10, 20, "Claim", key="drawn"), Span(10, 25, "Claim", key="suggestion-2"))
    assert use(*both) == SuggestedUse(1, 0, 1, 2)
