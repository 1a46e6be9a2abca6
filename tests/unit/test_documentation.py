"""What documentation names exists, and what it tells people to type can be typed."""

import ast
import re
import runpy
import shlex
import tomllib
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

from annotations import __version__
from annotations.formats.axes import Axis
from annotations.formats.registry import FORMATS, OF_ANNOTATIONS, OF_TEXTS
from annotations.schemes.definition import load_scheme
from tests.run import CHECKS, ROOT, STAGES

PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
GUIDES = [
    path for path in PAGES if path.parent.name == "recipes" or path.stem in {"architecture", "CONTRIBUTING"}
]
FOLDERS = ("annotations", "workbench", "tests", "docs", "requirements", "packaging", "seeds", "benchmarks")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("annotations", "workbench", "tests")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".py", ".html", ".toml"} and path != Path(__file__)
)
NAMES = set(re.findall(r"[A-Za-z_]\w*", SOURCES + MAKEFILE))

pages = pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
guides = pytest.mark.parametrize("page", GUIDES, ids=lambda path: path.stem)


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def list_code(text: str) -> list[str]:
    """What stands between single backticks, outside blocks of code."""
    prose = re.sub(r"^ *```.*?^ *```", "", text, flags=re.DOTALL | re.MULTILINE)
    return re.findall(r"`([^`\n]+)`", prose)


def list_commands(text: str) -> list[str]:
    lines = [*(line.strip().removeprefix("$ ") for line in text.splitlines()), *list_code(text)]
    return [line for line in lines if line.startswith(("make ", ".venv/bin/", "manage.py ", "WRITE_GOLDEN"))]


def find_missing_paths(text: str) -> list[str]:
    paths = [code for code in list_code(text) if re.fullmatch(rf"(?:{'|'.join(FOLDERS)})/[\w./{{}}-]*", code)]
    return [path for path in paths if not (ROOT / path).exists()]


def find_missing_names(text: str) -> list[str]:
    """Words in backticks that look like names of code, and that stand nowhere in it."""
    found = re.findall(r"`((?:[a-z]+_\w+|[A-Z][a-z]+[A-Z]\w+|[A-Z]+_[A-Z_]+))(?:\([^`]*\))?`", text)
    return [name for name in found if name not in NAMES]


def find_moved_names(text: str) -> list[str]:
    """Names of which a guide says in which module they are, and that are not there."""
    said = re.findall(
        r"`(\w+)`(?:\s+\([^)]*\))?\s+(?:in|of)\s+`((?:annotations|workbench|tests)/[\w/.]+\.py)`", text
    )
    return [
        f"{name} in {path}"
        for name, path in said
        if not re.search(
            rf"^ *(?:(?:async )?def|class) {name}\b|^{name}\b", read(ROOT / path), flags=re.MULTILINE
        )
    ]


@pages
def test_each_path_that_is_named_exists(page: Path) -> None:
    assert find_missing_paths(read(page)) == []


@guides
def test_each_name_of_a_guide_is_in_the_code(page: Path) -> None:
    assert find_missing_names(read(page)) == []


@guides
def test_each_name_of_a_guide_is_in_the_module_that_it_says(page: Path) -> None:
    assert find_moved_names(read(page)) == []


def test_what_does_not_exist_is_found() -> None:
    assert find_missing_paths("see `annotations/no_such.py`") == ["annotations/no_such.py"]
    assert find_missing_names("call `no_such_name_at_all` or `NoSuchClass`") == [
        "no_such_name_at_all",
        "NoSuchClass",
    ]
    assert find_moved_names("`Span` in `annotations/limits.py`") == ["Span in annotations/limits.py"]
    assert find_moved_names("`Span` in `annotations/spans.py`") == []


@pages
def test_each_command_can_be_typed(page: Path) -> None:
    for line in list_commands(read(page)):
        words = [word for word in shlex.split(line.partition("  ")[0]) if "=" not in word]
        if words[0] == "make":
            assert re.search(rf"^{words[1]}:", MAKEFILE, flags=re.MULTILINE), line
        elif "manage.py" in words[:2] and words[-1] != "manage.py":
            name = words[words.index("manage.py") + 1]
            assert name == "help" or name in get_commands(), line
        elif words[1:3] == ["-m", "tests.run"]:
            assert words[4] in STAGES, line
        elif words[1:3] == ["-m", "pytest"]:
            paths = [word for word in words[3:] if word.startswith("tests/")]
            assert paths, line
            assert all((ROOT / path).exists() for path in paths), line


