"""The page with the card of a release; managers say there what no table knows."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from annotations.blindness import count_hidden_items
from annotations.gold.card import QUESTIONS, list_sections
from annotations.gold.cards import answer_for_card, read_answers, read_facts, read_guidelines
from annotations.gold.finding import find_numbered
from annotations.limits import MAX_CARD_ANSWER_LENGTH
from annotations.models import Role
from annotations.web.access import MemberRequest, member_page

READERS = (Role.MANAGER, Role.ADJUDICATOR, Role.CONSUMER)


class CardForm(forms.Form):
    """The questions about a dataset that only people can answer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in QUESTIONS:
            self.fields[question.name] = forms.CharField(
                label=question.title,
                help_text=question.hint,
                required=False,
                max_length=MAX_CARD_ANSWER_LENGTH,
                widget=forms.Textarea(attrs={"rows": 3}),
            )


@member_page(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def show_card(request: MemberRequest, number: int) -> HttpResponse:
    """The page with the card of a release; what a manager says there stands on the cards of all releases."""
    release = find_numbered(request.project, number)
    may_answer = Role.MANAGER in request.roles and request.project.archived_at is None
    form = CardForm(request.POST or None, initial=read_answers(request.project))
    if request.method == "POST" and may_answer and form.is_valid():
        answer_for_card(request.project, form.cleaned_data, by=request.user)
        return redirect("web:release-card", request.project.slug, number)
    n_hidden = count_hidden_items(release, request.user)
    context = {
        "release": release,
        "form": form,
        "may_answer": may_answer,
        "n_hidden_here": n_hidden,
        "sections": [] if n_hidden else list_sections(read_facts(release)),
        "guidelines": [] if n_hidden else read_guidelines(release),
        "address": f"/api/v1/releases/{release.pk}/card/",
    }
    return render(request, "annotations/releases/card.html", context)
