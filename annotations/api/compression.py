"""Files sent in fewer bytes to callers who can read them so: zstd or gzip, as `Accept-Encoding` says."""

import zlib
from collections.abc import Iterable, Iterator

import zstandard

ZSTD, GZIP = "zstd", "gzip"
CODINGS = (ZSTD, GZIP)
"""In the order in which they are taken where a caller likes both alike."""
ZSTD_LEVEL, GZIP_LEVEL = 3, 5
GZIP_WINDOW = zlib.MAX_WBITS | 16
PACKED = frozenset(("application/zip", "application/octet-stream"))
"""What is compressed already, and would only take time."""


def choose_coding(accepted: str, media_type: str) -> str:
    """The coding that a caller takes, by the header `Accept-Encoding`; empty where a file is sent as it is.

    >>> choose_coding("gzip;q=0.5, zstd;q=0.8", "application/jsonl")
    'zstd'
    >>> choose_coding("gzip, zstd;q=0", "application/jsonl"), choose_coding("gzip", "application/zip")
    ('gzip', '')
    """
    if media_type in PACKED:
        return ""
    weights = dict(map(_read_choice, accepted.lower().split(",")))
    anything = weights.get("*", 0.0)
    liked = {coding: weights.get(coding, anything) for coding in CODINGS}
    best = max(CODINGS, key=lambda coding: liked[coding])
    return best if 0 < liked[best] >= weights.get("identity", 0.0) else ""


def _read_choice(choice: str) -> tuple[str, float]:
    name, _, parameter = choice.partition(";")
    written = parameter.strip().removeprefix("q=") if parameter else "1"
    try:
        weight = float(written)
    except ValueError:
        weight = 0.0
    return name.strip(), weight


def compress(chunks: Iterable[bytes], coding: str) -> Iterator[bytes]:
    """The bytes in a coding, written as they are read; as they are where it is empty."""
    if not coding:
        yield from chunks
        return
    packer = (
        zstandard.ZstdCompressor(level=ZSTD_LEVEL).compressobj()
        if coding == ZSTD
        else zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, GZIP_WINDOW)
    )
    for chunk in chunks:
        if packed := packer.compress(chunk):
            yield packed
    yield packer.flush()
