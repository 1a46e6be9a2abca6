"""What an installation keeps is for its own account alone, and its logs let nobody sign in."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotations.management.privacy import SecretFreeFormatter, find_open_to_others, keep_private

SECRET = "kX3-secret_of_a_link"


@pytest.fixture(autouse=True)
def own_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_an_installation_that_others_could_read_is_mended_by_the_next_start(tmp_path: Path) -> None:
    home = tmp_path / "var"
    (home / "label-studio" / "data").mkdir(parents=True)
    files = [home / "workbench.sqlite3", home / "label-studio" / "data" / "label_studio.sqlite3"]
    for file in files:
        file.write_text("secret", encoding="utf-8")
    assert set(find_open_to_others(home)) == {
        home,
        *(file.parent for file in files),
        files[1].parents[1],
        *files,
    }
    keep_private(home)
    assert not list(find_open_to_others(home))
    assert [oct(path.stat().st_mode & 0o777) for path in (home, *files)] == ["0o700", "0o600", "0o600"]


def test_what_is_written_after_a_start_is_private_from_the_beginning(tmp_path: Path) -> None:
    keep_private(tmp_path / "not yet made")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").touch()
    assert (tmp_path / "folder").stat().st_mode & 0o077 == 0
    assert (tmp_path / "folder" / "file").stat().st_mode & 0o077 == 0


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    home, elsewhere = tmp_path / "var", tmp_path / "elsewhere"
    for folder in (home, elsewhere):
        folder.mkdir()
    (elsewhere / "file").touch()
    (home / "logs").symlink_to(elsewhere, target_is_directory=True)
    (home / "file").symlink_to(elsewhere / "file")
    keep_private(home)
    assert (elsewhere / "file").stat().st_mode & 0o777 == 0o644
    assert elsewhere.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize(
    "line",
    [
        f'127.0.0.1 - - "GET /sign-in/{SECRET}/ HTTP/1.1" 200',
        f"Gone: /sign-in/{SECRET}/",
        f"Referer: http://127.0.0.1:8000/sign-in/{SECRET}?x=1",
        f"wsgi.file_wrapper path=/sign-in/{SECRET}",
        f"Gone: /invitations/{SECRET}/",
    ],
)
def test_a_sign_in_link_is_logged_without_its_secret(line: str) -> None:
    record = logging.LogRecord("django.request", logging.WARNING, __file__, 1, "%s", (line,), None)
    logged = SecretFreeFormatter("%(message)s").format(record)
    assert SECRET not in logged
    assert "/(secret)" in logged
