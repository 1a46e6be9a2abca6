"""The adjudicators' pages: who may enter, what they show, and that every decision works without a script."""

import re
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from annotations.adjudication.ledger import read_case
from annotations.adjudication.settled import finish_by_rule
from annotations.adjudication.units import SpanUnit
from annotations.markup import Markup, Relation
from annotations.models import Decision, Gold, Membership, Project, Role, RoundKind, Task, TaskStatus, User
from annotations.projects.starting import store_scheme
from annotations.spans import Span
from tests.factories import make_assignment, make_member, make_project, make_round, make_task, make_user
from tests.factories.adjudication import TEXT, claim, make_annotated_task, mark, submit

pytestmark = pytest.mark.django_db
DIFFERING = (mark(claim()), mark(claim(0, 24)), mark())

TWELVE_STEPS = """
name = "twelve-steps"
version = 1
title = "Twelve steps"
[[labels]]
name = "Claim"
key = "1"
color = "#0072B2"
[[fields]]
name = "quality"
title = "Quality"
kind = "choice"
values = [
  { name = "s1" }, { name = "s2" }, { name = "s3" }, { name = "s4" }, { name = "s5" }, { name = "s6" },
  { name = "s7" }, { name = "s8" }, { name = "s9" }, { name = "s10" }, { name = "s11" }, { name = "s12" },
]
"""


class ArticleText(HTMLParser):
    """Collects the text of the element with the id "article", as a browser would build it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.depth = 0
        self.text = ""

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.depth or ("id", "article") in attrs:
            self.depth += 1

    def handle_endtag(self, _tag: str) -> None:
        self.depth -= bool(self.depth)

    def handle_data(self, data: str) -> None:
        if self.depth:
            self.text += data


def sign_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def adjudicator_of(project: Project) -> Client:
    return sign_in(make_member(project, Role.ADJUDICATOR))


def page_of(task: Task, name: str = "adjudicate") -> str:
    return reverse(f"web:{name}", args=[task.round.project.slug, task.pk])


def decide(client: Client, task: Task, decision: str, **fields: str) -> tuple[int, str]:
    """Post as the page's script does; the status and the new part of the page."""
    response = client.post(
        page_of(task, "adjudicate-decide"), {"decision": decision, **fields}, headers={"X-Part": "case"}
    )
    return response.status_code, response.content.decode()


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ANNOTATOR, Role.CONSUMER, None])
@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("adjudicate", "get"),
        ("adjudicate-decide", "post"),
        ("adjudicate-undo", "post"),
        ("adjudicate-finish", "post"),
        ("adjudicate-reopen", "post"),
        ("adjudicate-review", "post"),
    ],
)
def test_only_adjudicators_of_the_project_may_enter(role: Role | None, name: str, method: str) -> None:
    task = make_annotated_task(*DIFFERING)
    person = make_member(task.round.project, role) if role else make_user()
    Membership.objects.create(project=make_project(), user=person, role=Role.ADJUDICATOR)
    is_managers_reading = role is Role.MANAGER and method == "get"
    answer = getattr(sign_in(person), method)(page_of(task, name))
    assert answer.status_code == (302 if is_managers_reading else 404)
    queue = reverse("web:adjudication", args=[task.round.project.slug])
    assert sign_in(person).get(queue).status_code == (200 if role is Role.MANAGER else 404)


def test_a_task_of_another_project_is_not_there() -> None:
    task, elsewhere = make_annotated_task(*DIFFERING), make_project()
    address = reverse("web:adjudicate", args=[elsewhere.slug, task.pk])
    assert adjudicator_of(elsewhere).get(address).status_code == 404


def test_a_task_that_is_still_being_annotated_is_not_there() -> None:
    task = make_task(make_round(make_project()))
    assert adjudicator_of(task.round.project).get(page_of(task)).status_code == 404


def test_a_unit_that_the_task_does_not_have_is_refused_in_a_sentence() -> None:
    task = make_annotated_task(*DIFFERING)
    client = adjudicator_of(task.round.project)
    [known, *_] = read_case(task).outcome.open
    assert client.get(page_of(task), {"unit": known.key}).status_code == 200
    refused = client.get(page_of(task), {"unit": "no such"})
    assert refused.status_code == 400
    assert "This article has no such unit" in refused.content.decode()


