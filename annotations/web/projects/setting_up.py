"""The steps by which a new project comes to its first round: which are done, and which comes next."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from annotations.plurals import count_things
from annotations.progress.situation import Situation


@dataclass(frozen=True, slots=True)
class SetupStep:
    """One step: what there is of it, whether it is done, whether it is the first that is not, and the page on which it is done."""

    title: str
    words: str
    page: str
    is_done: bool
    is_next: bool = False

    @property
    def view(self) -> str:
        """The name of the page in the addresses."""
        return f"web:{self.page}"


def list_setup_steps(now: Situation, *, scheme: str, has_draft: bool) -> list[SetupStep]:
    """Scheme, articles, people and the first round, with what there is of each; nothing once a round is planned."""
    if now.rounds:
        return []
    return _mark_next(
        [
            SetupStep("Scheme", _say_scheme(scheme, has_draft=has_draft), "edit-scheme", not has_draft),
            SetupStep("Articles", _say_articles(now), "add-articles", now.articles > now.excluded),
            SetupStep("People", _say_people(now), "people", now.annotators > 0),
            SetupStep("First round", "give articles to annotators; then they can begin", "plan-round", False),
        ]
    )


def _mark_next(steps: Iterable[SetupStep]) -> list[SetupStep]:
    marked: list[SetupStep] = []
    for step in steps:
        is_next = not step.is_done and not any(one.is_next for one in marked)
        marked.append(replace(step, is_next=is_next))
    return marked


def _say_scheme(scheme: str, *, has_draft: bool) -> str:
    if has_draft:
        return f"a draft waits to be adopted; until then rounds are planned with {scheme}"
    return f"{scheme}; read its guidelines, or change it"


def _say_articles(now: Situation) -> str:
    if now.imports:
        return f"{count_things(now.imports, 'import waits', 'imports wait')} to be looked at and published"
    if not now.articles:
        return "upload files, or paste a text"
    excluded = f", {now.excluded:,} of them excluded" if now.excluded else ""
    return f"{count_things(now.articles, 'article is here', 'articles are here')}{excluded}"


def _say_people(now: Situation) -> str:
    if not now.annotators:
        return "invite annotators: from two on there is agreement to measure"
    lacks = [] if now.annotators > 1 else ["a second one would give agreement to measure"]
    lacks += [] if now.adjudicators else ["an adjudicator is still missing"]
    here = [count_things(now.annotators, "annotator")]
    here += [count_things(now.adjudicators, "adjudicator")] if now.adjudicators else []
    return "; ".join([" and ".join(here), *lacks])
