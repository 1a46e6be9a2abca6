"""A closed round is carried over to a later version: annotations, decisions and gold speak its names, and the round before stays as it is."""

import random
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotations.adjudication.ledger import read_case
from annotations.adjudication.services import decide_unit, finish_task
from annotations.adjudication.settled import finish_by_rule
from annotations.adjudication.units import Action, SpanUnit
from annotations.assignment.closing import close_round
from annotations.blindness import is_hidden
from annotations.carried import writing
from annotations.carried.saying import Sayer, weigh
from annotations.carried.services import (
    NotCarriedError,
    begin_carrying,
    explain_refusal,
    find_tasks,
    run_forget_carried,
    take_back,
)
from annotations.carried.writing import run_carry_round
from annotations.collection.errors import ShareClosedError
from annotations.gold.releases import read_release, rebuild_release
from annotations.gold.services import freeze_release
from annotations.mapping.definition import InvalidMappingError
from annotations.models import (
    Annotation,
    AnnotationOrigin,
    Assignment,
    CarriedRound,
    Decision,
    Gold,
    Job,
    Project,
    Role,
    Round,
    Task,
    TaskStatus,
)
from annotations.projects.starting import adopt_scheme, store_scheme
from annotations.reliability.selection import choose_selection
from annotations.spans import Span
from tests.factories import make_article, make_assignment, make_member, make_project, make_round, make_task
from tests.factories.adjudication import TEXT, mark, submit

pytestmark = pytest.mark.django_db
FIRST = """
name = "small"
version = 1
title = "Small"
labels = [
    { name = "Claim", key = "1", color = "#0072B2", attributes = [{ name = "type", title = "Type", values = [{ name = "fact", title = "fact" }, { name = "policy", title = "policy" }], keys = "qw" }] },
    { name = "Opinion", key = "2", color = "#D55E00" },
]
fields = [{ name = "genre", title = "Genre", kind = "choice", values = [{ name = "news", title = "news" }] }]
"""
SECOND = """
name = "small"
version = 2
title = "Small"
labels = [
    { name = "Assertion", key = "1", color = "#0072B2", attributes = [{ name = "type", title = "Type", values = [{ name = "fact", title = "fact" }], keys = "q" }] },
    { name = "Demand", key = "2", color = "#D55E00" },
]
fields = [{ name = "genre", title = "Genre", kind = "choice", values = [{ name = "news", title = "news" }] }]
"""
MAPPING = """
[[labels]]
found = "Claim"
becomes = "Assertion"
    [[labels.splits]]
    when = { type = "policy" }
    becomes = "Demand"
    [[labels.attributes]]
    found = "type"
    becomes = "type"
    values = { policy = "" }
[[labels]]
found = "Opinion"
becomes = "Assertion"
[[fields]]
found = "genre"
becomes = "genre"
"""
KYIV, NOVAK, CRITICS = (0, 25), (27, 35), (42, 61)


def claim(place: tuple[int, int], kind: str = "fact", key: str = "") -> Span:
    return Span(*place, "Claim", (("type", kind),), key or f"claim-{place[0]}")


class Story:
    """A project with three articles by two people: one they agree on, one that was decided, one that is open still."""

    def __init__(self) -> None:
        self.project = make_project("Small", scheme=store_scheme(FIRST, by=None), review_share=0)
        self.people = [make_member(self.project, Role.ANNOTATOR) for _ in range(2)]
        self.judge = make_member(self.project, Role.ADJUDICATOR)
        self.source = make_round(self.project, overlap=2, annotators=tuple(self.people))
        self.agreed = self._annotate(
            [claim(KYIV), claim(CRITICS, "policy")], [claim(KYIV), claim(CRITICS, "policy")]
        )
        self.decided = self._annotate(
            [claim(KYIV), claim(NOVAK)], [claim(KYIV), Span(*CRITICS, "Opinion", key="opinion")]
        )
        self.open = self._annotate([claim(KYIV)], [Span(*KYIV, "Opinion", key="opinion")])
        finish_by_rule([self.agreed])
        for unit in read_case(self.decided).outcome.open:
            assert isinstance(unit, SpanUnit)
            if unit.start == NOVAK[0]:
                decide_unit(self.decided, unit=unit.key, action=Action.REJECT, by=self.judge)
            else:
                chosen = {"candidate": unit.candidates[0].key}
                decide_unit(self.decided, unit=unit.key, action=Action.CHOOSE, payload=chosen, by=self.judge)
        added = {"start": NOVAK[0], "end": NOVAK[1], "label": "Opinion"}
        decide_unit(self.decided, unit="", action=Action.ADD, payload=added, by=self.judge)
        finish_task(self.decided, by=self.judge)
        close_round(self.source, by=None)
        self.source.refresh_from_db()
        adopt_scheme(self.project, SECOND, by=None)
        self.project.refresh_from_db()
        self.source = Round.objects.select_related("project__scheme", "scheme").get(pk=self.source.pk)

    def _annotate(self, *spans: list[Span]) -> Task:
        task = make_task(self.source, make_article(self.project, f"{TEXT} {self.source.tasks.count()}"))
        for person, marked in zip(self.people, spans, strict=True):
            submit(make_assignment(task, person), mark(*marked))
        task.refresh_from_db()
        return task

    def carry(self, mapping: str = MAPPING) -> CarriedRound:
        carried = begin_carrying(self.source, mapping=mapping, by=None)
        run(carried)
        carried.refresh_from_db()
        return carried

    def gold_of(self, article: int, round_: Round) -> dict[str, Any]:
        return dict(Gold.objects.get(task__article=article, task__round=round_).markup)


