"""What several formats cannot hold."""

from annotations.formats.axes import Axis
from annotations.formats.documents import Document
from annotations.formats.ports import Loss, Losses
from annotations.markup import Markup

RELATIONS = Loss("relation", "relations", "dropped", (Axis.RELATIONS,))
ATTRIBUTES = Loss("attribute of a span", "attributes of spans", "dropped", (Axis.ATTRIBUTES,))
FIELDS = Loss("document field", "document fields", "dropped", (Axis.FIELDS,))
NAMES = Loss("name of an annotator", "names of annotators", "dropped", (Axis.ANNOTATORS,))
AS_METADATA = Loss(
    "name of an annotator",
    "names of annotators",
    "put into the metadata of a copy of the text",
    (Axis.ANNOTATORS,),
)
UNKNOWN_LABEL = Loss(
    "span of a label that is not in the scheme", "spans of a label that is not in the scheme", "dropped"
)
WITHOUT_TOKEN = Loss("span without a token", "spans without a token", "dropped")
UNLINKED = Loss("relation of a span without a token", "relations of spans without a token", "dropped")
MOVED = Loss(
    "span with an end that is no border of a token",
    "spans with an end that is no border of a token",
    "fitted to whole tokens",
)
SPLIT = Loss("span across blocks", "spans across blocks", "split at the blocks' borders")
RENAMED = Loss(
    "name with characters that it cannot have", "names with characters that they cannot have", "rewritten"
)
NO_XML = Loss(
    "character that XML cannot hold",
    "characters that XML cannot hold",
    "replaced by \N{REPLACEMENT CHARACTER}",
)
ESCAPED = Loss(
    "cell that a spreadsheet would calculate",
    "cells that a spreadsheet would calculate",
    "put behind an apostrophe",
)


def drop_attributes(markup: Markup, losses: Losses) -> None:
    """Count the attributes of all spans as lost, for a format that does not write them."""
    losses.add(ATTRIBUTES, sum(len(span.attributes) for span in markup.spans))


def drop_names(document: Document, losses: Losses, loss: Loss = NAMES) -> None:
    """Count the names of a document's annotators as lost, for a format that has no place for them."""
    losses.add(loss, len(document.judgements))
