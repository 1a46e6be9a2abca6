"""Wording the guidelines of one part of a scheme better, in the browser, beside what it will look like."""

from collections.abc import Iterator
from copy import deepcopy
from itertools import chain
from typing import Any

from django import forms
from django.contrib import messages
from django.forms.boundfield import BoundField
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from annotations.limits import MAX_PARTS, MAX_REVISION_NAME_LENGTH
from annotations.models import Role
from annotations.projects.wording import (
    NothingCorrectedError,
    correct_wording,
    find_source,
    find_wording,
)
from annotations.schemes.definition import load_scheme, read_content
from annotations.schemes.key_layout import list_tables
from annotations.schemes.parts import NoSuchPartError, Path, find_part, read_path, write_path
from annotations.schemes.scheme import Scheme
from annotations.schemes.table import InvalidSchemeError
from annotations.schemes.wording import NotOnlyWordingError, find_wording_changes
from annotations.schemes.writing import write_definition
from annotations.web.access import MemberRequest, member_page
from annotations.web.schemes.unwrapping import unwrap
from annotations.web.schemes.views import choose_version

KINDS = ("fits", "misfits")
EXAMPLES_IN_WORDS = {"fits": "It fits", "misfits": "It does not fit"}
KEYS = {"quote": "The passage", "marked": "The words in it, a line for each span", "why": "Why"}
ROWS = {"guidelines": 14, "text": 3, "quote": 2, "marked": 1, "why": 1}
Meaning = tuple[str, str, dict[str, Any]]
"""What a question, a value or a topic means: the name of its field, its label, and the table of the definition."""
LINE = 60
"""Up to so many characters, what a value means has one line."""


class WordingPartForm(forms.Form):
    """The words of one part: its text, those of its questions and their values, and its rules with their examples; what is emptied goes."""

    name = forms.CharField(
        label="What was corrected",
        required=False,
        max_length=MAX_REVISION_NAME_LENGTH,
        help_text="In a few words: annotators read it with the passages that changed.",
    )

    def __init__(self, part: dict[str, Any], path: Path, data: QueryDict | None = None) -> None:
        super().__init__(data, label_suffix="")
        self.part = part
        self.key = "description" if path else "guidelines"
        label = "What it is" if path else "Guidelines"
        shown = str(part.get(self.key, ""))
        self._add("words", label, shown if path else unwrap(shown), ROWS["text" if path else "guidelines"])
        self.questions = list(_list_questions(part))
        for _, meanings in self.questions:
            for name, title, inner in meanings:
                shown = str(inner.get("description", ""))
                self._add(name, title, shown, ROWS["text"])
                if "kind" not in inner and len(shown) < LINE and "\n" not in shown:  # a value, not a question
                    self.fields[name].widget = forms.TextInput(attrs={"dir": "auto"})
        self.rules: list[dict[str, Any]] = []
        if path and path[0] != "fields":
            for number, rule in enumerate([*list_tables(part, "rules"), {}][:MAX_PARTS]):
                self._add_rule(number, rule)

    def _add(self, name: str, label: str, initial: str, rows: int) -> None:
        area = forms.Textarea(attrs={"rows": rows, "dir": "auto"})
        self.fields[name] = forms.CharField(
            label=label, required=False, strip=False, initial=initial, widget=area
        )

    def _add_rule(self, number: int, rule: dict[str, Any]) -> None:
        name = f"rule-{number}"
        self._add(f"{name}-title", "The rule in a few words", str(rule.get("title", "")), 1)
        self._add(f"{name}-text", "The rule", str(rule.get("text", "")), ROWS["text"])
        examples = []
        for kind in KINDS:
            there = list_examples(rule, kind)
            for place, example in enumerate([*there, {}]):
                for key, label in KEYS.items():
                    value = example.get(key, "")
                    written = "\n".join(map(str, value)) if isinstance(value, list) else str(value)
                    self._add(f"{name}-{kind}-{place}-{key}", label, written, ROWS[key])
                examples.append((kind, place, bool(example)))
        self.rules.append({"number": number, "rule": rule, "examples": examples})

    @property
    def shown_questions(self) -> list[tuple[str, list[BoundField]]]:
        """What its questions and their values mean, in the order of the guidelines."""
        return [(title, [self[name] for name, _, _ in meanings]) for title, meanings in self.questions]

    @property
    def shown_rules(self) -> list[dict[str, Any]]:
        """The rules as the page lists them, with their fields."""
        return [
            {
                "title": str(rule["rule"].get("title", "")),
                "fields": [self[f"rule-{rule['number']}-{key}"] for key in ("title", "text")],
                "examples": [
                    (EXAMPLES_IN_WORDS[kind], is_there, self._list_fields(rule["number"], kind, place))
                    for kind, place, is_there in rule["examples"]
                ],
            }
            for rule in self.rules
        ]

    def _list_fields(self, number: int, kind: str, place: int) -> list[BoundField]:
        return [self[f"rule-{number}-{kind}-{place}-{key}"] for key in KEYS]

    def apply(self) -> None:
        """Write what was typed into the part."""
        typed = {key: str(value).replace("\r\n", "\n") for key, value in self.cleaned_data.items()}
        before = str(self.part.get(self.key, ""))
        words = typed["words"]
        if words != unwrap(before):
            self.part[self.key] = words
        for name, _, inner in chain.from_iterable(meanings for _, meanings in self.questions):
            if typed[name].strip() != str(inner.get("description", "")).strip():
                inner["description"] = typed[name].strip()
        rules = [written for rule in self.rules if (written := self._write_rule(rule, typed))]
        if rules:
            self.part["rules"] = rules
        else:
            self.part.pop("rules", None)

    def _write_rule(self, rule: dict[str, Any], typed: dict[str, str]) -> dict[str, Any]:
        name, before = f"rule-{rule['number']}", rule["rule"]
        written: dict[str, Any] = {key: typed[f"{name}-{key}"].strip() for key in ("title", "text")}
        if before and written["text"] == str(before.get("text", "")).strip():
            written["text"] = before["text"]
        for kind in KINDS:
            there = list_examples(before, kind)
            examples = []
            for place, known in enumerate([*there, {}]):
                example = {key: typed[f"{name}-{kind}-{place}-{key}"] for key in KEYS}
                if any(value.strip() for value in example.values()):
                    marked = [line for line in example["marked"].split("\n") if line.strip()]
                    examples.append({**known, **example, "marked": marked})
            if examples:
                written[kind] = examples if len(examples) > 1 else examples[0]
        return written if any(written.values()) else {}


