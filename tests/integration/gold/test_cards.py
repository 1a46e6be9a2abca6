"""The card of a release, and the folder that others load, on a database."""

import html
import json
import re
import shlex
import zipfile
from dataclasses import replace
from hashlib import sha256
from http import HTTPStatus
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import reverse

from annotations.adjudication.settled import finish_by_rule
from annotations.assignment.excluding import exclude_article
from annotations.formats.canonical import checksum_text
from annotations.gold.agreed import NO_GAMMA
from annotations.gold.card import MAX_EXCLUDED, list_sections
from annotations.gold.cards import InvalidCardAnswerError, answer_for_card, read_facts, write_release_card
from annotations.gold.exports import export_release
from annotations.gold.folders import export_folder, find_folder, prepare_folder
from annotations.gold.names import name_folder
from annotations.gold.publishing import withdraw_release
from annotations.gold.releases import rebuild_release
from annotations.gold.services import freeze_release
from annotations.gold.splits import SplitPlan, read_shares
from annotations.jobs.worker import Worker
from annotations.limits import MAX_CARD_ANSWER_LENGTH
from annotations.models import Event, Job, JobStatus, ReleaseFile, Role
from annotations.projects.wording import correct_wording
from annotations.reliability.fields import report_fields
from annotations.reliability.reports import report
from annotations.reliability.selection import choose_selection
from tests.factories import make_member, make_project
from tests.factories.adjudication import claim, make_annotated_task, mark
from tests.integration.gold.test_services import make_team
from tests.integration.gold.test_splitting import make_gold

pytestmark = pytest.mark.django_db
PLAN = SplitPlan(parts=read_shares("train=3,held-out=1"))


def test_what_is_said_of_a_dataset_stands_on_the_cards_of_later_releases_too() -> None:
    project, _ = make_gold(3)
    boss = make_member(project, Role.MANAGER)
    first = freeze_release(project, title="First", by=None)
    client = Client()
    client.force_login(boss)
    address = reverse("web:release-card", args=[project.slug, 1])
    assert client.post(address, {"licence": "cc-by-4.0", "gaps": ""}).status_code == HTTPStatus.FOUND
    second = freeze_release(project, title="Second", by=None)
    for release in (first, second):
        assert "\ncc-by-4.0\n" in write_release_card(release)
    assert "cc-by-4.0" in client.get(reverse("web:release-card", args=[project.slug, 2])).content.decode()
    assert Event.objects.filter(verb="described").count() == 1
    reader = Client()
    reader.force_login(make_member(project, Role.CONSUMER))
    reader.post(address, {"licence": "mine"})
    assert "mine" not in write_release_card(second)
    with pytest.raises(InvalidCardAnswerError, match="shorten it"):
        answer_for_card(project, {"gaps": "x" * (MAX_CARD_ANSWER_LENGTH + 1)}, by=boss)
    with pytest.raises(InvalidCardAnswerError, match="it has summary"):
        answer_for_card(project, {"colour": "red"}, by=boss)


def test_the_guidelines_are_worded_as_they_were_when_the_release_was_frozen() -> None:
    project, _ = make_gold(1)
    written, better = "When in doubt, choose the shorter span.", "In doubt, choose the shorter span."
    source = project.scheme.source.replace(written, better)
    first = freeze_release(project, title="First", by=None)
    correct_wording(project, project.scheme, source=source, name="Shorter", by=None)
    second = freeze_release(project, title="Second", by=None)
    later = source.replace(better, "If in doubt, choose the shorter span.")
    correct_wording(project, project.scheme, source=later, name="If", by=None)
    assert "guidelines" not in first.manifest
    named = {"scheme": project.scheme.sha256, "correction": 1, "sha256": checksum_text(source)}
    assert second.manifest["guidelines"] == [named]
    for release, words in ((first, written), (second, better)):
        assert words in write_release_card(release)
        assert words in b"".join(export_release(release, format_name="instruct").chunks).decode()
        rebuild_release(release)


def test_a_card_says_what_became_of_the_release_since_it_was_frozen() -> None:
    project, tasks = make_gold(2)
    boss = make_member(project, Role.MANAGER)
    release = freeze_release(project, title="First", by=None)
    assert "Since it was frozen" not in write_release_card(release)
    exclude_article(tasks[0].article, reason="Its publisher objects.", by=boss)
    withdraw_release(release, reason="A text may not be published.", by=boss)
    card = write_release_card(release)
    assert f"Article {tasks[0].article_id} was excluded later: Its publisher objects." in card
    assert "This release was withdrawn and is handed out no more: A text may not be published." in card


