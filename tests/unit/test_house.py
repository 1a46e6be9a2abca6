"""What holds of all names and sentences in the code."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
APP = ROOT / "annotations"


PRODUCT = ("annotations", "workbench")
MAX_LINES = 400
"""A module is one idea on a few screens; a longer one is two, and is divided between them."""
MAX_LINES_OF_TESTS = 600
"""A specification of one thing is read by the names in it, and may be longer."""
SHARED: Mapping[str, str] = {
    "Command": "Django finds a command of manage.py by this name",
    "Meta": "Django and the REST framework read a class's options under this name",
    "Migration": "Django finds a migration by this name",
    "Block": "the row of the table keeps the value of the same name",
    "Relation": "the row of the table keeps the value of the same name",
    "Scheme": "the row of the table keeps the value of the same name",
    "Span": "the row of the table keeps the value of the same name",
}
"""The class names that several classes have, and why."""
NEEDS_ITS_NEIGHBOUR = re.compile(
    r"(The same|Of|That|This|Those|These|Likewise|Ditto|As above|See above|Its|Their|It|They|Also|There should)\b"
)
STARTS_IN_THE_MIDDLE = re.compile(r"As |With |Where |Which |Whose |And |But ")
Documented = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


class Definition(NamedTuple):
    """A class or a function, with its sentence; a public one stands at the top of its module."""

    place: str
    name: str
    text: str
    is_class: bool
    is_public: bool


class Module(NamedTuple):
    """What is asked of a file of code. Its syntax is not kept: a million objects would slow every test after these."""

    text: str
    is_empty: bool
    definitions: tuple[Definition, ...]
    stored: tuple[tuple[int, str], ...]
    """The names that are given a value, each with its line."""


def describe_module(path: str, source: str) -> Module:
    tree = ast.parse(source)
    top = set(map(id, tree.body))
    nodes = list(ast.walk(tree))
    return Module(
        ast.get_docstring(tree) or "",
        not tree.body,
        tuple(
            Definition(
                f"{path}:{node.lineno} {node.name}",
                node.name,
                ast.get_docstring(node) or "",
                isinstance(node, ast.ClassDef),
                id(node) in top and not node.name.startswith("_"),
            )
            for node in nodes
            if isinstance(node, Documented)
        ),
        tuple(
            (node.lineno, node.id)
            for node in nodes
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        ),
    )


@cache
def read_modules(*folders: str) -> Mapping[Path, Module]:
    """Every module below the folders, by its path as the tests name it: those of the app from the app on."""
    found = {
        path.relative_to(APP if path.is_relative_to(APP) else ROOT): path.read_text(encoding="utf-8")
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
    }
    return {path: describe_module(str(path), source) for path, source in sorted(found.items())}


def list_classes() -> dict[str, list[str]]:
    """Where each class name is defined."""
    found = defaultdict(list)
    for module in read_modules(*PRODUCT).values():
        for one in module.definitions:
            if one.is_class:
                found[one.name].append(one.place)
    return found


def list_docstrings() -> Iterator[tuple[str, str]]:
    """The docstring of every class and function, after its place."""
    for module in read_modules(*PRODUCT).values():
        yield from ((one.place, one.text) for one in module.definitions if one.text)


def test_a_class_name_means_one_thing() -> None:
    homonyms = {
        name: places for name, places in list_classes().items() if len(places) > 1 and name not in SHARED
    }
    assert homonyms == {}


@pytest.mark.parametrize("name", SHARED)
def test_a_shared_name_is_still_shared(name: str) -> None:
    assert len(list_classes()[name]) > 1


@pytest.mark.parametrize("name", [name for name, why in SHARED.items() if "row of the table" in why])
def test_a_value_shares_its_name_with_one_table_only(name: str) -> None:
    places = list_classes()[name]
    assert len(places) == 2
    assert sum(place.startswith("models/") for place in places) == 1


def test_a_limit_is_called_max_or_min() -> None:
    """Superlatives of other kinds say the same in many ways, so that nobody finds all limits."""
    others = re.compile(r"(MAXIMUM|MINIMUM|LARGEST|SMALLEST|LEAST|FEWEST|LONGEST|SHORTEST|DEEPEST)(_|$)")
    named = [
        f"{path}:{line} {name}"
        for path, module in read_modules(*PRODUCT).items()
        for line, name in module.stored
        if others.match(name)
    ]
    assert named == []


def test_the_sentence_about_a_class_or_function_stands_alone() -> None:
    leaning = [f"{place}: {text}" for place, text in list_docstrings() if NEEDS_ITS_NEIGHBOUR.match(text)]
    assert leaning == []


def test_every_module_says_what_it_is_about_in_a_sentence_that_stands_alone() -> None:
    """Migrations have names that say it."""
    silent = []
    for path, module in (*read_modules(*PRODUCT).items(), *read_modules("tests").items()):
        is_empty = path.name == "__init__.py" and module.is_empty
        is_silent = not module.text or NEEDS_ITS_NEIGHBOUR.match(module.text)
        if path.parts[0] != "migrations" and not is_empty and is_silent:
            silent.append(str(path))
    assert silent == []


@pytest.mark.parametrize(
    ("folder", "most"),
    [
        ("annotations", MAX_LINES),
        ("workbench", MAX_LINES),
        ("benchmarks", MAX_LINES),
        ("tests", MAX_LINES_OF_TESTS),
    ],
)
def test_a_module_is_no_longer_than_a_few_screens(folder: str, most: int) -> None:
    """Migrations are written by Django, and never read as a whole."""
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in sorted((ROOT / folder).rglob("*.py"))
        if path.parent.name != "migrations"
    }
    assert {path: length for path, length in lengths.items() if length > most} == {}


def list_silent() -> Iterator[str]:
    """The public functions and classes of modules without a sentence that stands alone."""
    for path, module in read_modules(*PRODUCT).items():
        for one in module.definitions:
            leans = NEEDS_ITS_NEIGHBOUR.match(one.text) or STARTS_IN_THE_MIDDLE.match(one.text)
            if path.parts[0] != "migrations" and one.is_public and (not one.text or leans):
                yield one.place


def test_every_public_function_and_class_says_what_it_is_for_in_a_sentence_that_stands_alone() -> None:
    assert list(list_silent()) == []
