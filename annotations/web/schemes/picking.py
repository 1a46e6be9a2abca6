"""A passage of an article that becomes an example of the guidelines: words that somebody selected, or the unit of a decision."""

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from annotations.adjudication.ledger import read_case
from annotations.adjudication.naming import show_span
from annotations.adjudication.units import AttributeUnit, RelationUnit, SpanUnit, Unit
from annotations.blindness import is_hidden
from annotations.limits import MAX_NOTE_LENGTH, MAX_PICKED_LENGTH, MAX_SCHEME_TITLE_LENGTH, MAX_TEXT_LENGTH
from annotations.models import Article, Decision, Role
from annotations.models.projects import is_id
from annotations.projects.examples import ChosenRule, take_as_example
from annotations.projects.wording import NothingCorrectedError, find_wording
from annotations.schemes.parts import NoSuchPartError
from annotations.schemes.picking import pick_example
from annotations.schemes.scheme import Scheme
from annotations.schemes.table import InvalidSchemeError
from annotations.spans import Span
from annotations.web.access import MemberRequest, member_page
from annotations.web.schemes.examples import draw_example

PLACES = re.compile(r"\d{1,9}-\d{1,9}(?:,\d{1,9}-\d{1,9}){0,9}", re.ASCII)
NEW_RULE = "new"


class ExampleForm(forms.Form):
    """For which rule the passage is an example, and why."""

    rule = forms.ChoiceField(label="For the rule")
    title = forms.CharField(
        label="The new rule in a few words", required=False, max_length=MAX_SCHEME_TITLE_LENGTH
    )
    text = forms.CharField(
        label="The new rule",
        required=False,
        max_length=MAX_NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Markdown. Both are needed for a new rule only.",
    )
    fits = forms.ChoiceField(
        label="What it shows",
        choices=[("yes", "It fits: these words are marked"), ("no", "It does not fit: they are not marked")],
        widget=forms.RadioSelect,
        initial="yes",
    )
    why = forms.CharField(label="Why", max_length=MAX_NOTE_LENGTH)

    def __init__(self, data: QueryDict | None, scheme: Scheme, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        field = self.fields["rule"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [
                (
                    label.name,
                    [
                        *((f"{place}.{number}", rule.title) for number, rule in enumerate(label.rules)),
                        (f"{place}.{NEW_RULE}", f"A new rule of {label.name}"),
                    ],
                )
                for place, label in enumerate(scheme.labels)
            ]
        self.scheme = scheme

    def clean(self) -> dict[str, Any]:
        """A new rule says what it is."""
        cleaned: dict[str, Any] = super().clean() or {}
        if str(cleaned.get("rule", "")).endswith(NEW_RULE):
            for name in ("title", "text"):
                if not cleaned.get(name, "").strip():
                    self.add_error(name, "A new rule needs this.")
        return cleaned

    @property
    def destination(self) -> ChosenRule:
        """The rule that was chosen."""
        label, _, rule = str(self.cleaned_data["rule"]).partition(".")
        chosen = self.scheme.labels[int(label)]
        if rule == NEW_RULE:
            title, text = (str(self.cleaned_data[name]).strip() for name in ("title", "text"))
            return ChosenRule(chosen.name, title, text)
        return ChosenRule(chosen.name, chosen.rules[int(rule)].title)


@member_page(Role.MANAGER, is_for_a_change=True)
@require_http_methods(["GET", "HEAD", "POST"])
def take_example(request: MemberRequest) -> HttpResponse:
    """The page on which words of an article become an example of the guidelines."""
    project, scheme = request.project, request.project.scheme
    article, spans, label, why = _find_words(request)
    worded = find_wording(project, scheme)
    form = ExampleForm(request.POST or None, worded, {"rule": _offer_rule(worded, label), "why": why})
    picked = pick_example(
        article.text,
        spans,
        why=str(form.data.get("why") or why),
        source=article.title,
        article=article.pk,
    )
    if request.method == "POST" and form.is_valid():
        try:
            take_as_example(
                project,
                scheme,
                picked,
                form.destination,
                fits=form.cleaned_data["fits"] == "yes",
                by=request.user,
            )
        except (NothingCorrectedError, NoSuchPartError, InvalidSchemeError) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The guidelines have the example; annotators are shown it once.")
            address = reverse("web:guidelines", args=[project.slug])
            return redirect(f"{address}#label-{form.destination.label}")
    context = {
        "form": form,
        "article": article,
        "passage": draw_example(picked, label or "marked"),
        "scheme": scheme,
        "colors": scheme.sha256,
    }
    return render(request, "annotations/schemes/example.html", context)


def _offer_rule(scheme: Scheme, label: str) -> str:
    """The first rule of the label that is in hand, or a new one where it has none."""
    for place, each in enumerate(scheme.labels):
        if each.name == label or not label:
            return f"{place}.{0 if each.rules else NEW_RULE}"
    return ""


def _find_words(request: MemberRequest) -> tuple[Article, list[tuple[int, int]], str, str]:
    """The article, the words that are meant, the label that they had, and what was noted about them."""
    decision = request.GET.get("decision", "")
    if is_id(decision):
        return _find_decided(request, int(decision))
    number, written = request.GET.get("article", ""), request.GET.get("place", "")
    if not (is_id(number) and PLACES.fullmatch(written)):
        raise Http404("No words are named.")
    article = get_object_or_404(request.project.articles.defer("original", "canonical"), pk=int(number))
    spans = [(int(first), int(last)) for first, last in (part.split("-") for part in written.split(","))]
    if not all(0 <= first < last <= min(len(article.text), MAX_TEXT_LENGTH) for first, last in spans):
        raise Http404("The article has no such words.")
    if max(last for _, last in spans) - min(first for first, _ in spans) > MAX_PICKED_LENGTH:
        raise Http404(f"An example holds at most {MAX_PICKED_LENGTH:,} characters.")
    return article, spans, request.GET.get("label", ""), ""


def _find_decided(request: MemberRequest, number: int) -> tuple[Article, list[tuple[int, int]], str, str]:
    decisions = Decision.objects.filter(task__round__project=request.project).select_related(
        "task__round__scheme", "task__round__project", "task__article"
    )
    decision = get_object_or_404(decisions, pk=number)
    task = decision.task
    if is_hidden(task.article_id, request.user):
        raise Http404("It is hidden from you while you annotate the article.")
    outcome = read_case(task).outcome
    unit = next((each for each in outcome.units if each.key == decision.unit), None)
    spans = _list_spans(unit)
    if not spans:
        raise Http404("The decision is about no words of the text.")
    return task.article, [(span.start, span.end) for span in spans], spans[0].label, decision.note


def _list_spans(unit: Unit | None) -> list[Span]:
    match unit:
        case SpanUnit():
            return [show_span(unit)]
        case AttributeUnit():
            return [unit.span]
        case RelationUnit():
            return [show_span(unit.first), show_span(unit.second)]
    return []
