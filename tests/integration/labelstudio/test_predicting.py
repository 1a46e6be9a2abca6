"""A model server is asked about every article; what it answers is kept, and what fails is named with its article."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import spacy

from annotations.corpus.predicted.by_server import UnknownModelServerError, ask_for_server
from annotations.jobs.worker import Worker
from annotations.labelstudio import model_server
from annotations.labelstudio.model_server import ModelServerError, ModelTask, ask_model
from annotations.models import Job, JobStatus, Prediction, Project
from tests.factories import make_article, make_project, make_scheme

pytestmark = pytest.mark.django_db
Answer = Callable[[dict[str, Any]], tuple[int, Any]]
TASK = ModelTask(7, "Kyiv must act.", "Kyiv")


class Server:
    """A real server on the loopback that answers as a test says, and keeps what it was asked."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.asked: list[dict[str, Any]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.asked.append({"path": self.path, **body})
                answer = server.answers.pop(0) if len(server.answers) > 1 else server.answers[0]
                status, content = answer(body)
                sent = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    running = Server()
    settings.JOB_SCHEDULE = {}
    settings.MODEL_SERVERS = {"gliner": running.url}
    yield running
    running.stop()


@pytest.fixture
def project() -> Project:
    return make_project(scheme=make_scheme("argument-lite-v1"))


@pytest.fixture
def pipeline(settings: Any, tmp_path: Path) -> Path:
    """A tiny pipeline that knows two words, one of them by a label that no scheme has."""
    made = spacy.blank("xx")
    ruler: Any = made.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "Claim", "pattern": "Kyiv"}, {"label": "WEATHER", "pattern": "rain"}])
    made.meta |= {"name": "tiny", "version": "1.0"}
    made.to_disk(tmp_path / "tiny")
    settings.JOB_SCHEDULE = {}
    settings.MODEL_SERVERS = {"ner": f"spacy:{tmp_path / 'tiny'}", "gone": f"spacy:{tmp_path / 'gone'}"}
    return tmp_path / "tiny"


def test_a_pipeline_of_spacy_is_asked_and_what_no_label_fits_is_named(
    project: Project, pipeline: Path
) -> None:
    first = make_article(project, "🤝 Kyiv must act.")
    make_article(project, "Only rain in Kyiv.")
    ask_for_server(project, "ner", by=None)
    Worker().run_until_idle()
    said = Prediction.objects.filter(predictor__name="ner tiny 1.0").order_by("article")
    assert [span.quote(one.article.text) for one in said for span in one.to_markup().spans] == [
        "Kyiv",
        "Kyiv",
    ]
    assert said[0].article == first
    job = Job.objects.get(kind="predict_by_server")
    assert job.status == JobStatus.DONE
    assert "WEATHER" in job.message


def test_a_pipeline_that_is_not_there_fails_its_job_with_a_sentence(project: Project, pipeline: Path) -> None:
    make_article(project, "Kyiv must act.")
    ask_for_server(project, "gone", by=None)
    Worker().run_until_idle()
    assert not Prediction.objects.exists()
    assert "spaCy cannot load" in Job.objects.get(kind="predict_by_server").message


def mark_first_word(body: dict[str, Any]) -> tuple[int, Any]:
    """Each text's first word as a claim."""
    results = []
    for task in body["tasks"]:
        word = task["data"]["text"].split()[0]
        value = {"start": 0, "end": len(word), "text": word, "labels": ["Claim"]}
        entry = {"id": "x", "from_name": "label", "to_name": "text", "type": "labels", "value": value}
        results.append({"result": [entry], "score": 0.9, "model_version": "v2"})
    return 200, {"results": results}


def fail_with(status: int) -> Answer:
    return lambda _: (status, {"detail": "no"})


def run(project: Project) -> Job:
    job = ask_for_server(project, "gliner", by=None)
    Worker().run_until_idle()
    job.refresh_from_db()
    return job


def test_every_article_is_marked_once_under_the_name_of_the_server_and_its_version(
    server: Server, project: Project
) -> None:
    articles = [make_article(project, f"Odesa {number} agreed.") for number in range(10)]
    server.answers = [mark_first_word]
    assert run(project).status == JobStatus.DONE
    assert run(project).status == JobStatus.DONE
    assert Prediction.objects.count() == 10
    prediction = Prediction.objects.get(article=articles[3])
    assert prediction.predictor.name == "gliner v2"
    assert [span.quote(articles[3].text) for span in prediction.to_markup().spans] == ["Odesa"]
    assert server.asked[0]["path"] == "/predict"
    assert 'value="Claim"' in server.asked[0]["label_config"]
    assert server.asked[0]["tasks"][0]["data"] == {"text": articles[0].text, "title": articles[0].title}


def test_a_server_that_is_busy_is_asked_again(server: Server) -> None:
    server.answers = [fail_with(503), fail_with(429), mark_first_word]
    [answer] = ask_model(server.url, [TASK], "", timeout=5, pause=0.01)
    assert (answer.version, len(server.asked)) == ("v2", 3)


def test_a_redirect_is_not_followed(server: Server) -> None:
    server.answers = [fail_with(302)]
    with pytest.raises(ModelServerError, match="status 302"):
        ask_model(server.url, [TASK], "", timeout=5, pause=0.01)
    assert [one["path"] for one in server.asked] == ["/predict"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"not json", "no JSON"),
        ({"results": []}, "0 results for 1 tasks"),
        ({"predictions": [1]}, "no list of results"),
        ({"results": ["x"]}, "no prediction"),
        (b'{"results": "' + b"x" * 2_000 + b'"}', "more than the"),
    ],
)
def test_an_answer_that_is_no_prediction_is_refused_with_its_reason(
    server: Server, content: Any, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_server, "MAX_MODEL_ANSWER_BYTES", 1_000)
    server.answers = [lambda _: (200, content)]
    with pytest.raises(ModelServerError, match=said):
        ask_model(server.url, [TASK], "", timeout=5, pause=0.01)


def test_articles_that_fail_and_parts_that_cannot_be_read_are_named(server: Server, project: Project) -> None:
    article = make_article(project, "Odesa agreed.")

    def mislabel(body: dict[str, Any]) -> tuple[int, Any]:
        status, content = mark_first_word(body)
        content["results"][0]["result"][0]["value"]["labels"] = ["City"]
        return status, content

    server.answers = [mislabel]
    job = run(project)
    assert job.status == JobStatus.DONE
    assert f"article {article.pk} (Odesa agreed.): There is no label" in job.message
    assert Prediction.objects.get().spans == 0


def test_an_address_that_the_installation_does_not_name_is_never_asked(
    server: Server, project: Project
) -> None:
    make_article(project)
    with pytest.raises(UnknownModelServerError, match="Servers: gliner"):
        ask_for_server(project, "http://169.254.169.254", by=None)
    assert not server.asked
