"""Files of annotations as other programs write them, small ones for tests."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from annotations.corpus.annotated.report import AnnotatedReport
from annotations.corpus.annotated.services import AnnotatedOptions, import_annotations
from annotations.formats.sources import list_sources
from annotations.mapping.definition import MarkupMapping, load_mapping
from annotations.mapping.found import survey_files
from annotations.mapping.proposal import map_exactly
from annotations.models import Project, User

KYIV = "Kyiv must have guarantees 🤝, Mr Novak said.\r\nMoscow disagrees."
PARIS = "Paris will pay. Berlin will not."
Marked = Sequence[tuple[str, str]]


def region(text: str, label: str, words: str, number: int) -> dict[str, Any]:
    """A region of Label Studio over the first occurrence of some words."""
    start = text.index(words)
    shown = words.replace("\r", "\\n").replace("\n", "\\n")
    return {
        "id": f"r{number}",
        "from_name": "label",
        "to_name": "text",
        "type": "labels",
        "value": {"start": start, "end": start + len(words), "text": shown, "labels": [label]},
    }


def write_export(path: Path, *documents: tuple[str, Mapping[str, Marked]], name: str = "export.json") -> Path:
    """A Label Studio export: each text with what each annotator marked, as labels and words."""
    tasks = [
        {
            "id": number,
            "data": {"text": text},
            "annotations": [
                {
                    "id": 100 * number + place,
                    "completed_by": {"email": annotator},
                    "result": [region(text, label, words, at) for at, (label, words) in enumerate(marked)],
                }
                for place, (annotator, marked) in enumerate(judged.items(), start=1)
            ],
        }
        for number, (text, judged) in enumerate(documents, start=1)
    ]
    file = path / name
    file.write_text(json.dumps(tasks), encoding="utf-8")
    return file


TWO_ANNOTATORS = (
    (
        KYIV,
        {
            "ann": [("Claim", "Kyiv must have guarantees"), ("Stance", "disagrees")],
            "bob": [("Claim", "Kyiv must have guarantees")],
        },
    ),
    (PARIS, {"ann": [("Claim", "Paris will pay")], "bob": [("Claim", "Paris will pay")]}),
)


def bring(
    project: Project,
    *files: Path,
    mapping: MarkupMapping | str | None = None,
    by: User | None = None,
    advance: Callable[[int], object] = lambda _: None,
    **options: Any,
) -> AnnotatedReport:
    """Import files of annotations, by a mapping or as what has the same name."""
    found = survey_files(files, AnnotatedOptions(**options).reading)
    if isinstance(mapping, str):
        mapping = load_mapping(mapping)
    chosen = mapping or map_exactly(found, project.scheme.definition)
    return import_annotations(
        project,
        list_sources(files),
        found=found,
        mapping=chosen,
        by=by,
        options=AnnotatedOptions(**options),
        advance=advance,
    )
