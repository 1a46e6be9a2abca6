"""Named sets of articles: what somebody asks of articles again and again."""

from collections.abc import Collection
from dataclasses import replace

from django.db import transaction

from annotations.assignment.errors import AssignmentError
from annotations.assignment.filtering import read_set
from annotations.corpus.choice import ArticleChoice
from annotations.limits import MAX_CHOSEN_ARTICLES, MAX_SET_NAME_LENGTH, MAX_SETS
from annotations.models import ArticleSet, Event, Project, User
from annotations.projects.archived import check_live


class ArticleSetError(AssignmentError):
    """A set of articles cannot be kept as it was said."""


@transaction.atomic
def save_set(project: Project, name: str, choice: ArticleChoice, *, by: User | None) -> ArticleSet:
    """Keep what is asked of articles under a name; a set that has the name asks this from now on."""
    check_live(project)
    name = " ".join(name.split())
    if not name:
        raise ArticleSetError("Give the set a name.")
    if len(name) > MAX_SET_NAME_LENGTH:
        raise ArticleSetError(
            f"The name has {len(name)} characters, more than {MAX_SET_NAME_LENGTH}: shorten it."
        )
    if choice.is_all:
        raise ArticleSetError("This asks nothing of the articles: choose some before you name them.")
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    sets = ArticleSet.objects.filter(project=project)
    if not sets.filter(name=name).exists() and sets.count() >= MAX_SETS:
        raise ArticleSetError(f"The project has {MAX_SETS} sets of articles already: delete one first.")
    saved, _ = ArticleSet.objects.update_or_create(
        project=project, name=name, defaults={"choice": choice.to_json(), "created_by": by}
    )
    Event.objects.record(
        "named articles", saved, actor=by, project=project, name=name, articles=choice.describe()
    )
    return saved


@transaction.atomic
def add_to_set(project: Project, name: str, articles: Collection[int], *, by: User | None) -> ArticleSet:
    """Keep articles that were chosen one by one under a name, beside those that a set of this name holds already."""
    name = " ".join(name.split())
    found = ArticleSet.objects.select_for_update(no_key=True).filter(project=project, name=name).first()
    held = read_set(found) if found else ArticleChoice()
    if replace(held, articles=()) != ArticleChoice():
        raise ArticleSetError(
            f"“{name}” is a set of whatever fits a filter, so no article can be added to it: choose another name."
        )
    together = sorted({*held.articles, *articles})
    if len(together) > MAX_CHOSEN_ARTICLES:
        raise ArticleSetError(
            f"The set would have {len(together):,} articles that were chosen one by one, more than {MAX_CHOSEN_ARTICLES}: begin another set."
        )
    return save_set(project, name, ArticleChoice(articles=tuple(together)), by=by)


@transaction.atomic
def delete_set(article_set: ArticleSet, *, by: User | None) -> None:
    """Forget a name; articles and rounds stay as they are."""
    check_live(article_set.project)
    Event.objects.record("deleted", article_set, actor=by, project=article_set.project, name=article_set.name)
    article_set.delete()


def find_choice(project: Project, set_id: int) -> ArticleChoice:
    """What a set of a project asks of articles."""
    found = ArticleSet.objects.filter(project=project, pk=set_id).first()
    if found is None:
        raise ArticleSetError(f"There is no set of articles {set_id} in {project}.")
    return read_set(found)
