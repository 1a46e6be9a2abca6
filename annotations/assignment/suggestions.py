"""Whether annotators of a round are shown suggestions, and of which predictor; it is said when the round is planned."""

from annotations.assignment.errors import AssignmentError
from annotations.models import Prediction, Predictor, Project, Round, RoundSuggestions


class PredictorNotOfferedError(AssignmentError):
    """A round cannot show the suggestions of a predictor."""


def check_predictor(project: Project, predictor: Predictor | None) -> None:
    """Refuse a predictor of another project, and one that has said nothing in the labels of the project's scheme."""
    if predictor is None:
        return
    if predictor.project_id != project.pk:
        raise PredictorNotOfferedError(f"The model {predictor.pk} is not one of {project}.")
    said = Prediction.objects.published().filter(predictor=predictor, scheme=project.scheme_id)
    if not said.exists():
        raise PredictorNotOfferedError(
            f"“{predictor}” has predicted nothing in the labels of {project.scheme}: import its predictions first, "
            "or plan the round without suggestions."
        )


def offer_suggestions(round_: Round, predictor: Predictor | None) -> dict[str, str]:
    """Note whose suggestions the annotators of a new round are shown; returns what the audit trail says of it."""
    if predictor is None:
        return {}
    RoundSuggestions.objects.create(round=round_, predictor=predictor)
    return {"suggestions": predictor.name}