def test_the_article_is_shown_character_for_character() -> None:
    text = "A 😀 <b>title</b>\r\n\r\nlone\rreturn\ttab  two spaces\n\u00a0nbsp 🇺🇦 e\u0301 & end\n"
    spans = [
        mark(Span(2, 40, "Claim", claim().attributes, "a")),
        mark(Span(2, 30, "Claim", claim().attributes, "a")),
    ]
    task = make_annotated_task(*spans, text=text)
    content = adjudicator_of(task.round.project).get(page_of(task)).content.decode()
    parser = ArticleText()
    parser.feed(content)
    assert parser.text == text


def test_nobody_learns_from_the_page_who_annotated() -> None:
    task = make_annotated_task(*DIFFERING)
    content = adjudicator_of(task.round.project).get(page_of(task)).content.decode()
    assert "Annotators A, B, C." in content
    for assignment in task.assignments.select_related("annotator"):
        assert assignment.annotator.name not in content
        assert assignment.annotator.email not in content


def test_a_decision_is_one_post_and_the_next_open_unit_comes_up() -> None:
    task = make_annotated_task(
        mark(claim(), claim(84, 100)), mark(claim()), mark(claim(0, 24), claim(84, 99))
    )
    client = adjudicator_of(task.round.project)
    first, second = read_case(task).outcome.open
    status, content = decide(client, task, "choose|0-25-Claim", unit=first.key, expected="0")
    assert status == 200
    assert Decision.objects.get().unit == first.key
    assert re.search(rf'data-unit="{second.key}"[^>]*aria-current="true"', content, re.DOTALL)
    assert 'data-number="1"' in content
    assert "<html" not in content


def test_a_decision_works_without_a_script() -> None:
    task = make_annotated_task(*DIFFERING)
    client = adjudicator_of(task.round.project)
    unit = read_case(task).outcome.open[0].key
    response = client.post(
        page_of(task, "adjudicate-decide"), {"decision": "reject|", "unit": unit, "expected": "0"}
    )
    assert response.status_code == 302
    target = urlsplit(response["Location"])
    assert parse_qs(target.query)["unit"] == [unit]
    assert "Rejected: this should not exist." in client.get(response["Location"]).content.decode()


def test_a_boundary_is_edited_and_a_span_added_by_plain_fields() -> None:
    task = make_annotated_task(*DIFFERING)
    client = adjudicator_of(task.round.project)
    unit = read_case(task).outcome.open[0].key
    status, _ = decide(client, task, "edit|Claim", unit=unit, start="5", end="14", expected="0")
    assert status == 200
    status, content = decide(client, task, "add|Source", unit="", start="27", end="35", expected="1")
    assert status == 200
    assert "Added: nobody had marked it." in content
    marked = [(span.start, span.end, span.label) for span in read_case(task).outcome.markup.spans]
    assert marked == [(5, 14, "Claim"), (27, 35, "Source")]


def test_a_link_is_added_between_two_spans() -> None:
    task = make_annotated_task(*(mark(claim(), claim(84, 100)) for _ in range(2)))
    client = adjudicator_of(task.round.project)
    first, second = (unit.key for unit in read_case(task).outcome.units if isinstance(unit, SpanUnit))
    status, _ = decide(
        client, task, "add|", relation="supports", source=second, target=first, expected="0", unit=""
    )
    assert status == 200
    assert [relation.kind for relation in read_case(task).outcome.markup.relations] == ["supports"]


def test_a_link_is_shown_where_its_later_end_is() -> None:
    """Links stand in reading order by their later end, so that is the place which the page brings into sight."""
    task = make_annotated_task(
        *(
            Markup((claim(), claim(84, 100)), (Relation("claim-84", "claim-0", kind),), (("genre", "news"),))
            for kind in ("supports", "attacks")
        )
    )
    page = adjudicator_of(task.round.project).get(page_of(task)).content.decode()
    assert re.findall(r'data-places="(\d+-\d+ \d+-\d+)"', page) == ["84-100 0-25"]


