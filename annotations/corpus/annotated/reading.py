"""Files of annotations that came in with an import, read by its job: what is found, and what would come in."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any

from annotations.corpus.annotated.destinations import choose_annotators
from annotations.corpus.annotated.people import UnknownMemberError
from annotations.corpus.annotated.report import AnnotatedReport
from annotations.corpus.annotated.services import AnnotatedOptions, AnnotatedWork, read_sourced
from annotations.corpus.annotated.writing import make_storable
from annotations.corpus.choices import TEXTS, ImportChoices
from annotations.formats.errors import RefusedError
from annotations.formats.ports import ReadingOptions
from annotations.formats.sources import Source
from annotations.limits import MAX_REFUSALS
from annotations.mapping.definition import InvalidMappingError, MarkupMapping, mapping_to_json, read_mapping
from annotations.mapping.found import (
    Found,
    FoundLabel,
    FoundQuestion,
    FoundRelation,
    Occurrences,
    survey_sources,
)
from annotations.mapping.proposal import map_exactly, propose_mapping
from annotations.mapping.review import find_undecided
from annotations.models import ArticleImport, ImportedAs, User

MAX_SHOWN_VALUES = 100


def find_annotations(sources: Sequence[Source], choices: ImportChoices) -> Found | None:
    """What annotations files hold; None where they hold none, or where somebody wants their texts alone."""
    if choices.read_as == TEXTS:
        return None
    options = ReadingOptions(wants_predictions=choices.read_as == ImportedAs.PREDICTIONS)
    try:
        found = survey_sources(sources, options)
    except RefusedError:
        return None
    return found if found.annotators or found.gold.count else None


def read_annotations(
    under_way: ArticleImport,
    sources: Sequence[Source],
    found: Found,
    choices: ImportChoices,
    *,
    by: User | None,
    advance: Callable[[int], object],
    sign_of_life: Callable[[], object],
) -> dict[str, Any]:
    """Write what the files hold where nobody sees it, once it is said what becomes of everything; returns the report."""
    options = AnnotatedOptions(
        imported_as=ImportedAs(choices.read_as or ImportedAs.ANNOTATIONS),
        round_name=choices.round_name,
        is_atomic=False,
        takes_long_texts=choices.takes_long_texts,
    )
    project = under_way.project
    members = list(User.objects.filter(memberships__project=project).values_list("email", flat=True))
    mapping, complaint = _read_mapping(choices.mapping)
    shown = mapping or propose_mapping(found, project.scheme.definition, members=members)[0]
    mapping = mapping or map_exactly(found, project.scheme.definition, members=members)
    if options.imported_as == ImportedAs.PREDICTIONS:
        mapping = choose_annotators(mapping, found, options.imported_as)
    undecided = find_undecided(found, mapping, project.scheme.definition)
    report = AnnotatedReport()
    if not undecided and not complaint:
        try:
            work = AnnotatedWork.begin(
                under_way, found=found, mapping=mapping, options=options, report=report, by=by
            )
        except (UnknownMemberError, RefusedError) as error:
            complaint = str(error)
        else:
            work.stage(
                read_sourced(sources, found, options.reading), advance=advance, sign_of_life=sign_of_life
            )
    summary = _sum_up(report, found, len(sources))
    summary["counts"] |= {"undecided": len(undecided) + bool(complaint), "documents": found.documents}
    summary |= {
        "annotated": {
            "found": describe_found(found),
            "undecided": [str(one) for one in undecided],
            "complaint": complaint,
            "mapping": mapping_to_json(shown),
            "read_as": options.imported_as.value,
            "by_annotator": dict(report.by_annotator),
            "parts": {name: number for name, number in report.parts.items() if number},
            "left_out": dict(report.left_out),
            "unmet": report.to_json()["unmet"],
        }
    }
    storable: dict[str, Any] = make_storable(summary)
    return storable


def _read_mapping(content: Mapping[str, Any]) -> tuple[MarkupMapping | None, str]:
    """The mapping that was chosen, and what is wrong with it."""
    if not content:
        return None, ""
    try:
        return read_mapping(content), ""
    except InvalidMappingError as error:
        return None, str(error)


def _sum_up(report: AnnotatedReport, found: Found, files: int) -> dict[str, Any]:
    """The report in the form that every import has."""
    refused = [*report.refused, *report.misfits][:MAX_REFUSALS]
    return {
        "counts": {
            "files": max(files, len(found.called)),
            "articles": report.new_articles,
            "annotations": report.new_annotations,
            "known_annotations": report.known_annotations,
            "characters": report.characters,
            "versions": 0,
            "already_there": report.known_articles,
            "refused": report.problem_count,
            "notices": len(report.notices),
        },
        "refused": [{"place": bad.place, "message": bad.message} for bad in refused],
        "notices": [{"place": notice.place, "message": notice.message} for notice in report.notices],
        "warnings": [],
        "already_there": [],
        "files": [],
        "columns": [],
    }


def describe_found(found: Found) -> dict[str, Any]:
    """What was found, as a page that asks what becomes of it needs it."""
    return {
        "documents": found.documents,
        "labels": [
            {
                **_describe(name, label),
                "attributes": [_describe_question(*one) for one in label.attributes.items()],
            }
            for name, label in found.labels.items()
        ],
        "relations": [
            {**_describe(name, relation), "pairs": [list(pair) for pair in relation.pairs]}
            for name, relation in found.relations.items()
        ],
        "fields": [_describe_question(name, question) for name, question in found.fields.items()],
        "annotators": [_describe(name, counted) for name, counted in sorted(found.annotators.items())],
        "offsets": "utf16" if found.are_offsets_utf16 else "",
    }


def _describe(name: str, counted: Occurrences) -> dict[str, Any]:
    return {"name": name, "count": counted.count, "example": next(iter(counted.examples), "")}


def _describe_question(name: str, question: FoundQuestion) -> dict[str, Any]:
    return {**_describe(name, question), "values": list(islice(question.values, MAX_SHOWN_VALUES))}


def restore_found(described: Mapping[str, Any]) -> Found:
    """What was found, as far as its description tells: enough for a scheme with its names, not for its counts."""
    return Found(
        labels={
            each["name"]: FoundLabel(
                each["count"],
                attributes={one["name"]: _restore_question(one) for one in each["attributes"]},
            )
            for each in described["labels"]
        },
        relations={
            each["name"]: FoundRelation(each["count"], pairs=Counter(map(tuple, each["pairs"])))
            for each in described["relations"]
            if each.get("pairs")
        },
        fields={each["name"]: _restore_question(each) for each in described["fields"]},
    )


def _restore_question(described: Mapping[str, Any]) -> FoundQuestion:
    return FoundQuestion(described["count"], values=Counter(described["values"]))
