"""Every file format that is read, listed once, and how the content of a file decides between them."""

from annotations.agreement.errors import InvalidCorpusError
from annotations.agreement.readers.doccano import DOCCANO
from annotations.agreement.readers.format import Format, Gathered, Parsed, ReaderOptions
from annotations.agreement.readers.frames import ROWS
from annotations.agreement.readers.json_lines import OWN
from annotations.agreement.readers.label_studio import LABEL_STUDIO
from annotations.agreement.readers.plain import ITEMS, PLAIN
from annotations.agreement.readers.prodigy import PRODIGY

FORMATS: tuple[Format, ...] = (
    PLAIN,
    ITEMS,
    OWN,
    ROWS,
    PRODIGY,
    DOCCANO,
    LABEL_STUDIO,
)  # the first that fits reads


def gather(parsed: Parsed, options: ReaderOptions) -> Gathered:
    """Read what a file holds in the first format that it can be.

    Raises
    ------
    InvalidCorpusError
        It has none of the formats, which the message lists, or cannot be what it claims.
    """
    if not parsed.is_list and {"items", "documents"} <= parsed.keys:
        raise InvalidCorpusError(
            f"{parsed.where} holds both 'items' and 'documents', which have different metrics; give each in a file of its own"
        )
    for one in FORMATS:
        if one.is_it(parsed):
            return one.gather(parsed, options)
    raise InvalidCorpusError(f"{parsed.where} is neither of what is read: {list_formats()}")


def list_formats() -> str:
    """What is read, as a message lists it."""
    *titles, last = [one.title for one in FORMATS]
    return f"{'; '.join(titles)}; or {last}"
