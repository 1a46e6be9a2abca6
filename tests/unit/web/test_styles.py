"""Stylesheets parse, and hold nothing that no page uses."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import tinycss2

ROOT = Path(__file__).resolve().parents[3]
SHEETS = sorted((ROOT / "annotations").rglob("static/**/*.css"))
EDITOR = ROOT / "annotations/labelstudio/static/labelstudio/studio.css"  # dresses Label Studio's own elements
OWN_SHEETS = [path for path in SHEETS if path != EDITOR]
SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "annotations").rglob("*"))
    if path.suffix in {".html", ".js", ".py"}
)
WORDS = set(re.findall(r"[A-Za-z_][\w-]*", SOURCES))
BEGINNINGS = tuple(set(re.findall(r"([a-z][a-z-]*-)\{", SOURCES)))  # block-{{ kind }} and lane-{number}
OF_LABEL_STUDIO = "--color-primary-"  # what its own stylesheets use
OF_DJANGO = {"errorlist", "helptext"}  # its forms write them


def list_rules(nodes: list[tinycss2.ast.Node]) -> Iterator[tinycss2.ast.Node]:
    """Every rule of a stylesheet, also those inside media queries."""
    for node in nodes:
        yield node
        if node.type == "at-rule" and node.content is not None:
            yield from list_rules(
                tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
            )


def parse(css: str) -> list[tinycss2.ast.Node]:
    return list(list_rules(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)))


def find_errors(css: str) -> list[str]:
    found = []
    for node in parse(css):
        if node.type == "error":
            found.append(node.message)
        if node.type == "qualified-rule":
            inner = tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
            found += [part.message for part in inner if part.type == "error"]
    return found


def find_unused_classes(css: str) -> set[str]:
    selectors = "".join(
        tinycss2.serialize(node.prelude) for node in parse(css) if node.type == "qualified-rule"
    )
    classes = set(re.findall(r"\.(-?[A-Za-z_][\w-]*)", selectors))
    return {name for name in classes if name not in WORDS | OF_DJANGO and not name.startswith(BEGINNINGS)}


def find_unused_variables(css: str, *, anywhere: str) -> set[str]:
    return {
        name
        for name in re.findall(r"(--[\w-]+)\s*:", css)
        if not re.search(rf"var\(\s*{name}(?![\w-])", anywhere)
    }


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_a_stylesheet_parses(path: Path) -> None:
    assert find_errors(path.read_text(encoding="utf-8")) == []


def test_broken_rules_are_found() -> None:
    assert find_errors(".a { color red; }")
    assert find_errors("@media print { .a { color red; } }")
    assert find_errors(".a { color: red; } }")


@pytest.mark.parametrize("path", OWN_SHEETS, ids=lambda path: path.name)
def test_every_class_of_a_stylesheet_is_on_some_page(path: Path) -> None:
    assert find_unused_classes(path.read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_every_variable_of_a_stylesheet_is_used(path: Path) -> None:
    everything = SOURCES + "".join(sheet.read_text(encoding="utf-8") for sheet in SHEETS)
    unused = find_unused_variables(path.read_text(encoding="utf-8"), anywhere=everything)
    assert {name for name in unused if not name.startswith(OF_LABEL_STUDIO)} == set()


def test_unused_classes_and_variables_are_found() -> None:
    assert find_unused_classes(".no-such-thing, .card { color: red; }") == {"no-such-thing"}
    assert find_unused_classes("@media print { .no-such-thing { color: red; } }") == {"no-such-thing"}
    css = ":root { --one: 1px; --one-more: 2px; } p { margin: var(--one-more); }"
    assert find_unused_variables(css, anywhere=css) == {"--one"}


SCALE = re.compile(
    r"var\(--text[a-z-]*\)|inherit|0|0\.875em|[\d.]+pt"
)  # of print, of code beside text, of what only shows a mark


@pytest.mark.parametrize("name", ["workbench.css", "agreement.css", "figures.css"])
def test_sizes_of_type_are_those_of_the_one_scale(name: str) -> None:
    (path,) = (path for path in SHEETS if path.name == name)
    sizes = re.findall(r"font-size: ([^;]+);", path.read_text(encoding="utf-8"))
    assert [size for size in sizes if not SCALE.fullmatch(size)] == []


OF_COLOR = re.compile(r"(background|border|outline)(-|$)|(color|fill|stroke|forced-color-adjust)$")
"""The properties that a theme or a palette may set: nothing comes, goes or moves by them."""


def find_more_than_colors(css: str) -> list[str]:
    """What a theme or a palette of the reader's own changes besides colours and borders."""
    found = []
    for node in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True):
        if node.type == "at-rule" and re.search(
            r"forced-colors|color-scheme|contrast", tinycss2.serialize(node.prelude)
        ):
            for rule in tinycss2.parse_blocks_contents(
                node.content, skip_comments=True, skip_whitespace=True
            ):
                inner = tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
                found += [part.lower_name for part in inner if not OF_COLOR.match(part.lower_name)]
    return found


@pytest.mark.parametrize("path", OWN_SHEETS, ids=lambda path: path.name)
def test_a_theme_or_a_palette_changes_nothing_but_colors_and_borders(path: Path) -> None:
    assert find_more_than_colors(path.read_text(encoding="utf-8")) == []


def test_a_palette_that_hides_something_is_found() -> None:
    assert find_more_than_colors("@media (forced-colors: active) { .a { color: red; display: none; } }") == [
        "display"
    ]
