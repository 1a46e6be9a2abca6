"""An import step by step: files come in, a job reads them into articles that nobody sees, somebody looks, and publishes or drops.

Reading begins anew after a crash, and takes what it wrote before away first; so nothing is ever seen by halves.
"""

import time
from collections.abc import Iterator

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from annotations.corpus.annotated.reading import find_annotations, read_annotations
from annotations.corpus.choices import ImportChoices
from annotations.corpus.duplicates import find_copies_in_import
from annotations.corpus.errors import FileNotTakenError, ImportStateError, ImportUnderWayError
from annotations.corpus.findings import Findings, Row, sum_up
from annotations.corpus.report import ImportReport
from annotations.corpus.services import stage_rows
from annotations.corpus.staging import begin_reading, drop_import, finish_reading, prolong, publish, take_over
from annotations.corpus.uploads import list_folders, list_unfinished, open_file, remove_files
from annotations.formats.sources import list_sources_of_files
from annotations.formats.text_files import read_text_file
from annotations.jobs.services import enqueue
from annotations.jobs.worker import Checkpoint
from annotations.limits import MAX_ARTICLES_COMPARED_UNSEEN, MAX_REFUSALS, MAX_WAITING_IMPORTS
from annotations.models import ArticleImport, Event, ImportStatus, Job, Project, User
from annotations.plurals import count_things
from annotations.projects.archived import check_live

KIND = "read_import"
SECONDS_BETWEEN_SIGNS = 5.0


def start_import(project: Project, *, by: User | None) -> ArticleImport:
    """Begin an import into which files come."""
    check_live(project)
    waiting = ArticleImport.objects.filter(project=project, published_at=None).count()
    if waiting >= MAX_WAITING_IMPORTS:
        raise FileNotTakenError(
            f"{MAX_WAITING_IMPORTS} imports into {project} wait to be published: publish or drop some of them first."
        )
    with transaction.atomic():
        return ArticleImport.objects.create(
            project=project, started_by=by, busy_until=timezone.now(), is_staged=False
        )


def ask_to_read(made: ArticleImport, choices: ImportChoices | None = None, *, by: User | None) -> Job:
    """Ask a worker to read the files of an import, by these choices from now on; what was read by others is read again."""
    check_live(made.project)
    with transaction.atomic():
        row = _lock(made)
        if row.status == ImportStatus.PUBLISHED:
            raise ImportStateError("This import is published, so it is not read again: make another one.")
        if not row.files.exists():
            raise ImportStateError("This import has no files yet: add some first.")
        if missing := list_unfinished(row):
            raise ImportStateError(
                f"{missing[0].name} is not here as a whole ({missing[0].received:,} of {missing[0].size:,} bytes): "
                "send the rest of it first."
            )
        if choices is not None:
            row.choices = choices.to_json()
        row.asked, row.report = row.asked + 1, None
        row.save(update_fields=["asked", "choices", "report"])
        arguments = {"import": row.pk, "asked": row.asked}
        return enqueue(KIND, key=_key(row), project=row.project, arguments=arguments, by=by)


def find_job(made: ArticleImport) -> Job | None:
    """The job that reads an import as it was asked for last, or did."""
    return Job.objects.filter(key=_key(made)).order_by("-pk").first()


def _key(made: ArticleImport) -> str:
    return f"{KIND}:{made.pk}:{made.asked}"


def _lock(made: ArticleImport) -> ArticleImport:
    row = (
        ArticleImport.objects.select_for_update(of=("self",))
        .select_related("project")
        .filter(pk=made.pk)
        .first()
    )
    if row is None:
        raise ImportStateError("This import was dropped meanwhile: begin another one.")
    return row


def run_read_import(job: Job, checkpoint: Checkpoint) -> None:
    """Read the files of an import into articles that nobody sees, unless it was asked for again or dropped since."""
    made = _find_asked(job)
    if made is None:
        return
    try:
        _read(made, checkpoint)
    except (ImportStateError, ImportUnderWayError):
        if _find_asked(job) is not None:
            raise


def _find_asked(job: Job) -> ArticleImport | None:
    rows = ArticleImport.objects.select_related("project", "started_by").filter(published_at=None)
    return rows.filter(pk=job.arguments["import"], asked=job.arguments["asked"]).first()


