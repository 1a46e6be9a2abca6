"""What files of Word and Excel are before they are read: archives, of which some are protected, hold macros or are bombs."""

import zipfile
from typing import BinaryIO

from annotations.formats.errors import RefusedError
from annotations.formats.files.bundles import BEGINS_ARCHIVE, ENCRYPTED
from annotations.limits import MAX_ARCHIVE_BYTES, MAX_ARCHIVE_LIST_BYTES, MAX_BUNDLED_FILES

OF_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PROTECTED = "EncryptedPackage".encode("utf-16-le")
MAX_LOOKED_AT = 64 * 1024 * 1024
MAX_EXPANSION = 400
"""How many times as large as it is packed a part may be that is larger than `UNSUSPICIOUS`."""
UNSUSPICIOUS = 8 * 1024 * 1024
TYPES = "[Content_Types].xml"


def check_office_file(stream: BinaryIO, *, kind: str, suffix: str, program: str) -> None:
    """Refuse what is no file of Word or Excel, or one that nobody should open; the stream is put back to its beginning.

    `kind` is the folder of the archive that such a file has, such as `word/`.
    """
    begin = stream.read(8)
    stream.seek(0)
    if begin == OF_OLD_OFFICE:
        content = stream.read(MAX_LOOKED_AT)
        stream.seek(0)
        if PROTECTED in content:
            raise RefusedError(f"it is protected by a password: open it in {program} and save it without one")
        raise RefusedError(f"it is of an old version of {program}: save it as {suffix} there")
    if not begin.startswith(BEGINS_ARCHIVE):
        raise RefusedError(f"this is no {suffix} file: save it as {suffix} with {program}")
    try:
        with zipfile.ZipFile(stream) as archive:
            _check_parts(archive, kind=kind, suffix=suffix, program=program)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError) as error:
        if isinstance(error, RefusedError):
            raise
        raise RefusedError(f"it is damaged or cut off ({error}): get it again") from error
    stream.seek(0)


def _check_parts(archive: zipfile.ZipFile, *, kind: str, suffix: str, program: str) -> None:
    parts = archive.infolist()
    if len(parts) > MAX_BUNDLED_FILES or archive.start_dir < 0:
        raise RefusedError(f"it holds more than {MAX_BUNDLED_FILES:,} parts: save it anew with {program}")
    if sum(len(part.filename) for part in parts) > MAX_ARCHIVE_LIST_BYTES:
        raise RefusedError(f"its list of parts is far too long: save it anew with {program}")
    if any(part.flag_bits & ENCRYPTED for part in parts):
        raise RefusedError(f"it is protected by a password: open it in {program} and save it without one")
    if sum(part.file_size for part in parts) > MAX_ARCHIVE_BYTES or any(map(_is_bomb, parts)):
        raise RefusedError(
            f"it unpacks to far more than it is large, as files do that are made to do harm: save it anew with {program}"
        )
    names = {part.filename.lower() for part in parts}
    if any(name.endswith("vbaproject.bin") for name in names) or _names_macros(archive):
        raise RefusedError(f"it holds macros, which no text needs: save it as {suffix}, without macros")
    if TYPES.lower() not in names or not any(name.startswith(kind) for name in names):
        raise RefusedError(f"this is no {suffix} file: save it as {suffix} with {program}")


def _is_bomb(part: zipfile.ZipInfo) -> bool:
    return part.file_size > UNSUSPICIOUS and part.file_size > MAX_EXPANSION * max(part.compress_size, 1)


def _names_macros(archive: zipfile.ZipFile) -> bool:
    try:
        with archive.open(TYPES) as types:
            return b"macroenabled" in types.read(UNSUSPICIOUS).lower()
    except KeyError:
        return False
