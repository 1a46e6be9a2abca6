"""What the editor's page knows beside the text: what is still missing, how the article is built, what the scheme allows."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from annotations.collection.suggesting import show_suggestions
from annotations.formats.record import SourceArticle
from annotations.labelstudio.label_config import attribute_control
from annotations.labelstudio.payloads import write_result
from annotations.languages import choose_language
from annotations.limits import MAX_MESSAGES
from annotations.markup import Markup, Problem
from annotations.models import Assignment
from annotations.schemes.keys import share_keys
from annotations.schemes.problems import WARNABLE, select_mendable
from annotations.schemes.scheme import Scheme
from annotations.spans import Span

ADDRESSES = ("url", "link", "source_url", "canonical_url")
"""Where the metadata of an article may name the page that it is from."""


def list_missing(problems: Iterable[Problem], *, warned: Collection[str] = ()) -> dict[str, Any]:
    """The problems of an annotation as the editor lists them, what it may be submitted with last, each with the spans or the field that it is about."""
    found = list({problem.message: problem for problem in problems}.values())
    refused = select_mendable(found, warned=warned)
    passing = [problem for problem in found if problem not in refused and problem.code in WARNABLE]
    found = [problem for problem in found if problem not in passing] + passing
    return {
        "may_pass": len(passing) == len(found),
        "missing": [
            {
                "message": problem.message,
                "spans": list(_name_spans(problem.payload)),
                "field": _name_field(problem),
                "may_pass": problem in passing,
            }
            for problem in found[:MAX_MESSAGES]
        ],
        "more": max(0, len(found) - MAX_MESSAGES),
    }


def _name_spans(payload: Any) -> Iterator[str]:
    """The keys of the spans in a payload, whatever its form: spans, ends of a link, entries of the editor."""
    if isinstance(payload, list):
        for item in payload:
            yield from _name_spans(item)
    elif isinstance(payload, dict):
        for name in ("key", "source", "from_id", "target", "to_id", "id"):
            if isinstance(payload.get(name), str):
                yield payload[name]


def _name_field(problem: Problem) -> str:
    payload = problem.payload if isinstance(problem.payload, dict) else {}
    return str(payload.get("field") or "")


def describe_article(assignment: Assignment) -> dict[str, Any]:
    """The article's title where the text does not have it, where it is from, its language, and its blocks in code points."""
    article = assignment.task.article
    described = article.describe(article.blocks.all())
    suggested = describe_suggestions(
        show_suggestions(assignment), described.text, assignment.task.round.scheme.definition
    )
    return describe_text(described.text, article=described) | {"suggestions": suggested}


def describe_text(text: str, *, article: SourceArticle | None = None) -> dict[str, Any]:
    """What the editor's page is told of a text: title, place of origin and blocks only where it is an article's."""
    metadata = article.metadata if article else {}
    title = article.title if article else ""
    source = article.source if article else ""
    return {
        "title": "" if has_title(text, title) else title,
        "source": source,
        "address": find_address(metadata, source),
        "language": choose_language(text, metadata),
        "blocks": [[block.start, block.end, block.kind] for block in article.blocks] if article else [],
        "suggestions": [],
    }


def describe_suggestions(suggested: Iterable[Span], text: str, scheme: Scheme) -> list[dict[str, Any]]:
    """Suggestions as the editor's page shows and takes them over: place, label, words, answers, and the editor's own entries."""
    return [
        {
            "key": span.key,
            "start": span.start,
            "end": span.end,
            "label": span.label,
            "words": span.quote(text),
            "answers": _say_answers(span, scheme),
            "entries": write_result(Markup((span,)), text, scheme),
        }
        for span in suggested
    ]


def _say_answers(span: Span, scheme: Scheme) -> list[str]:
    label = scheme.label(span.label)
    asked = [(label.attribute(name) if label else None, value) for name, value in span.attributes]
    return [
        f"{question.title}: {question.kind.show(value)}" for question, value in asked if question and value
    ]


def has_title(text: str, title: str) -> bool:
    """Whether a text begins with its title, whatever the white space in it."""
    words = " ".join(title.split())
    return " ".join(text[: 2 * len(title) + 200].split()).startswith(words)


def find_address(metadata: Mapping[str, Any], source: str) -> str:
    """The page on the web that an article is from, if it says so; nothing else may become a link.

    >>> find_address({"url": "https://example.org/a"}, "news.csv:7")
    'https://example.org/a'
    >>> find_address({"url": "javascript:alert(1)"}, "news.csv:7")
    ''
    """
    named = [metadata.get(name) for name in ADDRESSES]
    for address in (*named, source):
        if isinstance(address, str) and address.startswith(("https://", "http://")):
            return address
    return ""


def describe_scheme(scheme: Scheme) -> dict[str, Any]:
    """What the scheme allows, as the scripts of the editor's page ask for it."""
    keys = share_keys(scheme)
    return {
        "snap": scheme.snap,
        "labels": [
            {
                "name": label.name,
                "key": label.key,
                "group": label.group,
                "questions": [
                    {
                        "name": attribute.name,
                        "control": attribute_control(label, attribute),
                        "title": attribute.title,
                        "answers": [
                            {"name": value.name, "title": value.title, "key": key}
                            for value, key in zip(
                                attribute.kind.list_controls(title="", description="", is_of_span=True)[
                                    0
                                ].values,
                                keys.get((label.name, attribute.name), ""),
                                strict=False,
                            )
                        ],
                    }
                    for attribute in label.attributes
                ],
            }
            for label in scheme.labels
        ],
        "fields": [{"name": field.name, "title": field.title, "keys": field.keys} for field in scheme.fields],
        "links": [
            {"title": relation.title, "from": relation.sources, "to": relation.targets}
            for relation in scheme.relations
        ],
    }
