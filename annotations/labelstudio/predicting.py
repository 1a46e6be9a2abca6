"""The job that asks a model server about every article of a project, and keeps what it says as predictions."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.conf import settings
from django.db import transaction

from annotations.collection.errors import UnstorableResultError
from annotations.corpus.predicted.by_server import find_server
from annotations.corpus.predicted.writing import (
    Proposal,
    find_known_proposals,
    find_predictors,
    write_proposals,
)
from annotations.formats.canonical import NotCanonicalError
from annotations.jobs.worker import Checkpoint
from annotations.labelstudio.label_config import render
from annotations.labelstudio.model_server import ModelAnswer, ModelServerError, ModelTask, ask_model
from annotations.labelstudio.payloads import read_result
from annotations.labelstudio.spacy_model import SCHEME, ask_pipeline
from annotations.limits import MAX_MESSAGES
from annotations.models import Article, Job, Project
from annotations.plurals import count_things

AT_ONCE = 8
MAX_CHARACTERS_AT_ONCE = 200_000


def run_predict_by_server(job: Job, checkpoint: Checkpoint) -> None:
    """Ask about a few articles at a time; an article that fails is named, and fails no other. A job that was cut off goes on."""
    project = job.project
    if project is None:
        return
    name = str(job.arguments["server"])
    url = find_server(name)
    cursor = job.cursor or {"article": 0, "failed": 0, "faults": []}
    after, failed, faults = cursor["article"], cursor["failed"], list(cursor["faults"])
    done = job.done
    articles = project.articles.filter(excluded_at=None)
    checkpoint(total=articles.count())
    for chunk in _list_chunks(project, after):
        said, lost = _ask(project, name, url, chunk)
        proposals, unread = _read(project, said)
        failed += len(lost)
        faults = [*faults, *lost, *unread][:MAX_MESSAGES]
        done += len(chunk)
        with transaction.atomic():
            _write(project, proposals)
            checkpoint(
                cursor={"article": chunk[-1].article, "failed": failed, "faults": faults},
                done=done,
                message=_sum_up(faults, failed, done),
            )
    if failed and failed >= done:
        raise ModelServerError(_sum_up(faults, failed, done))


def _list_chunks(project: Project, after: int) -> Iterator[list[ModelTask]]:
    """The articles that are still to be asked about, some at a time and never many letters."""
    chunk: list[ModelTask] = []
    size = 0
    while True:
        rows = Article.objects.filter(project=project, excluded_at=None, pk__gt=after).order_by("pk")
        found = list(rows.values_list("pk", "text", "title")[:AT_ONCE])
        if not found:
            break
        for pk, text, title in found:
            if chunk and (len(chunk) >= AT_ONCE or size + len(text) > MAX_CHARACTERS_AT_ONCE):
                yield chunk
                chunk, size = [], 0
            chunk.append(ModelTask(pk, text, title))
            size += len(text)
            after = pk
    if chunk:
        yield chunk


def _ask(
    project: Project, name: str, url: str, chunk: Sequence[ModelTask]
) -> tuple[list[tuple[str, ModelTask, ModelAnswer]], list[str]]:
    """What the server says of some articles; those of which nothing can be kept are named."""
    config = render(project.scheme.definition)
    try:
        if url.startswith(SCHEME):
            answers = ask_pipeline(url, chunk)
        else:
            answers = ask_model(url, chunk, config, timeout=settings.MODEL_TIMEOUT)
    except ModelServerError as error:
        return [], [f"article {task.article} ({task.title}): {error}" for task in chunk]
    called = [f"{name} {answer.version}".strip() for answer in answers]
    return list(zip(called, chunk, answers, strict=True)), []


def _read(
    project: Project, said: Sequence[tuple[str, ModelTask, ModelAnswer]]
) -> tuple[list[tuple[str, Proposal]], list[str]]:
    """What was said, in the words of the scheme; parts that cannot be read are left out and named with their article."""
    scheme = project.scheme.definition
    proposals, unread = [], []
    for name, task, answer in said:
        place = f"article {task.article} ({task.title})"
        try:
            reading = read_result(answer.result, task.text, scheme)
            markup = reading.snapped(text=task.text, scheme=scheme).markup
            proposals.append((name, Proposal.of(0, task.article, markup, task.text)))
        except (UnstorableResultError, NotCanonicalError) as error:
            unread.append(f"{place}: {error}")
        else:
            unread += [f"{place}: {problem.message}" for problem in reading.problems]
    return proposals, unread


def _write(project: Project, proposals: Sequence[tuple[str, Proposal]]) -> None:
    """Keep what is new, each under the predictor of its model's version."""
    predictors = find_predictors(project, {name for name, _ in proposals}, by=None)
    known = find_known_proposals(
        project.scheme_id, set(predictors.values()), [one.article for _, one in proposals]
    )
    named = [replace(one, predictor=predictors[name]) for name, one in proposals]
    new = [one for one in named if (one.article, one.predictor, one.sha256) not in known]
    write_proposals(project.scheme_id, new)


def _sum_up(faults: Sequence[str], failed: int, done: int) -> str:
    """How many articles are done, and what went wrong first."""
    if not faults:
        return count_things(done, "article")
    return f"{failed:,} of {count_things(done, 'article')} failed; first: {'; '.join(faults)}"
