"""What agreement comes to in a few sentences, and what to look at next."""

from annotations.agreement import Estimate
from annotations.reliability.confusion import Confusion
from annotations.reliability.headline import find_exceptions, write_headline
from annotations.web.agreement.next_looks import choose_next_looks
from annotations.web.agreement.tables import DocumentRow, Figure, LabelRow


def estimate(
    value: float, low: float | None = None, high: float | None = None, documents: int = 40
) -> Estimate:
    interval = None if low is None or high is None else (low, high)
    return Estimate(value, interval, documents, None)


def figure(value: float | None) -> Figure:
    return Figure("x", value, None, None, 5, "")


def label(name: str, value: float | None) -> LabelRow:
    return LabelRow(name, 10, figure(value), figure(value), figure(value))


def test_the_headline_says_how_far_they_agree_what_is_the_exception_and_how_sure_that_is() -> None:
    labels = {"Claim": estimate(0.84, 0.79, 0.88), "Stance": estimate(0.54, 0.42, 0.66)}
    assert write_headline(estimate(0.82, 0.78, 0.87), labels) == [
        "They mostly agree: of 100 spans, 82 have the same borders and label for both of two people.",
        "Stance is the exception: 54.",
        "With other articles like these it would be 78 to 87 of 100.",
    ]


def test_a_label_stands_out_when_its_whole_interval_lies_below_and_by_much() -> None:
    labels = {
        "Low": estimate(0.5, 0.4, 0.6),
        "Unsure": estimate(0.5, 0.2, 0.85),
        "Near": estimate(0.75, 0.72, 0.78),
        "Lower": estimate(0.3, 0.2, 0.4),
        "Without": estimate(0.55),
        "Without and near": estimate(0.7),
    }
    assert find_exceptions(0.8, labels) == ["Lower", "Low", "Without"]


def test_several_exceptions_are_named_with_their_values_the_lowest_first() -> None:
    labels = {"A": estimate(0.5, 0.4, 0.6), "B": estimate(0.3, 0.2, 0.4), "C": estimate(0.9, 0.85, 0.95)}
    labels["D"] = estimate(0.9, 0.85, 0.95)
    assert "B (30) and A (50) are the exceptions." in write_headline(estimate(0.8, 0.75, 0.85), labels)
    del labels["D"]
    assert "It is lowest for B (30) and A (50)." in write_headline(estimate(0.8, 0.75, 0.85), labels)


def test_without_an_exception_no_label_stands_out() -> None:
    labels = {"A": estimate(0.8, 0.7, 0.9), "B": estimate(0.82, 0.7, 0.9)}
    assert "No label stands out as much harder." in write_headline(estimate(0.81, 0.75, 0.85), labels)


def test_few_articles_are_said_to_show_too_little() -> None:
    said = write_headline(estimate(0.82, 0.78, 0.87, documents=5), {})
    assert said[-1].endswith(
        "5 articles do not show all that articles differ in, so it may be less sure than that."
    )
    assert write_headline(estimate(0.82), {})[-1] == "How sure that is cannot be said from so few articles."


def test_every_extent_has_words_down_to_none() -> None:
    beginnings = [write_headline(estimate(value), {})[0].split(":")[0] for value in (1.0, 0.7, 0.5, 0.4, 0.0)]
    assert beginnings == [
        "They agree on nearly everything",
        "They mostly agree",
        "They agree more often than not",
        "They differ more often than not",
        "They mostly differ",
    ]


def test_what_is_undefined_is_said_with_its_reason() -> None:
    (said,) = write_headline(Estimate(None, None, 0, "nobody marked anything"), {})
    assert said == "How far they agree cannot be said: nobody marked anything."


def test_the_lowest_label_the_largest_confusion_and_the_lowest_article_are_found() -> None:
    confusions = [
        Confusion("Stance", 100, {"": 22, "Stance": 70, "Claim": 8}),
        Confusion("Claim", 1000, {"": 100, "Stance": 8, "Claim": 890, "Source": 40}),
        Confusion("Source", 100, {"Source": 60, "Claim": 40}),
    ]
    documents = [DocumentRow(7, "Hard", 1, figure(0.5)), DocumentRow(8, "Easy", 1, figure(0.9))]
    found = choose_next_looks([label("Stance", 0.54), label("Claim", 0.9)], confusions, documents)
    assert [(one.title, one.query) for one in found] == [
        ("The lowest label: Stance", "first=Stance&second="),
        ("Most often mistaken: Source and Claim", "first=Source&second=Claim"),
        ("The lowest article: Hard", "task=7"),
    ]
    assert "54 of 100 spans are alike" in found[0].sentence
    assert "the other marked nothing in its place on 22 %" in found[0].sentence
    assert "the other marked Claim in its place on 40 %" in found[1].sentence


def test_two_findings_about_the_same_labels_are_one() -> None:
    confusions = [
        Confusion("Stance", 100, {"Stance": 50, "Claim": 50}),
        Confusion("Claim", 100, {"Stance": 50, "Claim": 50}),
    ]
    found = choose_next_looks([label("Stance", 0.5)], confusions, [])
    assert [one.title for one in found] == ["The lowest label: Stance"]


def test_where_everybody_marked_the_same_nothing_is_found() -> None:
    documents = [DocumentRow(7, "One", 1, figure(1.0)), DocumentRow(8, "Two", 1, figure(1.0))]
    assert choose_next_looks([label("Claim", 1.0)], [Confusion("Claim", 9, {"Claim": 9})], documents) == []
    assert choose_next_looks([], [], [DocumentRow(7, "Only one", 1, figure(0.2))]) == []
