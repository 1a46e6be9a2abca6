"""The form by which articles come in."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from annotations.formats.ports import TextOptions
from annotations.formats.registry import OF_TEXTS, list_suffixes, list_titles
from annotations.limits import MAX_REASON_LENGTH, MAX_UNASKED_TEXT_LENGTH, MAX_UPLOAD_BYTES

MEGABYTE = 1024 * 1024


class SeveralFilesInput(forms.ClearableFileInput):
    """A field of a page through which several files are chosen at once."""

    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """Any number of files, in the order in which they were chosen; an empty one is refused by name when it is read."""

    widget = SeveralFilesInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if sum(file.size or 0 for file in files) > MAX_UPLOAD_BYTES:
            raise forms.ValidationError(
                f"These files are larger than {MAX_UPLOAD_BYTES // MEGABYTE} MB together. "
                "Import them on the server with “manage.py import_articles”.",
            )
        checked = [super(SeveralFilesField, self).clean(file, initial) for file in files]
        return [file for file in checked if file]


class ExclusionForm(forms.Form):
    """A reason why an article should not count."""

    reason = forms.CharField(
        label="Why?",
        max_length=MAX_REASON_LENGTH,
        help_text="In a few words, such as “an advertisement” or “the same as another article”. Everybody in the project can read it.",
    )


class AddArticlesForm(forms.Form):
    """Files or a pasted text to be added as articles, and how they are to be read."""

    uploads = SeveralFilesField(
        label="Files",
        required=False,
        help_text=f"{list_titles()}.",
        widget=SeveralFilesInput(attrs={"accept": ",".join(list_suffixes())}),
    )
    title = forms.CharField(label="Title of the pasted article", required=False, max_length=500)
    text = forms.CharField(
        label="Or paste an article", required=False, strip=False, widget=forms.Textarea(attrs={"rows": 8})
    )
    source = forms.ChoiceField(
        label="Format of the files",
        required=False,
        choices=[("", "By their suffix"), *((known.name, known.title) for known in OF_TEXTS)],
    )
    encoding = forms.CharField(
        label="Encoding of the files",
        required=False,
        max_length=40,
        help_text="Only where it is not found by itself, such as windows-1251.",
    )
    encoding_choice = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    text_column = forms.CharField(
        label="Column with the text",
        required=False,
        max_length=200,
        help_text="Of a table, or the key in JSON, where it is not called “text”.",
    )
    text_column_choice = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    takes_long_texts = forms.BooleanField(
        label=f"Texts of more than {MAX_UNASKED_TEXT_LENGTH:,} characters are one article each",
        required=False,
    )
    is_atomic = forms.BooleanField(
        label="Import nothing if anything is refused",
        required=False,
        initial=True,
    )

    imports_the_rest = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not cleaned.get("uploads") and not cleaned.get("text", "").strip():
            raise forms.ValidationError("Choose files, or paste an article.")
        return cleaned

    @property
    def is_all_or_nothing(self) -> bool:
        """Whether one refusal keeps everything out, which pressing “Import the rest” after a refusal overrules."""
        return self.cleaned_data["is_atomic"] and not self.cleaned_data["imports_the_rest"]

    @property
    def options(self) -> TextOptions:
        """What was said of the files; what was picked after a refusal goes before what was typed."""
        said = self.cleaned_data
        return TextOptions(
            encoding=said["encoding_choice"] or said["encoding"] or None,
            text_column=said["text_column_choice"] or said["text_column"] or None,
            takes_long_texts=said["takes_long_texts"],
        )
