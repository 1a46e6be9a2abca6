"""What a file of one format holds, given as the value it is rather than as a file."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from annotations.agreement.data.corpus import Corpus
from annotations.agreement.data.items import Items
from annotations.agreement.readers.builder import CorpusBuilder, as_invalid_corpus, make_items
from annotations.agreement.readers.joining import join_repeated_texts
from annotations.formats.annotation_tools import label_studio
from annotations.formats.files.content import Content
from annotations.formats.native import jsonl, plain


def read_items(document: Mapping[str, Any]) -> Items:
    """Read `{"items": [{"a": "x", "b": "y"}, ...]}`; `"order"` may give the scale of ordinal texts.

    Raises
    ------
    InvalidCorpusError
        An item is no object, or a value cannot be one.

    Examples
    --------
    >>> read_items({"items": [{"a": 1, "b": 2}]}).values
    (1, 2)
    """
    with as_invalid_corpus():
        return make_items(plain.read_items(Content(document)))


def read_plain(document: Mapping[str, Any]) -> Corpus:
    """Read `{"documents": [{"id", "length", "annotators": {name: [span, ...]}, "relations": {...}}]}`.

    An absent annotator did not do the document; an empty list is a judgement. `"labels"` may declare the labels, and
    then others are refused; `"text"` may stand for `"length"`.

    Raises
    ------
    InvalidCorpusError
        A document cannot be what it claims; the message names it.

    Examples
    --------
    >>> read_plain({"documents": [{"id": "d1", "length": 9, "annotators": {"a": [], "b": []}}]}).n_spans
    0
    """
    with as_invalid_corpus():
        return CorpusBuilder.of(plain.read_plain(Content(document))).build()


def read_label_studio(tasks: Sequence[Any]) -> Corpus:
    """Read a list of tasks as Label Studio exports them (JSON, not JSON-MIN), before version 1.0 too.

    Skipped annotations, drafts and predictions are no judgement; they are counted in `Corpus.left_out`. Of several
    annotations of one annotator on one task the last counts. Where no task was judged by two, tasks of the same text are
    one document. Per-region choices become attributes of their region. A region with several labels is as many spans, and
    what is said of the region (attributes, relations) is said of each. A relation drawn to the left is turned round. What a
    corpus cannot hold (regions without a label, free texts about a region, relations without a type or in both
    directions, document fields) is counted in `Corpus.left_out`. Which of several texts among a task's data was annotated
    says `annotations.formats.annotation_tools.task_texts`.

    Parameters
    ----------
    tasks : list of dict

    Raises
    ------
    InvalidCorpusError
        A task has no annotations list, no text to measure or several with nothing to tell them apart, a region outside
        its text, or a part that Label Studio would not have written.

    Examples
    --------
    >>> region = {"id": "r1", "type": "labels", "value": {"start": 0, "end": 4, "labels": ["Claim"]}}
    >>> task = {"id": 7, "data": {"text": "Kyiv agreed."}, "annotations": [{"completed_by": 1, "result": [region]}]}
    >>> read_label_studio([task]).documents
    ('7',)
    """
    with as_invalid_corpus():
        return join_repeated_texts(CorpusBuilder.of(label_studio.read_tasks(Content(list(tasks))))).build()


def read_jsonl(lines: Iterable[str]) -> Corpus:
    """Read what one annotator submitted about one article a line, as an export of annotations writes it.

    The lines of one article in one round are a document; each is the judgement of another annotator. Attributes are
    named `Label.name`, since each label has its own, and the labels of the scheme count whether or not somebody used
    them. Fields of the document are no part of a corpus, and are counted in `Corpus.left_out`.

    Parameters
    ----------
    lines : iterable of str

    Raises
    ------
    InvalidCorpusError
        A line is none of an export of annotations, holds gold, or contradicts an earlier one; the message has its number.

    Examples
    --------
    >>> import json
    >>> line = {"id": 7, "round": 1, "status": "submitted", "scheme": {"labels": ["Claim"]}, "text": "Yes"}
    >>> corpus = read_jsonl([json.dumps({**line, "annotations": [{"annotator": "A"}], "spans": []})])
    >>> corpus.documents, corpus.annotators
    (('article 7, round 1',), ('A',))
    """
    with as_invalid_corpus():
        return CorpusBuilder.of(jsonl.read_records(Content.of_lines(lines))).build()
