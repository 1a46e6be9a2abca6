"""Precision and recall of the blocks of articles, by kind, over page layouts: `python -m benchmarks.layouts`.

Each layout of `tests/unit/corpus/layouts.py` is a file as publishers make them, with the blocks that a reader of it sees. A block counts as
found if one of its kind has all its words and no others. What stands around an article may be left out or marked as boilerplate.
"""

import time

from tests.unit.corpus.layouts import LAYOUTS
from tests.unit.corpus.measuring import WORDS, Scores, find_blocks


def main() -> None:
    scores = Scores()
    started = time.perf_counter()
    for make in LAYOUTS.values():
        layout = make()
        scores.add(layout.blocks, find_blocks(layout))
    seconds = time.perf_counter() - started
    print(f"{len(LAYOUTS)} layouts, {seconds:.1f} s")
    print(f"{'kind':22}{'precision':>10}{'recall':>10}{'of':>8}")
    for kind, score in sorted(scores.by_kind.items(), key=lambda entry: (entry[0] == WORDS, entry[0])):
        print(f"{kind:22}{score.precision:10.3f}{score.recall:10.3f}{score.right + score.missed:8}")


if __name__ == "__main__":
    main()
