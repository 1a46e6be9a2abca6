"""A pipeline of spaCy on this machine as a model that is asked for predictions: what it calls entities, and its groups of spans."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from annotations.formats.errors import RefusedError, shorten
from annotations.formats.libraries import SPACY
from annotations.labelstudio.label_config import LABELS
from annotations.labelstudio.model_server import ModelAnswer, ModelServerError, ModelTask
from annotations.limits import MAX_TEXT_LENGTH

SCHEME = "spacy:"
"""How the address of such a model begins; the name of an installed pipeline or the path of its folder follows."""


def ask_pipeline(address: str, tasks: Sequence[ModelTask]) -> list[ModelAnswer]:
    """Ask a pipeline about some tasks; answers come in the tasks' order, in the form of a model server's."""
    pipeline = _load(address.removeprefix(SCHEME))
    try:
        read = list(pipeline.pipe([task.text for task in tasks]))
    except Exception as error:
        raise ModelServerError(
            f"the pipeline failed ({type(error).__name__}: {shorten(str(error))})"
        ) from error
    version = f"{pipeline.meta.get('name', '')} {pipeline.meta.get('version', '')}".strip()
    return [ModelAnswer(_list_regions(found), version) for found in read]


def _list_regions(found: Any) -> list[dict[str, Any]]:
    """The entities and the spans of groups, each once, as regions of Label Studio's editor."""
    spans = [*found.ents, *(span for group in found.spans.values() for span in group)]
    places = dict.fromkeys((span.start_char, span.end_char, span.label_) for span in spans)
    return [
        {
            "id": f"{label}-{start}-{end}",
            "from_name": LABELS,
            "to_name": "text",
            "type": "labels",
            "value": {"start": start, "end": end, "text": found.text[start:end], "labels": [label]},
        }
        for start, end, label in sorted(places)
    ]


@lru_cache(maxsize=1)
def _load(name: str) -> Any:
    """The pipeline, which stays loaded for the next articles."""
    try:
        pipeline = SPACY.load().load(name)
    except RefusedError as error:
        raise ModelServerError(str(error)) from error
    except (OSError, ValueError, ImportError) as error:
        raise ModelServerError(f"spaCy cannot load {name!r}: {shorten(str(error))}") from error
    pipeline.max_length = MAX_TEXT_LENGTH
    return pipeline
