"""The manifest of a release: what is in it, what was left out and why, and the checksums that prove it."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from annotations.formats.canonical import checksum_text
from annotations.formats.record import RECORD_VERSION

MANIFEST_VERSION = 1
ORIGINS = {"spans": "label", "relations": "kind"}
"""The parts of a record that have a provenance, and what they are counted by."""


class ManifestBuilder:
    """Gathers counts and checksums record by record, so that no more than one record is ever held.

    The checksums of several things are SHA-256 over one line each, in the order of the release:

    - articles: article id, SHA-256 of the original bytes, SHA-256 of the text
    - annotations: article id, pseudonym, revision, SHA-256 of the markup
    - decisions: article id, number of decisions, SHA-256 of the task's ledger
    - records: SHA-256 of the record
    - jsonl: the JSONL export itself, byte for byte
    """

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._statuses: Counter[str] = Counter()
        self._labels: Counter[str] = Counter()
        self._unmet: Counter[str] = Counter()
        self._origins: dict[str, dict[str, Counter[str]]] = {name: defaultdict(Counter) for name in ORIGINS}
        self._people: set[str] = set()
        self._schemes: dict[str, dict[str, Any]] = {}
        self._digests = {
            name: hashlib.sha256() for name in ("articles", "annotations", "decisions", "records", "jsonl")
        }

    def add(self, line: str) -> dict[str, Any]:
        """Count the record of a canonical line, and give it."""
        record: dict[str, Any] = json.loads(line)
        article, spans, annotations = record["id"], record["spans"], record["annotations"]
        self._counts["articles"] += 1
        self._counts["annotations"] += len(annotations)
        self._counts["decisions"] += record["ledger"]["decisions"]
        self._counts["spans"] += len(spans)
        self._counts["relations"] += len(record["relations"])
        self._statuses[record["status"]] += 1
        self._labels.update(span["label"] for span in spans)
        for name, kind in ORIGINS.items():
            for one in record[name]:
                if one["provenance"]:
                    self._origins[name][one[kind]][one["provenance"]["origin"]] += 1
        unmet = record["ledger"].get("unmet", {})
        self._counts["against_rules"] += bool(unmet)
        self._unmet.update(unmet)
        self._schemes[record["scheme"]["sha256"]] = record["scheme"]
        self._update("articles", article, record["sha256"], record["text_sha256"])
        self._people.update(one["annotator"] for one in annotations)
        for one in annotations:
            self._update("annotations", article, one["annotator"], one["revision"], one["sha256"])
        self._update("decisions", article, record["ledger"]["decisions"], record["ledger"]["sha256"])
        self._update("records", checksum_text(line))
        self._update("jsonl", line)
        return record

    @property
    def schemes(self) -> list[str]:
        """The checksums of the schemes of the records so far, in order."""
        return sorted(self._schemes)

    def _describe_origins(self) -> dict[str, Any]:
        """How many spans of each label, and links of each kind, came about in which way."""
        return {
            name: {kind: dict(origins) for kind, origins in by_kind.items()}
            for name, by_kind in self._origins.items()
        }

    def _update(self, name: str, *values: object) -> None:
        self._digests[name].update((" ".join(str(value) for value in values) + "\n").encode())

    def build(
        self,
        *,
        project: str,
        number: int,
        title: str,
        workbench_version: str,
        unreviewed: int,
        left_out: Mapping[str, Sequence[int]],
        superseded: Sequence[Mapping[str, int]],
        splits: Mapping[str, Any] | None = None,
        agreement: Mapping[str, Any] | None = None,
        agreement_report: Mapping[str, Any] | None = None,
        obstacles: Mapping[str, Any] | None = None,
        tombstones: Sequence[Mapping[str, Any]] = (),
        notes: str = "",
        guidelines: Sequence[Mapping[str, Any]] = (),
        version: Callable[[Mapping[str, Any]], str] | str | None = None,
        tells_origins: bool = True,
    ) -> dict[str, Any]:
        """Close the manifest; the time is left out of it, so that the same gold gives the same bytes.

        Manifests of earlier versions did not tell how spans and links came about. Unmet rules are counted where there are any, and splits and a version named where there are some, so that an
        earlier manifest is built again to the byte. The version may follow from all that is in the manifest.
        """
        unmet = {"against_rules": self._counts["against_rules"], "unmet_rules": dict(self._unmet)}
        names = ("articles", "annotations", "decisions", "spans", "relations")
        manifest: dict[str, Any] = {
            "manifest_version": MANIFEST_VERSION,
            "record_version": RECORD_VERSION,
            "workbench_version": workbench_version,
            "project": project,
            "number": number,
            "title": title,
            "schemes": [self._schemes[sha256] for sha256 in self.schemes],
            "counts": {
                **{name: self._counts[name] for name in names},
                "by_status": dict(self._statuses),
                "spans_by_label": dict(self._labels),
                "unreviewed": unreviewed,
                **(unmet if self._unmet else {}),
                **({"by_origin": self._describe_origins()} if tells_origins else {}),
            },
            "checksums": {name: digest.hexdigest() for name, digest in self._digests.items()},
            "left_out": {reason: sorted(articles) for reason, articles in left_out.items()},
            "superseded": [dict(entry) for entry in superseded],
            **({"splits": dict(splits)} if splits else {}),
        }
        named = version(manifest) if callable(version) else version
        if obstacles:
            manifest["obstacles"] = dict(obstacles)
        if notes:
            manifest["notes"] = notes
        if guidelines:
            manifest["guidelines"] = [dict(one) for one in guidelines]
        if tombstones:
            manifest["tombstones"] = [dict(one) for one in tombstones]
        if agreement:
            manifest["agreement"] = dict(agreement)
        if agreement_report:
            manifest["agreement_report"] = dict(agreement_report)
        if named:
            manifest |= {"version": named, "people": {"annotators": len(self._people)}}
        return manifest
