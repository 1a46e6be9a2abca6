"""Suggestions on their way to an annotator, and what became of them once the annotator submits."""

from django.db.models import Sum

from annotations.markup import Markup
from annotations.models import (
    Annotation,
    Assignment,
    Prediction,
    Project,
    RoundSuggestions,
    ShownSuggestions,
    SuggestionUse,
    User,
)
from annotations.spans import Span
from annotations.suggested import SuggestedUse, compare_suggested, name_suggestions


def show_suggestions(assignment: Assignment) -> tuple[Span, ...]:
    """What the round suggests to an annotator for an article; what was shown once is shown again, whatever was predicted since."""
    shown = _find_shown(assignment)
    if shown is None:
        prediction = _choose(assignment)
        if prediction is None:
            return ()
        shown, _ = ShownSuggestions.objects.select_related("prediction").get_or_create(
            assignment=assignment, defaults={"prediction": prediction}
        )
    return name_suggestions(shown.prediction.to_markup())


def count_suggestions(assignment: Assignment, annotation: Annotation, markup: Markup) -> None:
    """Count what a new revision made of the suggestions that its annotator saw, in the transaction that stores it."""
    shown = _find_shown(assignment)
    if shown is None:
        return
    use = compare_suggested(name_suggestions(shown.prediction.to_markup()), markup.spans)
    SuggestionUse.objects.create(
        annotation=annotation,
        prediction=shown.prediction,
        unchanged=use.unchanged,
        changed=use.changed,
        own=use.own,
        left=use.left,
    )


def sum_up_use(project: Project, person: User) -> SuggestedUse | None:
    """What became of suggestions in all that a person submitted in a project; None where they never saw any."""
    shares = Assignment.objects.of(person).submitted().filter(task__round__project=project)
    used = SuggestionUse.objects.filter(annotation__in=shares.order_by().values("current"))
    counted = used.aggregate(**{name: Sum(name) for name in ("unchanged", "changed", "own", "left")})
    return None if counted["own"] is None else SuggestedUse(**counted)


def _find_shown(assignment: Assignment) -> ShownSuggestions | None:
    return ShownSuggestions.objects.select_related("prediction").filter(assignment=assignment.pk).first()


def _choose(assignment: Assignment) -> Prediction | None:
    """The latest prediction of the article by the predictor of the round, in the labels of the round's scheme."""
    task = assignment.task
    chosen = RoundSuggestions.objects.filter(round=task.round_id).first()
    if chosen is None:
        return None
    predictions = Prediction.objects.published().filter(
        predictor=chosen.predictor_id, article=task.article_id, scheme=task.round.scheme_id
    )
    return predictions.order_by("-pk").first()