def test_the_first_nine_choices_have_a_digit_and_the_others_none() -> None:
    scheme = store_scheme(TWELVE_STEPS, by=None)
    answers = (Markup(fields=(("quality", "s3"),)), Markup(fields=(("quality", "s12"),)))
    task = make_annotated_task(*answers, project=make_project(scheme=scheme))
    page = adjudicator_of(task.round.project).get(page_of(task)).content.decode()
    buttons = re.findall(r'<button class="choice-button[^>]*value="value\|(\w+)"([^>]*)>', page)
    digits = [re.findall(r'data-digit="(\w*)"', rest) for _, rest in buttons]
    assert len({value for value, _ in buttons}) == len(buttons) >= 12
    assert digits[:9] == [[digit] for digit in "123456789"]
    assert digits[9:] == [[]] * (len(buttons) - 9)


def test_own_words_are_taken_for_an_open_attribute() -> None:
    stance = {"polarity": "favor", "strength": "strong", "holder": "author"}
    marked = [
        mark(Span(42, 56, "Stance", tuple(sorted({**stance, "target": target}.items())), "s"))
        for target in ("the plan", "guarantees")
    ]
    task = make_annotated_task(*marked)
    client = adjudicator_of(task.round.project)
    unit = read_case(task).outcome.open[0].key
    status, _ = decide(client, task, "words|", unit=unit, words="a plan | of theirs", expected="0")
    assert status == 200
    assert dict(read_case(task).outcome.markup.spans[0].attributes)["target"] == "a plan | of theirs"


def test_the_later_of_two_adjudicators_is_told_and_sees_what_changed() -> None:
    task = make_annotated_task(*DIFFERING)
    ada, bob = adjudicator_of(task.round.project), adjudicator_of(task.round.project)
    unit = read_case(task).outcome.open[0].key
    decide(ada, task, "reject|", unit=unit, expected="0")
    status, content = decide(bob, task, "choose|0-25-Claim", unit=unit, expected="0")
    assert status == 409
    assert "your decision was not saved" in content
    assert "Rejected: this should not exist." in content
    assert Decision.objects.count() == 1


