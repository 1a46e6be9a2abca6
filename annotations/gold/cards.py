"""What the card of a release is made of: its manifest, the scheme in words, and what people said of the dataset."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from annotations.gold.card import NAMES_OF_QUESTIONS, CardFacts, write_card
from annotations.gold.guidelines import describe_guidelines_of
from annotations.gold.publishing import find_withdrawal
from annotations.gold.tombstones import list_withdrawn_articles
from annotations.limits import MAX_CARD_ANSWER_LENGTH
from annotations.models import CardAnswer, Event, Project, Release, User
from annotations.projects.archived import check_live


class InvalidCardAnswerError(ValueError):
    """An answer for a card that is too long, or to a question that no card has."""


def read_answers(project: Project) -> dict[str, str]:
    """What people said of the datasets of a project, by the names of the questions; it holds for all releases."""
    return dict(project.card_answers.order_by().values_list("name", "text"))


def read_facts(release: Release) -> CardFacts:
    """All that the card of a release is made of."""
    return CardFacts(
        manifest=release.manifest,
        sha256=release.sha256,
        frozen=release.created_at.date().isoformat(),
        slug=release.project.slug,
        said=read_answers(release.project),
        withdrawn=find_withdrawal(release),
        excluded=[(one.article, one.reason) for one in list_withdrawn_articles(release)],
    )


def read_guidelines(release: Release) -> list[str]:
    """The schemes of a release in words, as they were worded when it was frozen."""
    describe = describe_guidelines_of(release)
    return [describe(scheme["sha256"]) for scheme in release.manifest.get("schemes", ())]


def write_release_card(release: Release) -> str:
    """The card of a release in Markdown."""
    return "\n".join([*write_card(read_facts(release), guidelines=read_guidelines(release)), ""])


@transaction.atomic
def answer_for_card(project: Project, answers: Mapping[str, str], *, by: User) -> None:
    """Keep what somebody said of the datasets of a project; an empty answer takes an earlier one away."""
    check_live(project)
    for name, text in answers.items():
        if name not in NAMES_OF_QUESTIONS:
            raise InvalidCardAnswerError(
                f"a card has no “{name[:50]}”; it has {', '.join(NAMES_OF_QUESTIONS)}"
            )
        if len(text) > MAX_CARD_ANSWER_LENGTH:
            raise InvalidCardAnswerError(
                f"the answer to “{name}” has more than {MAX_CARD_ANSWER_LENGTH:,} characters: shorten it"
            )
    before = read_answers(project)
    changed = sorted(name for name, text in answers.items() if text.strip() != before.get(name, ""))
    for name in changed:
        if text := answers[name].strip():
            project.card_answers.update_or_create(
                name=name, defaults={"text": text, "changed_by": by, "changed_at": timezone.now()}
            )
        else:
            CardAnswer.objects.filter(project=project, name=name).delete()
    if changed:
        Event.objects.record("described", project, actor=by, project=project, parts=changed)
