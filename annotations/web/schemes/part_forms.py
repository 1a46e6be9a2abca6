"""The forms of the editor of schemes, one for each kind of part; each is filled from a part and writes into it what was typed, right or wrong."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from annotations.schemes.key_layout import list_tables
from annotations.schemes.names import is_label_name, is_small_name, make_label_name, make_small_name
from annotations.schemes.parts import Path, find_free_name, find_part
from annotations.schemes.references import rename_label
from annotations.snapping import Snap
from annotations.web.schemes.rows import read_conditions, read_rows
from annotations.web.schemes.unwrapping import unwrap

SNAPS_IN_WORDS = {
    Snap.WORD: "Words: only whole words are marked",
    Snap.CHARACTER: "Characters: a word may be cut",
    Snap.SENTENCE: "Sentences: only whole ones are marked",
}


def make_area(rows: int) -> forms.Textarea:
    """A field for a text of several lines, of which so many are in sight."""
    return forms.Textarea(attrs={"rows": rows})


class PartForm(forms.Form):
    """The form of a part of a draft, such as a label; none of its fields is required, since a draft is saved while it is wrong and what is wrong is said beside the field."""

    texts: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()

    def __init__(self, content: dict[str, Any], path: Path, data: QueryDict | None = None) -> None:
        self.content, self.path = content, path
        self.part = find_part(content, path)
        super().__init__(data, initial=self.describe(), label_suffix="")
        for field in self.fields.values():
            field.required = False
            field.strip = False  # type: ignore[attr-defined]
        self.arrange()

    def describe(self) -> dict[str, Any]:
        """What the fields show of the part."""
        return {name: self.part.get(name, "") for name in (*self.texts, *self.flags)}

    def arrange(self) -> None:
        """Fit the fields to the part."""

    def write(self) -> None:
        """Write what was typed into the part; a field that is left empty takes its key out of it."""
        self.is_valid()
        for name in self.texts:
            if name in self.cleaned_data:
                self.put(name, str(self.cleaned_data[name]).replace("\r\n", "\n"))
        for name in self.flags:
            if name in self.fields:
                self.put(name, bool(self.cleaned_data.get(name)))

    def put(self, key: str, value: Any) -> None:
        """Set a key of the part, or take it out where there is nothing to say."""
        if value or (key in self.part and key in ("name", "title", "color", "text")):
            self.part[key] = value
        else:
            self.part.pop(key, None)


class SchemeForm(PartForm):
    """What a scheme says as a whole."""

    texts = ("title", "guidelines")

    title = forms.CharField(label="Title")
    snap = forms.ChoiceField(
        label="Ends of spans are moved to", choices=[(each.value, SNAPS_IN_WORDS[each]) for each in Snap]
    )
    guidelines = forms.CharField(
        label="Guidelines",
        widget=make_area(14),
        help_text="Markdown. What holds for all labels: what to read first, where spans begin and end, what to do in doubt.",
    )

    def describe(self) -> dict[str, Any]:
        shown = super().describe()
        return {
            **shown,
            "guidelines": unwrap(shown["guidelines"]),
            "snap": self.part.get("snap", Snap.WORD.value),
        }

    def write(self) -> None:
        """Write what was typed; guidelines that were only shown without their line ends stay as they were."""
        before = self.part.get("guidelines", "")
        super().write()
        if before and self.part.get("guidelines") == unwrap(before):
            self.part["guidelines"] = before
        if snap := self.cleaned_data.get("snap"):
            self.put("snap", "" if snap == Snap.WORD else snap)
        self.put("topics", read_rows(self.data, self.part, "topics")[0])  # type: ignore[arg-type]


class LabelForm(PartForm):
    """A label: what it is called and how it looks."""

    texts = ("name", "key", "color", "description", "group")

    name = forms.CharField(label="Name", help_text="In any script. Blanks become “_”.")
    description = forms.CharField(
        label="What it is", widget=make_area(3), help_text="Annotators see it when they point at the label."
    )
    color = forms.CharField(label="Colour", widget=forms.TextInput(attrs={"type": "color"}))
    key = forms.CharField(
        label="Key",
        widget=forms.TextInput(attrs={"class": "one-key", "autocomplete": "off", "maxlength": "1"}),
    )
    group = forms.CharField(
        label="Group",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="A heading under which it stands with others, in the guidelines and where labels are found by typing.",
    )
    outside = forms.MultipleChoiceField(
        label="Its spans share no word with spans of", widget=forms.CheckboxSelectMultiple
    )

    def describe(self) -> dict[str, Any]:
        return {**super().describe(), "outside": self.part.get("outside", [])}

    def arrange(self) -> None:
        others = [
            str(label.get("name", ""))
            for label in list_tables(self.content, "labels")
            if label is not self.part
        ]
        if not others:
            del self.fields["outside"]
        else:
            self.fields["outside"].choices = [(name, name) for name in others]  # type: ignore[attr-defined]

    def write(self) -> None:
        was = str(self.part.get("name", ""))
        super().write()
        typed = str(self.part.get("name", "")).strip()
        self.part["name"] = typed if is_label_name(typed) else make_label_name(typed) or typed
        names = [label.get("name") for label in list_tables(self.content, "labels")]
        if was and was != self.part["name"] and was not in names:
            rename_label(self.content, was, lambda _: str(self.part["name"]))
        if "outside" in self.cleaned_data:
            self.put("outside", self.cleaned_data["outside"])


class RelationForm(PartForm):
    """A type of link, and between which labels it leads."""

    texts = ("title", "description")

    title = forms.CharField(
        label="Name", help_text="As annotators read it, from the first span to the second: “held by”."
    )
    sources = forms.MultipleChoiceField(label="Leads from", widget=forms.CheckboxSelectMultiple)
    targets = forms.MultipleChoiceField(label="Leads to", widget=forms.CheckboxSelectMultiple)
    description = forms.CharField(label="What it says", widget=make_area(2))
    name = forms.CharField(label="Name in files", help_text="Made of the name where it is left empty.")

    def describe(self) -> dict[str, Any]:
        ends = {"sources": self.part.get("from", []), "targets": self.part.get("to", [])}
        name = self.part.get("name", "")
        return {**super().describe(), **ends, "name": name, "title": self.part.get("title", name)}

    def arrange(self) -> None:
        names = [(str(label.get("name", "")),) * 2 for label in list_tables(self.content, "labels")]
        for end in ("sources", "targets"):
            self.fields[end].choices = names  # type: ignore[attr-defined]

    def write(self) -> None:
        super().write()
        for end, key in (("sources", "from"), ("targets", "to")):
            self.part[key] = list(self.cleaned_data.get(end, self.part.get(key, [])))
        typed, was = str(self.cleaned_data.get("name", "")).strip(), str(self.part.get("name", ""))
        name = typed if is_small_name(typed) else make_small_name(typed)
        if not typed or (was.startswith("link") and typed == was):
            others = {
                "relations": [
                    each for each in list_tables(self.content, "relations") if each is not self.part
                ]
            }
            name = find_free_name(
                others, "relations", make_small_name(str(self.part.get("title", ""))) or was or "link"
            )
        self.part["name"] = name or typed
        for key in ("required_when", "forbidden_when"):
            self.put(key, read_conditions(self.data, self.part, key))  # type: ignore[arg-type]


class RuleForm(PartForm):
    """A rule of the guidelines with an example that fits and one that does not."""

    texts = ("title", "text")
    examples = ("fits", "misfits")

    title = forms.CharField(label="The rule in a few words")
    text = forms.CharField(label="The rule", widget=make_area(3), help_text="Markdown.")
    fits_quote = forms.CharField(label="A passage that fits", widget=make_area(2))
    fits_marked = forms.CharField(
        label="What is marked in it", widget=make_area(1), help_text="Word for word, a line for each span."
    )
    fits_why = forms.CharField(label="Why")
    misfits_quote = forms.CharField(label="A passage that does not fit", widget=make_area(2))
    misfits_marked = forms.CharField(
        label="What must not be marked in it",
        widget=make_area(1),
        help_text="Word for word, a line for each span.",
    )
    misfits_why = forms.CharField(label="Why not")

    def describe(self) -> dict[str, Any]:
        filled = super().describe()
        for which in self.examples:
            example = self._example(which)
            marked = example.get("marked", [])
            filled |= {f"{which}_{key}": example.get(key, "") for key in ("quote", "why")}
            filled[f"{which}_marked"] = "\n".join(map(str, marked)) if isinstance(marked, list) else ""
        return filled

    def _example(self, which: str) -> Mapping[str, Any]:
        """The first example; further ones are in the TOML, and stay as they are."""
        return next(iter(self._list_examples(which)), {})

    def _list_examples(self, which: str) -> list[dict[str, Any]]:
        examples = self.part.get(which)
        return [examples] if isinstance(examples, dict) else list_tables(self.part, which)

    def write(self) -> None:
        super().write()
        for which in self.examples:
            typed = {
                key: str(self.cleaned_data.get(f"{which}_{key}", "")).replace("\r\n", "\n")
                for key in ("quote", "marked", "why")
            }
            marked = [line for line in typed["marked"].split("\n") if line.strip()]
            first = {
                **self._example(which),
                "quote": typed["quote"],
                "marked": marked,
                "why": typed["why"],
            }
            others = self._list_examples(which)[1:]
            is_empty = not (typed["quote"].strip() or marked or typed["why"].strip())
            if is_empty and (others or self._is_filled(which)):
                self.put(which, others)
            else:
                self.part[which] = [first, *others] if others else first

    def _is_filled(self, which: str) -> bool:
        """Whether the other example says something, so that this one may be left out."""
        other = next(each for each in self.examples if each != which)
        return bool(str(self.cleaned_data.get(f"{other}_quote", "")).strip())
