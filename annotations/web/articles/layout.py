"""An article as a page shows it."""

from collections.abc import Iterable
from dataclasses import dataclass

from annotations.models import Block, BlockKind


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """A block of an article as a page shows it."""

    kind: str
    text: str
    start: int = 0
    """Where it begins in the text of the article."""

    @property
    def word(self) -> str:
        """What people call its kind."""
        return BlockKind(self.kind).label if self.kind else ""


def lay_out_article(text: str, blocks: Iterable[Block]) -> list[ShownBlock]:
    """The blocks with their texts. What lies between blocks is white space, but anything else would be shown too."""
    shown: list[ShownBlock] = []
    position = 0
    for block in blocks:
        _add_rest(shown, text[position : block.start], position)
        shown.append(ShownBlock(block.kind, text[block.start : block.end], block.start))
        position = block.end
    _add_rest(shown, text[position:], position)
    return shown


def _add_rest(shown: list[ShownBlock], text: str, start: int) -> None:
    if text.strip():
        shown.append(ShownBlock(BlockKind.PARAGRAPH, text, start))
