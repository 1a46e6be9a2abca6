"""The description of a folder of Parquet in Croissant 1.1, the vocabulary of dataset search engines and loaders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotations.formats.native.parquet_records import COLUMNS, STRING
from annotations.gold.card import CardFacts
from annotations.gold.versions import describe_version
from annotations.plurals import count_things

CONFORMS_TO = "http://mlcommons.org/croissant/1.1"
CONTEXT: Mapping[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
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


@dataclass(frozen=True, slots=True)
class FolderFile:
    """A Parquet file of a folder: the name of its part, its path, its checksum and its bytes."""

    name: str
    path: str
    sha256: str
    length: int


def describe_croissant(facts: CardFacts, files: Sequence[FolderFile], date: str) -> dict[str, Any]:
    """The description: a file and a set of records for each part, with the columns that hold one value."""
    counts = facts.manifest["counts"]
    return {
        "@context": dict(CONTEXT),
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "name": f"{facts.slug}-release-{facts.manifest['number']}",
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
    plain = {name: kind for name, kind in COLUMNS.items() if isinstance(kind, str)}
    return {
        "@type": "cr:RecordSet",
        "@id": file.name,
        "name": file.name,
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{file.name}/{column}",
                "name": f"{file.name}/{column}",
                "dataType": "sc:Text" if kind == STRING else "sc:Integer",
                "source": {"fileObject": {"@id": file.path}, "extract": {"column": column}},
            }
            for column, kind in plain.items()
        ],
    }
