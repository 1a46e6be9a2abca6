"""What the page of a release says is in it."""

from annotations.web.releases.contents import WIDTH, describe_contents


def test_labels_come_with_the_most_first_and_bars_in_their_proportion() -> None:
    counts = {
        "articles": 1,
        "spans": 12,
        "relations": 0,
        "annotations": 3,
        "decisions": 1,
        "by_status": {"adjudicated": 1},
        "spans_by_label": {"Cue": 3, "Claim": 9, "Source": 0},
        "against_rules": 1,
        "unmet_rules": {"required_link": 2},
    }
    contents = describe_contents({"counts": counts, "left_out": {"open": [4, 5]}})
    assert contents.summary == "1 article, 12 spans, 0 relations"
    assert [(row.name, row.number, row.width) for row in contents.labels] == [
        ("Claim", 9, WIDTH),
        ("Cue", 3, WIDTH / 3),
    ]
    assert [row.name for row in contents.decided] == ["adjudicated"]
    assert [row.number for row in contents.left_out] == [2]
    assert dict(contents.facts)["Made of"] == "3 annotations and 1 decision"
    assert dict(contents.facts)["Against a rule of the scheme"] == "1 article (required_link 2)"
