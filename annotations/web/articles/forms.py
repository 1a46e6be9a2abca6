"""The form by which articles come in."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from annotations.formats.registry import list_titles
from annotations.formats.text_files import list_readable_suffixes
from annotations.limits import MAX_REASON_LENGTH, MAX_TITLE_LENGTH, MAX_UPLOAD_BYTES

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
    """Files or a pasted text that come into an import."""

    uploads = SeveralFilesField(
        label="Files",
        required=False,
        help_text=f"{list_titles()}; or a ZIP of them.",
        widget=SeveralFilesInput(attrs={"accept": ",".join(list_readable_suffixes())}),
    )
    text = forms.CharField(
        label="Or paste an article", required=False, strip=False, widget=forms.Textarea(attrs={"rows": 8})
    )
    title = forms.CharField(label="Title of the pasted article", required=False, max_length=MAX_TITLE_LENGTH)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not cleaned.get("uploads") and not cleaned.get("text", "").strip():
            raise forms.ValidationError("Choose files, or paste an article.")
        return cleaned
