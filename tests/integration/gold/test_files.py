"""The files of a release are written once, by a job that may be killed at any moment."""

import errno
import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, default_storage

from annotations.assignment.archiving import archive_project
from annotations.formats.levels import ContentLevel
from annotations.formats.registry import WRITTEN
from annotations.gold.exports import export_release, find_file, list_losses_of_release
from annotations.gold.files import ask_for_file, is_here, prepare_file, read_part
from annotations.gold.folders import ask_for_folder
from annotations.gold.kept import ask_for_annotations
from annotations.gold.services import freeze_release
from annotations.jobs.worker import Worker
from annotations.models import Job, JobStatus, Release, ReleaseFile, Role
from tests.factories import make_member, make_project
from tests.integration.gold.test_services import agree, make_team

pytestmark = pytest.mark.django_db


class FullStorage(InMemoryStorage):
    """Takes half of a file, and then there is no space left."""

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        super().save(name, ContentFile(content.read(100)), max_length)
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def release() -> Release:
    project = make_project()
    agree(project, make_team(project))
    return freeze_release(project, title="First", by=None)


def read_whole(file: ReleaseFile) -> bytes:
    return b"".join(read_part(file, 0, file.length))


def test_freezing_asks_for_the_jsonl(release: Release) -> None:
    assert not release.files.exists()
    Worker().run_until_idle()
    assert release.files.get().sha256 == release.manifest["checksums"]["jsonl"]


def test_a_worker_writes_each_file_that_is_asked_for_as_it_is_exported(release: Release) -> None:
    for known in WRITTEN:
        ask_for_file(release, known.name)
    Worker().run_until_idle()
    for known in WRITTEN:
        file = find_file(release, known.name)
        assert file is not None
        export = export_release(release, format_name=known.name)
        assert read_whole(file) == b"".join(export.chunks)
        assert file.sha256 == hashlib.sha256(read_whole(file)).hexdigest()
        assert file.lost == export.losses.summarize()


def test_a_job_says_how_many_records_of_a_file_are_written(release: Release) -> None:
    agree(release.project, make_team(release.project), text="Kyiv may soon agree it. One more.")
    later = freeze_release(release.project, title="Second", by=None)
    Job.objects.all().delete()
    for level, number in ((ContentLevel.GOLD, 2), (ContentLevel.ANNOTATIONS, 4), (ContentLevel.LEDGER, 2)):
        job = ask_for_file(later, "jsonl", level=level)
        Worker().run_until_idle()
        job.refresh_from_db()
        assert (job.status, job.done, job.total) == (JobStatus.DONE, number, number)


def test_the_files_of_an_archived_project_are_written_too(release: Release) -> None:
    archive_project(release.project, by=None)
    ask_for_file(release, "conll")
    ask_for_folder(release)
    Worker().run_until_idle()
    assert {file.format for file in release.files.all()} == {"jsonl", "conll", "parquet", "folder"}


def test_what_a_killed_worker_left_behind_is_finished_by_the_next(release: Release) -> None:
    first = prepare_file(release, "conll")
    ReleaseFile.objects.all().delete()
    default_storage.delete(first.name)
    default_storage.save(first.name, ContentFile(b"half"))
    again = prepare_file(release, "conll")
    assert (again.name, again.sha256) == (first.name, first.sha256)
    assert hashlib.sha256(read_whole(again)).hexdigest() == first.sha256


def test_a_file_that_was_written_is_not_written_again(release: Release) -> None:
    Worker().run_until_idle()
    before = list(release.files.order_by("pk").values())
    freeze_job = Job.objects.get(kind="prepare_release")
    Job.objects.filter(pk=freeze_job.pk).update(status=JobStatus.QUEUED)
    Worker().run_until_idle()
    assert list(release.files.order_by("pk").values()) == before


@pytest.mark.parametrize("kind", ["prepare_release", "prepare_folder", "prepare_annotations"])
def test_half_a_file_for_which_there_is_no_space_is_taken_away_and_the_job_says_why(
    kind: str, release: Release, settings: Any
) -> None:
    full = f"{FullStorage.__module__}.{FullStorage.__qualname__}"
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": full}}
    ask_for_folder(release)
    ask_for_annotations(release.project, "conll", by=make_member(release.project, Role.MANAGER))
    Worker().run_until_idle()
    assert "No space left" in Job.objects.get(kind=kind).message
    assert not release.files.exists()
    assert not any(default_storage.listdir(folder)[1] for folder in list_folders())


def list_folders(folder: str = "") -> Iterator[str]:
    """All folders of the storage."""
    yield folder
    for name in default_storage.listdir(folder)[0]:
        yield from list_folders(f"{folder}/{name}".lstrip("/"))


def test_what_a_format_drops_is_known_from_its_file(release: Release) -> None:
    counted = list_losses_of_release(release, format_name="conll")
    assert counted
    prepare_file(release, "conll")
    assert list_losses_of_release(release, format_name="conll") == counted


def test_a_file_that_only_another_machine_has_is_missed(release: Release) -> None:
    file = prepare_file(release, "conll")
    assert is_here(file)
    default_storage.delete(file.name)
    assert not is_here(file)
