"""Everybody's spans held against the gold or against one annotator: a page of figures, and the spans behind them."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotations.agreement import SpanScores
from annotations.agreement.questions.span_errors import OUTCOMES
from annotations.models import Role
from annotations.reliability.reference import GOLD, AgainstReference, Held, hold_against, quote_held
from annotations.web.access import MemberRequest, member_page
from annotations.web.agreement.forms import AgreementForm
from annotations.web.agreement.tables import Figure
from annotations.web.agreement.views import read_form, write_query
from annotations.web.drawing import DrawnPassage, Track, draw_passage, find_surroundings
from annotations.web.paging import paginate

SPANS_A_PAGE = 25
SENSES = (
    ("strict", "the same borders and the same label"),
    ("exact", "the same borders, whatever the label"),
    ("partial", "the same borders, or by half any overlap"),
    ("type", "the same label and any overlap"),
)
OUTCOME_WORDS = {
    "incorrect": "Found, but not the same",
    "partial": "Found in part",
    "missed": "Missed",
    "spurious": "Not in the reference",
}


class ReferenceForm(forms.Form):
    """What is held against what, and which of the spans are listed."""

    reference = forms.ChoiceField(label="Reference", required=False)
    sense = forms.ChoiceField(label="A span is found if it has", choices=SENSES, required=False)
    candidate = forms.IntegerField(required=False, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(choices=OUTCOME_WORDS.items(), required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, chosen: AgreementForm) -> None:
        people = [(str(pk), name) for pk, name in chosen.fields["annotator"].choices]  # type: ignore[attr-defined]
        super().__init__(
            {"reference": data.get("reference", GOLD), "sense": data.get("sense", "strict")}
            | {name: data[name] for name in ("candidate", "outcome") if name in data}
        )
        self.fields["reference"].choices = [(GOLD, "Gold"), *people]  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """How one annotator's spans stand to those of the reference; `counts` are the outcomes with their words, in order."""

    id: int
    name: str
    precision: Figure
    recall: Figure
    f1: Figure
    correct: int
    counts: list[tuple[str, str, int]]


@dataclass(frozen=True, slots=True)
class ShownHeld:
    """A span in the words around it, with what the reference and the candidate made of it drawn below each other."""

    task: int
    title: str
    drawn: DrawnPassage


@member_page(Role.MANAGER)
@require_safe
def show_reference(request: MemberRequest) -> HttpResponse:
    """Precision, recall and F1 of each annotator against a reference, and the spans that are missed, spurious or not the same."""
    form = read_form(request)
    chosen = ReferenceForm(request.GET, chosen=form)
    if not chosen.is_valid():
        raise BadRequest("There is no such reference, sense, annotator or outcome.")
    wanted = chosen.cleaned_data
    against = hold_against(
        request.project,
        form.page.selection,
        reference=None if wanted["reference"] == GOLD else int(wanted["reference"]),
    )
    sense, candidate, outcome = wanted["sense"], wanted["candidate"], wanted["outcome"]
    context: dict[str, Any] = {
        "form": chosen,
        "query": write_query(form),
        "schemes": form.page.schemes,
        "reference": "the gold" if wanted["reference"] == GOLD else against.reference,
        "sense": dict(SENSES)[sense],
        "rows": [_make_row(against, one, senses[sense]) for one, senses in against.scores.items()],
        "documents": max((senses[sense].f1.n_documents for senses in against.scores.values()), default=0),
    }
    if candidate in against.scores and outcome:
        listed = paginate(request, list(against.list_held(candidate, sense, outcome)), per_page=SPANS_A_PAGE)
        context |= {
            "listed": listed,
            "shown": _quote(list(listed), reference=against.reference, candidate=against.people[candidate]),
            "candidate": against.people[candidate],
            "outcome": OUTCOME_WORDS[outcome],
        }
    return render(request, "annotations/agreement/reference.html", context)


def _make_row(against: AgainstReference, candidate: int, scores: SpanScores) -> CandidateRow:
    return CandidateRow(
        candidate,
        against.people[candidate],
        Figure.of("Precision", scores.precision),
        Figure.of("Recall", scores.recall),
        Figure.of("F1", scores.f1),
        scores.counts[OUTCOMES[0]],
        [(name, words, scores.counts[name]) for name, words in OUTCOME_WORDS.items()],
    )


def _quote(held: list[Held], *, reference: str, candidate: str) -> list[ShownHeld]:
    articles = quote_held(held)
    rows = []
    for one in held:
        title, text = articles[one.task]
        sides = ((one.reference, reference, "is-gold"), (one.candidate, candidate, "is-open"))
        tracks = [
            Track(span.start, span.end, span.label, f"{name}: {span.label}", style)
            for span, name, style in sides
            if span is not None
        ]
        start, end = find_surroundings(text, tracks)
        rows.append(ShownHeld(one.task, title, draw_passage(text, start, end, tracks=tracks)))
    return rows
