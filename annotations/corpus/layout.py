"""What each stretch of an article is, found by rules and marked beside the text, which stays as it is.

The blocks lie in order, never overlap, and leave nothing out but white space. Whatever the rules do not recognise is
a paragraph: that is the harmless mistake.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from annotations.corpus.layout_rules import load_layout_rules
from annotations.formats.documents import Block


class BlockRole(StrEnum):
    """The roles that a block of a text can have in its layout."""

    TITLE = "title"
    BYLINE = "byline"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    QUOTE = "quote"
    CAPTION = "caption"
    BIOGRAPHY = "biography"
    BOILERPLATE = "boilerplate"


BODY = (BlockRole.PARAGRAPH, BlockRole.LIST_ITEM, BlockRole.QUOTE)
HEADED = (*BODY, BlockRole.HEADING)
"""What a heading may stand above."""

MAX_TITLE_LENGTH = 250
MAX_HEADING_LENGTH = 120
MAX_BYLINE_LENGTH = 80
MAX_BOILERPLATE_LENGTH = 80
MAX_WRAPPED_LINE_LENGTH = 100
MIN_WRAPPED_LINE_LENGTH = 45
MAX_HEADING_WORDS = 16
QUOTED_SHARE = 0.6
FULL_LINE_SHARE = 0.6
CAPITALS_SHARE = 0.6
MIN_QUOTED_WORDS = 4
NAME_LENGTHS = range(2, 6)
MAX_WORDS_BEFORE_COLON = 4
MAX_SMALL_WORD_LENGTH = 3
MAX_BLOCKS_ABOUT_AUTHOR = 6
FARTHEST_CLOSING_TAG = 300

UNSEEN = "\ufeff\u200b"
STOPS = (".", "!", "…", ",", ";", ":", "。", "！", "，", "；", "：")
CLOSERS = "\"'”’»)]"
BULLET = re.compile(r"(?:[•‣◦▪●○∙·*–-]|\(?(?:\d{1,3}|[a-z])[.)])\s+\S")
MARKDOWN_HEADING = re.compile(r"#{1,6}\s+\S")
QUOTED = re.compile(r"“[^“”]*”|«[^«»]*»|„[^„“”]*[“”]|\"[^\"]*\"")
OPENING_TAGS = re.compile(
    r"(?:</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>\s*"
    r"|</?(?:p|div|span|br|li|ul|ol|em|strong|b|i|h[1-6])(?=[A-Z“\"‘]))+",
)
CLOSING_TAGS = re.compile(r"(?:\s*</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>|</[a-zA-Z]+)+$")
RULES = load_layout_rules()
AND = re.compile(r",|\s(?:and|und|et|y|e|en|i|і|и|&)\s")
NAME_WORD = re.compile(r"[^\W\d_][\w'’-]*[^\W\d_A-Z]|[A-Z]\.?")


def lay_out(text: str) -> tuple[Block, ...]:
    r"""Find the blocks of a text, such as title and paragraphs, where its file gives none.

    >>> [str(block.kind) for block in lay_out("A headline\n\nA sentence of it.\n\nPost a Comment")]
    ['title', 'paragraph', 'boilerplate']
    """
    stretches = _find_stretches(text)
    if "<" in text:
        blocks = [part for start, end in stretches for part in _set_tags_apart(text, start, end)]
    else:
        blocks = [Block(start, end, BlockRole.PARAGRAPH) for start, end in stretches]
    blocks = [_recognise_alone(text, block) for block in blocks]
    blocks = _recognise_top(text, blocks)
    blocks = _recognise_headings(text, blocks)
    return tuple(_recognise_biography(text, blocks))


def refine(text: str, blocks: Sequence[Block]) -> tuple[Block, ...]:
    r"""The blocks that a page or a document gives, with what it calls paragraphs told apart further, as words show it.

    >>> ends = {(0, 5): BlockRole.TITLE, (7, 20): BlockRole.PARAGRAPH, (22, 31): BlockRole.PARAGRAPH}
    >>> blocks = [Block(start, end, kind) for (start, end), kind in ends.items()]
    >>> [str(block.kind) for block in refine("Talks\n\nBy Ann Smith.\n\nThey met.", blocks)]
    ['title', 'byline', 'paragraph']
    """
    result = [
        _recognise_alone(text, block) if not text.startswith("#", block.start) else block for block in blocks
    ]
    title = next((place for place, block in enumerate(result) if block.kind is BlockRole.TITLE), None)
    result = _recognise_top(text, result) if title is None else _recognise_below_title(text, result, title)
    if not any(block.kind is BlockRole.HEADING for block in result):
        result = _recognise_headings(text, result)
    return tuple(_recognise_biography(text, result))


def _find_stretches(text: str) -> list[tuple[int, int]]:
    """Lines without the white space around them; those of a hard-wrapped paragraph put together."""
    lines = _find_lines(text)
    width = max((end - start for start, end in lines), default=0)
    if not _is_hard_wrapped(text, lines, width):
        return lines
    joined: list[tuple[int, int]] = []
    for index, (start, end) in enumerate(lines):
        is_continued = (
            index > 0
            and _touch(text, lines[index - 1][1], start)
            and lines[index - 1][1] - lines[index - 1][0] >= FULL_LINE_SHARE * width
            and not BULLET.match(text, start, end)
        )
        if is_continued:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _find_lines(text: str) -> list[tuple[int, int]]:
    lines = []
    start = 0
    for line in text.splitlines(keepends=True):
        end = start + len(line)
        if stretch := _trim(text, start, end):
            lines.append(stretch)
        start = end
    return lines


def _is_hard_wrapped(text: str, lines: Sequence[tuple[int, int]], width: int) -> bool:
    """Lines of much the same length that break off in mid-sentence are one paragraph cut by its width."""
    if not MIN_WRAPPED_LINE_LENGTH <= width <= MAX_WRAPPED_LINE_LENGTH:
        return False
    followed = [(start, end) for (start, end), (after, _) in pairwise(lines) if _touch(text, end, after)]
    broken = [
        (start, end)
        for start, end in followed
        if end - start >= FULL_LINE_SHARE * width
        and not text[start:end].rstrip(CLOSERS).endswith((".", "!", "?"))
    ]
    return len(followed) > 1 and 2 * len(broken) >= len(followed)


def _touch(text: str, end: int, start: int) -> bool:
    between = text[end:start]
    return len(re.findall(r"\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]", between)) == 1


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and ((first := text[start]).isspace() or first in UNSEEN):
        start += 1
    while start < end and ((last := text[end - 1]).isspace() or last in UNSEEN):
        end -= 1
    return (start, end) if start < end else None


def _set_tags_apart(text: str, start: int, end: int) -> list[Block]:
    """Remains of HTML at either end of a line are boilerplate; the words between them are not."""
    opening = OPENING_TAGS.match(text, start, end)
    inner = _trim(text, opening.end() if opening else start, end)
    if inner is None:
        return [Block(start, end, BlockRole.BOILERPLATE)]
    tail = max(inner[0], inner[1] - FARTHEST_CLOSING_TAG)
    closing = CLOSING_TAGS.search(text[tail : inner[1]])
    outer_end = inner[1]
    if closing:
        inner = _trim(text, inner[0], tail + closing.start())
        if inner is None:
            return [Block(start, end, BlockRole.BOILERPLATE)]
    parts = [Block(*inner, BlockRole.PARAGRAPH)]
    if opening and (tag := _trim(text, start, opening.end())):
        parts.insert(0, Block(*tag, BlockRole.BOILERPLATE))
    if closing and (tag := _trim(text, inner[1], outer_end)):
        parts.append(Block(*tag, BlockRole.BOILERPLATE))
    return parts


def _recognise_alone(text: str, block: Block) -> Block:
    """What a block says of itself, wherever it stands."""
    if block.kind is not BlockRole.PARAGRAPH:
        return block
    start, end = block.start, block.end
    if end - start > MAX_BOILERPLATE_LENGTH and text[start].isalpha() and text[start + 1] not in ".)":
        return block
    content = text[start:end]
    if len(content) <= MAX_BOILERPLATE_LENGTH and _is_boilerplate(content):
        return block._replace(kind=BlockRole.BOILERPLATE)
    if MARKDOWN_HEADING.match(content):
        return block._replace(kind=BlockRole.HEADING)
    if BULLET.match(content):
        return block._replace(kind=BlockRole.LIST_ITEM)
    if content.startswith(">") or _is_quoted(content):
        return block._replace(kind=BlockRole.QUOTE)
    return block


@lru_cache(maxsize=10_000)
def _is_boilerplate(line: str) -> bool:
    """Lines of a page come again with each of its articles, and there are many rules to ask."""
    return RULES.boilerplate.fullmatch(line.lower()) is not None


def _is_quoted(content: str) -> bool:
    first = QUOTED.match(content)
    if first is None or len(first.group().split()) < MIN_QUOTED_WORDS:
        return False
    quoted = sum(len(match.group()) for match in QUOTED.finditer(content))
    return quoted >= QUOTED_SHARE * len(content)


def _recognise_top(text: str, blocks: Sequence[Block]) -> list[Block]:
    """The title is the first line; the author, the date and the name of a picture stand right below it."""
    blocks = list(blocks)
    first = next(
        (index for index, block in enumerate(blocks) if block.kind is not BlockRole.BOILERPLATE), None
    )
    if first is None or not _is_title(text, blocks, first):
        return blocks
    blocks[first] = blocks[first]._replace(kind=BlockRole.TITLE)
    return _recognise_below_title(text, blocks, first)


def _recognise_below_title(text: str, blocks: Sequence[Block], title: int) -> list[Block]:
    """Names and dates right below a title are its byline; words in small letters there name a picture."""
    blocks = list(blocks)
    for index in range(title + 1, len(blocks) - 1):
        block = blocks[index]
        content = text[block.start : block.end]
        if block.kind is BlockRole.BOILERPLATE:
            continue
        is_day = block.kind is BlockRole.LIST_ITEM and RULES.byline.fullmatch(content)  # as in “4. März 2026”
        if len(content) > MAX_BYLINE_LENGTH or not (block.kind is BlockRole.PARAGRAPH or is_day):
            break
        if _is_byline(content):
            blocks[index] = block._replace(kind=BlockRole.BYLINE)
        elif (
            content == content.lower() and content != content.upper() and not content.endswith(("?", *STOPS))
        ):
            blocks[index] = block._replace(kind=BlockRole.BOILERPLATE)
        else:
            break
    return blocks


def _is_title(text: str, blocks: Sequence[Block], index: int) -> bool:
    block = blocks[index]
    content = text[block.start : block.end]
    if block.kind is BlockRole.HEADING:
        return True
    is_followed = any(later.kind is not BlockRole.BOILERPLATE for later in blocks[index + 1 :])
    return (
        block.kind in {BlockRole.PARAGRAPH, BlockRole.QUOTE}
        and is_followed
        and len(content) <= MAX_TITLE_LENGTH
        and "\n" not in content
        and not content.rstrip(CLOSERS).endswith((".", ",", ";", ":", "。"))
    )


def _is_byline(content: str) -> bool:
    """A day, a word such as “published”, a name, or names behind a word for “by”."""
    if RULES.byline.fullmatch(content) or _is_name(content):
        return True
    by = RULES.by.match(content)
    return by is not None and _is_name(AND.split(content[by.end() :])[0])


def _is_name(content: str) -> bool:
    words = content.split()
    return (
        len(words) in NAME_LENGTHS
        and all(
            (NAME_WORD.fullmatch(word) and not word.endswith(("'s", "’s"))) or word in RULES.particles
            for word in words
        )
        and words[0][0].isupper()
        and words[-1][0].isupper()
        and all(word[0].isupper() or word in RULES.particles for word in words)
        and not RULES.no_names & {word.lower() for word in words}
    )


def _recognise_headings(text: str, blocks: Sequence[Block]) -> list[Block]:
    """A short line without a full stop is a heading where something stands below it; read from the end."""
    result = list(blocks)
    heads_something = False
    for index in range(len(result) - 1, -1, -1):
        block = result[index]
        if block.kind is BlockRole.BOILERPLATE:
            continue
        if (
            block.kind is BlockRole.PARAGRAPH
            and heads_something
            and block.end - block.start <= MAX_HEADING_LENGTH
            and _reads_like_heading(text[block.start : block.end])
        ):
            result[index] = block._replace(kind=BlockRole.HEADING)
        heads_something = result[index].kind in HEADED
    return result


def _reads_like_heading(content: str) -> bool:
    if not content[0].isalnum():
        return False
    words = content.split()
    if len(words) > MAX_HEADING_WORDS:
        return False
    if content[0].islower() or content.rstrip(CLOSERS).endswith((*STOPS, "。")):
        return (
            len(words) <= MAX_WORDS_BEFORE_COLON and content.endswith(":") and _share_of_capitals(words) == 1
        )
    if content.endswith(("?", "？")):
        return _share_of_capitals(words) >= CAPITALS_SHARE
    return True


def _share_of_capitals(words: Sequence[str]) -> float:
    """Among the words that a headline in capitals would capitalise."""
    long_words = [
        word
        for word in words
        if len(word.strip(CLOSERS + ":?,")) > MAX_SMALL_WORD_LENGTH and word[0].isalpha()
    ]
    return sum(word[0].isupper() for word in long_words) / len(long_words) if long_words else 0.0


def _recognise_biography(text: str, blocks: Sequence[Block]) -> list[Block]:
    """The last words of an article may be about its author: known by name, by a heading, or by their form."""
    result = list(blocks)
    last_few = range(max(0, len(result) - MAX_BLOCKS_ABOUT_AUTHOR), len(result))
    about = next(
        (
            index
            for index in last_few
            if RULES.about_author.fullmatch(text[result[index].start : result[index].end])
        ),
        None,
    )
    if about is not None:
        return [
            block
            if index < about or block.kind is BlockRole.BOILERPLATE
            else block._replace(kind=BlockRole.BIOGRAPHY)
            for index, block in enumerate(result)
        ]
    bodies = [index for index, block in enumerate(result) if block.kind in BODY]
    if not bodies[1:]:
        return result
    last = bodies[-1]
    content = text[result[last].start : result[last].end]
    if result[last].kind is BlockRole.PARAGRAPH and (
        RULES.is_a_writer.match(content) or _starts_with_author(text, result, content)
    ):
        result[last] = result[last]._replace(kind=BlockRole.BIOGRAPHY)
    return result


def _starts_with_author(text: str, blocks: Sequence[Block], content: str) -> bool:
    opening = content.split(maxsplit=1)[0].rstrip(",")
    for block in blocks:
        if block.kind is BlockRole.BYLINE:
            byline = text[block.start : block.end].removeprefix("By ")
            by = RULES.by.match(byline)
            words = [word.strip(",") for word in byline[by.end() if by else 0 :].split()]
            if opening in words and opening[0].isupper():
                return True
    return False
