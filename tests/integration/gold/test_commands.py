"""`manage.py release`, `manage.py export` and `manage.py verify`."""

import hashlib
import json
import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from annotations.adjudication.settled import finish_by_rule
from annotations.formats.levels import ContentLevel
from annotations.formats.registry import WRITTEN
from annotations.gold.publishing import withdraw_release
from annotations.gold.services import freeze_release
from annotations.gold.splits import SplitPlan, read_shares
from annotations.models import Article, Project, Release, Role
from tests.api.world import read_stream
from tests.factories import make_member, make_project
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


@contextmanager
def no_file_larger_than(length: int) -> Iterator[None]:
    """Let the kernel refuse to write files of more bytes, as it does where no space is left."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (length, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("asked", [("--format", "jsonl"), ("--all-formats",)])
def test_an_export_that_does_not_fit_says_so_and_leaves_nothing_that_is_half(
    project: Project, tmp_path: Path, asked: tuple[str, ...]
) -> None:
    release = freeze_release(project, title="First", by=None)
    target = tmp_path / "out"
    with no_file_larger_than(100), pytest.raises(CommandError, match="cannot be written: File too large"):
        run("export", str(release.pk), *asked, "--output", str(target))
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_folder_for_which_there_is_no_space_is_not_left_half(project: Project, tmp_path: Path) -> None:
    release = freeze_release(project, title="First", by=None)
    with no_file_larger_than(100), pytest.raises(CommandError, match="File too large"):
        run("export_folder", str(release.pk), str(tmp_path / "out"))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("level", list(ContentLevel))
@pytest.mark.parametrize("part", ["", "train"])
def test_the_command_writes_the_bytes_that_the_api_sends(
    project: Project, tmp_path: Path, part: str, level: ContentLevel
) -> None:
    for number in range(3):
        other = f"Kyiv must have guarantees, Mr Novak said. {number}"
        assert finish_by_rule(
            [make_annotated_task(mark(claim()), mark(claim()), project=project, text=other)]
        )
    release = freeze_release(project, title="First", by=None, splits=SplitPlan(parts=read_shares("60/20/20")))
    reader = APIClient()
    reader.force_authenticate(make_member(project, Role.CONSUMER))
    chosen = ["--split", part] if part else []
    run("export", str(release.pk), "--all-formats", "--level", level, "--output", str(tmp_path), *chosen)
    asked = {"level": level.value, **({"split": part} if part else {})}
    sent = {}
    for known in WRITTEN:
        if level in known.levels:
            address = f"/api/v1/releases/{release.pk}/export/"
            answer = reader.get(address, {"format": known.name, **asked})
            name = re.search('filename="([^"]+)"', answer["Content-Disposition"])
            assert name is not None
            sent[name[1]] = read_stream(answer)
    assert sent == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


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
