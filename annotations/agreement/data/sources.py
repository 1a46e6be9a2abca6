"""Which code computed something, so that what was kept of another version of it is computed again."""

import hashlib
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path

LIBRARY = Path(__file__).resolve().parents[1]
NOT_COMPUTING = ("command_line", "readers", "__main__.py", "__init__.py")
"""What of the library changes no figure: how annotations are read, and how figures are printed."""


def digest_sources(folder: Path, *, leave_out: Collection[str] = ()) -> str:
    r"""A digest of the source code in a folder, whatever ends its lines.

    Parameters
    ----------
    folder : Path
    leave_out : collection of str
        Names of files and folders right inside it that do not count.

    Returns
    -------
    str
        64 hexadecimal digits.

    Examples
    --------
    >>> len(digest_sources(LIBRARY)), digest_sources(LIBRARY) == digest_sources(LIBRARY / "gamma")
    (64, False)
    """
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        place = path.relative_to(folder)
        if place.parts[0] not in leave_out:
            content = path.read_bytes().replace(b"\r\n", b"\n")
            digest.update(f"{place.as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()


@lru_cache(maxsize=1)
def find_format() -> str:
    """The version of everything that counts and measures, read from its source code once in a process.

    Statistics and reports that are kept carry it, and those of another version are not read.
    """
    return digest_sources(LIBRARY, leave_out=NOT_COMPUTING)
