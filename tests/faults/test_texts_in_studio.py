"""What a reader took from a file is annotated in a real Label Studio as it is: the text, and the words of each span."""

import pytest

from annotations.collection.ports import NewStudioTask
from annotations.formats.documents import Document
from annotations.formats.registry import OF_TEXTS
from annotations.labelstudio.access import StudioConnection
from annotations.labelstudio.backend import LabelStudioBackend
from annotations.labelstudio.payloads import write_result
from annotations.markup import Markup
from annotations.schemes.definition import load_shipped
from annotations.snapping import is_blank
from annotations.spans import Span
from tests.faults.test_reimport import ask
from tests.unit.formats.test_readers import make_texts, read_texts

SCHEME = load_shipped("argument-lite-v1")
LABEL = SCHEME.labels[0].name
TEXTS = [
    "Zürich 🤝 Київ: e\u0301 and ü.\nשלום then عربي, 第一步。\tA last “word” 👩‍👩‍👧.",  # noqa: RUF001
    "A second text 🇺🇦, with <b>signs</b> & of & HTML.",
]


def keep_latin(text: str) -> str:
    """What the fonts of the PDF that the tests make can print."""
    return text.encode("cp1252", "ignore").decode("cp1252")


def read_all() -> list[tuple[str, str]]:
    """The texts that every reader takes from a file of its own, with the name of its format."""
    found = []
    for chosen in OF_TEXTS:
        written = [keep_latin(text) for text in TEXTS] if chosen.name == "pdf" else TEXTS
        documents = read_texts(chosen, make_texts(chosen, written))
        assert all(isinstance(document, Document) and document.text for document in documents), chosen.name
        found += [
            (chosen.name, document.text or "") for document in documents if isinstance(document, Document)
        ]
    return found


def list_spans(text: str) -> list[Span]:
    """A span over each word of a text."""
    places, start = [], None
    for place, sign in enumerate(f"{text} "):
        if is_blank(sign) and start is not None:
            places.append(Span(start, place, LABEL, (), f"s{start}"))
            start = None
        elif not is_blank(sign) and start is None:
            start = place
    return places


@pytest.mark.filterwarnings("ignore::pydantic.warnings.PydanticDeprecatedSince20")  # the SDK's own
def test_texts_of_every_reader_and_the_words_of_their_spans_come_back_as_they_were(
    service: StudioConnection,
) -> None:
    studio, texts = LabelStudioBackend(service), read_all()
    assert {name for name, _ in texts} == {known.name for known in OF_TEXTS}
    project = studio.create_project(title="Texts of every reader", scheme=SCHEME)
    tasks = studio.import_tasks(
        project, [NewStudioTask(reference, text, "A title") for reference, (_, text) in enumerate(texts)]
    )
    for task, (name, text) in zip(tasks, texts, strict=True):
        spans = list_spans(text)
        body = {"result": write_result(Markup(tuple(spans)), text, SCHEME)}
        ask(service, "POST", f"/api/tasks/{task}/annotations", body)
        assert ask(service, "GET", f"/api/tasks/{task}/")["data"]["text"] == text, name
        kept = studio.fetch_task(task)
        assert kept
        [annotation] = kept.annotations
        reading = studio.read_result(annotation.result, text=text, scheme=SCHEME)
        assert sorted(span.quote(text) for span in reading.markup.spans) == sorted(
            span.quote(text) for span in spans
        ), name
        assert not [problem for problem in reading.problems if "text" in str(problem).lower()], name
    studio.remove_projects("Texts of every reader")
