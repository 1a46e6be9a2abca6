"""An example of the guidelines, drawn like a passage of an article."""

from annotations.schemes.scheme import Example
from annotations.web.drawing import DrawnPassage, Track, draw_passage


def draw_example(example: Example, label: str = "", *, fits: bool = True) -> DrawnPassage:
    """Draw an example with the words that are marked in it; dotted where they should not be."""
    tracks = []
    position = 0
    for words in example.marked:
        start = example.quote.find(words, position)
        if start < 0:
            start = example.quote.find(words)
        if start >= 0:
            position = start + len(words)
            tracks.append(Track(start, position, label, label, "is-open" if fits else "is-lost"))
    return draw_passage(example.quote, tracks=tracks)