def list_examples(rule: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """The examples of a rule that fit, or those that do not: one table, or a list of them."""
    there = rule.get(kind)
    return [there] if isinstance(there, dict) else list_tables(rule, kind)


def _list_questions(part: dict[str, Any]) -> Iterator[tuple[str, list[Meaning]]]:
    """The questions about spans of a label, each with its values; the values that a question itself offers; the topics of a scheme."""
    for kind, title in (("topics", "The topics"), ("values", "What may be answered")):
        if values := list_tables(part, kind):
            yield title, [(f"{kind}-{number}", _name(value), value) for number, value in enumerate(values)]
    for number, attribute in enumerate(list_tables(part, "attributes")):
        name = f"question-{number}"
        answers = enumerate(list_tables(attribute, "values"))
        of_values = [(f"{name}-value-{place}", _name(value), value) for place, value in answers]
        yield _name(attribute), [(name, "What it asks", attribute), *of_values]


def _name(part: dict[str, Any]) -> str:
    return str(part.get("title") or part.get("name") or "")


@member_page(Role.MANAGER, is_for_a_change=True)
@require_http_methods(["GET", "HEAD", "POST"])
def word_part(request: MemberRequest) -> HttpResponse:
    """The page on which the guidelines of one part are worded better, and which shows what they will look like."""
    _, scheme = choose_version(request)
    content = deepcopy(read_content(find_source(request.project, scheme)))
    try:
        path = read_path(request.GET.get("part", ""))
        part = find_part(content, path[:2])
    except NoSuchPartError:
        raise Http404("There is no such part.") from None
    path = path[:2]
    form = WordingPartForm(part, path, request.POST or None)
    worded = find_wording(request.project, scheme)
    said, changed = "", worded
    if request.method == "POST" and form.is_valid():
        form.apply()
        source = write_definition(content)
        try:
            changed = load_scheme(source)
            if not request.headers.get("HX-Request"):
                correct_wording(
                    request.project, scheme, source=source, name=form.cleaned_data["name"], by=request.user
                )
        except (InvalidSchemeError, NotOnlyWordingError, NothingCorrectedError) as error:
            said = str(error)
            if not request.headers.get("HX-Request"):
                form.add_error(None, said)
        else:
            if not request.headers.get("HX-Request"):
                messages.success(
                    request, "The correction applies from now on; annotators are shown what changed."
                )
                address = reverse("web:guidelines", args=[request.project.slug])
                return redirect(f"{address}?version={scheme.version}")
    context = {
        "form": form,
        "scheme": scheme,
        "colors": scheme.sha256,
        "path": write_path(path),
        "title": _name(part) if path else "The introduction",
        "parts": _list_parts(worded, content),
        "said": said,
        "shown": changed,
        **_show(changed, path, part),
        "changes": find_wording_changes(worded, changed) if not said else (),
    }
    is_preview = bool(request.headers.get("HX-Request"))
    template = "_wording_preview.html" if is_preview else "wording.html"
    return render(request, f"annotations/schemes/{template}", context)


def _show(scheme: Scheme, path: Path, part: dict[str, Any]) -> dict[str, Any]:
    """The part of the guidelines that a preview shows; of a question that is asked for each topic, all of its fields."""
    if not path:
        return {"introduction": scheme.guidelines, "topics": scheme.topics}
    kind, number = path[0], int(path[1])
    if kind == "labels":
        label = scheme.labels[number]
        return {"label": label, "questions": label.attributes}
    if kind == "relations":
        return {"relation": scheme.relations[number]}
    name = str(part.get("name", ""))
    return {
        "questions": [field for field in scheme.fields if field.name in (name, *_name_each(scheme, name))]
    }


def _name_each(scheme: Scheme, name: str) -> list[str]:
    return [f"{name}.{topic.name}" for topic in scheme.topics]


def _list_parts(scheme: Scheme, content: dict[str, Any]) -> list[tuple[str, str]]:
    """What can be worded: the introduction, the labels, the links and the questions about the article."""
    return [
        ("", "The introduction"),
        *((f"labels.{number}", label.title) for number, label in enumerate(scheme.labels)),
        *((f"relations.{number}", relation.title) for number, relation in enumerate(scheme.relations)),
        *((f"fields.{number}", _name(field)) for number, field in enumerate(list_tables(content, "fields"))),
    ]
