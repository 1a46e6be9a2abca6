"""The form in which a manager says what becomes of what was found in files of annotations."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from annotations.corpus.choices import ImportChoices
from annotations.models import ImportedAs, Project, User
from annotations.schemes.scheme import Question, Scheme

UNDECIDED, LEAVE_OUT, TAKE, REVERSE, MEMBER, NEW = "", "-", "=", "<", "@", "+"
"""How the value of a field begins: a name follows, but for the first two and the last."""
MAX_SHOWN_MEMBERS = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that was found, as a row of the form."""

    field: str
    name: str
    count: int
    example: str
    options: Sequence[tuple[str, str]]
    chosen: str
    level: int = 0
    what: str = ""
    new_name: str = ""
    """Of an annotator who becomes somebody new."""


def describe_mapping(
    project: Project, annotated: Mapping[str, Any], choices: ImportChoices
) -> dict[str, Any]:
    """What the section of the page shows: what is still to be said, and a row for each thing that was found."""
    scheme, found, mapping = project.scheme.definition, annotated["found"], annotated["mapping"]
    is_of_models = annotated["read_as"] == ImportedAs.PREDICTIONS
    return {
        **annotated,
        "rows": [*_ask_labels(scheme, found, mapping), *_ask_rest(scheme, found, mapping)],
        "annotators": list(_ask_annotators(project, found, mapping, is_of_models=is_of_models)),
        "is_gold": annotated["read_as"] == ImportedAs.GOLD,
        "is_of_models": is_of_models,
        "round_name": choices.round_name,
        "scheme": project.scheme,
        "documents": found["documents"],
        "is_utf16": mapping["offsets"] == "utf16",
    }


def _ask_labels(scheme: Scheme, found: Mapping[str, Any], mapping: Mapping[str, Any]) -> Iterable[Asked]:
    decided = {label["found"]: label for label in mapping["labels"]}
    options = [(f"{TAKE}{label.name}", label.name) for label in scheme.labels]
    for number, label in enumerate(found["labels"]):
        said = decided.get(label["name"], {})
        yield _ask(f"label:{number}", label, options, said, what="label")
        known = scheme.label(said.get("becomes", ""))
        asked = {attribute["found"]: attribute for attribute in said.get("attributes", ())}
        offered = known.attributes if known else ()
        for place, attribute in enumerate(label["attributes"]):
            field = f"attribute:{number}:{place}"
            own = asked.get(attribute["name"], {})
            yield _ask(field, attribute, _list_questions(offered), own, level=1, what="attribute")
            yield from _ask_values(
                field, attribute, own, known.attribute(own.get("becomes", "")) if known else None
            )


def _ask_rest(scheme: Scheme, found: Mapping[str, Any], mapping: Mapping[str, Any]) -> Iterable[Asked]:
    decided = {relation["found"]: relation for relation in mapping["relations"]}
    options = [(f"{TAKE}{one.name}", one.title) for one in scheme.relations]
    options += [(f"{REVERSE}{one.name}", f"{one.title}, the other way round") for one in scheme.relations]
    for number, relation in enumerate(found["relations"]):
        yield _ask(f"relation:{number}", relation, options, decided.get(relation["name"], {}), what="link")
    asked = {one["found"]: one for one in mapping["fields"]}
    for number, question in enumerate(found["fields"]):
        field, own = f"field:{number}", asked.get(question["name"], {})
        yield _ask(field, question, _list_questions(scheme.fields), own, what="field of documents")
        yield from _ask_values(field, question, own, scheme.field(own.get("becomes", "")))


def _list_questions(questions: Iterable[Question]) -> list[tuple[str, str]]:
    return [(f"{TAKE}{question.name}", question.title) for question in questions]


def _ask_values(
    field: str, found: Mapping[str, Any], said: Mapping[str, Any], question: Question | None
) -> Iterable[Asked]:
    """The values that the question offers no place for, or that somebody decided about."""
    if question is None or not question.kind.options:
        return
    options = [(f"{TAKE}{option.name}", option.title) for option in question.kind.options]
    known = {name for option in question.kind.options for name in (option.name, option.title)}
    values = said.get("values", {})
    for number, value in enumerate(found["values"]):
        if value in values or value not in known:
            chosen = values.get(value, value if value in known else None)
            row = {"name": value, "count": 0, "example": ""}
            mapped = {"becomes": chosen, "leave_out": chosen == ""}
            yield _ask(f"{field}:value:{number}", row, options, mapped, level=2, what="value")


