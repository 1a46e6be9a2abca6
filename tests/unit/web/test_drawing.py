"""The article as it is drawn: every character once, tracks that never collide, a tag where each begins."""

import re
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.web.drawing import Layer, Track, abbreviate, draw_article, draw_passage, find_surroundings

TEXTS = st.text(st.sampled_from("ab <&>\"'\r\n\t\u00a0é😀🇺\u200d\u0301"), max_size=40)


class Drawn(HTMLParser):
    """What a browser makes of the markup: the text, and for each track the places that it underlines."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.open: list[tuple[str, str]] = []
        self.tags: list[str] = []
        self.covered: dict[tuple[str, str], list[int]] = {}
        self.feed(html)
        self.close()

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        style = named.get("class") or ""
        lane, label = re.search(r"lane-\d+", style), re.search(r"label-\w+", style)
        self.open.append((lane[0] if lane else "", label[0] if label else ""))
        if named.get("data-tag"):
            self.tags.append(named["data-tag"] or "")
        if "data-start" in named:
            assert int(named["data-start"] or -1) == len(self.text)

    def handle_endtag(self, _tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for lane, label in self.open:
            if lane:
                places = self.covered.setdefault((lane, label), [])
                places += range(len(self.text), len(self.text) + len(data))
        self.text += data


@st.composite
def texts_with_tracks(draw: st.DrawFn) -> tuple[str, list[Track]]:
    text = draw(TEXTS.filter(bool))
    tracks = []
    for number in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        tracks.append(Track(start, end, f"L{number}", f"A{number}"))
    return text, tracks


@given(texts_with_tracks())
@settings(max_examples=150, deadline=None)
def test_the_text_is_kept_and_every_track_underlines_its_words_only(drawn: tuple[str, list[Track]]) -> None:
    text, tracks = drawn
    page = Drawn(draw_article(text, tracks=tracks, layers=[Layer(0, 3, "block-title")], cuts=[1, 2]))
    assert page.text == text
    for number, track in enumerate(tracks):
        places = {
            place
            for (_, label), found in page.covered.items()
            if label == f"label-L{number}"
            for place in found
        }
        wanted = set(range(track.start, track.end))
        assert places <= wanted
        assert all(text[place].isspace() for place in wanted - places)


@given(texts_with_tracks())
@settings(max_examples=100, deadline=None)
def test_no_character_has_two_tracks_in_one_lane(drawn: tuple[str, list[Track]]) -> None:
    text, tracks = drawn
    page = Drawn(draw_article(text, tracks=tracks))
    by_lane: dict[str, list[int]] = {}
    for (lane, _), places in page.covered.items():
        by_lane.setdefault(lane, []).extend(places)
    assert all(len(set(places)) == len(places) for places in by_lane.values())


def test_short_spans_lie_next_to_the_text_and_each_begins_with_its_tag() -> None:
    html = draw_article(
        "one two three", tracks=[Track(0, 13, "Claim", "A Cl"), Track(4, 7, "Source", "B So")]
    )
    page = Drawn(html)
    assert set(page.covered) == {("lane-0", "label-Source"), ("lane-1", "label-Claim")}
    assert sorted(page.tags) == ["A Cl", "B So"]
    assert "tracks-2" in html


def test_what_stands_in_a_text_or_a_tag_is_never_markup() -> None:
    html = draw_article("<script>", tracks=[Track(0, 8, "Claim", '"><script>')])
    assert "<script>" not in html


def test_labels_are_told_apart_by_as_few_letters_as_possible() -> None:
    names = ["Claim", "Stance", "Concession", "Source", "Cue"]
    assert abbreviate(names) == {
        "Claim": "Cl",
        "Stance": "St",
        "Concession": "Co",
        "Source": "So",
        "Cue": "Cu",
    }
    assert abbreviate(["Per", "Person"]) == {"Per": "Per", "Person": "Pers"}


def test_all_lines_of_the_running_text_are_spaced_alike_and_headings_as_they_need() -> None:
    html = draw_article(
        "Title\n\none line\nand another\n\nelsewhere",
        tracks=[Track(7, 15, "Claim", "A"), Track(7, 15, "Stance", "B")],
        layers=[
            Layer(0, 5, "block-title"),
            Layer(7, 27, "block-paragraph"),
            Layer(29, 38, "block-paragraph"),
        ],
    )
    assert re.findall(r'class="piece (tracks-\d)', html) == ["tracks-0", "tracks-2", "tracks-2", "tracks-2"]


def test_a_passage_is_drawn_like_the_article_with_the_spans_cut_at_its_ends() -> None:
    passage = draw_passage(
        "Before. Kyiv agreed. After.",
        8,
        20,
        tracks=[Track(0, 12, "Claim", "Claim"), Track(21, 26, "Stance", "Stance")],
        focus=[(0, 12)],
    )
    page = Drawn(passage.html)
    assert page.text == "Kyiv agreed."
    assert page.covered == {("lane-0", "label-Claim"): [0, 1, 2, 3]}
    assert (passage.has_before, passage.has_after) == (True, True)
    assert re.findall(r'class="segment is-here"[^>]*><span[^>]*>([^<]*)', passage.html) == ["Kyiv"]
    whole = draw_passage("Kyiv agreed.", tracks=[])
    assert (whole.has_before, whole.has_after) == (False, False)


def test_a_span_is_quoted_among_whole_words() -> None:
    text = f"{'before ' * 20}Kyiv agreed{' after' * 20}"
    start, end = find_surroundings(text, [Track(140, 151, "Claim", "")])
    quoted = text[start:end]
    assert 60 < len(quoted) <= 11 + 2 * 60
    assert set(quoted.split()) == {"before", "Kyiv", "agreed", "after"}
    assert find_surroundings("Kyiv agreed", [Track(0, 4, "Claim", "")]) == (0, 11)


def test_a_track_is_read_out_where_it_begins_and_where_it_ends() -> None:
    html = draw_article(
        "one two", tracks=[Track(0, 7, "Claim", "A Cl", begin="begin Claim, annotator A")], cuts=[3]
    )
    assert html.count('data-begin="begin Claim, annotator A"') == 1
    assert html.count('data-finish="end Claim"') == 1
    assert html.index("data-begin") < html.index("data-finish")


def test_stretches_of_a_track_are_drawn_in_their_own_style_and_in_one_lane() -> None:
    track = Track(0, 13, "Claim", "AB Cl", "is-open", parts=((0, 3, "is-by-few"), (3, 7, "is-by-all")))
    html = draw_article("one two three", tracks=[track])
    drawn = re.findall(r'class="track (lane-\d) label-Claim ([\w-]+)"[^>]*>([^<]*)', html)
    assert drawn == [
        ("lane-0", "is-by-few", "one"),
        ("lane-0", "is-by-all", " two"),
        ("lane-0", "is-open", " three"),
    ]


def test_each_paragraph_runs_in_the_direction_of_its_own_writing() -> None:
    assert draw_article("one\n\nאחת").count('dir="auto"') == 2


def test_headings_of_the_article_are_headings() -> None:
    html = draw_article(
        "Title\n\nPart\n\nText",
        layers=[Layer(0, 5, "block-title"), Layer(7, 11, "block-heading"), Layer(13, 17, "block-paragraph")],
    )
    assert re.findall(r'role="heading" aria-level="(\d)"', html) == ["2", "3"]
