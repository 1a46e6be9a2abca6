"""A whole installation, Label Studio with it, backed up while it runs and put back into an empty folder, goes on."""

import json
from pathlib import Path

import httpx

from tests.installation import Installation


def test_an_installation_put_back_from_a_backup_goes_on_with_its_label_studio(
    installation: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "running.backup"
    made = installation.run("backup", str(file))
    assert made.returncode == 0, made.stderr
    again = Installation(tmp_path / "again")
    restored = again.run("restore", str(file))
    assert restored.returncode == 0, restored.stderr
    try:
        again.start()
        with again.client() as client:
            assert client.get("/health/").status_code == httpx.codes.OK
        found = {it["subject"]: it["advice"] for it in json.loads(again.run("doctor", "--json").stdout)}
        assert found["Label Studio accepts the workbench"] == []
        assert found["the database file is whole"] == []
    finally:
        again.stop()
