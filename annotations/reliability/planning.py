"""How many more articles a wanted precision takes."""

from dataclasses import asdict

from annotations.agreement.questions.inference import DocumentCurve, estimate_documents_needed
from annotations.models import Project
from annotations.reliability.counting import Counted, Options
from annotations.reliability.matrices import Scope
from annotations.reliability.services import count_for

GOOD_WIDTH = 0.1


def estimate_articles_needed(
    project: Project,
    scope: Scope,
    *,
    metric: str,
    width: float = GOOD_WIDTH,
    options: Options | None = None,
    counted: Counted | None = None,
) -> DocumentCurve:
    """How wide the interval of a figure would be with fewer and with more articles like those of the scope."""
    options = options or Options()
    counted = count_for(metric, project, scope, options=options, counted=counted)
    key = scope.checksum(
        needed=metric,
        width=width,
        confidence=options.confidence,
        seed=options.seed,
        fingerprint=counted.row.fingerprint,
    )
    if (kept := counted.recall(key)) is not None:
        return DocumentCurve(**kept)
    curve = estimate_documents_needed(
        counted.load([metric]), metric=metric, width=width, confidence=options.confidence, seed=options.seed
    )
    counted.keep(key, asdict(curve))
    return curve
