"""What two manifests say of agreement, side by side."""

from typing import Any

from annotations.gold.agreement_changes import compare_agreement, say_figure


def figure(value: float, low: float | None = None, high: float | None = None) -> dict[str, Any]:
    return {"value": value, "low": low, "high": high, "documents": 5}


def manifest(all_labels: dict[str, Any], **by_label: Any) -> dict[str, Any]:
    return {"agreement": {"f1_strict": {**all_labels, "by_label": by_label}}}


def test_each_figure_stands_with_the_one_of_the_other_release_and_their_difference() -> None:
    before = manifest(figure(0.5), Claim=figure(0.6), Cue=figure(0.1))
    after = manifest(figure(0.75), Claim=figure(0.55))
    found = [(one.label, one.difference) for one in compare_agreement(before, after)]
    assert found == [("", 0.25), ("Claim", -0.05), ("Cue", None)]
    assert "by_label" not in compare_agreement(before, after)[0].to_json()["before"]


def test_releases_without_figures_have_no_difference_of_agreement() -> None:
    assert compare_agreement({}, {"agreement": None}) == []
    [only_now, _] = compare_agreement({}, manifest(figure(0.5), Claim=figure(0.5)))
    assert (say_figure(only_now.before), say_figure(only_now.after)) == ("none", "0.50")


def test_a_difference_is_within_chance_where_the_intervals_meet() -> None:
    apart, meeting = figure(0.9, 0.85, 0.95), figure(0.6, 0.5, 0.86)
    assert compare_agreement(manifest(figure(0.5, 0.4, 0.6)), manifest(meeting))[0].is_within_chance
    assert not compare_agreement(manifest(figure(0.5, 0.4, 0.6)), manifest(apart))[0].is_within_chance
    assert not compare_agreement(manifest(figure(0.5)), manifest(apart))[0].is_within_chance
