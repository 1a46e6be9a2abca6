"""Markdown: the text is the file as it stands, with its signs; headings, lists and quotes are blocks of it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, BinaryIO

from annotations.formats.documents import Block, Document
from annotations.formats.errors import Refusal
from annotations.formats.isolation import Isolated
from annotations.formats.ports import NOTHING_SAID, Format, TextOptions
from annotations.formats.texts.text import read_text
from annotations.limits import MAX_ROW_BYTES

LINE = re.compile(r"[^\n\r]*(?:\r\n|\n|\r|$)")
FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(.*?\n)?---[ \t]*(?:\r?\n|$)", re.DOTALL)
MEMBER = re.compile(r"([A-Za-z][\w-]{0,60})[ \t]*:[ \t]*(.*?)[ \t]*\r?$", re.MULTILINE)
LEAVES = frozenset(
    {"paragraph_open", "heading_open", "fence", "code_block", "html_block", "table_open", "hr"}
)
MAX_PARSED_LENGTH = 1_000_000
"""Characters of a file whose blocks are looked for as Markdown's; in a longer one rules for plain text find them."""
KEPT = {"lang": "language", "license": "licence", "link": "url", "permalink": "url"}
"""Names of members at the head of a file that have another name here."""


def read_markdown(
    stream: BinaryIO, place: str, options: TextOptions = NOTHING_SAID
) -> Iterator[Document | Refusal]:
    """Read a file as one text, in which nothing is changed, with the blocks that its signs make."""
    for read in read_text(stream, place, options):
        if isinstance(read, Refusal):
            yield read
            continue
        text = read.text or ""
        about, title, first = _read_front_matter(text)
        blocks = tuple(_list_blocks(text, first)) if len(text) <= MAX_PARSED_LENGTH else ()
        yield replace(read, source_format="markdown", blocks=blocks, metadata=about, title=title)


def _read_front_matter(text: str) -> tuple[Mapping[str, Any], str, int]:
    """What stands between lines of dashes at the head of a file: members of one line each, the title, and where it ends."""
    match = FRONT_MATTER.match(text)
    if match is None:
        return {}, "", 0
    members = {name: value.strip("\"'") for name, value in MEMBER.findall(match[1] or "")}
    title = members.pop("title", "")[:500]
    return {KEPT.get(name, name): value for name, value in members.items() if value}, title, match.end()


def _list_blocks(text: str, first: int) -> Iterator[Block]:
    from markdown_it import MarkdownIt

    lines = [match.span() for match in LINE.finditer(text, first) if match.end() > match.start()]
    if front := _trim(text, 0, first):
        yield Block(*front, "boilerplate")
    body = text[first:].replace("\r\n", "\n").replace("\r", "\n")
    has_title = False
    around: list[str] = []
    for token in MarkdownIt("commonmark", {"maxNesting": 50}).enable("table").parse(body):
        if token.type in {"blockquote_open", "list_item_open"}:
            around.append("quote" if token.type == "blockquote_open" else "list_item")
        elif token.type in {"blockquote_close", "list_item_close"}:
            around.pop()
        if token.type not in LEAVES or not token.map or token.map[0] >= len(lines):
            continue
        kind = _find_kind(token.type, around)
        if kind == "heading" and token.tag == "h1" and not has_title:
            kind, has_title = "title", True
        start, end = lines[token.map[0]][0], lines[min(token.map[1], len(lines)) - 1][1]
        if stretch := _trim(text, start, end):
            yield Block(*stretch, kind)


def _find_kind(sign: str, around: list[str]) -> str:
    if sign == "heading_open":
        return "heading"
    if sign in {"hr", "html_block"}:
        return "boilerplate"
    return around[-1] if around else "paragraph"


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


MARKDOWN = Format(
    name="markdown",
    title="Markdown, a file an article",
    short="Markdown",
    holds="one text with blocks",
    media_type="text/markdown; charset=utf-8",
    extension="md",
    suffixes=(".md", ".markdown"),
    read_texts=Isolated(
        "annotations.formats.texts.markdown:read_markdown", most=MAX_ROW_BYTES, keeps_file=True
    ),
)
