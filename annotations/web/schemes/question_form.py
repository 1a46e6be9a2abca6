"""The form of a question about each span of a label, or about the article, and the choice of a form for a part."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from annotations.schemes.choice_kinds import ChoiceKind
from annotations.schemes.key_layout import choose_keys, count_keys, list_tables
from annotations.schemes.kinds import KINDS
from annotations.schemes.names import is_small_name, make_small_name
from annotations.schemes.parts import Path, find_free_name, find_part
from annotations.schemes.references import rename_attribute
from annotations.web.schemes.part_forms import (
    LabelForm,
    PartForm,
    RelationForm,
    RuleForm,
    SchemeForm,
    make_area,
)
from annotations.web.schemes.rows import follow_renamed, read_conditions, read_rows

KINDS_IN_WORDS = {
    "choice": "One of some values",
    "several": "Any number of some values",
    "flag": "A box to tick",
    "rating": "Stars",
    "number": "A number",
    "text": "Words of the annotator’s own",
}
NUMBERS = ("minimum", "maximum", "step")


class QuestionForm(PartForm):
    """A question about each span of a label, or about the article."""

    texts = ("title", "description")
    flags = ("required", "open", "means_no_spans", "each_topic")

    title = forms.CharField(label="Question", help_text="As annotators read it.")
    kind = forms.ChoiceField(label="Answered by")
    description = forms.CharField(label="What it asks", widget=make_area(2))
    minimum = forms.CharField(label="From", widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    maximum = forms.CharField(label="To", widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    step = forms.CharField(label="In steps of", widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    open = forms.BooleanField(label="Or words of the annotator’s own")
    from_topics = forms.BooleanField(label="The values are the topics of the scheme")
    required = forms.BooleanField(label="It must be answered")
    default = forms.ChoiceField(label="Meant where nothing is chosen")
    has_keys = forms.BooleanField(label="Answers have keys")
    means_no_spans = forms.BooleanField(label="Ticked, it says that nothing is to be marked")
    each_topic = forms.BooleanField(label="Asked for each topic of the scheme")
    name = forms.CharField(label="Name in files", help_text="Made of the question where it is left empty.")

    @property
    def is_about_spans(self) -> bool:
        """Whether it is asked about each span of a label."""
        return self.path[-2] == "attributes"

    @property
    def kind_name(self) -> str:
        """The kind that the part has, or the one that a kind is by default."""
        return str(self.part.get("kind", ChoiceKind.name))

    @property
    def parameters(self) -> tuple[str, ...]:
        """The keys that the kind of the part reads, by the registry of kinds."""
        kind = KINDS.get(self.kind_name)
        return kind.parameters if kind else ()

    def describe(self) -> dict[str, Any]:
        filled = {
            **super().describe(),
            **{key: self.part.get(key, "") for key in (*NUMBERS, "name", "default")},
        }
        filled["title"] = self.part.get("title", self.part.get("name", ""))
        return filled | {
            "kind": self.kind_name,
            "from_topics": "values_from" in self.part,
            "has_keys": bool(self.part.get("keys")),
        }

    def arrange(self) -> None:
        """Show what the kind of the part asks for, as the registry of kinds says."""
        self.fields["kind"].choices = [(name, KINDS_IN_WORDS.get(name, name)) for name in KINDS]  # type: ignore[attr-defined]
        kind = KINDS.get(self.kind_name)
        shown = {"open", *NUMBERS} & {*self.parameters}
        shown |= {"from_topics"} if "values_from" in self.parameters and self.content.get("topics") else set()
        wanted = count_keys(self.content, {**self.part, "each_topic": False})
        shown |= {"has_keys"} if wanted else set()
        values = [] if "open" not in self.parameters else list_tables(self.part, "values")
        options = [(str(value.get("name")), str(value.get("title", value.get("name")))) for value in values]
        if options:
            shown |= {"default"}
            self.fields["default"].choices = [("", "nothing"), *options]  # type: ignore[attr-defined]
        if not self.is_about_spans:
            shown |= {"means_no_spans"} if kind is not None and kind.can_mean_no_spans else set()
            shown |= {"each_topic"} if self.content.get("topics") else set()
        if not (self.is_about_spans and KINDS.get(self.kind_name) and KINDS[self.kind_name].unset):
            shown |= {"required"}
        for name in list(self.fields):
            if name not in shown | {"title", "kind", "description", "name"}:
                del self.fields[name]

    def write(self) -> None:
        was_kind, was_name, parameters = self.kind_name, str(self.part.get("name", "")), self.parameters
        super().write()
        label = find_part(self.content, self.path[:-2]) if self.is_about_spans else None
        self._name(was_name, label)
        for key in NUMBERS:
            if key in self.fields:
                self._put_number(key, str(self.cleaned_data[key]).strip())
        if "values" in parameters and "values-0-title" in self.data:
            values, renamed = read_rows(self.data, self.part, "values")  # type: ignore[arg-type]
            self.put("values", values)
            follow_renamed(self.content, label, self.part, renamed)
        if "from_topics" in self.fields:
            self.put("values_from", "topics" if self.cleaned_data["from_topics"] else "")
            if self.cleaned_data["from_topics"]:
                self.part.pop("values", None)
        if "default" in self.fields:
            self.put("default", self.data.get("default", ""))
        if label is not None:
            self.put("applies_when", read_conditions(self.data, self.part, "applies_when"))  # type: ignore[arg-type]
        kind = str(self.cleaned_data.get("kind") or was_kind)
        if kind != was_kind:
            self._change_kind(kind)
        self._lay_keys(label, is_new_kind=kind != was_kind)

    def _name(self, was: str, label: dict[str, Any] | None) -> None:
        """Call it as was typed, or by its question; conditions that ask for it follow."""
        typed = str(self.cleaned_data.get("name", "")).strip()
        name = typed if is_small_name(typed) else make_small_name(typed)
        if not typed or (was.startswith("question") and typed == was):
            owner = find_part(self.content, self.path[:-2])
            others = {
                str(self.path[-2]): [
                    each for each in list_tables(owner, str(self.path[-2])) if each is not self.part
                ]
            }
            made = make_small_name(str(self.part.get("title", ""))) or was or "question"
            name = find_free_name(others, str(self.path[-2]), made)
        self.part["name"] = name or typed
        if label is not None and was and was != self.part["name"]:
            rename_attribute(self.content, label, was, str(self.part["name"]))

    def _put_number(self, key: str, typed: str) -> None:
        if not typed:
            self.part.pop(key, None)
            return
        self.part[key] = typed
        for read in (int, float):
            try:
                self.part[key] = read(typed)
            except ValueError:
                continue
            return

    def _change_kind(self, kind: str) -> None:
        """Give it another kind; what that kind does not read is left out, and what it needs has a beginning."""
        self.part["kind"] = kind
        kept = KINDS[kind].parameters
        for key in {parameter for each in KINDS.values() for parameter in each.parameters} - {*kept}:
            self.part.pop(key, None)
        self.part.pop("default", None)
        if "values" in kept and not self.part.get("values") and not self.part.get("values_from"):
            self.part["values"] = [{"name": "yes"}, {"name": "no"}]
        if "maximum" in kept and "minimum" not in kept:
            self.part.setdefault("maximum", 5)
        if not KINDS[kind].can_mean_no_spans:
            self.part.pop("means_no_spans", None)
        if self.is_about_spans and KINDS[kind].unset:
            self.part.pop("required", None)

    def _lay_keys(self, label: dict[str, Any] | None, *, is_new_kind: bool) -> None:
        """Keys for its answers, laid out anew where there are more or fewer of them than before."""
        wants = (
            self.cleaned_data.get("has_keys")
            if "has_keys" in self.fields and not is_new_kind
            else is_new_kind
        )
        if not wants:
            self.part.pop("keys", None)
        elif len(str(self.part.get("keys", ""))) != count_keys(self.content, self.part):
            self.put("keys", choose_keys(self.content, self.part, label))


FORMS: Mapping[str, type[PartForm]] = {
    "": SchemeForm,
    "labels": LabelForm,
    "attributes": QuestionForm,
    "fields": QuestionForm,
    "relations": RelationForm,
    "rules": RuleForm,
}
"""The form of a part by the name of the list that it is in."""


def make_form(content: dict[str, Any], path: Path, data: QueryDict | None = None) -> PartForm:
    """The form of the part at a path, filled with what it says or with what was typed."""
    return FORMS[str(path[-2]) if path else ""](content, path, data)
