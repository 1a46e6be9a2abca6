"""Several files as one corpus: documents are joined by their texts, and annotators named by their files."""

from collections import Counter, defaultdict, deque
from collections.abc import Sequence

from annotations.agreement.errors import InvalidCorpusError
from annotations.agreement.readers.builder import CorpusBuilder
from annotations.formats.sources import name_annotators

JOINED = "documents joined with another of the same text"


def join_files(parts: Sequence[tuple[str, CorpusBuilder]]) -> CorpusBuilder:
    """Join what several files hold.

    Documents of the same text are one; where a text occurs several times in each file, the first of one file is the first
    of the other. Documents without a text are one if they have the same name. If each file holds the annotations of one
    annotator, that annotator is named by the file, unless the same name stands in files that have no document in
    common, which are then parts of one annotator's work.

    Parameters
    ----------
    parts : sequence of (path, CorpusBuilder)

    Raises
    ------
    InvalidCorpusError
        Two files hold the same annotator's judgement of the same document, or a document of two lengths.
    """
    whole = CorpusBuilder()
    names = name_annotators(
        [path for path, _ in parts],
        [
            [(part.texts.get(name, name), annotator) for name, annotator in part.judgements]
            for _, part in parts
        ],
    )
    seen: dict[tuple[str, str], str] = {}
    for (path, part), called in zip(parts, names, strict=True):
        documents = _place_documents(whole, part, path)
        for document, annotator in part.judgements:
            key = documents[document], called.get(annotator, annotator)
            if key in seen:
                raise InvalidCorpusError(
                    f"document {key[0]!r} was judged by annotator {key[1]!r} in {seen[key]} and in {path}; give each "
                    "annotator a name or a file of their own"
                )
            seen[key] = path
        whole.take(part, documents=documents, annotators=called)
    return whole


def join_repeated_texts(part: CorpusBuilder) -> CorpusBuilder:
    """Join the documents of one text, where nothing could be compared otherwise.

    Some give each annotator a copy of each document; the copies are counted in `Corpus.left_out`.
    """
    judges = Counter(document for document, _ in part.judgements)
    if any(number > 1 for number in judges.values()) or len(set(part.texts.values())) == len(part.texts):
        return part
    annotators: dict[str, list[str]] = defaultdict(list)
    for document, annotator in sorted(part.judgements):
        annotators[part.texts.get(document, document)].append(annotator)
    if any(len(set(names)) != len(names) for names in annotators.values()):
        return part
    first: dict[str, str] = {}
    documents = {
        document: first.setdefault(part.texts[document], document) if document in part.texts else document
        for document in part.lengths
    }
    whole = CorpusBuilder()
    for document in dict.fromkeys(documents.values()):
        whole.add_document(document, length=part.lengths[document], text=part.texts.get(document))
    whole.take(part, documents=documents, annotators={})
    for document, name in documents.items():
        if document != name:
            whole.leave_out(name, JOINED)
    return whole


def _place_documents(whole: CorpusBuilder, part: CorpusBuilder, path: str) -> dict[str, str]:
    """Which document of the whole each of a part is; new ones are added."""
    free: dict[str, deque[str]] = defaultdict(deque)
    for document, text in whole.texts.items():
        if part.texts.get(document) != text:
            free[text].append(document)
    places = {
        document: document for document, text in part.texts.items() if whole.texts.get(document) == text
    }
    for document, length in part.lengths.items():
        own: str | None = part.texts.get(document)
        if document in places:
            continue
        if own is None and whole.lengths.get(document) == length:
            places[document] = document
        elif own is None and document in whole.lengths:
            raise InvalidCorpusError(
                f"document {document!r} has length {length} in {path} and {whole.lengths[document]} in another file; "
                "give documents that are not the same different names, or all of them their texts"
            )
        elif own is not None and free[own]:
            places[document] = free[own].popleft()
        else:
            places[document] = _find_free_name(whole, document, path)
            whole.add_document(places[document], length=length, text=own)
    return places


def _find_free_name(whole: CorpusBuilder, document: str, path: str) -> str:
    name = document
    while name in whole.lengths:
        name = f"{name} ({path})"
    return name
