"""The description of a folder of Parquet in Croissant 1.1, the vocabulary of dataset search engines and loaders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotations.formats.native.parquet_records import COLUMNS, STRING
from annotations.gold.card import CardFacts
from annotations.gold.names import name_release
from annotations.gold.versions import describe_version
from annotations.plurals import count_things

CONFORMS_TO = "http://mlcommons.org/croissant/1.1"
CONTEXT: Mapping[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}

OF_LISTS = {"isArray": True, "arrayShape": "-1"}


@dataclass(frozen=True, slots=True)
class FolderFile:
    """A Parquet file of a folder: the name of its part, its path, its checksum and its bytes."""

    name: str
    path: str
    sha256: str
    length: int


def describe_croissant(facts: CardFacts, files: Sequence[FolderFile], date: str) -> dict[str, Any]:
    """The description: a file and a set of records for each part, with its columns and what is in their lists."""
    counts = facts.manifest["counts"]
    return {
        "@context": dict(CONTEXT),
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "name": name_release(facts.slug, facts.manifest["number"]),
        "description": facts.said.get("summary")
        or f"{facts.manifest['title']}: {count_things(counts['articles'], 'article')}, {count_things(counts['spans'], 'span')}",
        "version": describe_version(facts.manifest),
        "datePublished": date,
        "license": facts.said.get("licence") or "not stated",
        "url": f"urn:sha256:{facts.sha256}",
        "citeAs": facts.said.get("citation") or f"{facts.manifest['title']}, sha256 {facts.sha256}",
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": file.path,
                "name": file.name,
                "contentUrl": file.path,
                "contentSize": f"{file.length} B",
                "encodingFormat": "application/x-parquet",
                "sha256": file.sha256,
            }
            for file in files
        ],
        "recordSet": [_describe_records(file) for file in files],
    }


def _describe_records(file: FolderFile) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": file.name,
        "name": file.name,
        "field": [_describe_column(file, column, kind) for column, kind in COLUMNS.items()],
    }


def _describe_column(file: FolderFile, column: str, kind: Any) -> dict[str, Any]:
    """A column with one value, with a list of values, or with a list of structures, whose members are fields of its field.

    A list within a list, as the attributes of spans are, is in words alone: loaders of Croissant take the first of its entries.
    """
    extracted = {"fileObject": {"@id": file.path}, "extract": {"column": column}}
    if isinstance(kind, str):
        return {**_name_field(f"{file.name}/{column}"), **_type_field(kind), "source": extracted}
    (entry,) = kind
    about = {**_name_field(f"{file.name}/{column}"), **OF_LISTS}
    if isinstance(entry, str):
        return {**about, **_type_field(entry), "source": extracted}
    inner = [member for member, of_member in entry.items() if not isinstance(of_member, str)]
    if inner:
        about["description"] = f"Each has {', '.join(inner)} besides: a list within the list of the column."
    return {
        **about,
        "subField": [
            {
                **_name_field(f"{file.name}/{column}/{member}"),
                **_type_field(of_member),
                "source": {**extracted, "transform": {"jsonPath": member}},
            }
            for member, of_member in entry.items()
            if isinstance(of_member, str)
        ],
    }


def _name_field(name: str) -> dict[str, Any]:
    return {"@type": "cr:Field", "@id": name, "name": name}


def _type_field(kind: str) -> dict[str, Any]:
    return {"dataType": "sc:Text" if kind == STRING else "sc:Integer"}
