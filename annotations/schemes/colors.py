"""Colours of labels: those that a new label is given, and whether one can be seen on light and on dark pages."""

import re
from collections.abc import Collection, Iterator
from itertools import chain

LIGHT_GROUND, DARK_GROUND = "#fcfcfa", "#17181a"
SEEN_FROM = 3.0
"""The contrast that lines and areas need (WCAG 2.2, 1.4.11)."""
PALETTE = (
    "#0072B2", "#D55E00", "#008C67", "#B5639B", "#8A6FD1", "#A87700", "#2A86C8", "#C4574D", "#5F8A2E", "#7D7F86",
)  # fmt: skip
"""Colours that are seen on both grounds, the first of them apart for people who see colours otherwise."""
STRAIGHT_UP_TO = 0.04045
"""Where the curve of sRGB begins."""
HEX = re.compile(r"#[0-9A-Fa-f]{6}")


def measure_contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2.2 defines it, from 1 to 21.

    >>> round(measure_contrast("#000000", "#ffffff"))
    21
    """
    low, high = sorted((_weigh(one), _weigh(other)))
    return (high + 0.05) / (low + 0.05)


def _weigh(color: str) -> float:
    """The relative luminance of a colour."""
    parts = (int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= STRAIGHT_UP_TO else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def choose_color(taken: Collection[str]) -> str:
    """The colour for one more label: the first of the palette that no other has, or the one that fewest have."""
    used = [color.upper() for color in taken]
    return min(PALETTE, key=lambda color: used.count(color.upper()))


def tell_of_color(color: str, others: Collection[str]) -> Iterator[str]:
    """What a person should know of the colour of a label beside those of other labels; nothing that refuses it."""
    if not HEX.fullmatch(color):
        return
    for ground, name, advice in ((LIGHT_GROUND, "light", "darker"), (DARK_GROUND, "dark", "lighter")):
        contrast = measure_contrast(color, ground)
        if contrast < SEEN_FROM:
            yield (
                f"It is hard to see on {name} pages: its contrast there is {contrast:.2f}, below {SEEN_FROM:.0f}. "
                f"Take a {advice} one."
            )
    if color.upper() in (other.upper() for other in chain(others)):
        yield "Another label has this colour."
