"""A million relations in one export, in every format that holds relations: whether memory stays flat.

    python -m benchmarks.relations                        500 annotations with as many spans and relations as one may have
    python -m benchmarks.relations --annotations 50       a tenth of it
    python -m benchmarks.relations --only parquet brat    these formats

CPU seconds, and the most that the process weighs above what it weighed before; each format writes an export of two
annotations first, which loads what it needs.
"""

import argparse
import json
import os
import time
from collections.abc import Iterator
from typing import Any

SENTENCE = "Kyiv must have guarantees. "
RELATIONS = ("supports", "attacks", "held_by")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--annotations", type=int, default=500)
    parser.add_argument("--only", nargs="*", default=[])
    arguments = parser.parse_args()
    os.environ |= {"SECRET_KEY": "of-a-benchmark", "DJANGO_SETTINGS_MODULE": "workbench.settings"}
    print(json.dumps(run(arguments), indent=2))


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    from annotations.formats.axes import Extent
    from annotations.formats.registry import WRITTEN
    from annotations.limits import MAX_RELATIONS

    found: dict[str, Any] = {"relations": arguments.annotations * MAX_RELATIONS}
    for known in WRITTEN:
        holds_relations = known.axes is not None and known.axes.relations is not Extent.NO
        if holds_relations and (not arguments.only or known.name in arguments.only):
            measure(known, 2)
            found[known.name] = measure(known, arguments.annotations)
            print(known.name, json.dumps(found[known.name]), flush=True)
    return found | {"load": round(os.getloadavg()[0], 1)}


def measure(known: Any, annotations: int) -> dict[str, float]:
    from annotations.formats.ports import Losses
    from benchmarks.export_growth import Scales

    losses, size = Losses(), 0
    with Scales() as scales:
        begin = time.process_time()
        lines = make_lines(annotations)
        for chunk in known.write_lines(lines, losses=losses, guidelines=lambda _: "Mark what is claimed."):
            size += len(chunk)
        seconds = time.process_time() - begin
    assert not any("relation" in kind.one for kind in losses.kinds), losses.describe()
    return {
        "cpu_seconds": round(seconds, 2),
        "megabytes": round(size / 1e6, 1),
        "megabytes_above_idle": scales.megabytes,
    }


def make_lines(annotations: int) -> Iterator[str]:
    """Records of one annotation each, in which a span a sentence is linked to the next, the last one to the first."""
    from annotations.formats.record import (
        AnnotationReference,
        Record,
        SchemeReference,
        SourceArticle,
    )
    from annotations.limits import MAX_RELATIONS
    from annotations.markup import Markup, Relation
    from annotations.spans import Span

    text = SENTENCE * MAX_RELATIONS
    places = range(0, len(text), len(SENTENCE))
    spans = tuple(
        Span(place, place + len(SENTENCE) - 1, "Claim", (), f"s{number}")
        for number, place in enumerate(places)
    )
    relations = tuple(
        Relation(one.key, other.key, RELATIONS[number % len(RELATIONS)])
        for number, (one, other) in enumerate(zip(spans, (*spans[1:], spans[0]), strict=True))
    )
    scheme = SchemeReference("argument", "1", "0" * 64, ("Claim",))
    template = Record(
        article=SourceArticle(0, "Guarantees", text, "0" * 64, "0" * 64, source_format="text"),
        scheme=scheme,
        markup=Markup(spans, relations),
        status="submitted",
        round=1,
        annotations=(AnnotationReference("A", 1, "0" * 64),),
    ).to_line()
    return (template.replace('"id":0,', f'"id":{number},', 1) for number in range(1, annotations + 1))


if __name__ == "__main__":
    main()