@pytest.mark.parametrize(
    ("decision", "fields"),
    [
        ("choose|1-2-Claim", {}),
        ("edit|Claim", {"start": "9" * 30, "end": "x"}),
        ("edit|Rumour", {"start": "0", "end": "4"}),
        ("add|Claim", {"start": "-1", "end": "²"}),
        ("undo|", {}),
        ("", {}),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused_with_a_message(
    decision: str, fields: dict[str, str]
) -> None:
    task = make_annotated_task(*DIFFERING)
    unit = read_case(task).outcome.open[0].key
    status, content = decide(
        adjudicator_of(task.round.project), task, decision, unit=unit, expected="0", **fields
    )
    assert status == 422
    assert 'class="case-state is-error"' in content
    assert not Decision.objects.exists()


def test_why_a_decision_was_needed_is_listed_by_rule_for_the_manager() -> None:
    task = make_annotated_task(*DIFFERING)
    project = task.round.project
    judge, manager = adjudicator_of(project), sign_in(make_member(project, Role.MANAGER))
    listed = reverse("web:hard-cases", args=[project.slug])
    assert "No adjudicator has said why" in manager.get(listed).content.decode()
    unit = read_case(task).outcome.open[0].key
    decide(judge, task, "choose|0-25-Claim", unit=unit, expected="0", why="gap", for_guidelines="yes")
    page = manager.get(listed).content.decode()
    assert "Claim “Kyiv must have guarantee" in page
    assert "for the guidelines" in page
    assert page_of(task) in page
    assert page_of(task) in judge.get(listed).content.decode()
    judge.post(page_of(task, "adjudicate-undo"), {"expected": "1"})
    assert "Claim “Kyiv must have guarantee" not in manager.get(listed).content.decode()


def test_a_reason_that_does_not_exist_is_refused_and_nothing_is_decided() -> None:
    task = make_annotated_task(*DIFFERING)
    unit = read_case(task).outcome.open[0].key
    client = adjudicator_of(task.round.project)
    status, content = decide(client, task, "reject|", unit=unit, expected="0", why="boredom")
    assert status == 422
    assert "There is no reason &#x27;boredom&#x27;" in content
    assert not Decision.objects.exists()


def test_where_spans_may_begin_and_end_is_told_by_the_rule_of_the_scheme() -> None:
    task = make_annotated_task(*DIFFERING)
    client = adjudicator_of(task.round.project)
    known = client.get(page_of(task, "adjudicate-borders"), {"at": "30"}).json()
    assert known["starts"][:3] == [0, 5, 10]
    assert known["ends"][:3] == [4, 9, 14]
    assert client.get(page_of(task, "adjudicate-borders"), {"at": "x"}).json() == known


def test_ends_that_an_adjudicator_sends_are_moved_to_whole_words() -> None:
    task = make_annotated_task(*DIFFERING)
    client = adjudicator_of(task.round.project)
    unit = read_case(task).outcome.open[0].key
    decide(client, task, "edit|Claim", unit=unit, start="6", end="26", expected="0")
    assert Decision.objects.get().payload == {"start": 5, "end": 26, "label": "Claim"}


def test_the_articles_that_wait_before_and_after_are_a_click_away() -> None:
    project = make_project()
    tasks = [make_annotated_task(*DIFFERING, project=project, text=f"{TEXT} {n}.") for n in range(3)]
    client = adjudicator_of(project)
    page = client.get(page_of(tasks[1])).content.decode()
    nav = page[page.index('class="case-nav"') : page.index("</nav>", page.index('class="case-nav"'))]
    assert re.findall(r'href="([^"]*)" data-key="(.)"', nav) == [
        (page_of(tasks[0]), "["),
        (page_of(tasks[2]), "]"),
    ]


def test_of_several_annotators_an_open_thing_is_one_track() -> None:
    ends = (25, 24, 25, 14, 9)
    task = make_annotated_task(*(mark(claim(0, end)) for end in ends))
    page = adjudicator_of(task.round.project).get(page_of(task)).content.decode()
    article = page[page.index('id="article"') : page.index("</section>", page.index('id="article"'))]
    assert re.findall(r'data-tag="([^"]*)"', article) == ["ABCDE Cl"]
    thickness = re.findall(r"is-open (is-by-\w+)", article)
    assert thickness == ["is-by-all", "is-by-most", "is-by-most", "is-by-few"]
    every = adjudicator_of(task.round.project).get(page_of(task), {"tracks": "all"}).content.decode()
    assert len(re.findall(r'data-tag="', every)) == len(set(ends))


def test_undo_brings_the_unit_back() -> None:
    task = make_annotated_task(*DIFFERING)
    client = adjudicator_of(task.round.project)
    unit = read_case(task).outcome.open[0].key
    decide(client, task, "reject|", unit=unit, expected="0", note="not a claim")
    assert "Note: not a claim" in client.get(page_of(task)).content.decode()
    response = client.post(page_of(task, "adjudicate-undo"), {"expected": "1"}, headers={"X-Part": "case"})
    assert response.status_code == 200
    assert len(read_case(task).outcome.open) == 1
    response = client.post(page_of(task, "adjudicate-undo"), {"expected": "2"}, headers={"X-Part": "case"})
    assert response.status_code == 409
    assert "nothing on this task that could be undone" in response.content.decode()


def test_finishing_leads_to_the_next_task_and_then_to_the_queue() -> None:
    project = make_project()
    first = make_annotated_task(*DIFFERING, project=project)
    second = make_annotated_task(*DIFFERING, project=project, text=f"{TEXT} Again.")
    client = adjudicator_of(project)
    refused = client.post(page_of(first, "adjudicate-finish"), {"expected": "0"}, follow=True)
    assert "1 still to decide" in refused.content.decode()
    for task, following in (
        (first, page_of(second)),
        (second, reverse("web:adjudication", args=[project.slug])),
    ):
        decide(client, task, "choose|0-25-Claim", unit=read_case(task).outcome.open[0].key, expected="0")
        response = client.post(page_of(task, "adjudicate-finish"), {"expected": "1"})
        assert response["Location"] == following
    assert set(Task.objects.values_list("status", flat=True)) == {TaskStatus.ADJUDICATED}
    assert "Nothing waits for you" in client.get(response["Location"]).content.decode()


def make_unlinked_task() -> Task:
    """A task on which all claim the same and nobody links the claim to its source."""
    source = Span(27, 35, "Source", (("kind", "person"),), "source")
    return make_annotated_task(*(mark(claim(holder="named"), source) for _ in range(2)))


def test_what_the_scheme_asks_for_stands_in_the_finish_box_and_leads_to_its_unit() -> None:
    task = make_unlinked_task()
    client = adjudicator_of(task.round.project)
    content = client.get(page_of(task)).content.decode()
    [unit] = [
        unit for unit in read_case(task).outcome.units if isinstance(unit, SpanUnit) and unit.start == 0
    ]
    box = content[
        content.index('class="finish-box') : content.index("</section>", content.index("finish-box"))
    ]
    assert "needs a link" in box
    assert f'data-unit-link="{unit.key}"' in box
    assert 'name="reason"' in box


def test_no_reason_is_asked_for_a_rule_that_the_project_only_warns_of() -> None:
    task = make_unlinked_task()
    Project.objects.filter(pk=task.round.project_id).update(warned_rules=["missing_relation"])
    client = adjudicator_of(task.round.project)
    content = client.get(page_of(task)).content.decode()
    box = content[content.index('class="finish-box') :].partition("</section>")[0]
    assert "the project only warns of it" in box
    assert 'name="reason"' not in box
    client.post(page_of(task, "adjudicate-finish"), {"expected": "0"})
    assert Gold.objects.get().unmet == 1


def test_finishing_all_the_same_needs_a_reason_and_keeps_it() -> None:
    task = make_unlinked_task()
    client = adjudicator_of(task.round.project)
    refused = client.post(page_of(task, "adjudicate-finish"), {"expected": "0", "reason": "  "})
    assert refused.status_code == 409
    assert "give a reason to finish all the same" in refused.content.decode()
    assert not Decision.objects.exists()
    stale = client.post(
        page_of(task, "adjudicate-finish"), {"expected": "7", "reason": "the source is elsewhere"}
    )
    assert 'value="the source is elsewhere"' in stale.content.decode()
    client.post(page_of(task, "adjudicate-finish"), {"expected": "0", "reason": "the source is elsewhere"})
    assert Gold.objects.get().unmet == 1
    assert Decision.objects.get().note == "the source is elsewhere"


def test_a_link_that_the_scheme_forbids_is_refused_with_its_reason_and_never_offered() -> None:
    task = make_unlinked_task()
    client = adjudicator_of(task.round.project)
    first, second = (unit.key for unit in read_case(task).outcome.units if isinstance(unit, SpanUnit))
    status, content = decide(
        client, task, "add|", relation="supports", source=second, target=second, expected="0", unit=""
    )
    assert status == 422
    assert "two different spans" in content
    status, content = decide(
        client, task, "add|", relation="supports", source=second, target=first, expected="0", unit=""
    )
    assert status == 422
    assert "does not fit: it leads from Claim to Claim" in content
    assert not Decision.objects.exists()
    form = content[content.index("<datalist>") :]
    assert re.findall(r'data-leaves-by="([^"]*)"', form) == ["held_by supports attacks", ""]
    assert re.findall(r'data-arrives-by="([^"]*)"', form) == [
        "toward grants outweighed_by supports attacks",
        "held_by",
    ]


def test_a_candidate_that_the_decided_labels_forbid_cannot_be_taken() -> None:
    marked = (claim(), claim(84, 100))
    task = make_annotated_task(
        *(
            Markup(marked, (Relation("claim-84", "claim-0", kind),), (("genre", "news"),))
            for kind in ("supports", "attacks")
        )
    )
    client = adjudicator_of(task.round.project)
    [link] = read_case(task).outcome.open
    [first, *_] = read_case(task).outcome.units
    decide(client, task, "edit|Cue", unit=first.key, start="0", end="25", expected="0")
    status, content = decide(client, task, "choose|supports<", unit=link.key, expected="1")
    assert status == 422
    assert "does not fit" in content
    assert re.search(r'value="choose\|supports&lt;"[^>]*disabled', content)


def test_a_finished_task_can_be_read_and_reopened_but_not_decided() -> None:
    task = make_annotated_task(*(mark(claim()) for _ in range(2)), project=make_project(review_share=1.0))
    finish_by_rule([task])
    client = adjudicator_of(task.round.project)
    content = client.get(page_of(task)).content.decode()
    assert "all annotators agreed" in content
    assert "The gold is right" in content
    unit = read_case(task).outcome.units[0].key
    assert decide(client, task, "reject|", unit=unit)[0] == 409
    queue = client.get(reverse("web:adjudication", args=[task.round.project.slug])).content.decode()
    assert "To review" in queue
    client.post(page_of(task, "adjudicate-review"))
    assert not Gold.objects.to_review().exists()
    response = client.post(page_of(task, "adjudicate-reopen"), follow=True)
    assert "The task is open again" in response.content.decode()
    assert decide(client, task, "reject|", unit=unit)[0] == 200


def test_a_manager_reads_what_was_decided_once_the_task_is_finished_and_decides_nothing() -> None:
    task = make_annotated_task(*DIFFERING)
    manager = sign_in(make_member(task.round.project, Role.MANAGER))
    waiting = manager.get(page_of(task))
    assert waiting.headers["Location"] == page_of(task, "task")
    adjudicator = adjudicator_of(task.round.project)
    [unit] = read_case(task).outcome.open
    said = {"note": "The whole sentence", "why": "gap", "for_guidelines": "yes"}
    decide(adjudicator, task, "choose|0-25-Claim", unit=unit.key, expected="0", **said)
    adjudicator.post(page_of(task, "adjudicate-finish"), {"expected": "1"})
    assert page_of(task) in manager.get(page_of(task, "task")).content.decode()
    content = manager.get(page_of(task)).content.decode()
    for words in ("The whole sentence", "guidelines silent", "for the guidelines"):
        assert words in content
    assert "Finished" in content
    assert not re.search(r'<form[^>]*action="[^"]*/adjudicat', content)
    assert "<dd>Take that candidate</dd>" not in content
    assert "data-borders" not in content


def test_a_manager_who_still_annotates_the_article_reads_nothing_of_what_was_decided() -> None:
    task = make_annotated_task(*(mark(claim()) for _ in range(2)))
    finish_by_rule([task])
    project = task.round.project
    manager = make_member(project, Role.MANAGER)
    Membership.objects.create(project=project, user=manager, role=Role.ANNOTATOR)
    again = make_round(project, kind=RoundKind.RETEST, annotators=(manager,))
    make_assignment(make_task(again, task.article), manager)
    answer = sign_in(manager).get(page_of(task), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("web:adjudication", args=[project.slug])
    assert "hidden from you while you annotate it" in answer.content.decode()


def test_an_adjudicator_is_sent_away_from_a_task_they_annotated_while_another_can_decide() -> None:
    task = make_annotated_task(*DIFFERING)
    own = task.assignments.order_by("pk")[0].annotator
    Membership.objects.create(project=task.round.project, user=own, role=Role.ADJUDICATOR)
    make_member(task.round.project, Role.ADJUDICATOR)
    assert "another adjudicator decides" in sign_in(own).get(page_of(task), follow=True).content.decode()


def test_the_only_adjudicator_closes_their_own_annotation_before_they_see_the_others() -> None:
    task = make_annotated_task(*DIFFERING)
    own = task.assignments.order_by("pk")[0].annotator
    Membership.objects.create(project=task.round.project, user=own, role=Role.ADJUDICATOR)
    client = sign_in(own)
    turned_away = client.get(page_of(task), follow=True).content.decode()
    assert "close your part in it before you adjudicate" in turned_away
    assert "Close my part and adjudicate" in turned_away
    unit = read_case(task).outcome.open[0].key
    assert decide(client, task, "choose|0-25-Claim", unit=unit)[0] == 403
    opened = client.post(page_of(task, "adjudicate-close-own"), follow=True).content.decode()
    assert "that stays on record" in opened
    assert decide(client, task, "choose|0-25-Claim", unit=unit)[0] == 200


def test_decisions_that_no_longer_apply_are_still_shown() -> None:
    task = make_annotated_task(*DIFFERING)
    client = adjudicator_of(task.round.project)
    decide(client, task, "choose|0-25-Claim", unit=read_case(task).outcome.open[0].key, expected="0")
    submit(task.assignments.order_by("pk")[1], mark(claim(0, 20)))
    content = client.get(page_of(task)).content.decode()
    assert "Decisions that no longer apply" in content
    assert f"No. 1: chose “{TEXT[0:25]}”" in content


def test_the_page_carries_no_inline_script_or_style() -> None:
    task = make_annotated_task(*DIFFERING)
    response = adjudicator_of(task.round.project).get(page_of(task))
    content = response.content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>[^<]", content)
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style", content)
    assert "unsafe" not in response["Content-Security-Policy"]
