"""Writing a release, or the annotations before adjudication, as a file in one of the formats."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from django.core.cache import cache

from annotations import __version__
from annotations.formats.ports import Format, Losses
from annotations.formats.registry import find_format
from annotations.gold.records import read_annotations
from annotations.gold.releases import read_release_lines
from annotations.models import Annotation, Project, Release
from annotations.models.collection import AnnotationQuerySet


class FormatLosesError(Exception):
    """A format cannot hold everything, and it was asked to fail then."""

    def __init__(self, format_name: str, losses: list[str]) -> None:
        super().__init__(
            f"{format_name} cannot hold everything: {'; '.join(losses)}. "
            "Take jsonl, which holds it all, or leave out strict.",
        )
        self.losses = losses


@dataclass(frozen=True, slots=True)
class Export:
    """A dataset on its way out. The losses are complete once the chunks are read to their end."""

    filename: str
    media_type: str
    chunks: Iterator[bytes]
    losses: Losses = field(default_factory=Losses)


@dataclass(frozen=True, slots=True)
class ExportPreview:
    """What a whole export comes to: known before its first byte is sent."""

    sha256: str
    length: int
    losses: tuple[str, ...]


def export_release(release: Release, *, format_name: str, strict: bool = False) -> Export:
    """Write a release in a format. A strict export that would lose something fails before its first byte."""
    chosen = find_format(format_name)
    if strict and (lost := preview_release(release, format_name=format_name).losses):
        raise FormatLosesError(format_name, list(lost))
    return _export(
        chosen, read_release_lines(release), filename=f"{release.project.slug}-release-{release.number}"
    )


def export_annotations(
    project: Project,
    *,
    format_name: str,
    strict: bool = False,
    annotations: AnnotationQuerySet | None = None,
) -> Export:
    """Write every current annotation of a project as it was before adjudication, or those given of them."""
    chosen = find_format(format_name)
    found = Annotation.objects.current() if annotations is None else annotations
    if strict and (lost := list_losses_of_annotations(project, format_name=format_name, annotations=found)):
        raise FormatLosesError(format_name, list(lost))
    return _export(chosen, read_annotations(found, project), filename=f"{project.slug}-annotations")


def _export(chosen: Format, lines: Iterable[str], *, filename: str) -> Export:
    losses = Losses()
    return Export(
        filename=f"{filename}.{chosen.extension}",
        media_type=chosen.media_type,
        chunks=chosen.write_lines(lines, losses=losses),
        losses=losses,
    )


def preview_release(release: Release, *, format_name: str) -> ExportPreview:
    """Go through an export once without keeping it. A release never changes, so this is done once."""
    key = f"export:{release.sha256}:{format_name}:{__version__}"
    known = cache.get(key)
    if known is None:
        export = export_release(release, format_name=format_name)
        digest, length = sha256(), 0
        for chunk in export.chunks:
            digest.update(chunk)
            length += len(chunk)
        known = digest.hexdigest(), length, tuple(export.losses.describe())
        cache.set(key, known, timeout=None)
    return ExportPreview(*known)


def list_losses_of_annotations(
    project: Project, *, format_name: str, annotations: AnnotationQuerySet
) -> tuple[str, ...]:
    """What an export of the annotations would lose."""
    if find_format(format_name).holds_everything:
        return ()
    export = export_annotations(project, format_name=format_name, annotations=annotations)
    for _ in export.chunks:
        pass
    return tuple(export.losses.describe())
