"""What the documentation's site takes from outside docs/, and from the registry of formats, and what may not be in it."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

from annotations.formats.axes import Axis
from annotations.formats.ports import Format
from annotations.formats.registry import FORMATS, OF_ANNOTATIONS, OF_TEXTS

ROOT = Path(__file__).resolve().parents[1]
TAKEN = {"CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
TABLE = re.compile(r"^<!-- table: (.+) -->$", re.MULTILINE)
FETCHED = re.compile(
    r"""<(?:script|img|iframe|source)\b[^>]*\bsrc=["']?(?:https?:)?//|"""
    r"""<link\b[^>]*\brel=["']?(?:stylesheet|preconnect|icon)["']?[^>]*\bhref=["']?(?:https?:)?//"""
)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put every recipe and every decision into the contents, in the order of their names."""
    config.nav = [
        *(config.nav or []),
        {"Contributing": [TAKEN["CONTRIBUTING.md"], "architecture.md", {"Recipes": _list("recipes")}]},
        {"Decisions": _list("decisions")},
        TAKEN["CHANGELOG.md"],
    ]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that lie in the repository's root, where people look for them; their links lead to docs/."""
    for name, page in TAKEN.items():
        content = (ROOT / name).read_text(encoding="utf-8")
        for other, address in TAKEN.items():
            content = content.replace(f"]({other})", f"]({address})")
        files.append(File.generated(config, page, content=content.replace("](docs/", "](")))
    return files


def on_page_markdown(markdown: str, **_: object) -> str:
    """Put the tables that follow from the registry of formats where a page asks for them."""
    return TABLE.sub(lambda found: write_table(found[1]), markdown)


def write_table(name: str) -> str:
    """A table of formats by its name, in Markdown."""
    if name not in TABLES:
        raise PluginError(f"there is no table {name!r}; there are {', '.join(TABLES)}")
    head, *rows = TABLES[name]()
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))


def list_written() -> Iterator[Sequence[str]]:
    """What datasets are written in, whatever is installed here."""
    yield "name", "what it is, and holds", "what is lost, and counted", "read again"
    for known in FORMATS:
        if known.write or known.copy:
            losses: dict[str, list[str]] = {}
            for loss in known.cannot_hold:
                losses.setdefault(loss.outcome, []).append(loss.several)
            lost = "; ".join(f"{outcome}: {', '.join(things)}" for outcome, things in losses.items())
            yield (
                f"`{known.name}`",
                _describe(known),
                lost or "nothing",
                "yes" if known.is_read_back else "no",
            )


def list_texts() -> Iterator[Sequence[str]]:
    """What articles are read from."""
    yield "file", "what it is, and holds"
    for known in OF_TEXTS:
        yield ", ".join(f"`{suffix}`" for suffix in known.suffixes), _describe(known)


def list_annotated() -> Iterator[Sequence[str]]:
    """What annotations are read from."""
    yield "what is read", "what of it"
    for known in OF_ANNOTATIONS:
        yield known.title, known.contents


def list_axes() -> Iterator[Sequence[str]]:
    """How far each format of annotations holds what these can have."""
    yield "name", *(axis.words for axis in Axis)
    for known in FORMATS:
        if known.axes:
            yield f"`{known.name}`", *(extent.value for _, extent in known.axes)


def list_meanings() -> Iterator[Sequence[str]]:
    """What is meant by each thing that a format can hold."""
    yield "axis", "what it is"
    for axis in Axis:
        yield axis.words, axis.meaning


def _describe(known: Format) -> str:
    needs = f". Needs the extra `{known.needs.extra}`" if known.needs else ""
    return f"{known.title}: {known.contents}{needs}"


TABLES: Mapping[str, Callable[[], Iterator[Sequence[str]]]] = {
    "formats that are written": list_written,
    "formats of texts": list_texts,
    "formats of annotations": list_annotated,
    "what formats hold": list_axes,
    "what can be held": list_meanings,
}


def on_post_page(output: str, *, page: object, config: MkDocsConfig) -> str:  # noqa: ARG001 - their signature
    """Refuse a page for which a browser would ask another server."""
    if found := FETCHED.search(output):
        raise PluginError(f"{page} fetches something from elsewhere: {found.group()}")
    return output


def _list(folder: str) -> list[str]:
    return sorted(f"{folder}/{path.name}" for path in (ROOT / "docs" / folder).glob("*.md"))