def test_the_tables_of_formats_name_each_format_of_the_registry() -> None:
    path = ROOT / "packaging" / "documentation.py"
    asked = {
        name for page in PAGES for name in re.findall(r"^<!-- table: (.+) -->$", read(page), re.MULTILINE)
    }
    site = runpy.run_path(str(path))
    tables = {name: site["write_table"](name).splitlines()[2:] for name in asked}
    assert asked == set(site["TABLES"])
    assert [len(tables[name]) for name in sorted(asked)] == [
        len(OF_ANNOTATIONS),
        len(OF_TEXTS),
        sum(bool(known.write or known.copy) for known in FORMATS),
        len(Axis),
        sum(bool(known.axes) for known in FORMATS),
    ]
    for known in FORMATS:
        if known.axes:
            row = " | ".join((f"`{known.name}`", *(known.axes[axis].value for axis in Axis)))
            assert f"| {row} |" in tables["what formats hold"]
    assert all(row.count(" | ") == 3 for row in tables["formats that are written"])
    assert all(known.title in row for known, row in zip(OF_TEXTS, tables["formats of texts"], strict=True))


def test_the_scheme_of_the_recipe_is_one() -> None:
    [definition] = re.findall(r"```toml\n(.*?)```", read(ROOT / "docs/recipes/scheme.md"), flags=re.DOTALL)
    assert [label.name for label in load_scheme(definition).labels] == ["Opinion", "Holder"]


@pages
def test_python_in_a_page_is_python(page: Path) -> None:
    for code in re.findall(r"```python\n(.*?)```", read(page), flags=re.DOTALL):
        ast.parse(code)


def test_the_drawn_layers_are_those_of_the_contracts() -> None:
    text = read(ROOT / "docs/architecture.md")
    drawings = [
        [
            re.split(r" {2,}", line.strip())[0]
            for line in block.splitlines()
            if line.strip() and "---" not in line
        ]
        for block in re.findall(r"(?:^ {4}.*\n)+", text, flags=re.MULTILINE)
    ]
    contracts = {contract["id"]: contract for contract in PROJECT["tool"]["importlinter"]["contracts"]}
    assert contracts["layers"]["layers"] in drawings
    assert contracts["formats"]["layers"] in drawings
    assert [layer for layer in contracts["agreement"]["layers"] if layer != "__main__"] in drawings


def test_every_package_has_its_place_in_the_architecture() -> None:
    """The drawings and the paragraphs about what has folders of its own name each."""
    named = set(re.findall(r"\w+", read(ROOT / "docs/architecture.md")))
    packages = {path.parent for path in (ROOT / "annotations").rglob("__init__.py")}
    assert {package for package in packages if package.name not in named | {"migrations"}} == set()


def test_a_commit_is_checked_as_make_check_does() -> None:
    hooks = yaml.safe_load(read(ROOT / ".pre-commit-config.yaml"))["repos"][0]["hooks"]

    def first_words(command: list[str]) -> tuple[str, ...]:
        """The program, and what it is told to do; which files it gets differs."""
        told = [Path(command[0]).name, *(word for word in command[1:] if word not in {".", "annotations"})]
        return tuple(word for word in told if word not in {"--force-exclude", "--quiet"})

    committed = {first_words(shlex.split(hook["entry"])) for hook in hooks}
    assert committed == {first_words([str(word) for word in check.words]) for check in CHECKS}


def test_the_citation_names_this_version() -> None:
    citation = yaml.safe_load(read(ROOT / "CITATION.cff"))
    assert citation["version"] == __version__
    assert citation["license"] == PROJECT["project"]["license"]
    assert citation["cff-version"] == "1.2.0"


def test_other_machines_run_the_two_commands_and_nothing_else() -> None:
    workflow = yaml.safe_load(read(ROOT / ".github/workflows/test.yml"))
    pythons = {f"3.{minor}" for minor in range(11, 15)}
    assert set(workflow["jobs"]["test"]["strategy"]["matrix"]["python"]) == pythons
    run = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    assert [command.split()[:2] for command in run] == [["make", "test"], ["make", "quickstart"]]
    supported = {
        line.rpartition(" ")[2] for line in PROJECT["project"]["classifiers"] if "Python :: 3." in line
    }
    assert supported == pythons
