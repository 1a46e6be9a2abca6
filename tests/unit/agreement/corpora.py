"""Small corpora for the tests, as plain JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from annotations.agreement import Corpus, Items, read_plain

Plain = dict[str, Any]
TEXT = "Kyiv agreed. But Moscow did not."


def span(start: int, end: int, label: str = "A", **attributes: Any) -> Plain:
    return {"start": start, "end": end, "label": label, "attributes": attributes}


def exported(
    annotator: str,
    spans: Sequence[Plain],
    *,
    relations: Sequence[tuple[str, str, str]] = (),
    article: int = 7,
    **more: Any,
) -> Plain:
    """A line of an export of annotations; the keys of its spans are s0, s1, ..."""
    return {
        "id": article,
        "round": 1,
        "status": "submitted",
        "annotations": [{"annotator": annotator, "revision": 1, "sha256": ""}],
        "scheme": {"name": "news", "version": "1", "sha256": "", "labels": ["Claim", "Stance", "Cue"]},
        "text": TEXT,
        "spans": [{"key": f"s{number}", **one} for number, one in enumerate(spans)],
        "relations": [
            {"source": source, "target": target, "kind": kind} for source, target, kind in relations
        ],
        "fields": {},
        **more,
    }


def region(name: str, start: int, end: int, *labels: str) -> Plain:
    """A region of a Label Studio result."""
    value = {"start": start, "end": end, "text": TEXT[start:end], "labels": list(labels)}
    return {"id": name, "type": "labels", "from_name": "label", "to_name": "text", "value": value}


def relation(source: str, target: str, direction: str, labels: list[str]) -> Plain:
    return {"type": "relation", "from_id": source, "to_id": target, "direction": direction, "labels": labels}


def choice(name: str, start: int, end: int, value: str) -> Plain:
    return {
        "id": name,
        "type": "choices",
        "from_name": "type",
        "value": {"start": start, "end": end, "choices": [value]},
    }


def label_studio_task() -> Plain:
    """A task as Label Studio exports it, done by two and skipped by a third."""
    result = [region("r1", 0, 11, "Claim"), choice("r1", 0, 11, "fact"), region("r2", 17, 31, "Claim")]
    return {
        "id": 5,
        "data": {"text": TEXT},
        "annotations": [
            {"id": 1, "completed_by": 7, "result": [*result, relation("r1", "r2", "left", ["attacks"])]},
            {"id": 2, "completed_by": {"id": 8, "email": "b@example.org"}, "result": []},
            {"id": 3, "completed_by": 9, "was_cancelled": True, "result": []},
        ],
    }


def one_document(length: int, /, **annotators: Sequence[Plain]) -> Corpus:
    return read_plain({"documents": [{"id": "d", "length": length, "annotators": dict(annotators)}]})


def items_from_confusion(matrix: Sequence[Sequence[int]]) -> Items:
    """Items of two annotators whose confusion matrix is the one given."""
    rows = [
        {"a": str(row), "b": str(column)}
        for row, counts in enumerate(matrix)
        for column, count in enumerate(counts)
        for _ in range(count)
    ]
    return Items.from_rows(rows)


def items_from_counts(counts: Sequence[Sequence[int]]) -> Items:
    """Items from how many annotators gave each item each value; who gave it is made up."""
    rows = []
    for row in counts:
        values = [str(value) for value, count in enumerate(row) for _ in range(count)]
        rows.append({f"annotator {number}": value for number, value in enumerate(values)})
    return Items.from_rows(rows)


def items_from_columns(columns: Mapping[str, Sequence[Any]]) -> Items:
    length = len(next(iter(columns.values())))
    return Items.from_rows(
        [{name: values[index] for name, values in columns.items()} for index in range(length)]
    )


def random_plain(
    seed: int,
    *,
    documents: int = 4,
    annotators: int = 3,
    spans: int = 6,
    length: int = 80,
    missing: float = 0.0,
) -> Plain:
    """Annotators who read the same places differently, with attributes and relations."""
    generator = np.random.default_rng(seed)
    entries = []
    for number in range(documents):
        places = np.sort(generator.choice(np.arange(1, length - 12), size=spans, replace=False))
        labels = generator.choice(["A", "B", "C"], size=spans)
        readings: dict[str, list[Plain]] = {}
        relations: dict[str, list[Plain]] = {}
        for reader in range(annotators):
            if reader > 1 and generator.random() < missing:
                continue
            own: list[Plain] = []
            for place, label in zip(places.tolist(), labels.tolist(), strict=True):
                if generator.random() < 0.15:
                    continue
                start = max(0, place + int(generator.integers(-2, 3)))
                seen = label if generator.random() < 0.8 else "B"
                kind = "x" if generator.random() < 0.5 else "y"
                own.append(span(start, start + int(generator.integers(3, 10)), seen, kind=kind))
            readings[f"r{reader}"] = own
            relations[f"r{reader}"] = [
                {
                    "from": index,
                    "to": index + 1,
                    "type": "supports" if generator.random() < 0.6 else "attacks",
                }
                for index in range(len(own) - 1)
            ]
        entries.append({"id": f"d{number}", "length": length, "annotators": readings, "relations": relations})
    return {"documents": entries}


def sparse_plain(seed: int, *, documents: int = 300, annotators: int = 100, each: int = 3) -> Plain:
    """Many annotators of whom each document has a few, so that most pairs share no document and the others one or two.

    Documents differ in what they are about, as texts do.
    """
    generator = np.random.default_rng(seed)
    names = np.array([f"r{number:03d}" for number in range(annotators)])
    entries = []
    for number in range(documents):
        people = generator.choice(names, size=each, replace=False).tolist()
        (entry,) = random_plain(int(generator.integers(2**31)), documents=1, annotators=each)["documents"]
        topic = str(generator.choice(["A", "B", "C"]))
        for own in entry["annotators"].values():
            for place in own:
                if generator.random() < 0.6:
                    place["label"] = topic
        readings, relations = (list(entry[kind].values()) for kind in ("annotators", "relations"))
        entries.append(
            {
                **entry,
                "id": f"d{number:04d}",
                "annotators": dict(zip(people, readings, strict=True)),
                "relations": dict(zip(people, relations, strict=True)),
            }
        )
    return {"documents": entries}


def perfect_plain() -> Plain:
    """Two labels, attributes and relations of two values, read alike by three annotators."""
    spans = [
        span(2, 8, "A", kind="x"),
        span(12, 20, "B", kind="y"),
        span(24, 27, "A", kind="x"),
        span(30, 44, "B", kind="y"),
    ]
    links = [{"from": 0, "to": 1, "type": "supports"}, {"from": 2, "to": 3, "type": "attacks"}]
    readers = ("a", "b", "c")
    return {
        "documents": [
            {
                "id": name,
                "length": 60,
                "annotators": dict.fromkeys(readers, spans),
                "relations": dict.fromkeys(readers, links),
            }
            for name in ("d1", "d2")
        ],
    }
