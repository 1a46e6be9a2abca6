"""Where annotations of files go: into a round of submitted annotations, or among the predictions of models."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Protocol

from annotations.corpus.annotated.people import ForeignPeople, find_people
from annotations.corpus.annotated.writing import (
    Contributions,
    KnownContributions,
    find_known,
    write_contributions,
)
from annotations.corpus.holding import open_holding
from annotations.corpus.predicted.writing import (
    Proposal,
    find_known_proposals,
    find_predictors,
    write_proposals,
)
from annotations.mapping.definition import AnnotatorMapping, MarkupMapping
from annotations.mapping.found import Found
from annotations.models import AnnotationImport, ArticleImport, ImportedAs, Prediction, Round, User

GOLD = "gold"
"""What the annotator is called whom imported gold is from."""


class Destination(Protocol):
    """What an import of annotations needs of the place where they go."""

    by_name: Mapping[str, int]
    """Whom files call by names, by these names; those who are left out are not there."""

    def find_known(self, articles: Collection[int]) -> KnownContributions:
        """What is there of some articles already."""
        ...

    def write(self, said: Contributions) -> None:
        """Write what was said, in the caller's transaction."""
        ...

    def find_round(self) -> int | None:
        """The number of the round that holds it, once it is published."""
        ...


class RoundDestination:
    """A round of submitted annotations, which nobody sees before the import is published."""

    def __init__(self, held: AnnotationImport, people: ForeignPeople) -> None:
        self.held = held
        self.by_name = people.by_name

    @classmethod
    def open(
        cls,
        under_way: ArticleImport,
        mapping: MarkupMapping,
        *,
        imported_as: ImportedAs,
        name: str,
        by: User | None,
    ) -> "RoundDestination":
        """Make the round and the people whom it needs."""
        held = open_holding(under_way, imported_as=imported_as, name=name, by=by)
        people = find_people(held, mapping.annotators)
        held.model_ids = list(people.models)
        held.save(update_fields=["model_ids"])
        return cls(held, people)

    def find_known(self, articles: Collection[int]) -> KnownContributions:
        return find_known(self.held, articles)

    def write(self, said: Contributions) -> None:
        write_contributions(self.held, said)

    def find_round(self) -> int | None:
        return Round.objects.filter(pk=self.held.round_id).values_list("number", flat=True).first()


class PredictionDestination:
    """The predictions of a project: who marked something in a file is a predictor here, and nobody's annotation comes of it."""

    def __init__(self, under_way: ArticleImport, by_name: Mapping[str, int]) -> None:
        self.under_way = under_way
        self.by_name = by_name
        self.scheme: int = under_way.project.scheme_id

    @classmethod
    def open(
        cls, under_way: ArticleImport, mapping: MarkupMapping, *, by: User | None
    ) -> "PredictionDestination":
        """Find or make the predictors."""
        called = {one.found: one.name or one.found for one in mapping.annotators if not one.is_left_out}
        known = find_predictors(under_way.project, called.values(), by=by)
        return cls(under_way, {found: known[name] for found, name in called.items()})

    def find_known(self, articles: Collection[int]) -> KnownContributions:
        here = Prediction.objects.filter(made_in=self.under_way, article__in=articles)
        return KnownContributions(
            frozenset(find_known_proposals(self.scheme, self.by_name.values(), articles)),
            frozenset(here.order_by().values_list("article_id", "predictor_id")),
        )

    def write(self, said: Contributions) -> None:
        proposals = (
            Proposal(one.person, article, len(one.translation.markup.spans), one.canonical, one.sha256)
            for article, contributions in said.items()
            for one in contributions
        )
        write_proposals(self.scheme, proposals, made_in=self.under_way)

    def find_round(self) -> int | None:
        return None


def choose_annotators(mapping: MarkupMapping, found: Found, imported_as: ImportedAs) -> MarkupMapping:
    """Gold is from nobody; whose predictions the mapping does not name keeps its name."""
    if imported_as == ImportedAs.GOLD:
        return replace(mapping, annotators=(AnnotatorMapping(found=GOLD, name="Imported gold"),))
    if imported_as == ImportedAs.PREDICTIONS:
        named = {one.found for one in mapping.annotators}
        more = tuple(
            AnnotatorMapping(found=name, name=name) for name in found.annotators if name not in named
        )
        return replace(mapping, annotators=(*mapping.annotators, *more))
    return mapping


def open_destination(
    under_way: ArticleImport, mapping: MarkupMapping, *, imported_as: ImportedAs, name: str, by: User | None
) -> Destination:
    """Make ready where the annotations of an import go; `name` is what the round is called, where there is one."""
    if imported_as == ImportedAs.PREDICTIONS:
        return PredictionDestination.open(under_way, mapping, by=by)
    return RoundDestination.open(under_way, mapping, imported_as=imported_as, name=name, by=by)
