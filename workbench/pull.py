"""`workbench pull URL RELEASE`: fetch the files of a release from a workbench elsewhere, and believe none of them unread.

The token comes from `WORKBENCH_TOKEN`, never from the command line, which others on the machine can read. What broke off is
gone on with when the same is asked for again.
"""

import argparse
import hashlib
import json
import os
import re
import sys
import time
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx

from annotations.formats.canonical import checksum, write_canonical

TOKEN = "WORKBENCH_TOKEN"  # noqa: S105 - the name of the variable
TIMEOUT = httpx.Timeout(60, read=600)
SECONDS_BETWEEN_LOOKS = 5.0
ATTEMPTS = 5
MAX_WAIT = 3600
"""Seconds."""
DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/=]+):")


class PullError(Exception):
    """A release cannot be fetched, or is not what its manifest says; the message says what to do."""


def main(arguments: Sequence[str]) -> None:
    """Fetch what the command line names, or end with what is wrong."""
    parser = argparse.ArgumentParser(
        prog="workbench pull",
        description="Fetch files of a release from a workbench, check their SHA-256, and go on where an earlier try broke off.",
        epilog=f"The token stands in the variable {TOKEN}; one that may only read the releases of the project is enough.",
    )
    parser.add_argument("url", help="the address of the workbench, as in https://annotate.example.org")
    parser.add_argument("release", metavar="RELEASE", help="its id, or PROJECT/NUMBER")
    parser.add_argument(
        "--format",
        action="append",
        dest="formats",
        metavar="NAME",
        help="by default jsonl; may be given again",
    )
    parser.add_argument("--level", default="gold", help="gold, votes, annotations or ledger")
    parser.add_argument("--split", default="", metavar="PART", help="only this part; several with commas")
    parser.add_argument(
        "--into", type=Path, default=Path(), metavar="FOLDER", help="by default the current one"
    )
    parser.add_argument(
        "--wait",
        type=int,
        default=600,
        metavar="SECONDS",
        help="how long a file may take that is not written yet",
    )
    chosen = parser.parse_args(arguments)
    token = os.environ.get(TOKEN, "")
    if not token:
        sys.exit(
            f"error: Put a token into {TOKEN}: make one on your account page, “read releases” of the project."
        )
    headers = {"Authorization": f"Token {token}", "Accept-Encoding": "identity"}
    try:
        with httpx.Client(
            base_url=chosen.url, headers=headers, timeout=TIMEOUT, follow_redirects=True
        ) as client:
            pull = Pull(client, chosen.into, wait=min(max(chosen.wait, 0), MAX_WAIT))
            release = pull.fetch_manifest(chosen.release)
            for name in chosen.formats or ["jsonl"]:
                query = {"format": name, "level": chosen.level, "split": chosen.split}
                pull.fetch_file(release, {key: value for key, value in query.items() if value})
    except (PullError, httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        sys.exit(f"error: {error or type(error).__name__}")


class Pull:
    """One fetching of a release into a folder."""

    def __init__(self, client: httpx.Client, folder: Path, *, wait: float = 0) -> None:
        self.client = client
        self.folder = folder
        self.wait = wait
        folder.mkdir(parents=True, exist_ok=True)

    def fetch_manifest(self, name: str) -> Mapping[str, Any]:
        """The release with its manifest, whose checksum is looked at before anything else."""
        release = self._ask(f"/api/v1/releases/{self._find(name)}/").json()
        if checksum(release["manifest"]) != release["sha256"]:
            raise PullError(
                "the manifest does not have the checksum that the workbench says: ask who runs it"
            )
        self._keep("manifest.json", write_canonical(release["manifest"]).encode())
        for place, one in enumerate(release["signatures"], start=1):
            name = "manifest.json.sig" if place == 1 else f"manifest.json.{place}.sig"
            self._keep(name, one["signature"].encode())
        return dict(release)

    def fetch_file(self, release: Mapping[str, Any], query: Mapping[str, str]) -> Path:
        """A file of the release, checked against the checksum of the answer, and the JSONL against the manifest, too."""
        address = f"/api/v1/releases/{release['id']}/export/"
        head = self._await_file(address, query)
        sha256 = head.headers["X-Checksum-SHA256"]
        if (
            query == {"format": "jsonl", "level": "gold"}
            and sha256 != release["manifest"]["checksums"]["jsonl"]
        ):
            raise PullError(
                "the JSONL does not have the checksum that the manifest names: ask who runs the workbench"
            )
        name = re.sub(
            r"[^\w.-]", "_", head.headers["Content-Disposition"].rpartition('filename="')[2].rstrip('"')
        )
        target, part = self.folder / name, self.folder / f".{name}.{sha256[:16]}.part"
        if not (target.exists() and _digest(target) == sha256):
            for attempt in range(ATTEMPTS):
                try:
                    self._go_on(
                        address,
                        query,
                        part,
                        etag=head.headers["ETag"],
                        length=int(head.headers["Content-Length"]),
                    )
                    break
                except httpx.TransportError:
                    if attempt == ATTEMPTS - 1:
                        raise
            if _digest(part) != sha256:
                part.unlink()
                raise PullError(f"{name} came with other bytes than its checksum says: try again")
            part.replace(target)
        print(f"{sha256}  {target}")  # noqa: T201 - what sha256sum prints
        return target

    def _go_on(self, address: str, query: Mapping[str, str], part: Path, *, etag: str, length: int) -> None:
        """Add to a file what is missing of it."""
        have = part.stat().st_size if part.exists() else 0
        if have >= length:
            return
        headers = {"Range": f"bytes={have}-", "If-Range": etag} if have else {}
        with self.client.stream("GET", address, params=dict(query), headers=headers) as answer:
            if answer.status_code not in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
                answer.read()
                raise PullError(_explain(answer))
            is_rest = answer.status_code == HTTPStatus.PARTIAL_CONTENT
            with part.open("ab" if is_rest else "wb") as file:
                for chunk in answer.iter_raw():
                    file.write(chunk)

    def _await_file(self, address: str, query: Mapping[str, str]) -> httpx.Response:
        """The head of a file as soon as a worker has written it; asking is what makes it be written."""
        until = time.monotonic() + self.wait
        while True:
            head = self._ask(address, query, method="HEAD")
            if "X-Checksum-SHA256" in head.headers:
                return head
            if time.monotonic() >= until:
                raise PullError(
                    f"the workbench is still writing {query['format']}: ask again in a while, or with a longer --wait"
                )
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def _find(self, name: str) -> int:
        project, slash, number = name.rpartition("/")
        if not (number.isascii() and number.isdecimal()):
            raise PullError(f"{name!r} is no release: give its id, or PROJECT/NUMBER")
        if not slash:
            return int(number)
        found = self._ask("/api/v1/releases/", {"project": project, "number": number}).json()["results"]
        if not found:
            raise PullError(f"there is no release {name}, or the token does not reach it")
        return int(found[0]["id"])

    def _ask(
        self, address: str, query: Mapping[str, str] | None = None, *, method: str = "GET"
    ) -> httpx.Response:
        answer = self.client.request(method, address, params=dict(query or {}))
        if not answer.is_success and method == "HEAD":  # which says nothing of what is wrong
            answer = self.client.get(address, params=dict(query or {}))
        if not answer.is_success:
            raise PullError(_explain(answer))
        return answer

    def _keep(self, name: str, content: bytes) -> None:
        path = self.folder / name
        path.write_bytes(content)
        print(f"{hashlib.sha256(content).hexdigest()}  {path}")  # noqa: T201 - what sha256sum prints


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _explain(answer: httpx.Response) -> str:
    """What the workbench says is wrong, by its problem document where it gives one."""
    try:
        said = answer.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        said = {}
    detail = said.get("detail") or said.get("title") if isinstance(said, dict) else ""
    errors = (
        "; ".join(str(one.get("detail", "")) for one in said.get("errors", ()))
        if isinstance(said, dict)
        else ""
    )
    reason = " ".join(filter(None, [detail, errors])) or "is this the address of a workbench?"
    return f"the workbench answered {answer.status_code}: {reason}"
