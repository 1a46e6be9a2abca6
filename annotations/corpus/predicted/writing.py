"""Rows of predictions: each predictor by its name, and each prediction once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from annotations.formats.canonical import checksum, write_members
from annotations.formats.ports import NAMELESS
from annotations.formats.record import describe_markup
from annotations.limits import MAX_PREDICTOR_NAME_LENGTH
from annotations.markup import Markup
from annotations.models import ArticleImport, Prediction, Predictor, Project, User
from annotations.models.inserting import insert_rows

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a predictor marks in an article, ready to be written."""

    predictor: int
    article: int
    spans: int
    canonical: str
    sha256: str

    @classmethod
    def of(cls, predictor: int, article: int, markup: Markup, text: str) -> "Proposal":
        """Say it in canonical bytes, as annotations are kept."""
        return cls(
            predictor,
            article,
            len(markup.spans),
            write_members(describe_markup(markup, text)),
            checksum(markup.to_json()),
        )


@transaction.atomic
def find_predictors(project: Project, names: Iterable[str], *, by: User | None) -> dict[str, int]:
    """The predictors of a project by their names; those that it has not are made."""
    called = {name: " ".join(name.split())[:MAX_PREDICTOR_NAME_LENGTH] or NAMELESS for name in names}
    wanted = set(called.values())
    known = dict(Predictor.objects.filter(project=project, name__in=wanted).values_list("name", "pk"))
    Predictor.objects.bulk_create(
        [
            Predictor(project=project, name=name, created_by=by)
            for name in sorted(wanted)
            if name not in known
        ],
        ignore_conflicts=True,
    )
    known = dict(Predictor.objects.filter(project=project, name__in=wanted).values_list("name", "pk"))
    return {given: known[name] for given, name in called.items()}


def find_known_proposals(
    scheme: int, predictors: Collection[int], articles: Collection[int]
) -> set[tuple[int, int, str]]:
    """What predictors said of articles in a scheme already: article, predictor, checksum of the markup."""
    rows = Prediction.objects.filter(scheme=scheme, predictor__in=predictors, article__in=articles)
    return set(rows.order_by().values_list("article_id", "predictor_id", "sha256"))


def write_proposals(
    scheme: int, proposals: Iterable[Proposal], *, made_in: ArticleImport | None = None
) -> None:
    """Write predictions that are new, in the caller's transaction; those of an import show once it is published."""
    rows = ((one.predictor, one.article, one.spans, one.canonical, one.sha256) for one in proposals)
    columns = ("predictor_id", "article_id", "spans", "canonical", "sha256")
    insert_rows(Prediction, columns, rows, scheme_id=scheme, made_in=made_in, created_at=timezone.now())


def forget_predictions(articles: Collection[int]) -> None:
    """Delete what was predicted of articles that are about to be deleted themselves."""
    Prediction.objects.filter(article__in=articles).delete()


def take_some_predictions_away(made_in: ArticleImport) -> bool:
    """Delete some of the predictions that an import brought, in the caller's transaction; whether there were any."""
    theirs = Prediction.objects.filter(made_in=made_in).order_by("pk")
    chunk = list(theirs.values_list("pk", flat=True)[:AT_ONCE])
    Prediction.objects.filter(pk__in=chunk).delete()
    return bool(chunk)
