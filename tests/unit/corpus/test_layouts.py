"""Pages and files as publishers lay them out are read with the blocks that a reader sees, and without what stands around."""

import pytest

from tests.unit.corpus.layouts import ITEMS, LAYOUTS, QUOTE, Part
from tests.unit.corpus.measuring import LEFT_OUT, WORDS, find_blocks, measure

FLOORS = {
    "title": 1.0,
    "byline": 1.0,
    "heading": 0.98,
    "paragraph": 0.97,
    "quote": 0.95,
    "list_item": 0.95,
    "caption": 1.0,
    WORDS: 0.99,
}
"""What precision and recall of a kind have to be at least, over all layouts."""
KNOWN: dict[str, dict[str, list[Part]]] = {
    "press_release": {
        "more": [
            ("heading", "Press contact"),
            ("paragraph", "The Coast Council, press office, phone 555 0100"),
        ],
        "fewer": [],
    },
    "word_without_styles": {
        "more": [("paragraph", text) for _, text in (QUOTE, *ITEMS)],
        "fewer": [QUOTE, *ITEMS],
    },
}
"""Where the rules are known to be wrong: whom to ask stands below a release, and nothing in a file says what a list is."""


def squeeze(parts: list[Part]) -> list[Part]:
    return [(kind, "".join(text.split())) for kind, text in parts]


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_is_read_as_a_reader_sees_it(name: str) -> None:
    layout = LAYOUTS[name]()
    known = KNOWN.get(name, {"more": [], "fewer": []})
    wanted = squeeze([part for part in layout.blocks if part[0] != LEFT_OUT and part not in known["fewer"]])
    found = squeeze([part for part in find_blocks(layout) if part[0] != LEFT_OUT])
    assert [part for part in found if part not in squeeze(known["more"])] == wanted


def test_precision_and_recall_of_each_kind_are_what_they_were() -> None:
    scores = measure({name: make() for name, make in LAYOUTS.items()})
    assert len(LAYOUTS) >= 30
    for kind, floor in FLOORS.items():
        score = scores.by_kind[kind]
        assert min(score.precision, score.recall) >= floor, (kind, score)
