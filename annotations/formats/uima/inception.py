"""How INCEpTION lays out the files of an export: whose each is, and where its UIMA CAS are.

A project export has a folder a document in `annotation` and in `curation`, and in it a file an annotator. One that needs
its types beside it is an archive of an XMI file and a `TypeSystem.xml`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from annotations.formats.errors import RefusedError, placed
from annotations.formats.files.bundles import Bundle, BundledFile, open_archive, split_by_annotator
from annotations.formats.uima.cas import Cas, Types
from annotations.formats.uima.cas_json import FIRST_KEYS, read_json_cas
from annotations.formats.uima.cas_xmi import XMI, read_types, read_xmi
from annotations.limits import MAX_PART_BYTES

OF_ANNOTATORS, OF_CURATION = "annotation", "curation"
SERIALISED = ("annotation_ser", "curation_ser")
CURATOR, NOBODY = "CURATION_USER", "INITIAL_CAS"
BEFORE = "versions before anybody annotated"
TYPE_SYSTEM = "typesystem.xml"
AS_XMI, AS_JSON, AS_ARCHIVE = ".xmi", ".json", ".zip"
LOOKED_AT = 4_096
"""Bytes by which a file is known."""


def name_annotators(
    names: Iterable[str], bundle: Bundle, find_text: Callable[[str], str]
) -> Mapping[str, tuple[str, str]]:
    """The annotator and the document of each file.

    INCEpTION has a folder for each document and in it a file an annotator. So has whoever keeps files of one text in one
    folder; anybody else keeps an annotator's documents in a folder.
    """
    listed = list(names)
    is_exported = any({OF_ANNOTATORS, OF_CURATION} & set(PurePosixPath(name).parts[:-2]) for name in listed)
    if not (is_exported or bundle.is_alone or _share_texts(listed, find_text)):
        found = split_by_annotator(listed, bundle.name)
        return {name: (who, str(PurePosixPath(what).with_suffix(""))) for name, (who, what) in found.items()}
    named = {}
    for name in listed:
        path = PurePosixPath(name)
        folders = [part for part in path.parts[:-1] if part not in (OF_ANNOTATORS, OF_CURATION)]
        named[name] = path.stem, "/".join(folders) or bundle.name
    return named


def _share_texts(names: list[str], find_text: Callable[[str], str]) -> bool:
    """Whether two files of one folder have the same text."""
    texts = {(str(PurePosixPath(name).parent), find_text(name)) for name in names}
    return len(texts) < len(names)


@dataclass(frozen=True, slots=True)
class CasFile:
    """A file that holds a UIMA CAS, alone or in an archive of its own with its types."""

    file: BundledFile
    bundle: Bundle

    @property
    def where(self) -> str:
        """The name by which a message refers to the file of this CAS."""
        return self.file.where

    def read(self) -> Cas:
        """All that it holds."""
        if self.file.name.lower().endswith(AS_ARCHIVE):
            if self.file.size > MAX_PART_BYTES:
                raise RefusedError(f"{self.where} is larger than {MAX_PART_BYTES:,} bytes; give it in parts")
            with open_archive(self.file) as inner:
                found = next(iter(list_cas_files(inner)), None)
                if found is None:
                    raise RefusedError(
                        f"{self.where} holds neither XMI nor JSON of UIMA; export the project with the format UIMA CAS XMI "
                        "or UIMA CAS JSON"
                    )
                return found.read()
        if _begins_as_json(self.file):
            return read_json_cas(self.file)
        with placed(self.where):
            return read_xmi(self.file, self._find_types())

    def _find_types(self) -> Types:
        """The types that lie beside a file, or in a folder above it."""
        folder = PurePosixPath(self.file.name).parent
        for place in (folder, *folder.parents):
            for name in ("TypeSystem.xml", TYPE_SYSTEM):
                if found := self.bundle.find(str(place / name)):
                    return read_types(found)
        return Types()


def list_cas_files(bundle: Bundle) -> Iterator[CasFile]:
    """The files that hold a UIMA CAS; of archives within an export that is said without opening them."""
    for name, file in bundle.files.items():
        suffix = PurePosixPath(name).suffix.lower()
        is_named = suffix == AS_XMI or (suffix == AS_ARCHIVE and _is_annotators(name))
        if is_named or ((suffix == AS_JSON or bundle.is_alone) and _begins_as_cas(file)):
            yield CasFile(file, bundle)


def is_only_serialised(bundle: Bundle) -> bool:
    """Whether a project was exported with its annotations as Java has them in its memory alone."""
    return any(set(SERIALISED) & set(PurePosixPath(name).parts) for name in bundle.files)


def _is_annotators(name: str) -> bool:
    return bool({OF_ANNOTATORS, OF_CURATION} & set(PurePosixPath(name).parts[:-2]))


def _begins_as_json(file: BundledFile) -> bool:
    begin = file.read_begin(LOOKED_AT)
    return begin.lstrip().startswith(b"{") and any(key in begin for key in FIRST_KEYS)


def _begins_as_cas(file: BundledFile) -> bool:
    return _begins_as_json(file) or XMI.encode() in file.read_begin(LOOKED_AT)
