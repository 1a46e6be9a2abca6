"""Who the annotators of files are in a project: members, or somebody new without a password."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction

from annotations.mapping.definition import AnnotatorMapping
from annotations.models import AnnotationImport, ForeignAnnotator, Project, User
from annotations.models.accounts import NOWHERE

MAX_FOUND_LENGTH = 200


class UnknownMemberError(ValueError):
    """A mapping names somebody who is not in the project."""


@dataclass(frozen=True, slots=True)
class ForeignPeople:
    """The people whom files call by names, by these names; those who are left out are not there."""

    by_name: Mapping[str, int]
    models: tuple[int, ...] = ()


def check_members(project: Project, annotators: Iterable[AnnotatorMapping]) -> Mapping[str, User]:
    """The members that annotators become, by address; one who is not in the project is refused."""
    wanted = {one.becomes.lower(): one for one in annotators if one.becomes}
    members = {
        user.email: user
        for user in User.objects.filter(memberships__project=project, email__in=wanted).distinct()
    }
    for address, one in wanted.items():
        if address not in members:
            raise UnknownMemberError(
                f"the annotator {one.found!r} is to become {address}, who is not in {project}: invite them first, or "
                "give somebody new a `name`"
            )
    return members


@transaction.atomic
def find_people(held: AnnotationImport, annotators: Iterable[AnnotatorMapping]) -> ForeignPeople:
    """The people that the annotators of an import are; accounts are made for those who are new, and nobody can sign in with them."""
    project = held.article_import.project
    chosen = [one for one in annotators if not one.is_left_out]
    members = check_members(project, chosen)
    known = {
        one.name: one.user_id
        for one in ForeignAnnotator.objects.filter(
            project=project, name__in=[cut_name(one.found) for one in chosen]
        )
    }
    by_name: dict[str, int] = {}
    for one in chosen:
        kept = cut_name(one.found)
        if one.becomes:
            by_name[one.found] = members[one.becomes.lower()].pk
            if kept not in known:
                ForeignAnnotator.objects.create(project=project, name=kept, user_id=by_name[one.found])
        elif kept in known:
            by_name[one.found] = known[kept]
        else:
            user = User.objects.create_user(f"{secrets.token_hex(8)}@{NOWHERE}", None, name=one.name)
            ForeignAnnotator.objects.create(project=project, name=kept, user=user, made_in=held)
            by_name[one.found] = user.pk
    return ForeignPeople(by_name, tuple(by_name[one.found] for one in chosen if one.is_model))


def cut_name(found: str) -> str:
    """Cut the name of an annotator of a file to the length that is kept."""
    return found[:MAX_FOUND_LENGTH]
