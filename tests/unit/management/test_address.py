"""The address that commands print in links: what somebody set, else where the quickstart serves."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SERVED, CHOSEN = "http://127.0.0.1:8077", "https://annotate.example.org"


def read_public_url(home: Path, **environment: str) -> str:
    kept = {name: value for name, value in os.environ.items() if name != "PUBLIC_URL"}
    return subprocess.run(
        [sys.executable, "-c", "from workbench import settings; print(settings.PUBLIC_URL)"],
        env={**kept, "WORKBENCH_HOME": str(home), "SECRET_KEY": "of-a-test", **environment},
        capture_output=True,
        check=True,
        text=True,
    ).stdout.strip()


@pytest.mark.parametrize(
    ("environment", "expected"), [({}, SERVED), ({"PUBLIC_URL": CHOSEN}, CHOSEN)], ids=["port", "chosen"]
)
def test_links_lead_to_where_the_quickstart_serves_unless_an_address_is_set(
    tmp_path: Path, environment: dict[str, str], expected: str
) -> None:
    (tmp_path / "address").write_text(f"{SERVED}\n", encoding="utf-8")
    assert read_public_url(tmp_path, **environment) == expected
