"""The rules of the workbench as a predictor: a job marks every article of a project by them."""

from collections.abc import Sequence

from django.db import transaction

from annotations.corpus.predicted.writing import (
    Proposal,
    find_known_proposals,
    find_predictors,
    write_proposals,
)
from annotations.cues.marking import fits_scheme, mark_by_rules
from annotations.cues.rules import RuleSet, load_rules
from annotations.jobs.services import enqueue
from annotations.jobs.worker import Checkpoint
from annotations.models import Article, Block, BlockKind, Job, Project, User
from annotations.projects.archived import check_live

KIND = "predict_by_rules"
AT_ONCE = 50
NOT_READ = frozenset(
    {
        BlockKind.TITLE,
        BlockKind.BYLINE,
        BlockKind.HEADING,
        BlockKind.CAPTION,
        BlockKind.BIOGRAPHY,
        BlockKind.BOILERPLATE,
    }
)
"""The blocks in which the rules mark nothing, as the guidelines say."""


class NothingToPredictError(ValueError):
    """No predictor can say anything: the scheme has none of its labels, or the project has no article."""


def ask_for_rules(project: Project, *, by: User | None) -> Job:
    """Ask a worker to mark the articles of a project by the rules; refused where the scheme has none of their labels."""
    check_live(project)
    rules, scheme = load_rules(), project.scheme.definition
    if not fits_scheme(rules, scheme):
        labels = ", ".join(sorted({rule.label for rule in rules.rules}))
        raise NothingToPredictError(
            f"The rules mark {labels}, and {scheme.identifier} has none of these labels: import predictions "
            "of a model instead."
        )
    if not project.articles.exists():
        raise NothingToPredictError("The project has no articles yet: add some first.")
    return enqueue(KIND, key=_key(project), project=project, by=by)


def find_job(project: Project) -> Job | None:
    """The job that is asked for and not done yet, by its key: a project has as many jobs as tasks."""
    return Job.objects.unfinished().filter(key=_key(project)).first()


def _key(project: Project) -> str:
    return f"{KIND}:{project.pk}"


def run_predict_by_rules(job: Job, checkpoint: Checkpoint) -> None:
    """Mark the articles of the job's project chunk by chunk; what the rules said before is not said again."""
    project = job.project
    if project is None:
        return
    rules = load_rules()
    [predictor] = find_predictors(project, [rules.name], by=job.created_by).values()
    ids = list(project.articles.filter(excluded_at=None).order_by("pk").values_list("pk", flat=True))
    checkpoint(done=0, total=len(ids))
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        proposals = _mark(project, predictor, rules, some)
        with transaction.atomic():
            known = find_known_proposals(project.scheme_id, [predictor], some)
            new = [one for one in proposals if (one.article, predictor, one.sha256) not in known]
            write_proposals(project.scheme_id, new)
            checkpoint(done=start + len(some))


def _mark(project: Project, predictor: int, rules: RuleSet, articles: Sequence[int]) -> list[Proposal]:
    scheme = project.scheme.definition
    skipped: dict[int, list[tuple[int, int]]] = {}
    blocks = Block.objects.filter(article__in=articles, kind__in=NOT_READ).order_by("article", "start")
    for article, start, end in blocks.values_list("article_id", "start", "end"):
        skipped.setdefault(article, []).append((start, end))
    texts = Article.objects.filter(pk__in=articles).order_by("pk").values_list("pk", "text")
    return [
        Proposal.of(
            predictor, article, mark_by_rules(text, scheme, rules, skipped=skipped.get(article, ())), text
        )
        for article, text in texts
    ]
