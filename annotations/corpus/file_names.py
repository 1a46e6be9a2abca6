"""Names of files that come in, with the folders that they lay in: relative, and leading nowhere else."""

import unicodedata
from pathlib import PurePosixPath

from annotations.formats.errors import RefusedError, shorten
from annotations.formats.files.bundles import leads_out
from annotations.limits import MAX_FILE_NAME_LENGTH, MAX_FOLDER_DEPTH


def check_file_name(name: str) -> str:
    """The name as it is kept, without what it says twice; one that leads out of its folder is refused.

    >>> check_file_name("./news//1.txt")
    'news/1.txt'
    """
    if not name or leads_out(name):
        raise RefusedError(
            f"a file is called {shorten(name)}, which leads out of the folder: rename it, or choose it by itself"
        )
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in name):
        raise RefusedError(f"a file is called {shorten(name)}, which holds a control character: rename it")
    path = PurePosixPath(name)
    if len(path.parts) - 1 > MAX_FOLDER_DEPTH:
        raise RefusedError(
            f"{shorten(name)} lies deeper than {MAX_FOLDER_DEPTH} folders: choose it by itself"
        )
    if len(str(path)) > MAX_FILE_NAME_LENGTH:
        raise RefusedError(
            f"{shorten(name)} has more than {MAX_FILE_NAME_LENGTH} characters with its folders: choose it by itself"
        )
    if not path.parts:
        raise RefusedError("a file has no name: give it one")
    return str(path)
