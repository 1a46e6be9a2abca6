"""Rows for tests, with only what a test does not care about filled in."""

import hashlib
import itertools
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.utils import timezone

from annotations.corpus.clusters import Pair, write_clusters
from annotations.corpus.lookalikes import digest_words
from annotations.corpus.predicted.writing import Proposal
from annotations.markup import Markup
from annotations.models import (
    Article,
    Assignment,
    DuplicateCluster,
    Membership,
    Participant,
    Prediction,
    Predictor,
    Project,
    Role,
    Round,
    Scheme,
    Task,
    User,
)

ROOT = Path(__file__).resolve().parents[2]
DEFINITIONS = ROOT / "annotations" / "schemes" / "definitions"
_numbers = itertools.count(1)


def make_user(name: str = "", *, password: str | None = None, **fields: Any) -> User:
    name = name or f"Person {next(_numbers)}"
    email = fields.pop("email", f"{name.lower().replace(' ', '.')}@example.org")
    user: User = User.objects.create_user(email, password, name=name, **fields)
    return user


def make_scheme(definition: str = "argument-v1") -> Scheme:
    source = (DEFINITIONS / f"{definition}.toml").read_text(encoding="utf-8")
    sha256 = hashlib.sha256(source.encode()).hexdigest()
    name, _, version = definition.rpartition("-v")
    return Scheme.objects.get_or_create(
        sha256=sha256,
        defaults={"name": name, "version": version, "title": name, "source": source},
    )[0]


def make_project(name: str = "", *, scheme: Scheme | None = None, **fields: Any) -> Project:
    """A project of which nothing is drawn for a review, as long as a test does not say so."""
    number = next(_numbers)
    return Project.objects.create(
        name=name or f"Project {number}",
        scheme=scheme or make_scheme(),
        **{"slug": f"project-{number}", "review_share": 0, **fields},
    )


def make_member(project: Project, *roles: str, name: str = "", **fields: Any) -> User:
    user = make_user(name, **fields)
    for role in roles or (Role.ANNOTATOR,):
        Membership.objects.create(project=project, user=user, role=role)
    return user


def make_article(project: Project, text: str = "", **fields: Any) -> Article:
    text = text or f"Headline {next(_numbers)}\n\nKyiv must have guarantees. Moscow disagrees."
    raw = text.encode()
    digest = hashlib.sha256(raw).hexdigest()
    defaults = {
        "title": text.split("\n", 1)[0][:500],
        "source_format": "text",
        "encoding": "utf-8",
        "original": raw,
        "sha256": digest,
        "text_sha256": digest,
        "words_sha256": digest_words(text),
        "length": len(text),
    }
    article = Article(project=project, text=text, **{**defaults, **fields})
    article.write_canonical(())
    article.save()
    return article


def make_copies(*articles: Article) -> DuplicateCluster:
    """Write articles down as copies of each other, each of the one before."""
    write_clusters(
        articles[0].project, [Pair(one.pk, other.pk, 0.9, "edited") for one, other in pairwise(articles)]
    )
    return DuplicateCluster.objects.get(members__article=articles[0])


def make_prediction(
    article: Article, markup: Markup, *, model: str = "Model One", **fields: Any
) -> Prediction:
    predictor, _ = Predictor.objects.get_or_create(project=article.project, name=model)
    said = Proposal.of(predictor.pk, article.pk, markup, article.text)
    return Prediction.objects.create(
        predictor=predictor,
        article=article,
        scheme=fields.pop("scheme", article.project.scheme),
        spans=said.spans,
        canonical=said.canonical,
        sha256=said.sha256,
        **fields,
    )


def make_round(
    project: Project, *, overlap: int = 3, annotators: tuple[User, ...] = (), **fields: Any
) -> Round:
    number = project.rounds.count() + 1
    new = Round.objects.create(
        project=project,
        scheme=fields.pop("scheme", project.scheme),
        number=number,
        overlap=overlap,
        seed=fields.pop("seed", 1),
        **fields,
    )
    for annotator in annotators:
        Participant.objects.create(round=new, annotator=annotator)
    return new


def make_task(round_: Round, article: Article | None = None, **fields: Any) -> Task:
    return Task.objects.create(
        round=round_,
        article=article or make_article(round_.project),
        wanted=fields.pop("wanted", round_.overlap),
        **fields,
    )


def make_assignment(task: Task, annotator: User, **fields: Any) -> Assignment:
    """A queued assignment that holds one of its task's claims."""
    Task.objects.filter(pk=task.pk).update(claimed=task.claimed + 1)
    task.refresh_from_db()
    return Assignment.objects.create(
        task=task,
        annotator=annotator,
        leased_until=fields.pop("leased_until", timezone.now() + timedelta(hours=72)),
        **fields,
    )
