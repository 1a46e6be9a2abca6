"""Signatures of releases, made and verified by OpenSSH itself."""

import shutil
import subprocess
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, transaction

from annotations.gold.services import freeze_release
from annotations.gold.signing import NAMESPACE, SigningError, sign_release, verify_signatures, write_manifest
from annotations.models import Release, ReleaseSignature
from tests.factories import make_project
from tests.integration.gold.test_services import agree, make_team

pytestmark = pytest.mark.django_db
SIGNER = "team@example.org"


@pytest.fixture
def release() -> Release:
    project = make_project()
    agree(project, make_team(project))
    return freeze_release(project, title="First", by=None)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return make_key(tmp_path / "key")


def make_key(path: Path) -> Path:
    program = shutil.which("ssh-keygen") or ""
    subprocess.run([program, "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return path


def allow(key: Path, name: str = SIGNER) -> Path:
    path = key.with_name("allowed_signers")
    path.write_text(f"{name} {key.with_suffix('.pub').read_text()}")
    return path


def test_a_signature_that_the_command_makes_is_verified_with_the_release(release: Release, key: Path) -> None:
    out = StringIO()
    call_command("sign", str(release.pk), "--key", str(key), "--signer", SIGNER, stdout=out)
    call_command("verify", str(release.pk), "--signers", str(allow(key)), stdout=out)
    assert f"Signed by {SIGNER}." in out.getvalue()


def test_the_recipe_of_the_documentation_verifies_it_without_the_workbench(
    release: Release, key: Path, tmp_path: Path
) -> None:
    made = sign_release(release, key=key, signer=SIGNER)
    (tmp_path / "manifest.json").write_bytes(write_manifest(release))
    (tmp_path / "manifest.json.sig").write_text(made.signature)
    allow(key)
    documented = (Path(__file__).parents[3] / "docs" / "data-scientists.md").read_text(encoding="utf-8")
    [line] = [line.removeprefix("$ ") for line in documented.splitlines() if "ssh-keygen -Y verify" in line]
    line = line.replace("team@example.org", SIGNER)
    done = subprocess.run(["/bin/sh", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Good ")
    (tmp_path / "manifest.json").write_bytes(write_manifest(release) + b" ")
    assert (
        subprocess.run(["/bin/sh", "-c", line], cwd=tmp_path, capture_output=True, check=False).returncode
        != 0
    )


def test_a_signature_by_another_key_or_under_another_name_does_not_hold(
    release: Release, key: Path, tmp_path: Path
) -> None:
    sign_release(release, key=key, signer=SIGNER)
    with pytest.raises(SigningError, match=r"of team@example\.org does not hold"):
        verify_signatures(release, signers=allow(key, "somebody@example.org"))
    with pytest.raises(SigningError, match="does not hold"):
        verify_signatures(release, signers=allow(make_key(tmp_path / "other")))


def test_what_cannot_be_signed_or_verified_is_told_with_what_to_do(
    release: Release, key: Path, tmp_path: Path
) -> None:
    with pytest.raises(SigningError, match="is not signed"):
        verify_signatures(release, signers=allow(key))
    with pytest.raises(CommandError, match="make a key with ssh-keygen"):
        call_command("sign", str(release.pk), "--key", str(tmp_path / "none"), "--signer", SIGNER)
    for name in ("", "two words", "a,b", "*", "x" * 201):
        with pytest.raises(SigningError, match="name the signer"):
            sign_release(release, key=key, signer=name)
    sign_release(release, key=key, signer=SIGNER)
    with pytest.raises(SigningError, match="already"):
        sign_release(release, key=key, signer=SIGNER)
    with pytest.raises(SigningError, match="is no file"):
        verify_signatures(release, signers=tmp_path / "none")


def test_a_signature_is_never_rewritten(release: Release, key: Path) -> None:
    sign_release(release, key=key, signer=SIGNER)
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        ReleaseSignature.objects.update(signature="another")
    assert NAMESPACE == "annotation-workbench", "who has signed by this name goes on with it"
