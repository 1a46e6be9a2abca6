"""XML without what harms who reads it: no document type, no entities, nothing from a network, and never endless."""

from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any

from annotations.formats.errors import RefusedError
from annotations.formats.files.bundles import BundledFile
from annotations.limits import MAX_PART_BYTES, MAX_XML_ELEMENTS

if TYPE_CHECKING:
    from lxml import etree

NAMED = "{"
"""How a name begins that is in a namespace."""


def read_elements(file: BundledFile) -> Iterator["etree._Element"]:
    """Each child of the root of a file, whole, after the root itself without any; what was given is forgotten."""
    with file.reading(most=MAX_PART_BYTES) as stream:
        yield from _parse(stream, file.where)


def read_whole(stream: IO[bytes], where: str) -> "etree._Element":
    """The root of a small file with all that is in it."""
    root, *_ = list(_parse(stream, where, forgets=False))
    return root


def _parse(stream: IO[bytes], where: str, *, forgets: bool = True) -> Iterator["etree._Element"]:
    try:
        from lxml import etree
    except ImportError as error:
        raise RefusedError(f"{where} is XML, for which lxml is needed: pip install lxml") from error
    options: dict[str, Any] = {"resolve_entities": False, "no_network": True, "load_dtd": False}
    events = etree.iterparse(
        stream, events=("start", "end"), remove_comments=True, remove_pis=True, **options
    )
    depth = number = 0
    try:
        for event, element in events:
            if event == "start":
                depth, number = depth + 1, number + 1
                if number > MAX_XML_ELEMENTS:
                    raise RefusedError(
                        f"{where} has more than {MAX_XML_ELEMENTS:,} elements; give it in parts"
                    )
                if depth == 1:
                    if element.getroottree().docinfo.doctype:
                        raise RefusedError(
                            f"{where} declares a document type, which is not read; take that line out"
                        )
                    yield element
            else:
                depth -= 1
                if depth == 1:
                    yield element
                    if forgets:
                        _forget(element)
    except etree.XMLSyntaxError as error:
        raise RefusedError(f"{where} is no XML that can be read: {error.msg}; get it again") from error


def _forget(element: "etree._Element") -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def split_name(name: str) -> tuple[str, str]:
    """The namespace of a name, which may be empty, and what it is called there.

    >>> split_name("{http://www.omg.org/XMI}id"), split_name("begin")
    (('http://www.omg.org/XMI', 'id'), ('', 'begin'))
    """
    if not name.startswith(NAMED):
        return "", name
    space, _, local = name[1:].partition("}")
    return space, local