def _ask(
    field: str,
    found: Mapping[str, Any],
    options: Sequence[tuple[str, str]],
    said: Mapping[str, Any],
    *,
    level: int = 0,
    what: str,
) -> Asked:
    chosen = UNDECIDED
    if said.get("leave_out"):
        chosen = LEAVE_OUT
    elif said.get("becomes"):
        chosen = f"{REVERSE if said.get('reversed') else TAKE}{said['becomes']}"
    return Asked(field, found["name"], found["count"], found["example"], options, chosen, level, what)


def _ask_annotators(
    project: Project, found: Mapping[str, Any], mapping: Mapping[str, Any], *, is_of_models: bool
) -> Iterable[Asked]:
    """Who annotated; whose predictions come in is no member."""
    people = User.objects.filter(memberships__project=project).distinct().order_by("name", "pk")
    shown = () if is_of_models else people[:MAX_SHOWN_MEMBERS]
    options = [(f"{MEMBER}{person.email}", str(person)) for person in shown]
    decided = {annotator["found"]: annotator for annotator in mapping["annotators"]}
    for number, annotator in enumerate(found["annotators"]):
        said = decided.get(annotator["name"], {})
        chosen = (
            LEAVE_OUT if said.get("leave_out") else f"{MEMBER}{said['member']}" if said.get("member") else NEW
        )
        yield Asked(
            f"annotator:{number}",
            annotator["name"],
            annotator["count"],
            annotator["example"],
            options,
            chosen,
            what="model" if is_of_models else "annotator",
            new_name=said.get("name") or annotator["name"],
        )


def read_posted_mapping(posted: QueryDict, annotated: Mapping[str, Any]) -> dict[str, Any]:
    """The mapping that a form says, of what was found when it was shown."""
    found = annotated["found"]
    return {
        "offsets": "utf16" if posted.get("offsets") == "utf16" else "code_point",
        "labels": [
            {
                **_read_decided(posted, f"label:{number}", label["name"]),
                "attributes": [
                    _read_question(posted, f"attribute:{number}:{place}", attribute)
                    for place, attribute in enumerate(label["attributes"])
                ],
            }
            for number, label in enumerate(found["labels"])
        ],
        "relations": [
            {
                **_read_decided(posted, f"relation:{number}", relation["name"]),
                "reversed": posted.get(f"relation:{number}", "").startswith(REVERSE),
            }
            for number, relation in enumerate(found["relations"])
        ],
        "fields": [
            _read_question(posted, f"field:{number}", question)
            for number, question in enumerate(found["fields"])
        ],
        "annotators": [
            _read_annotator(posted, number, annotator["name"])
            for number, annotator in enumerate(found["annotators"])
        ],
    }


def _read_decided(posted: QueryDict, field: str, name: str) -> dict[str, Any]:
    said = posted.get(field, UNDECIDED)
    becomes = said[1:] if said[:1] in (TAKE, REVERSE) else ""
    return {"found": name, "becomes": becomes, "leave_out": said == LEAVE_OUT}


def _read_question(posted: QueryDict, field: str, found: Mapping[str, Any]) -> dict[str, Any]:
    values = {}
    for number, value in enumerate(found["values"]):
        said = posted.get(f"{field}:value:{number}", UNDECIDED)
        if said == LEAVE_OUT:
            values[value] = ""
        elif said.startswith(TAKE):
            values[value] = said[1:]
    return {**_read_decided(posted, field, found["name"]), "values": values}


def _read_annotator(posted: QueryDict, number: int, name: str) -> dict[str, Any]:
    said = posted.get(f"annotator:{number}", NEW)
    new_name = " ".join(posted.get(f"annotator_name:{number}", "").split()) or name
    return {
        "found": name,
        "member": said[1:] if said.startswith(MEMBER) else "",
        "leave_out": said == LEAVE_OUT,
        "name": new_name[:150] if said == NEW else "",
        "model": posted.get(f"annotator_model:{number}") == "on",
    }