def run(carried: CarriedRound, *, dies_at: int | None = None) -> None:
    """Do the job as a worker would; where it dies, what its last transaction wrote is gone and the cursor is the one before."""
    job = Job.objects.get(kind="carry_round", arguments={"carried": carried.pk})
    calls = 0

    def checkpoint(**changes: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == dies_at:
            raise KeyboardInterrupt
        for name in ("cursor", "done"):
            if name in changes:
                setattr(job, name, changes[name])
        job.save(update_fields=["cursor", "done"])

    run_carry_round(job, checkpoint)  # type: ignore[arg-type]


@pytest.fixture
def story() -> Story:
    return Story()


def describe(gold: dict[str, Any]) -> set[tuple[int, int, str, tuple[tuple[str, str], ...]]]:
    return {
        (span["start"], span["end"], span["label"], tuple(sorted(span["attributes"].items())))
        for span in gold["spans"]
    }


def test_annotations_decisions_and_gold_speak_the_names_of_the_later_version(story: Story) -> None:
    before = dict(Gold.objects.values_list("task__article", "markup"))
    carried = story.carry()
    round_ = carried.round
    assert round_ is not None
    assert (round_.project, round_.number, round_.scheme) == (story.project, 2, story.project.scheme)
    new = Annotation.objects.filter(assignment__task__round=round_)
    assert {one.origin for one in new} == {AnnotationOrigin.CARRIED}
    assert set(new.values_list("spans__label", flat=True)) == {"Assertion", "Demand"}
    decided = story.gold_of(story.decided.article_id, round_)
    assert describe(decided) == {
        (*KYIV, "Assertion", (("type", "fact"),)),
        (*NOVAK, "Assertion", ()),
        (*CRITICS, "Assertion", ()),
    }
    assert Decision.objects.filter(task__round=round_, note__contains="Carried over from small-v1").exists()
    finish_by_rule(Task.objects.filter(round=round_))
    agreed = story.gold_of(story.agreed.article_id, round_)
    assert describe(agreed) == {(*KYIV, "Assertion", (("type", "fact"),)), (*CRITICS, "Demand", ())}
    # What two labels divided is one label now, so the merge rule settles all but the answer.
    opened = Task.objects.get(article=story.open.article_id, round=round_)
    assert [unit.kind for unit in read_case(opened).outcome.open] in ([], ["attribute"])
    # The round before is untouched, but for what nobody has to decide there any more.
    assert (
        dict(Gold.objects.filter(task__round=story.source).values_list("task__article", "markup")) == before
    )
    story.open.refresh_from_db()
    assert story.open.status == TaskStatus.CANCELLED


def test_releases_and_agreement_take_what_was_carried_over_and_the_release_before_is_still_proved(
    story: Story,
) -> None:
    first = freeze_release(story.project, title="Before", by=None, exception="A pilot.")
    carried = story.carry()
    assert carried.round is not None
    finish_by_rule(Task.objects.filter(round=carried.round))
    second = freeze_release(story.project, title="After", by=None, exception="A pilot.")
    labels = {span.label for record in read_release(second) for span in record.markup.spans}
    assert labels == {"Assertion", "Demand"}
    assert rebuild_release(first)
    assert rebuild_release(second)
    assert choose_selection(story.project).rounds == (2,)
    assert choose_selection(story.project, schemes=["small-v1"]).rounds == (1,)


@pytest.mark.parametrize("seed", range(3))
def test_a_job_that_is_killed_anywhere_comes_to_the_same(
    seed: int, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "CHUNK", 1)
    carried = begin_carrying(story.source, mapping=MAPPING, by=None)
    draw = random.Random(seed)  # noqa: S311 - it guards nothing
    for _ in range(4):
        try:
            run(carried, dies_at=draw.randint(1, 3))
        except KeyboardInterrupt:
            continue
    run(carried)
    carried.refresh_from_db()
    round_ = carried.round
    assert carried.published_at is not None
    assert round_ is not None
    assert Task.objects.filter(round=round_).count() == 3
    assert Annotation.objects.filter(assignment__task__round=round_).count() == 6
    assert carried.counts["annotations"] == 6
    assert describe(story.gold_of(story.decided.article_id, round_)) >= {(*NOVAK, "Assertion", ())}


def test_it_is_taken_back_while_nobody_went_on_with_it_and_leaves_nothing(story: Story) -> None:
    carried = story.carry()
    assert carried.round is not None
    number = carried.round.pk
    take_back(carried, by=None)
    story.open.refresh_from_db()
    assert story.open.status == TaskStatus.ANNOTATED
    assert choose_selection(story.project).rounds is None
    run_forget_carried(Job(arguments={"carried": carried.pk}), lambda **_: None)  # type: ignore[arg-type]
    assert not Round.objects.filter(pk=number).exists()
    assert Project.objects.count() == 1
    assert explain_refusal(story.source) == ""
    assert story.carry().published_at is not None


def test_what_an_adjudicator_decided_since_keeps_it_from_being_taken_back(story: Story) -> None:
    carried = story.carry()
    task = Task.objects.get(round=carried.round, article=story.open.article_id)
    added = {"start": NOVAK[0], "end": NOVAK[1], "label": "Demand"}
    decide_unit(task, unit="", action=Action.ADD, payload=added, by=story.judge)
    with pytest.raises(NotCarriedError, match="An adjudicator has decided"):
        take_back(carried, by=None)


def test_a_label_that_is_to_be_reviewed_leaves_its_articles_to_an_adjudicator(story: Story) -> None:
    carried = story.carry(MAPPING.replace('found = "Opinion"', 'found = "Opinion"\nreview = true'))
    task = Task.objects.get(round=carried.round, article=story.decided.article_id)
    assert task.status == TaskStatus.ANNOTATED
    assert not read_case(task).outcome.open
    assert finish_by_rule([task]) == []
    assert carried.counts["to adjudicators"] >= 1


def test_a_source_that_changes_meanwhile_is_not_stood_in_for(story: Story) -> None:
    carried = begin_carrying(story.source, mapping=MAPPING, by=None)
    added = {"start": NOVAK[0], "end": NOVAK[1], "label": "Opinion"}
    decide_unit(story.open, unit="", action=Action.ADD, payload=added, by=story.judge)
    run(carried)
    carried.refresh_from_db()
    assert carried.taken_back_at is not None
    assert explain_refusal(story.source) == ""


def test_what_cannot_be_carried_over_is_said_with_what_to_do(story: Story) -> None:
    with pytest.raises(InvalidMappingError, match="the label 'Opinion'"):
        begin_carrying(story.source, mapping='[[labels]]\nfound = "Claim"\nbecomes = "Assertion"', by=None)
    story.carry()
    with pytest.raises(NotCarriedError, match="carried over already"):
        begin_carrying(story.source, mapping=MAPPING, by=None)
    assert "close it first" in explain_refusal(
        Round.objects.get(pk=make_round(story.project, overlap=1, scheme=story.source.scheme).pk)
    )


def test_what_would_become_of_a_round_is_counted_with_examples(story: Story) -> None:
    sayer = Sayer(MAPPING, before=story.source.scheme.definition, after=story.project.scheme.definition)
    effects = weigh(sayer, find_tasks(story.source).select_related("article"))
    assert effects["Claim becomes Assertion"].count == 6
    assert effects["Claim becomes Demand"].count == 2
    assert effects["Opinion becomes Assertion"].examples


def test_who_saw_what_others_made_while_a_round_was_carried_over_changes_nothing_after_it_is_taken_back(
    story: Story,
) -> None:
    ada = story.people[0]
    assert is_hidden(story.open.article_id, ada)
    carried = story.carry()
    assert not is_hidden(story.open.article_id, ada)
    take_back(carried, by=None)
    story.open.refresh_from_db()
    assert story.open.status == TaskStatus.ANNOTATED
    share = Assignment.objects.get(task=story.open, annotator=ada)
    with pytest.raises(ShareClosedError, match="carried over"):
        submit(share, mark(claim(KYIV, "policy")))


def test_a_manager_sees_what_would_become_of_a_round_carries_it_over_and_takes_it_back(story: Story) -> None:
    client = Client()
    client.force_login(make_member(story.project, Role.MANAGER))
    address = reverse("web:carry-round", args=[story.project.slug, story.source.number])
    first = client.get(address).content.decode()
    assert "the label &#x27;Claim&#x27;" in first
    assert "Carry the round over</button>" not in first
    looked = client.post(address, {"op": "look", "mapping": MAPPING}).content.decode()
    assert "Claim becomes Demand" in looked
    assert "Of all 3 articles" in looked
    client.post(address, {"op": "begin", "mapping": MAPPING})
    carried = CarriedRound.objects.get()
    assert "Under way" in client.get(address).content.decode()
    run(carried)
    assert "Round 2</a> has it by small-v2 since" in client.get(address).content.decode()
    guidelines = client.get(reverse("web:guidelines", args=[story.project.slug])).content.decode()
    assert "Rounds by this version: Round 2" in guidelines
    assert "Label “Demand” is new." in guidelines
    assert "stands again" in client.post(address, {"op": "take-back"}, follow=True).content.decode()
