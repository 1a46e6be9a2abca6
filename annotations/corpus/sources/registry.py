"""The file formats that can be imported. A new one is a reader, its line here and a sample in the tests."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from annotations.corpus.sources.csv import CSV
from annotations.corpus.sources.jsonl import JSONL
from annotations.corpus.sources.rows import Refusal, RefusedError, Row, Source
from annotations.corpus.sources.text import TEXT

SOURCES = (TEXT, JSONL, CSV)


def find_source(name: str) -> Source:
    for source in SOURCES:
        if source.name == name:
            return source
    known = ", ".join(source.name for source in SOURCES)
    raise RefusedError(f"there is no format {name!r}; choose one of {known}")


def detect_source(path: Path) -> Source:
    """By the suffix alone: what a file looks like inside is a guess that would surprise somebody."""
    for source in SOURCES:
        if path.suffix.lower() in source.suffixes:
            return source
    known = ", ".join(suffix for source in SOURCES for suffix in source.suffixes)
    raise RefusedError(
        f"the format is not known by its suffix (known: {known}): "
        "name it (on the command line: --source FORMAT)"
    )


def list_files(path: Path, *, source: str | None = None) -> list[Path]:
    """The file itself, or those in a folder (not below it) whose suffix is that of a format."""
    if not path.is_dir():
        return [path]
    formats = (find_source(source),) if source else SOURCES
    suffixes = {suffix for known in formats for suffix in known.suffixes}
    files = sorted(file for file in path.iterdir() if file.is_file() and file.suffix.lower() in suffixes)
    if not files:
        raise RefusedError(f"the folder has no file with one of the suffixes {', '.join(sorted(suffixes))}")
    return files


def read_paths(
    paths: Iterable[Path], *, source: str | None = None, encoding: str | None = None
) -> Iterator[Row | Refusal]:
    """Every row of every file, and every place that cannot be read, in order."""
    for path in paths:
        try:
            for file in list_files(path, source=source):
                chosen = find_source(source) if source else detect_source(file)
                with file.open("rb") as stream:
                    yield from chosen.read(stream, str(file), encoding)
        except RefusedError as error:
            yield Refusal(str(path), str(error))
        except OSError as error:
            yield Refusal(str(path), f"the file cannot be read: {error.strerror or error}")
