"""What `manage.py doctor` looks at: each check names its subject and says what to do where something is wrong."""

import hashlib
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.utils import timezone

from annotations.collection.ports import StudioRefusedError, StudioUnavailableError
from annotations.labelstudio.access import connect, local_studio
from annotations.management.privacy import find_open_to_others
from annotations.management.readiness import DatabaseNotReadyError, check_migrations
from annotations.models import Article, Job, JobStatus, WriteProbe
from annotations.models.tallies import find_wrong_tallies
from annotations.plurals import count_things
from annotations.projects.studios import find_lost_projects, list_studios
from annotations.studio_numbers import name_setting, name_studio

MIN_FREE_BYTES = 1024**3
MAX_NAMED = 5
PROBE = "probe.txt"
MAX_ARTICLES_READ = 1_000
MAX_WAIT = timedelta(minutes=15)
"""A job that is due for longer is done by nobody."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; without advice, it is well."""

    subject: str
    advice: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {"ok": not self.advice, **asdict(self)}


def examine() -> Iterator[Finding]:
    """Look over the installation and its data, one subject after the other."""
    for subject, check in CHECKS.items():
        yield Finding(subject, tuple(check()))


def _check_privacy() -> Iterator[str]:
    open_ = list(find_open_to_others(settings.HOME))
    for path in open_[:MAX_NAMED]:
        yield f"Other accounts of this machine can reach {path}: chmod {_private_mode(path):o} {path}"
    if len(open_) > MAX_NAMED:
        yield f"And {count_things(len(open_) - MAX_NAMED, 'more file')}: chmod -R go-rwx {settings.HOME}"


def _private_mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode) & stat.S_IRWXU


def _check_owner() -> Iterator[str]:
    if settings.HOME.exists() and settings.HOME.stat().st_uid != os.geteuid():
        yield f"{settings.HOME} belongs to another account: run the workbench as its owner, or give it to this one."


def _check_space() -> Iterator[str]:
    folder = settings.HOME if settings.HOME.exists() else settings.HOME.parent
    free = shutil.disk_usage(folder).free
    if free < MIN_FREE_BYTES:
        yield f"Only {free // 1024**2:,} MB are free where {folder} is: make room, or nothing can be saved soon."


def _check_files() -> Iterator[str]:
    try:
        name = default_storage.save(PROBE, ContentFile(b"probe"))
        with default_storage.open(name) as file:
            is_read = file.read() == b"probe"
        default_storage.delete(name)
    except Exception as error:  # noqa: BLE001 - of whatever keeps the files, a folder or a bucket
        yield (
            f"Files of imports and releases cannot be kept ({error}): see to the folder files/ of the installation, or "
            "to FILES_BUCKET, FILES_ENDPOINT and their keys."
        )
    else:
        if not is_read:
            yield "A file that was kept is read as another: see to the disk, or to whatever keeps the files."


def _check_tables() -> Iterator[str]:
    try:
        check_migrations()
    except DatabaseNotReadyError as error:
        yield str(error)


def _check_writing() -> Iterator[str]:
    try:
        WriteProbe.objects.touch()
    except DatabaseError as error:
        yield (
            f"Nothing can be saved ({str(error).strip()}): see that the disk has room and that the database's file and "
            "folder, or its server, take writes."
        )


def _check_file() -> Iterator[str]:
    if connection.vendor != "sqlite":
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA quick_check(1)")
            [said] = cursor.fetchone()
    except DatabaseError as error:
        said = str(error)
    if said != "ok":
        yield f"The database file is damaged ({said}): stop the workbench and put a backup in its place."


