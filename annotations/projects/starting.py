"""Storing a scheme, starting a project with one, and going on with a later version of it."""

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from annotations.markup import DEFAULT_MERGE_RULE
from annotations.models import Event, Membership, Project, Role, Scheme, User
from annotations.projects.studios import choose_studio
from annotations.schemes.definition import load_scheme
from annotations.schemes.lookalikes import load_new_scheme

SLUG_ATTEMPTS = 50
RESERVED_SLUGS = frozenset({"new"})


class SchemeNotLaterError(Exception):
    """A project can go on with a later version of its scheme, not with another scheme or an earlier version."""


@transaction.atomic
def store_scheme(source_toml: str, *, by: User | None) -> Scheme:
    """Keep a definition; the same text again is the same scheme."""
    definition = load_scheme(source_toml)
    stored = Scheme.objects.filter(sha256=definition.sha256).first()
    if stored:
        return stored
    load_new_scheme(source_toml)
    stored, is_new = Scheme.objects.get_or_create(
        sha256=definition.sha256,
        defaults={
            "name": definition.name,
            "version": str(definition.version),
            "title": definition.title,
            "source": source_toml,
            "created_by": by,
        },
    )
    if is_new:
        Event.objects.record("stored", stored, actor=by, sha256=stored.sha256)
    return stored


@transaction.atomic
def adopt_scheme(project: Project, source_toml: str, *, by: User | None) -> Scheme:
    """Go on with a later version of the project's scheme; rounds that are planned already keep theirs."""
    locked = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    before, adopted = locked.scheme, store_scheme(source_toml, by=by)
    if adopted == before:
        return adopted
    if adopted.name != before.name or adopted.definition.version <= before.definition.version:
        raise SchemeNotLaterError(
            f"{adopted} is no later version of {before}: keep its name and raise its version, or start a new project",
        )
    locked.scheme = adopted
    locked.save(update_fields=["scheme"])
    project.scheme = adopted
    Event.objects.record("adopted", adopted, actor=by, project=project, instead_of=str(before))
    return adopted


@transaction.atomic
def create_project(
    *, name: str, scheme: Scheme, by: User | None, description: str = "", merge_rule: str = DEFAULT_MERGE_RULE
) -> Project:
    """Start a project; whoever starts it manages it."""
    project = _create_with_free_slug(
        name=name, scheme=scheme, by=by, description=description, merge_rule=merge_rule
    )
    if by:
        Membership.objects.create(project=project, user=by, role=Role.MANAGER)
    Event.objects.record(
        "created", project, actor=by, project=project, name=name, scheme=str(scheme), merge_rule=merge_rule
    )
    return project


def may_start_projects(user: User) -> bool:
    """Whether somebody may start a project: staff may, and whoever manages one already."""
    return user.is_staff or user.memberships.filter(role=Role.MANAGER).exists()


def _create_with_free_slug(
    *, name: str, scheme: Scheme, by: User | None, description: str, merge_rule: str
) -> Project:
    stem = slugify(name)[:40].strip("-") or "project"
    taken = {*RESERVED_SLUGS, *Project.objects.filter(slug__startswith=stem).values_list("slug", flat=True)}
    slugs = (stem if number == 1 else f"{stem}-{number}" for number in range(1, SLUG_ATTEMPTS + len(taken)))
    for slug in slugs:
        if slug in taken:
            continue
        try:
            with transaction.atomic():
                return Project.objects.create(
                    name=name,
                    slug=slug,
                    scheme=scheme,
                    description=description,
                    merge_rule=merge_rule,
                    studio=choose_studio(),
                    created_by=by,
                )
        except IntegrityError:
            if not Project.objects.filter(slug=slug).exists():
                raise
    raise IntegrityError(f"no slug is free for the project {name!r}; give it another name")
