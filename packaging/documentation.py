"""What the documentation's site takes from outside docs/, and what may not be in it."""

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[1]
TAKEN = {"CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
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


def on_post_page(output: str, *, page: object, config: MkDocsConfig) -> str:  # noqa: ARG001 - their signature
    """Refuse a page for which a browser would ask another server."""
    if found := FETCHED.search(output):
        raise PluginError(f"{page} fetches something from elsewhere: {found.group()}")
    return output


def _list(folder: str) -> list[str]:
    return sorted(f"{folder}/{path.name}" for path in (ROOT / "docs" / folder).glob("*.md"))
