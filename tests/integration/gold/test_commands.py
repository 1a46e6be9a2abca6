"""`manage.py release`, `manage.py export` and `manage.py verify`."""

import hashlib
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from annotations.adjudication.settled import finish_by_rule
from annotations.gold.publishing import withdraw_release
from annotations.gold.services import freeze_release
from annotations.models import Article, Project, Release
from tests.factories import make_project
from tests.factories.adjudication import claim, make_annotated_task, mark

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command(*arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def project() -> Project:
    project = make_project()
    assert finish_by_rule([make_annotated_task(mark(claim()), mark(claim()), project=project)])
    return project


def test_release_says_what_it_froze(project: Project) -> None:
    out, _ = run("release", project.slug, "--title", "First")
    release = Release.objects.get()
    assert f"Froze release {project.slug}/1 (First), id {release.pk}." in out
    assert "1 articles, 1 spans" in out
    assert release.sha256 in out


def test_release_prints_one_json_document_and_nothing_else(project: Project) -> None:
    out, _ = run("release", project.slug, "--title", "First", "--json")
    printed = json.loads(out)
    assert printed["manifest"] == Release.objects.get().manifest
    assert printed["sha256"] == Release.objects.get().sha256


def test_release_says_what_it_would_freeze_and_freezes_nothing(project: Project) -> None:
    make_annotated_task(mark(claim()), project=project, text="Nobody decided this: The dam must be built.")
    out, _ = run("release", project.slug, "--title", "First", "--dry-run")
    assert out.startswith("Release 1 (First) would be:\n  1 articles, 1 spans")
    assert "  version 1.0.0\n" in out
    assert "  open: 1 task not adjudicated; it is frozen with an exception alone (--exception)\n" in out
    printed, _ = run("release", project.slug, "--title", "First", "--dry-run", "--json")
    assert not Release.objects.exists()
    run("release", project.slug, "--title", "First", "--exception", "A pilot.")
    frozen = Release.objects.get().manifest
    assert frozen.pop("obstacles") == {"open": 1, "exception": "A pilot."}
    planned = json.loads(printed)["manifest"]
    assert (planned.pop("obstacles"), planned) == ({"open": 1}, frozen)


def test_an_exception_that_was_not_needed_is_said_to_be_on_no_record(project: Project) -> None:
    _, err = run("release", project.slug, "--title", "First", "--exception", "A pilot.")
    assert err == "Nothing is open, so no exception is on record.\n"
    assert "obstacles" not in Release.objects.get().manifest


def test_a_dry_run_without_gold_says_what_is_missing() -> None:
    with pytest.raises(CommandError, match="has no gold yet"):
        run("release", make_project().slug, "--title", "First", "--dry-run")


def test_release_without_gold_says_what_is_missing() -> None:
    empty = make_project()
    with pytest.raises(CommandError, match="has no gold yet"):
        run("release", empty.slug, "--title", "First")


def test_release_of_an_unknown_project_names_the_known_ones(project: Project) -> None:
    with pytest.raises(CommandError, match=project.slug):
        run("release", "no-such-project", "--title", "First")


@pytest.mark.parametrize("by_number", [False, True])
def test_export_writes_the_file_and_prints_its_checksum(
    project: Project, tmp_path: Path, *, by_number: bool
) -> None:
    run("release", project.slug, "--title", "First")
    release = Release.objects.get()
    name = f"{project.slug}/1" if by_number else str(release.pk)
    target = tmp_path / "gold.jsonl"
    out, err = run("export", name, "--format", "jsonl", "--output", str(target))
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    assert digest == release.manifest["checksums"]["jsonl"]
    assert out == f"{digest}  {target}\n"
    assert err == ""
    assert [path.name for path in tmp_path.iterdir()] == ["gold.jsonl"]


def test_export_tells_on_stderr_what_the_format_dropped(project: Project, tmp_path: Path) -> None:
    run("release", project.slug, "--title", "First")
    target = tmp_path / "gold.conllup"
    _, err = run("export", f"{project.slug}/1", "--format", "conll", "--output", str(target))
    said = "3 attributes of spans dropped, as in “Kyiv must have guarantees, Mr Novak sai…”"
    assert said in err.splitlines()
    assert all(" dropped, as in “" in line for line in err.splitlines())
    assert "B-Claim" in target.read_text(encoding="utf-8")


def test_a_strict_export_that_would_lose_something_writes_nothing(project: Project, tmp_path: Path) -> None:
    run("release", project.slug, "--title", "First")
    target = tmp_path / "gold.conllup"
    target.write_text("what was there", encoding="utf-8")
    with pytest.raises(CommandError, match="cannot hold everything"):
        run("export", f"{project.slug}/1", "--format", "conll", "--output", str(target), "--strict")
    assert target.read_text(encoding="utf-8") == "what was there"
    assert [path.name for path in tmp_path.iterdir()] == ["gold.conllup"]


@pytest.mark.parametrize("command", [("export", "--format", "jsonl", "--output"), ("export_folder",)])
def test_a_release_that_was_withdrawn_is_handed_out_no_more(
    project: Project, tmp_path: Path, command: tuple[str, ...]
) -> None:
    release = freeze_release(project, title="First", by=None)
    withdraw_release(release, reason="A text may not be published.", by=None)
    name, *rest = command
    with pytest.raises(CommandError, match="A text may not be published"):
        call_command(name, str(release.pk), *rest, str(tmp_path / "out"))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["99999", "no-such/1", "x", "", "99999999999999999999999"])
def test_export_of_an_unknown_release_names_the_known_ones(project: Project, name: str) -> None:
    run("release", project.slug, "--title", "First")
    with pytest.raises(CommandError, match=f"{project.slug}/1"):
        run("export", name, "--format", "jsonl", "--output", "never-written")


def test_export_into_a_folder_that_is_not_there_says_so(project: Project, tmp_path: Path) -> None:
    run("release", project.slug, "--title", "First")
    with pytest.raises(CommandError, match="cannot be written: No such file"):
        run("export", f"{project.slug}/1", "--format", "jsonl", "--output", str(tmp_path / "no" / "gold"))


def test_verify_proves_a_release_from_its_sources(project: Project) -> None:
    run("release", project.slug, "--title", "First")
    out, _ = run("verify", f"{project.slug}/1")
    assert "holds: 1 article was built again from the sources, byte for byte as frozen" in out
    assert Release.objects.get().sha256 in out


def test_verify_fails_where_the_sources_give_something_else(project: Project) -> None:
    run("release", project.slug, "--title", "First")
    Article.objects.update(metadata={"date": "forged"})
    with pytest.raises(
        CommandError, match=r"First does not hold: article .* its metadata came out differently"
    ):
        run("verify", f"{project.slug}/1")
