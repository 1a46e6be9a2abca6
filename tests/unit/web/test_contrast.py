"""The colours of the interface by the formula of WCAG 2.2, in light and in dark."""

import re
from pathlib import Path

import pytest

STYLESHEET = Path(__file__).resolve().parents[3] / "annotations/web/static/annotations/tokens.css"
TEXT, GRAPHICS = 4.5, 3.0
PAIRS = [
    ("ink", "ground", TEXT),
    ("ink", "surface", TEXT),
    ("ink", "accent-wash", TEXT),
    ("ink", "danger-wash", TEXT),
    ("muted", "ground", TEXT),
    ("muted", "surface", TEXT),
    ("muted", "accent-wash", TEXT),
    ("accent", "ground", TEXT),
    ("accent", "surface", TEXT),
    ("accent", "accent-wash", TEXT),
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-hover", TEXT),
    ("danger", "ground", TEXT),
    ("danger", "danger-wash", TEXT),
    ("line-strong", "ground", GRAPHICS),
    ("accent", "line", GRAPHICS),
]


def read_tokens(mode: str) -> dict[str, str]:
    pair = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
    found = pair.findall(STYLESHEET.read_text(encoding="utf-8"))
    return {name: dark if mode == "dark" else light for name, light, dark in found}


def luminance(color: str) -> float:
    channels = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_colours_stand_out_enough(mode: str, front: str, back: str, least: float) -> None:
    tokens = read_tokens(mode)
    darker, lighter = sorted((luminance(tokens[front]), luminance(tokens[back])))
    assert (lighter + 0.05) / (darker + 0.05) >= least


def test_black_on_white_is_twenty_one_to_one() -> None:
    assert (luminance("#ffffff") + 0.05) / (luminance("#000000") + 0.05) == pytest.approx(21)
