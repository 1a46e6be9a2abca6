"""Which articles a page is about, as its address says it, and sets of them that have a name."""

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.validators import RegexValidator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from annotations.assignment.filtering import LANGUAGE, read_set
from annotations.assignment.sets import ArticleSetError, delete_set, save_set
from annotations.corpus.choice import GROUPING_NAMES, PROGRESS_NAMES, ArticleChoice
from annotations.corpus.known import MOST_OFFERED, list_known_columns, list_known_values
from annotations.corpus.words import read_phrases
from annotations.limits import (
    MAX_CHOSEN_ARTICLES,
    MAX_COLUMN_LENGTH,
    MAX_SEARCH_LENGTH,
    MAX_SET_NAME_LENGTH,
    MAX_TEXT_LENGTH,
    MAX_VALUE_LENGTH,
)
from annotations.models import ArticleSet, Project, Role
from annotations.models.projects import MAX_ID_LENGTH, is_id
from annotations.web.access import MemberRequest, member_page
from annotations.web.days import DayInput, is_day
from annotations.web.known import offer_known

ANY = ("", "any")


class ChoiceForm(forms.Form):
    """What is asked of articles; what is left empty does not matter."""

    words = forms.CharField(
        label="Words in the text",
        required=False,
        max_length=MAX_SEARCH_LENGTH,
        help_text="All of them; in quotes as they follow each other.",
    )
    progress = forms.ChoiceField(label="State", required=False)
    copies = forms.ChoiceField(label="Copies", required=False)
    column = forms.CharField(
        label="Column of metadata",
        required=False,
        max_length=MAX_COLUMN_LENGTH,
        help_text="The name of a column, such as source, author or licence.",
    )
    value = forms.CharField(label="Its value", required=False, max_length=MAX_VALUE_LENGTH)
    language = forms.CharField(
        label="Language", required=False, max_length=MAX_VALUE_LENGTH, help_text="Such as de."
    )
    since = forms.CharField(label="Dated from", required=False, max_length=MAX_VALUE_LENGTH)
    until = forms.CharField(
        label="Dated until", required=False, max_length=MAX_VALUE_LENGTH, help_text="Such as 2026-03."
    )
    min_length = forms.IntegerField(
        label="Characters, at least", required=False, min_value=0, max_value=MAX_TEXT_LENGTH
    )
    max_length = forms.IntegerField(
        label="Characters, at most", required=False, min_value=0, max_value=MAX_TEXT_LENGTH
    )
    ids = forms.CharField(
        required=False,
        max_length=MAX_CHOSEN_ARTICLES * (MAX_ID_LENGTH + 1),
        widget=forms.HiddenInput,
        validators=[RegexValidator(r"\A\d{1,18}(,\d{1,18})*\Z", "Articles are named by their numbers.")],
    )
    q = forms.CharField(required=False, max_length=MAX_SEARCH_LENGTH, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, names in (("progress", PROGRESS_NAMES), ("copies", GROUPING_NAMES)):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [ANY, *names.items()]

    def offer(self, project: Project) -> None:
        """Offer what the articles of a project have where they have it: languages, columns, and the values of the column that is asked about."""
        languages = list_known_values(project, LANGUAGE)
        if languages and len(languages) <= MOST_OFFERED:
            offer_known(self, "language", languages, nothing="any")
        columns = list_known_columns(project)
        if columns and len(columns) < MOST_OFFERED:
            offer_known(self, "column", columns, nothing="any")
        value = self.fields["value"].widget
        value.attrs.update({"list": "known-values", "autocomplete": "off"})
        column = str(self.data.get("column") or "")[:MAX_COLUMN_LENGTH]
        self.known_values = list_known_values(project, column) if column else []
        for name in ("since", "until"):
            if is_day(self.data.get(name)):
                self.fields[name].widget = DayInput()
                self.fields[name].help_text = ""

    def clean_ids(self) -> tuple[int, ...]:
        chosen = sorted({int(one) for one in self.cleaned_data["ids"].split(",") if one})
        if len(chosen) > MAX_CHOSEN_ARTICLES:
            raise forms.ValidationError(f"Choose at most {MAX_CHOSEN_ARTICLES} articles at once.")
        return tuple(chosen)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("words") and not read_phrases(cleaned["words"]):
            self.add_error("words", "Give a word to look for: signs alone are not found.")
        if bool(cleaned.get("column")) != bool(cleaned.get("value")):
            self.add_error("column", "Give both the column and the value that it has to have.")
        return cleaned

    @property
    def choice(self) -> ArticleChoice:
        """What was asked; nothing where it cannot be read."""
        if not self.is_bound or not self.is_valid():
            return ArticleChoice()
        said = self.cleaned_data
        return ArticleChoice(
            title=said["q"],
            articles=said["ids"],
            metadata=((said["column"], said["value"]),) if said["column"] else (),
            **{
                name: said[name]
                for name in (
                    "words",
                    "language",
                    "since",
                    "until",
                    "min_length",
                    "max_length",
                    "progress",
                    "copies",
                )
            },
        )


def read_choice_of_articles(
    project: Project, query: QueryDict
) -> tuple[ChoiceForm, ArticleChoice, ArticleSet | None]:
    """The form, what it asks, and the set that the address names, whose choice is taken then; one that asks for no title is searched by it."""
    if "\0" in "".join(value for values in query.lists() for value in values[1]):
        raise BadRequest("No article has this character.")
    form = ChoiceForm(query if set(query) & set(ChoiceForm.base_fields) else None)
    wanted = query.get("set", "")
    if not wanted:
        return form, form.choice, None
    if not is_id(wanted):
        raise BadRequest("There is no such set of articles.")
    found = get_object_or_404(project.article_sets.all(), pk=int(wanted))
    chosen = read_set(found)
    return form, replace(chosen, title=chosen.title or form.choice.title), found


class SetForm(forms.Form):
    """A name for the articles that are asked for."""

    name = forms.CharField(label="Name", max_length=MAX_SET_NAME_LENGTH)


@member_page(Role.MANAGER)
@require_POST
def name_set(request: MemberRequest) -> HttpResponse:
    """Keep what the address asks of articles under a name."""
    form, choice, _ = read_choice_of_articles(request.project, request.GET)
    named = SetForm(request.POST)
    back = f"{reverse('web:articles', args=[request.project.slug])}?{request.GET.urlencode()}"
    if not named.is_valid() or (form.is_bound and not form.is_valid()):
        messages.error(request, "Give the set a name.")
        return redirect(back)
    try:
        saved = save_set(request.project, named.cleaned_data["name"], choice, by=request.user)
    except ArticleSetError as error:
        messages.error(request, str(error))
        return redirect(back)
    messages.success(request, f"“{saved.name}” is a set now; whatever fits later belongs to it too.")
    return redirect(f"{reverse('web:articles', args=[request.project.slug])}?set={saved.pk}")


@member_page(Role.MANAGER)
@require_POST
def forget_set(request: MemberRequest, set_id: int) -> HttpResponse:
    """Delete a set; its articles stay."""
    found = get_object_or_404(request.project.article_sets.all(), pk=set_id)
    delete_set(found, by=request.user)
    messages.success(request, f"“{found.name}” is no set any more; its articles stay.")
    return redirect("web:articles", request.project.slug)


@member_page(Role.MANAGER, Role.ADJUDICATOR)
@require_safe
def offer_values(request: MemberRequest) -> HttpResponse:
    """The values that a column of metadata has, as the filter of the list of articles offers them."""
    column = request.GET.get("column", "")
    known = list_known_values(request.project, column[:MAX_COLUMN_LENGTH]) if column else []
    return render(request, "annotations/articles/_known_values.html", {"known_values": known})
