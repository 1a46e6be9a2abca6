"""Charts as SVG, drawn on the server: no script, sharp on paper, each beside the table that it draws.

A picture cannot see the page's colours, so there is one for light and one for dark surroundings. They are written as
plain Vega-Lite, because importing a library for that takes longer than drawing.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import vl_convert

from annotations.agreement.questions.inference import DocumentCurve
from annotations.web.agreement.tables import Figure, PairRow

WIDTH = 560
VERSION = "6.1"
ROW = 30
FURTHEST = 4
CURVE_STEPS = 60
FONT = "system-ui, -apple-system, Segoe UI, Roboto, Noto Sans, Helvetica Neue, Arial, sans-serif"


@dataclass(frozen=True, slots=True)
class Theme:
    ink: str
    muted: str
    line: str
    accent: str
    low: str
    high: str
    on_low: str
    on_high: str


THEMES = {
    "light": Theme("#1d1e21", "#5b5f66", "#d9dadb", "#4338a0", "#f1f0fa", "#4338a0", "#1d1e21", "#ffffff"),
    "dark": Theme("#e7e5e0", "#a4a8ae", "#36393d", "#b3acf5", "#28263c", "#b3acf5", "#e7e5e0", "#1a1736"),
}


def draw_figures(figures: Sequence[Figure], *, theme: Theme, axis: str) -> str:
    """A dot a row with its interval as a line through it, in the order given."""
    rows = [
        {"name": figure.name, "value": figure.value, "low": figure.low, "high": figure.high}
        for figure in figures
        if figure.value is not None
    ]
    lowest = [figure.low if figure.low is not None else figure.value or 0.0 for figure in figures]
    names = [row["name"] for row in rows]
    position = {
        "type": "quantitative",
        "title": axis,
        "scale": {"domain": [min([0.0, *lowest]), 1], "nice": False},
        "axis": {"tickCount": 6},
    }
    name = {
        "field": "name",
        "type": "nominal",
        "sort": names,
        "title": None,
        "axis": {"labelLimit": 220, "ticks": False, "domain": False},
    }
    return _write(
        {
            "width": WIDTH - 200,
            "height": max(1, len(rows)) * ROW,
            "data": {"values": rows},
            "encoding": {"y": name},
            "layer": [
                {
                    "transform": [{"filter": "datum.low != null"}],
                    "mark": {"type": "rule", "strokeWidth": 3, "strokeCap": "round", "opacity": 0.5},
                    "encoding": {
                        "x": {"field": "low", **position},
                        "x2": {"field": "high"},
                        "color": {"value": theme.accent},
                    },
                },
                {
                    "mark": {"type": "circle", "size": 90, "opacity": 1},
                    "encoding": {"x": {"field": "value", **position}, "color": {"value": theme.accent}},
                },
            ],
        },
        theme,
    )


def draw_pairs(pairs: Sequence[PairRow], *, theme: Theme) -> str:
    """A square a pair, darker where they agree more, with the figure written in it."""
    rows = [
        {"first": first, "second": second, "value": pair.figure.value}
        for pair in pairs
        if pair.figure.value is not None
        for first, second in ((pair.first, pair.second), (pair.second, pair.first))
    ]
    names = sorted(
        {name for pair in pairs if pair.figure.value is not None for name in (pair.first, pair.second)}
    )
    size = min(72, max(28, 480 // max(1, len(names))))
    person = {"type": "nominal", "sort": names, "title": None}
    plain = {"ticks": False, "domain": False, "grid": False}
    return _write(
        {
            "width": max(1, len(names)) * size,
            "height": max(1, len(names)) * size,
            "data": {"values": rows},
            "encoding": {
                "x": {
                    "field": "first",
                    **person,
                    "axis": {
                        **plain,
                        "orient": "top",
                        "labelAngle": -35,
                        "labelLimit": 160,
                        "labelAlign": "left",
                    },
                },
                "y": {"field": "second", **person, "axis": {**plain, "labelLimit": 180}},
            },
            "layer": [
                {
                    "mark": {"type": "rect", "cornerRadius": 3},
                    "encoding": {
                        "color": {
                            "field": "value",
                            "type": "quantitative",
                            "scale": {"domain": [0, 1], "clamp": True, "range": [theme.low, theme.high]},
                            "legend": None,
                        }
                    },
                },
                {
                    "mark": {"type": "text", "fontSize": 13},
                    "encoding": {
                        "text": {"field": "value", "type": "quantitative", "format": ".2f"},
                        "color": {
                            "condition": {"test": "datum.value > 0.55", "value": theme.on_high},
                            "value": theme.on_low,
                        },
                    },
                },
            ],
        },
        theme,
    )


def draw_distribution(values: Sequence[float], *, theme: Theme, axis: str) -> str:
    """How many articles have which value."""
    extent = [math.floor(min([0.0, *values]) * 10) / 10, 1]
    most = max(Counter(min(9, math.floor(value * 10)) for value in values).values(), default=1)
    return _write(
        {
            "width": WIDTH - 120,
            "height": 140,
            "data": {"values": [{"value": value} for value in values]},
            "mark": {"type": "bar", "cornerRadiusEnd": 2},
            "encoding": {
                "x": {
                    "field": "value",
                    "type": "quantitative",
                    "bin": {"extent": extent, "step": 0.1},
                    "title": axis,
                    "axis": {"format": ".1f", "grid": False},
                },
                "y": {
                    "aggregate": "count",
                    "type": "quantitative",
                    "title": "articles",
                    "axis": {"tickCount": min(5, most), "format": "d"},
                },
                "color": {"value": theme.accent},
            },
        },
        theme,
    )


def draw_needed(curve: DocumentCurve, *, theme: Theme) -> str:
    """Dots where the width of the interval was computed, and a line that falls with the root of the number."""
    dots = [
        {"documents": documents, "width": width}
        for documents, width in zip(curve.documents, curve.widths, strict=True)
    ]
    first = min(curve.documents, default=1)
    last = max([first, *curve.documents, min(curve.needed or 0, FURTHEST * max(curve.documents, default=1))])
    rate = curve.wanted * math.sqrt(curve.needed or 0)
    steps = [first + (last - first) * step / CURVE_STEPS for step in range(CURVE_STEPS + 1)]
    line = [{"documents": documents, "width": rate / math.sqrt(documents)} for documents in steps]
    along = {
        "field": "documents",
        "type": "quantitative",
        "title": "articles",
        "scale": {"domain": [0, last], "nice": False},
        "axis": {"grid": False, "tickCount": 6, "format": "d"},
    }
    width = {
        "field": "width",
        "type": "quantitative",
        "title": "width of the interval",
        "scale": {"domainMin": 0},
        "axis": {"tickCount": 5},
    }
    return _write(
        {
            "width": WIDTH - 120,
            "height": 180,
            "layer": [
                {
                    "data": {"values": [{"width": curve.wanted}]},
                    "mark": {"type": "rule", "strokeDash": [4, 4]},
                    "encoding": {"y": width, "color": {"value": theme.muted}},
                },
                {
                    "data": {"values": line},
                    "mark": {"type": "line", "strokeWidth": 2, "opacity": 0.5},
                    "encoding": {"x": along, "y": width, "color": {"value": theme.accent}},
                },
                {
                    "data": {"values": dots},
                    "mark": {"type": "circle", "size": 70, "opacity": 1},
                    "encoding": {"x": along, "y": width, "color": {"value": theme.accent}},
                },
            ],
        },
        theme,
    )


def _write(spec: dict[str, Any], theme: Theme) -> str:
    axis = {
        "labelColor": theme.ink,
        "titleColor": theme.muted,
        "gridColor": theme.line,
        "domainColor": theme.line,
        "tickColor": theme.line,
        "labelFontSize": 13,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    }
    # Browsers have other fonts than the server, so the names get more room than it thinks they need.
    config = {
        "padding": {"left": 24, "right": 16, "top": 5, "bottom": 5},
        "background": "transparent",
        "font": FONT,
        "view": {"stroke": None},
        "axis": axis,
    }
    svg: str = vl_convert.vegalite_to_svg(
        {**spec, "config": config}, vl_version=VERSION, allowed_base_urls=[]
    )
    return svg