def _read(made: ArticleImport, checkpoint: Checkpoint) -> None:
    under_way = begin_reading(made)
    files = [open_file(file) for file in under_way.files.all()]
    total = sum(file.size for file in files)
    checkpoint(done=0, total=total)
    choices = ImportChoices.from_json(under_way.choices)
    options = choices.to_options()
    sources = list_sources_of_files(files)
    found = find_annotations(sources, choices)
    report, findings = ImportReport(is_atomic=False, most_named=MAX_REFUSALS), Findings()
    done, last = 0, time.monotonic()

    def read() -> Iterator[Row]:
        nonlocal done
        before = 0
        for file in files:
            rows = read_text_file(file, source=choices.source or None, options=options)
            yield from findings.watch(file.name, rows)
            before += file.size
            done = before

    def advance(length: int = 0) -> None:
        nonlocal done, last
        done = min(done + length, total)
        if time.monotonic() > last + SECONDS_BETWEEN_SIGNS:
            last = time.monotonic()
            prolong(under_way)
            checkpoint(done=done)

    if found is not None:
        summary = read_annotations(
            under_way,
            sources,
            found,
            choices,
            by=under_way.started_by,
            advance=advance,
            sign_of_life=lambda: checkpoint(done=done),
        )
        finish_reading(under_way, summary)
        return
    stage_rows(
        under_way,
        read(),
        report,
        options=options,
        by=under_way.started_by,
        advance=advance,
        sign_of_life=lambda: checkpoint(done=done),
        are_checked=True,
    )
    report.close()
    summary = sum_up(report, findings, files=len(files))
    if report.made <= MAX_ARTICLES_COMPARED_UNSEEN:
        summary["copies"] = [copy.to_json() for copy in find_copies_in_import(under_way, advance=advance)]
    finish_reading(under_way, summary)


def publish_import(made: ArticleImport, *, by: User | None, without_refused: bool = False) -> int:
    """Show the articles of an import that was read to everybody, all at once; returns how many.

    Where parts of its files were refused, somebody has to say that the others are wanted without them.
    """
    check_live(made.project)
    row = ArticleImport.objects.select_related("project").filter(pk=made.pk).first()
    if row is None or row.status != ImportStatus.READ or row.report is None:
        raise ImportStateError(
            "This import is not read (any more), so it cannot be published: have it read first."
        )
    counts = row.report["counts"]
    if not counts["articles"] and not counts.get("annotations"):
        raise ImportStateError(
            "This import holds nothing that the project has not: there is nothing to publish."
        )
    if counts["refused"] and not without_refused:
        raise ImportStateError(
            f"{count_things(counts['refused'], 'part of the files was', 'parts of the files were')} refused: mend the files, or say that the rest is wanted without it."
        )
    published = publish(row, by=by)
    transaction.on_commit(lambda: remove_files([row.pk]))
    made.refresh_from_db()
    return published


def drop(made: ArticleImport, *, by: User | None) -> None:
    """Take an import away that is not published, with its files."""
    row = ArticleImport.objects.select_related("project").filter(pk=made.pk).first()
    if row is None:
        return
    if row.status == ImportStatus.PUBLISHED:
        raise ImportStateError("This import is published: undo it instead.")
    files = row.files.count()
    if row.is_staged:
        drop_import(take_over(row))
    ArticleImport.objects.filter(pk=row.pk, published_at=None, is_staged=False).delete()
    if ArticleImport.objects.filter(pk=row.pk).exists():
        raise ImportStateError("This import began to be read at this moment: drop it again.")
    remove_files([row.pk])
    Event.objects.record("dropped an import", row.project, actor=by, project=row.project, files=files)


def forget_begun(made: ArticleImport) -> None:
    """Take away an import that was only just begun, of which nobody has heard."""
    remove_files([made.pk])
    ArticleImport.objects.filter(pk=made.pk, published_at=None, is_staged=False).delete()


def run_forget_imports(_job: Job, checkpoint: Checkpoint) -> None:
    """Drop imports that nobody has published for days, and files of imports that are gone or published."""
    forgotten = timezone.now() - settings.IMPORT_KEPT
    for made in ArticleImport.objects.filter(
        project__archived_at=None, published_at=None, started_at__lt=forgotten, busy_until__lt=timezone.now()
    ):
        drop(made, by=None)
        checkpoint()
    folders = list_folders()
    kept = set(ArticleImport.objects.filter(pk__in=folders, published_at=None).values_list("pk", flat=True))
    remove_files(number for number in folders if number not in kept)
    checkpoint()


def list_waiting(project: Project) -> list[ArticleImport]:
    """The imports of a project that somebody began and nobody has published, the latest first; also those without files yet."""
    begun = Q(files__isnull=False) | Q(is_staged=False)
    waiting = ArticleImport.objects.filter(begun, project=project, published_at=None)
    return list(waiting.select_related("started_by").distinct().order_by("-pk")[:MAX_WAITING_IMPORTS])
