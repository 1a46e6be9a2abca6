"""What it costs to say what changed of one article between two releases.

    python -m benchmarks.comparing                 3,000 spans and as many links, and twice as many
    python -m benchmarks.comparing --spans 500

CPU seconds, and the most megabytes that Python held for it. In `apart` every span moved by a character and overlaps itself alone; in `nested`, the
worst that there is, every span overlaps every other; in `relinked` no span moved and every link leads to another one.
"""

import argparse
import json
import os
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

LENGTH, GAP = 20, 30
Record = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--spans", type=int, nargs="+", default=[3_000, 6_000])
    arguments = parser.parse_args()
    for number in arguments.spans:
        for name, make in CASES.items():
            print(json.dumps({"spans": number, "case": name, **measure(*make(number))}), flush=True)
    print(json.dumps({"load": round(os.getloadavg()[0], 1)}))


def measure(before: Record, after: Record) -> dict[str, Any]:
    from annotations.gold.differences import compare_records

    begin = time.process_time()
    found = compare_records(before, after)
    seconds = time.process_time() - begin
    tracemalloc.start()
    compare_records(before, after)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    changes = len(found.spans) + len(found.relations)
    return {"changes": changes, "cpu_seconds": round(seconds, 3), "mb": round(most / 1e6, 1)}


def make_apart(number: int) -> tuple[Record, Record]:
    places = [(n * GAP, n * GAP + LENGTH) for n in range(number)]
    return make_record(places), make_record([(start + 1, end + 1) for start, end in places])


def make_nested(number: int) -> tuple[Record, Record]:
    places = [(n, 2 * number - n) for n in range(number)]
    return make_record(places), make_record([(start, end + number) for start, end in places])


def make_relinked(number: int) -> tuple[Record, Record]:
    places = [(n * GAP, n * GAP + LENGTH) for n in range(number)]
    links = [[(n, (n + step) % number) for n in range(number)] for step in (1, 2)]
    return make_record(places, links[0]), make_record(places, links[1])


CASES: dict[str, Callable[[int], tuple[Record, Record]]] = {
    "apart": make_apart,
    "nested": make_nested,
    "relinked": make_relinked,
}


def make_record(places: list[tuple[int, int]], links: list[tuple[int, int]] | None = None) -> Record:
    spans = [
        {
            "key": f"s{n}",
            "start": start,
            "end": end,
            "label": "Claim",
            "quote": "Kyiv must have guarantees.",
            "attributes": {"polarity": "for"},
        }
        for n, (start, end) in enumerate(places)
    ]
    relations = [{"kind": "for", "source": f"s{one}", "target": f"s{other}"} for one, other in links or ()]
    return {
        "id": 1,
        "title": "Measured",
        "text": "",
        "spans": spans,
        "relations": relations,
        "fields": {"genre": "news"},
    }


if __name__ == "__main__":
    main()
