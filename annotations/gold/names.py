"""What the files of a release are called, wherever they are downloaded, written into a folder, or loaded by lines to copy."""

from annotations.formats.levels import ContentLevel
from annotations.formats.ports import Format


def name_release(slug: str, number: int, *, split: str = "", level: ContentLevel = ContentLevel.GOLD) -> str:
    """What a file of a release is called, without the end that says its format.

    >>> name_release("news", 2, split="train,dev", level=ContentLevel.VOTES)
    'news-release-2-train-dev-votes'
    """
    parts = [slug, "release", str(number), *split.split(",")]
    return "-".join(filter(None, [*parts, "" if level == ContentLevel.GOLD else level.value]))


def name_file(slug: str, number: int, written: Format) -> str:
    """What the file of a whole release is called in a format."""
    return f"{name_release(slug, number)}.{written.extension}"


def name_folder(slug: str, number: int) -> str:
    """What the folder of a release for Hugging Face's datasets is called."""
    return f"{name_release(slug, number)}-folder"
