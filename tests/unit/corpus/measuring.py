"""How far the blocks that are found of a file are those that a reader sees: precision and recall by kind."""

import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from annotations.corpus.layout import BlockRole, lay_out, refine
from annotations.formats.documents import Block, Document
from annotations.formats.ports import NOTHING_SAID
from annotations.formats.registry import find_text_reader
from tests.unit.corpus.layouts import PageLayout, Part

LEFT_OUT = "boilerplate"
"""What stands around an article may be left out of its text or marked in it; both are right."""
WORDS = "words of the article"


@dataclass(slots=True)
class Score:
    """Blocks or words that were found rightly, wrongly, and not at all."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


@dataclass(slots=True)
class Scores:
    """The scores of each kind of block, over any number of files."""

    by_kind: dict[str, Score] = field(default_factory=dict)

    def add(self, expected: Sequence[Part], found: Sequence[Part]) -> None:
        """Count one file."""
        for kind in {kind for kind, _ in (*expected, *found)}:
            self._count(kind, _list_texts(expected, kind), _list_texts(found, kind))
        self._count(WORDS, _list_words(expected), _list_words(found))

    def _count(self, kind: str, expected: Counter[str], found: Counter[str]) -> None:
        score = self.by_kind.setdefault(kind, Score())
        score.right += (expected & found).total()
        score.missed += (expected - found).total()
        if kind != LEFT_OUT:
            score.wrong += (found - expected).total()


def find_blocks(layout: PageLayout) -> list[Part]:
    """The blocks that an import makes of a file, each with its words."""
    read = find_text_reader(PurePath(f"file{layout.suffix}"))
    (document,) = read(io.BytesIO(layout.content), "file", NOTHING_SAID)
    assert isinstance(document, Document), document
    text = document.text or ""
    blocks: Sequence[Block] = [block._replace(kind=BlockRole(block.kind)) for block in document.blocks]
    if document.has_rough_blocks:
        blocks = refine(text, blocks)
    return [(str(block.kind), text[block.start : block.end]) for block in blocks or lay_out(text)]


def measure(layouts: Mapping[str, PageLayout]) -> Scores:
    """The scores over these files."""
    scores = Scores()
    for layout in layouts.values():
        scores.add(layout.blocks, find_blocks(layout))
    return scores


def _list_texts(parts: Sequence[Part], kind: str) -> Counter[str]:
    return Counter("".join(text.split()) for name, text in parts if name == kind)


def _list_words(parts: Sequence[Part]) -> Counter[str]:
    return Counter(word for kind, text in parts if kind != LEFT_OUT for word in text.split())