def test_a_card_names_a_bounded_number_of_excluded_articles() -> None:
    project, _ = make_gold(1)
    facts = read_facts(freeze_release(project, title="First", by=None))
    excluded = [(number, "A copy.") for number in range(MAX_EXCLUDED + 3)]
    (since,) = (
        one for one in list_sections(replace(facts, excluded=excluded)) if one.title == "Since it was frozen"
    )
    assert len(since.sentences) == MAX_EXCLUDED + 1
    assert since.sentences[-1] == "3 other articles were excluded, too."


def test_agreement_is_kept_as_it_was_when_the_release_was_frozen() -> None:
    project, _ = make_gold(3)
    release = freeze_release(project, title="First", by=None)
    figure = release.manifest["agreement"]["f1_strict"]
    assert (figure["value"], figure["documents"]) == (1.0, 3)
    assert figure["by_label"]["Claim"]["value"] == 1.0
    kept = release.manifest["agreement_report"]
    assert (kept["metrics"]["cohen_kappa"]["value"], kept["data"]["n_documents_compared"]) == (1.0, 3)
    assert list(kept["metrics"]["relation_f1"]) == ["undefined"]
    assert release.manifest["people"] == {"annotators": 2}
    rebuild_release(release)
    assert "| F1 of spans with equal ends and label | all | 1.00 | 1.00 to 1.00 | 3 |" in write_release_card(
        release
    )


