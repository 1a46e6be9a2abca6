"""Signatures of releases: an ssh key over the manifest, whose checksums stand for all the rest.

They are made and verified by OpenSSH's `ssh-keygen -Y`, which whoever trusts nobody can run without any program of ours.
"""

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import IntegrityError, transaction

from annotations.formats.canonical import write_canonical
from annotations.limits import MAX_SIGNATURE_LENGTH, MAX_SIGNER_LENGTH
from annotations.models import Event, Release, ReleaseSignature, User
from annotations.projects.archived import check_live

NAMESPACE = "annotation-workbench"
"""What signatures are good for: one that was made for something else is none of a release."""
SECONDS = 60


class SigningError(Exception):
    """A release was not signed, or a signature of it does not hold; the message says what to do."""


def write_manifest(release: Release) -> bytes:
    """The manifest as the bytes that its checksum and its signatures are of."""
    return write_canonical(release.manifest).encode()


def sign_release(release: Release, *, key: Path, signer: str, by: User | None = None) -> ReleaseSignature:
    """Sign the manifest of a release with an ssh key, under the name by which its public half is known."""
    check_live(release.project)
    signer = signer.strip()
    if not 0 < len(signer) <= MAX_SIGNER_LENGTH or any(
        letter.isspace() or letter in ",*?!" for letter in signer
    ):
        raise SigningError(
            f"name the signer as in a file of allowed signers, in at most {MAX_SIGNER_LENGTH} characters without blanks, as you@example.org"
        )
    if not key.is_file():
        raise SigningError(f"{key} is no file: make a key with ssh-keygen -t ed25519 -f {key}")
    signature = _run("sign", "-q", "-f", str(key), "-n", NAMESPACE, given=write_manifest(release))
    if len(signature) > MAX_SIGNATURE_LENGTH:
        raise SigningError("ssh-keygen wrote no signature but something much longer: look at the key")
    try:
        with transaction.atomic():
            made = ReleaseSignature.objects.create(
                release=release, signer=signer, signature=signature.decode("ascii"), by=by
            )
            Event.objects.record("signed", release, actor=by, project=release.project, signer=signer)
    except IntegrityError as error:
        raise SigningError(f"{signer} has signed release {release.number} already") from error
    return made


def verify_signatures(release: Release, *, signers: Path) -> list[str]:
    """Who signed a release, as a file of allowed signers knows them; each signature of somebody in it must hold."""
    if not signers.is_file():
        raise SigningError(
            f"{signers} is no file: write a line NAME KEY into it for each signer that you trust"
        )
    found = list(release.signatures.all())
    if not found:
        raise SigningError(f"release {release.number} is not signed")
    manifest = write_manifest(release)
    with TemporaryDirectory(prefix="workbench-signature-") as folder:
        for number, one in enumerate(found):
            path = Path(folder) / f"{number}.sig"
            path.write_text(one.signature, encoding="ascii")
            try:
                _run(
                    "verify",
                    "-f",
                    str(signers),
                    "-I",
                    one.signer,
                    "-n",
                    NAMESPACE,
                    "-s",
                    str(path),
                    given=manifest,
                )
            except SigningError as error:
                raise SigningError(f"the signature of {one.signer} does not hold: {error}") from error
    return [one.signer for one in found]


def _run(action: str, *arguments: str, given: bytes) -> bytes:
    program = shutil.which("ssh-keygen")
    if program is None:
        raise SigningError("there is no ssh-keygen here: install OpenSSH's client, version 8.1 or later")
    try:
        done = subprocess.run(
            [program, "-Y", action, *arguments],
            input=given,
            capture_output=True,
            check=False,
            timeout=SECONDS,
            start_new_session=True,  # so that it cannot ask a terminal for a passphrase
        )
    except subprocess.TimeoutExpired as error:
        raise SigningError("ssh-keygen gave no answer: put a key with a passphrase into ssh-agent") from error
    if done.returncode:
        said = " ".join((done.stderr + done.stdout).decode(errors="replace").split())
        raise SigningError(said or "ssh-keygen refused it")
    return done.stdout