def _check_references() -> Iterator[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute('SELECT "table", COUNT(*) FROM pragma_foreign_key_check GROUP BY 1 ORDER BY 1')
            for table, number in cursor.fetchall():
                yield (
                    f"{count_things(number, f'row of {table} refers', f'rows of {table} refer')} to rows that are not there: stop the workbench and put a backup in "
                    "its place, or ask for help with `PRAGMA foreign_key_check`."
                )
        else:
            cursor.execute(
                "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE NOT convalidated"
            )
            for table, name in cursor.fetchall():
                yield f"The rows of {table} may break a rule: `ALTER TABLE {table} VALIDATE CONSTRAINT {name}` says which."


def _check_articles() -> Iterator[str]:
    """The latest articles and the first ones: whether their texts are those that came in, by their checksums."""
    rows = Article.objects.values_list("pk", "text", "text_sha256")
    half = MAX_ARTICLES_READ // 2
    read = {row[0]: row for row in (*rows.order_by("pk")[:half], *rows.order_by("-pk")[:half])}
    changed = [
        pk for pk, text, sha256 in read.values() if hashlib.sha256(text.encode()).hexdigest() != sha256
    ]
    if changed:
        named = ", ".join(map(str, sorted(changed)[:MAX_NAMED]))
        yield f"{count_things(len(changed), 'article has', 'articles have')} another text than was imported ({named}): restore a backup."


def _check_jobs() -> Iterator[str]:
    now = timezone.now()
    overdue = Job.objects.claimable(now - MAX_WAIT).count()
    if overdue:
        yield (
            f"{count_things(overdue, 'job is', 'jobs are')} due for more than {MAX_WAIT.seconds // 60} minutes, and nothing is done: start "
            "`manage.py worker`, and look at its log if it runs."
        )
    failed = Job.objects.filter(status=JobStatus.FAILED).order_by("-id")[:MAX_NAMED]
    for job in failed:
        yield f"The job {job.kind} ({job.pk}) was given up: {job.message}"


def _check_redis() -> Iterator[str]:
    addresses = {
        "CELERY_BROKER_URL": (settings.CELERY_BROKER_URL, "jobs start a minute late, by a sweep"),
        "REDIS_URL": (settings.REDIS_URL, "nobody can sign out"),
    }
    for name, (address, harm) in addresses.items():
        if not address.startswith(("redis://", "rediss://")):
            continue
        from redis import Redis
        from redis.exceptions import RedisError

        try:
            with Redis.from_url(address, socket_connect_timeout=3, socket_timeout=3) as client:
                client.ping()
        except RedisError as error:
            yield f"What {name} names does not answer ({error}), so {harm}: start it, or mend the address."


def _check_tallies() -> Iterator[str]:
    if find_wrong_tallies():
        yield (
            "The numbers of articles, tasks and assignments on the pages are not those of the rows: count them anew with "
            "`manage.py shell -c 'from annotations.models.tallies import rebuild_tallies; rebuild_tallies()'`."
        )


def _check_studio() -> Iterator[str]:
    for studio in list_studios():
        try:
            connect(studio).bearer()
        except (StudioUnavailableError, StudioRefusedError) as error:
            yield str(error)
    lost = find_lost_projects()
    for project in lost[:MAX_NAMED]:
        yield (
            f"Nobody can annotate in the project {project}: it is in {name_studio(project.studio)}, and no setting names "
            f"that. Set {name_setting(project.studio, 'URL')} and {name_setting(project.studio, 'TOKEN')} again."
        )


def _check_command_line() -> Iterator[str]:
    running = None if settings.STUDIO_URL else local_studio().last_started()
    if running and running.shows_password:
        yield "Label Studio's password is in the list of processes: stop the workbench and start it again."
    elif not settings.STUDIO_URL and local_studio().has_shown_password:
        yield (
            "Label Studio's password once stood in the list of processes and could not be renewed "
            f"(the end of {local_studio().log} says why): stop the workbench and start it again."
        )


CHECKS: dict[str, Callable[[], Iterator[str]]] = {
    "the installation's folder is private": _check_privacy,
    "the installation's folder is ours": _check_owner,
    "there is room on the disk": _check_space,
    "files can be kept and read": _check_files,
    "the database is up to date": _check_tables,
    "the database can be written": _check_writing,
    "the database file is whole": _check_file,
    "every row refers to rows that are there": _check_references,
    "the texts of articles are as they were imported": _check_articles,
    "jobs are done in time": _check_jobs,
    "Redis answers, where it is used": _check_redis,
    "the numbers on the pages are right": _check_tallies,
    "Label Studio accepts the workbench": _check_studio,
    "no password is in the list of processes": _check_command_line,
}