def test_gamma_and_questions_about_the_article_are_kept_as_the_report_has_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of a large project gamma takes hours: then the report says that it was not measured."""
    project = make_project()
    team = make_team(project)
    for place in ("Kyiv", "Oslo", "Riga"):
        text = f"{place} may agree to it. " * 6
        marked = mark(claim(0, 22), claim(len(text) // 2, len(text) // 2 + 22))
        assert finish_by_rule(
            [make_annotated_task(marked, marked, project=project, annotators=team, text=text)]
        )
    kept = freeze_release(project, title="First", by=None).manifest["agreement_report"]
    found = report(project, metrics=["gamma"])["gamma"]
    assert found.value == kept["metrics"]["gamma"]["value"] == 1
    assert kept["metrics"]["gamma"]["documents"] == 3
    asked = {one.field.name: one for one in report_fields(project, choose_selection(project))}
    assert kept["fields"].keys() == asked.keys() != set()
    for name, one in asked.items():
        assert kept["fields"][name]["title"] == one.field.title
        assert kept["fields"][name]["data"] == one.report.data
        assert kept["fields"][name]["metrics"].keys() == one.report.metrics.keys()
    monkeypatch.setattr("annotations.reliability.counting.MAX_DOCUMENTS_FOR_GAMMA", 2)
    larger = freeze_release(project, title="Second", by=None)
    assert larger.manifest["agreement_report"]["metrics"]["gamma"] == {"undefined": NO_GAMMA}
    assert larger.manifest["agreement_report"]["fields"] == kept["fields"]
    rebuild_release(larger)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_folder_is_loaded_by_datasets_without_a_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import datasets
    import mlcroissant

    project, _ = make_gold(4)
    release = freeze_release(project, title="First", by=None, splits=PLAN)
    folder = tmp_path / "folder"
    call_command("export_folder", f"{project.slug}/1", folder, stdout=(said := StringIO()))
    assert "data/held_out.parquet" in said.getvalue()
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    loaded: Any = datasets.load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))
    assert {name: len(rows) for name, rows in loaded.items()} == {"train": 3, "held_out": 1}
    row = loaded["held_out"][0]
    assert row["annotator"] == "gold"
    (span,) = row["spans"]
    assert row["text"][span["start"] : span["end"]] == span["quote"]
    described = mlcroissant.Dataset(jsonld=folder / "croissant.json")
    (held_out,) = described.records(record_set="held_out")
    assert held_out["held_out/text"].decode() == row["text"]
    (described_span,) = held_out["held_out/spans"]
    assert described_span["held_out/spans/quote"].decode() == span["quote"]
    archive = zipfile.ZipFile(BytesIO(b"".join(export_folder(release).chunks)))
    for name in ("README.md", "croissant.json", "data/train.parquet"):
        assert archive.read(name) == (folder / name).read_bytes()
    assert json.loads(archive.read("croissant.json"))["version"] == "1.0.0"
    with pytest.raises(CommandError, match="is there already"):
        call_command("export_folder", f"{project.slug}/1", folder, stdout=said)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_lines_that_a_card_and_the_page_give_to_copy_load_the_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import datasets

    project, _ = make_gold(3)
    release = freeze_release(project, title="First", by=None)
    name = f"{project.slug}-release-1"
    monkeypatch.chdir(tmp_path)
    silent = {"stdout": StringIO(), "stderr": StringIO()}
    call_command("export", f"{project.slug}/1", "--all-formats", "--output", tmp_path, **silent)
    call_command("export_folder", f"{project.slug}/1", Path(name_folder(project.slug, 1)), **silent)
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path / "cache"))
    codes = [code for section in list_sections(read_facts(release)) for code in section.codes]
    made: dict[str, Any] = {}
    named = {found for code in codes for found in re.findall(rf"""["']({name}[^"']*)""", code.lines)}
    assert len(named) == 4
    assert all(Path(found).exists() for found in named)
    for code in codes:
        exec(compile(code.lines, code.title, "exec"), made)  # noqa: S102 - it is what people paste
    assert len(made["articles"]) == len(list(made["docs"])) == len(made["dataset"]["train"]) == 3
    assert set(made["spans"]["label"]) == {"Claim"}
    assert [label for _, label in made["labels"].fetchall()] == ["Claim"] * 3
    client = Client()
    client.force_login(make_member(project, Role.CONSUMER))
    page = client.get(reverse("web:release", args=[project.slug, 1])).content.decode()
    [command] = re.findall(r'<code class="command" id="command">(.*?)</code>', page)
    *_, address = shlex.split(html.unescape(command))
    answer = client.get(urlsplit(address).path, dict(parse_qsl(urlsplit(address).query)))
    body = b"".join(cast("StreamingHttpResponse", answer).streaming_content)  # type: ignore[arg-type]
    assert body == Path(f"{name}.jsonl").read_bytes()


def test_the_card_and_the_folder_come_by_the_api_too() -> None:
    project, _ = make_gold(2)
    release = freeze_release(project, title="First", by=None)
    client = Client()
    client.force_login(make_member(project, Role.CONSUMER))
    card = client.get(f"/api/v1/releases/{release.pk}/card/")
    assert card["Content-Type"].startswith("text/markdown")
    assert card.content.decode() == write_release_card(release)
    folder: Any = client.get(f"/api/v1/releases/{release.pk}/folder/")
    archive = zipfile.ZipFile(BytesIO(b"".join(folder.streaming_content)))
    assert archive.namelist() == ["data/train.parquet", "croissant.json", "README.md"]


def test_the_folder_is_packed_by_a_job_and_then_sent_with_its_length_and_by_parts() -> None:
    project, _ = make_gold(4)
    boss = make_member(project, Role.MANAGER)
    release = freeze_release(project, title="First", by=None, splits=PLAN)
    client = Client()
    client.force_login(boss)
    address = f"/api/v1/releases/{release.pk}/folder/"
    streamed: Any = client.get(address)
    content = b"".join(streamed.streaming_content)
    client.get(address)
    assert "Content-Length" not in streamed
    assert not ReleaseFile.objects.exclude(format="jsonl").exists()  # no request writes a file
    job = Job.objects.get(kind="prepare_folder")
    Worker().run_until_idle()
    job.refresh_from_db()
    assert (job.status, job.done, job.total) == (JobStatus.DONE, 4, 4)
    kept: Any = client.get(address)
    assert b"".join(kept.streaming_content) == content
    assert kept["Content-Length"] == str(len(content))
    assert kept["X-Checksum-SHA256"] == sha256(content).hexdigest()
    part: Any = client.get(address, headers={"Range": "bytes=100-199"})
    assert (part.status_code, b"".join(part.streaming_content)) == (
        HTTPStatus.PARTIAL_CONTENT,
        content[100:200],
    )
    assert client.get(address, headers={"If-None-Match": kept["ETag"]}).status_code == HTTPStatus.NOT_MODIFIED


def test_a_folder_is_packed_again_when_its_card_says_something_else() -> None:
    project, _ = make_gold(2)
    boss = make_member(project, Role.MANAGER)
    release = freeze_release(project, title="First", by=None)
    first = prepare_folder(release)
    assert find_folder(release) == first
    answer_for_card(project, {"licence": "cc-by-4.0"}, by=boss)
    assert find_folder(release) is None
    second = prepare_folder(release)
    assert find_folder(release) == second
    assert not default_storage.exists(first.name)
    with default_storage.open(second.name) as file:
        assert "license: cc-by-4.0" in zipfile.ZipFile(file).read("README.md").decode()
    assert default_storage.exists(ReleaseFile.objects.get(format="parquet").name)
