"""How many more articles a wanted precision takes."""

from dataclasses import asdict

from annotations.agreement.questions.inference import DocumentCurve, estimate_documents_needed
from annotations.models import Project
from annotations.reliability.counting import Counted, Options, count_for_metric
from annotations.reliability.selection import Selection

GOOD_WIDTH = 0.1


def estimate_articles_needed(
    project: Project,
    selection: Selection,
    *,
    metric: str,
    width: float = GOOD_WIDTH,
    options: Options | None = None,
    counted: Counted | None = None,
) -> DocumentCurve:
    """How wide the interval of a figure would be with fewer and with more articles like those of the selection."""
    options = options or Options()
    counted = count_for_metric(metric, project, selection, options=options, counted=counted)
    key = selection.checksum(
        needed=metric,
        width=width,
        confidence=options.confidence,
        seed=options.seed,
        distances=counted.distances,
        fingerprint=counted.row.fingerprint,
    )
    if (kept := counted.recall(key)) is not None:
        return DocumentCurve(**kept)
    curve = estimate_documents_needed(
        counted.load([metric]), metric=metric, width=width, confidence=options.confidence, seed=options.seed
    )
    counted.keep(key, asdict(curve))
    return curve
