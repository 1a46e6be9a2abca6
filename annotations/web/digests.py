"""What waits for each person and when it is due, by e-mail, once a day at most.

It says what their own pages say: how much is left of their rounds, and that something waits for an adjudicator. Nothing
of it is about what others made of an article.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from django.core.mail import send_mail
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from annotations.jobs.worker import Checkpoint
from annotations.models import Job, Membership, Project, Role, User
from annotations.models.accounts import NOWHERE
from annotations.plurals import count_things
from annotations.projects.addresses import write_address
from annotations.web.adjudication.queue import find_next
from annotations.web.work.workload import RoundWork, list_round_work

SOON = timedelta(days=3)
DAILY, WEEKLY = timedelta(days=1), timedelta(days=7)
SUBJECT = "What waits for you on the annotation workbench"
DIGEST = """\
Hello {name},

this waits for you on the annotation workbench:

{lines}

{link}

You are told once a week, and once a day while a round is due within three days or late. To hear no more of it, see
{account}
"""


def run_send_digests(job: Job, checkpoint: Checkpoint) -> None:
    """Tell everybody whose turn it is what waits for them; a chunk is a person, and who was told is not told again."""
    today, sent = timezone.localdate(), 0
    for person in list_people(today).filter(pk__gt=job.cursor or 0).order_by("pk"):
        sent += send_digest(person, today=today)
        checkpoint(cursor=person.pk)
    checkpoint(message=f"{count_things(sent, 'message')} sent")


def list_people(today: date) -> QuerySet[User]:
    """Who may be told something today: people with an address who have been here, do not mind, and have not been told today."""
    works = Membership.objects.filter(
        user=OuterRef("pk"), role__in=(Role.ANNOTATOR, Role.ADJUDICATOR), project__archived_at=None
    )
    people: QuerySet[User] = User.objects.filter(
        Q(digest_sent_on=None) | Q(digest_sent_on__lt=today),
        Exists(works),
        is_active=True,
        wants_digest=True,
        last_login__isnull=False,
    ).exclude(email__endswith=f"@{NOWHERE}")
    return people


def send_digest(person: User, *, today: date) -> bool:
    """Tell a person what waits for them, if something does and it is time; whether a message was sent.

    The day is noted before the message goes, so that a worker that is killed between sends one too few and not one too
    many; where the mail server refuses it, the day is taken back and the job is tried again.
    """
    work = [share for share in list_round_work(person) if share.left]
    due = min((share.participant.round.due_on or date.max for share in work), default=date.max)
    if not is_time(today=today, sent_on=person.digest_sent_on, due_on=due):
        return False
    lines = [*map(_say_work, work), *_say_adjudication(person)]
    row = User.objects.filter(pk=person.pk, digest_sent_on=person.digest_sent_on)
    if not lines or not row.update(digest_sent_on=today):
        return False
    text = DIGEST.format(
        name=person.name,
        lines="\n".join(f"- {line}" for line in lines),
        link=write_address("web:home"),
        account=write_address("web:account"),
    )
    try:
        send_mail(SUBJECT, text, None, [person.email])
    except Exception:
        User.objects.filter(pk=person.pk).update(digest_sent_on=person.digest_sent_on)
        raise
    return True


def is_time(*, today: date, sent_on: date | None, due_on: date) -> bool:
    """Whether somebody is told again: a week after the last time, or the next day while something is due soon or late.

    >>> is_time(today=date(2026, 11, 27), sent_on=date(2026, 11, 26), due_on=date(2026, 11, 30))
    True
    >>> is_time(today=date(2026, 11, 27), sent_on=date(2026, 11, 26), due_on=date(2026, 12, 1))
    False
    """
    pause = DAILY if due_on <= today + SOON else WEEKLY
    return sent_on is None or today - sent_on >= pause


def _say_work(share: RoundWork) -> str:
    round_, deadline = share.participant.round, share.deadline
    left = f"{round_.project}, {round_.title}: {count_things(share.left, 'article')} to annotate"
    return f"{left}, {deadline.words}" if deadline else left


def _say_adjudication(person: User) -> Iterator[str]:
    """Name the projects in which something waits that the person may open; how much it is would say what others annotated."""
    for project in Project.objects.with_role(person, Role.ADJUDICATOR).order_by("id"):
        if find_next(project, person) is not None:
            yield f"{project}: something waits for an adjudicator"
