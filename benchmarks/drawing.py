"""A picture of how a cost grows: a line for each thing that was measured, on axes of powers of ten."""

import math
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT = 640, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 130, 30, 50
COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")
"""Told apart by people who see few colours, too; each line has its name at its end besides."""


def draw_growth(
    lines: Mapping[str, Sequence[tuple[float, float]]], *, title: str, across: str, up: str
) -> str:
    """An SVG with a line through the points (size, cost) of each name; dotted from its first point: as it would be if cost grew with size alone."""
    points = [point for line in lines.values() for point in line]
    (x0, x1), (y0, y1) = (_span(values) for values in zip(*points, strict=True))

    def place(x: float, y: float) -> tuple[float, float]:
        right = (math.log10(x) - x0) / (x1 - x0) * (WIDTH - LEFT - RIGHT)
        below = (y1 - math.log10(y)) / (y1 - y0) * (HEIGHT - TOP - BOTTOM)
        return round(LEFT + right, 1), round(TOP + below, 1)

    head = f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12" role="img" aria-label="{escape(title)}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {head}>',
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="{LEFT}" y="18" font-weight="bold">{escape(title)}</text>',
    ]
    for power in range(x0, x1 + 1):
        x, low = place(10**power, 10**y0)
        parts.append(f'<path d="M{x} {TOP}V{low}" stroke="#ddd"/>')
        parts.append(f'<text x="{x}" y="{low + 18}" text-anchor="middle">{10**power:,}</text>')
    for power in range(y0, y1 + 1):
        x, y = place(10**x0, 10**power)
        parts.append(f'<path d="M{x} {y}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="{x - 8}" y="{y + 4}" text-anchor="end">{10.0**power:,g}</text>')
    for (name, line), color in zip(lines.items(), COLORS, strict=False):
        (first, cost), (last, _) = line[0], line[-1]
        ends = " ".join(f"{x},{y}" for x, y in (place(first, cost), place(last, cost * last / first)))
        through = " ".join(f"{x},{y}" for x, y in (place(*point) for point in line))
        x, y = place(*line[-1])
        parts.append(f'<polyline points="{ends}" fill="none" stroke="{color}" stroke-dasharray="2 4"/>')
        parts.append(f'<polyline points="{through}" fill="none" stroke="{color}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{a}" cy="{b}" r="3.5" fill="{color}"/>'
            for a, b in map(place, *zip(*line, strict=True))
        ]
        parts.append(f'<text x="{x + 8}" y="{y + 4}" fill="{color}">{escape(name)}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{HEIGHT - 12}" text-anchor="middle">{escape(across)}</text>')
    parts.append(
        f'<text transform="translate(16 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">{escape(up)}</text></svg>'
    )
    return "\n".join(parts) + "\n"


def _span(values: Sequence[float]) -> tuple[int, int]:
    """The powers of ten around some values, at least one apart."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)
