"""Keys and moves of the mouse for the first 30 names of each seed article: our keys alone, against Label Studio's own way.

    python -m benchmarks.keystrokes

A name is a run of capitalised words inside a sentence, marked as Source with one answer. What is counted is what a hand does: a key
with or without Ctrl, Alt or Shift is one, a move of the mouse to a place is one, pressing and releasing its button is one each.
Label Studio as it comes: the key of the label, to the first letter, press, to the last letter, release, the key of the answer. Ours:
`/`, the fewest letters after which the name is offered first, Shift+Enter, which marks it with the latest label (Enter and the key of
the label for the first), and the key of the answer; then Alt+Shift+A for all its other places in the same letters.
"""

import re
from pathlib import Path

SPANS = 30
STOCK = 6
"""Key, move, press, move, release, key."""
NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w’-]+(?: [A-Z][\w’-]+)*")
WORD = re.compile(r"[\w’]+")
SEEDS = Path(__file__).resolve().parents[1] / "seeds"


def main() -> None:
    """Count for each article, and for all together."""
    ours = stock = spans = 0
    for path in sorted(SEEDS.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        found = [match.span() for match in NAME.finditer(text)][:SPANS]
        keys = count_keys(text, found)
        print(f"{path.name[:3]}: {len(found)} names, {keys} ours, {STOCK * len(found)} Label Studio's")
        ours, stock, spans = ours + keys, stock + STOCK * len(found), spans + len(found)
    print(
        f"{spans} names: {ours} against {stock}, {ours / stock:.0%}; {ours / spans:.1f} a span against {STOCK}"
    )


def count_keys(text: str, spans: list[tuple[int, int]]) -> int:
    """The keys for all spans in reading order, those of one name together where they have other places."""
    words = [match.span() for match in WORD.finditer(text)]
    marked: set[tuple[int, int]] = set()
    keys = cursor = 0
    for span in spans:
        if span in marked:
            continue
        is_first = not marked
        keys += 1 + count_typed(text, words, span, cursor) + 1 + is_first + 1
        cursor = span[1]
        others = [other for other in spans if text[slice(*other)] == text[slice(*span)]]
        keys += len(others) > 1
        marked.update(others)
    return keys


def count_typed(text: str, words: list[tuple[int, int]], span: tuple[int, int], cursor: int) -> int:
    """The fewest letters after which a name is the first that is offered, from where the cursor stands."""
    inside = [word for word in words if span[0] <= word[0] and word[1] <= span[1]]
    tokens = [text[slice(*word)].lower() for word in inside]
    ahead = [place for place, word in enumerate(words) if word[0] >= cursor]
    lowered = [text[slice(*word)].lower() for word in words]
    goal = words.index(inside[0])
    for typed in sorted(list_typed(tokens), key=lambda parts: len(" ".join(parts))):
        first = next(
            place
            for place in ahead
            if all(
                place + step < len(lowered) and lowered[place + step].startswith(part)
                for step, part in enumerate(typed)
            )
        )
        if first == goal:
            return len(" ".join(typed))
    return len(" ".join(tokens))


def list_typed(tokens: list[str]) -> list[tuple[str, ...]]:
    """What may be typed for a name: a beginning of each of its words."""
    typed: list[tuple[str, ...]] = [()]
    for token in tokens[:3]:
        typed = [(*parts, token[:length]) for parts in typed for length in range(1, len(token) + 1)]
    return typed + [
        (token[:length],) for token in tokens[:1] for length in range(1, len(token) + 1) if len(tokens) == 1
    ]


if __name__ == "__main__":
    main()
