"""The agreement page: what it comes to, what to do next, the figures, the passages behind them, and what it refuses."""

import csv
import json
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotations.models import (
    Assignment,
    Block,
    BlockKind,
    Membership,
    Participant,
    Project,
    Role,
    Task,
    TaskStatus,
    User,
)
from annotations.projects.starting import store_scheme
from annotations.reliability.counting import TASKS_A_BLOCK
from annotations.reliability.full_report import PARTS
from annotations.reliability.page_report import LINKS, SHOWN_FIRST, SHOWN_LATER
from annotations.web.agreement.tables import Figure
from tests.factories import (
    make_article,
    make_assignment,
    make_member,
    make_project,
    make_round,
    make_task,
)
from tests.factories.reliability import annotate, make_tasks, make_team

pytestmark = pytest.mark.django_db
WITHOUT_FIELDS = """
name = "spans-only"
version = 1
title = "Spans only"
labels = [{ name = "Claim", key = "1", color = "#0072B2" }, { name = "Stance", key = "2", color = "#D55E00" }, { name = "Source", key = "3", color = "#009E73" }]
"""


class Scene:
    """Two articles: all alike in the first; in the second ada's Claim is ben's Stance, and cy saw nothing."""

    def __init__(self) -> None:
        self.project, (self.ada, self.ben, self.cy), self.round = make_team("Ada <b>", "Ben", "Cy")
        self.manager = make_member(self.project, Role.MANAGER, name="Manager")
        words = "Kyiv must have guarantees. Moscow <script>alert(1)</script> disagrees. ".ljust(400, "x")
        self.first = make_task(self.round, make_article(self.project, words, title="Alike"))
        self.second = make_task(self.round, make_article(self.project, words + "y", title="Not alike"))
        for person in (self.ada, self.ben, self.cy):
            annotate(self.first, person, (0, 26, "Claim"), fields={"genre": "news"})
        annotate(
            self.second, self.ada, (27, 60, "Claim"), (300, 310, "Source"), fields={"genre": "editorial"}
        )
        annotate(self.second, self.ben, (27, 60, "Stance"), (300, 310, "Source"), fields={"genre": "news"})
        annotate(self.second, self.cy)
        self.client = Client()
        self.client.force_login(self.manager)

    def url(self, name: str, *rest: str) -> str:
        return reverse(f"web:{name}", args=[self.project.slug, *rest])

    def read(self, name: str, *rest: str, **query: Any) -> str:
        response = self.client.get(self.url(name, *rest), query)
        assert response.status_code == 200
        return response.content.decode()


def make_differing(scene: Scene) -> None:
    """Two more articles, one of which is marked alike."""
    alike, different = make_tasks(scene.round, 2)
    for person in (scene.ada, scene.ben):
        annotate(alike, person, (0, 10, "Claim"), (20, 30, "Stance"))
        annotate(different, person, (0, 10, "Claim"), (20, 30 + (person == scene.ada), "Stance"))


@pytest.fixture
def scene() -> Scene:
    return Scene()


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_page_shows_the_figures_with_what_they_mean(scene: Scene) -> None:
    page = text_of(scene.read("agreement"))
    assert "2 articles that two or more of 3 annotators completed, with 7 spans" in page
    assert "Do they mark the same spans?" in page
    assert "They agree more often than not: of 100 spans, 57 have the same borders and label" in page
    # Strict F1, hand-counted: ada and ben share 2 of 3 and 3; ada and cy, ben and cy 1 of 3 and 1: 2*(2+1+1)/14.
    assert "0.57" in page
    assert "Ada &lt;b&gt; and Ben 0.67" in page
    worst_first = page[page.index("Articles, the worst first") :]
    assert worst_first.index("Not alike") < worst_first.index(" Alike ")


def test_what_only_one_annotator_completed_is_named_and_not_counted_among_what_is_compared(
    scene: Scene,
) -> None:
    for title in ("Left alone", "And this"):
        task = make_task(scene.round, make_article(scene.project, f"{title} ".ljust(90, "x"), title=title))
        annotate(task, scene.ada, (0, 5, "Claim"), (5, 9, "Stance"))
    page = text_of(scene.read("agreement"))
    assert "2 articles that two or more of 3 annotators completed, with 7 spans" in page
    assert (
        "Left out: 2 articles with 4 spans that only one annotator has completed so far: Left alone" in page
    )
    assert "And this" in page[: page.rindex("By label")]


def test_spans_in_blocks_that_do_not_count_are_said_to_be_left_out(scene: Scene) -> None:
    scene.project.uncounted_blocks = [BlockKind.BOILERPLATE]
    scene.project.save()
    Block.objects.create(
        article=scene.second.article, ordinal=1, kind=BlockKind.BOILERPLATE, start=50, end=400
    )
    page = text_of(scene.read("agreement"))
    assert "2 spans lie in blocks that do not count, which no figure sees." in page
    assert "2 spans reach into blocks that do not count, whose part no figure sees." in page


def test_intervals_from_few_articles_are_not_to_be_trusted_and_the_page_says_so(scene: Scene) -> None:
    page = text_of(scene.read("agreement"))
    assert "How sure that is cannot be said from so few articles." in page
    assert "too few to say" in page
    assert " to 1.00" not in page  # two articles, drawn again and again, give an interval that means nothing
    make_differing(scene)
    assert "4 articles do not show all that articles differ in" in text_of(scene.read("agreement"))


def test_figures_of_labels_relations_and_attributes_say_on_how_much_they_rest(scene: Scene) -> None:
    third = make_tasks(scene.round, 1, length=200)[0]
    for person in (scene.ada, scene.ben, scene.cy):
        annotate(
            third,
            person,
            (0, 10, "Claim", {"type": "fact" if person == scene.cy else "value"}),
            (20, 30, "Source"),
            links=((0, 1, "held_by"),) if person != scene.cy else (),
        )
    words = text_of(scene.read("agreement"))
    labels = words[words.rindex("By label") : words.rindex("Mistaken for each other")]
    assert re.search(r"Stance 0\.00 1 Source 0\.80 .* 5 Claim 0\.[0-9]+ .* 7 ", labels)
    links = words[words.rindex("Links and attributes") :]
    assert re.search(r"held by 0\.50 .*?100 % 2 ", links)
    assert re.search(r"Claim: Type \N{MINUS SIGN}?0\.\d+ (.*? )?3 ", links)


def test_what_the_figures_rest_on_is_counted_anew_with_every_annotation(scene: Scene) -> None:
    assert re.search(r"Claim 0\.\d+ too few to say 4 ", text_of(scene.read("agreement")))
    annotate(scene.second, scene.cy, (0, 26, "Claim"))
    assert re.search(r"Claim 0\.\d+ too few to say 5 ", text_of(scene.read("agreement")))


def test_the_contents_and_each_figure_lead_to_sections_of_the_same_page(scene: Scene) -> None:
    page = scene.read("agreement")
    rows = page[page.index('class="metric-rows"') :] + scene.read("agreement-gamma")
    pointers = re.findall(r'<a href="#([a-z-]+)">', rows)
    assert len(pointers) == len([*SHOWN_FIRST, *SHOWN_LATER])
    contents = re.findall(r'<a href="#([a-z-]+)">', page[: page.index("<h1>")])
    assert contents == re.findall(r'<h2 id="([a-z]+)">', page)
    assert set(pointers) <= set(contents)


def test_nothing_is_said_twice(scene: Scene) -> None:
    page = scene.read("agreement", view="detailed")
    shown = text_of(page[page.index("<h1>") : page.index("popover>")])
    sentences = [one.strip() for one in re.findall(r"[A-Z][^.:?]{40,}[.:?]", shown)]
    assert sentences
    assert sorted(one for one in set(sentences) if sentences.count(one) > 1) == []


def test_findings_lead_to_the_passages_behind_them(scene: Scene) -> None:
    page = scene.read("agreement")
    findings = page[page.index('<ol class="next-looks">') : page.index("</ol>")]
    assert "The lowest label: Stance" in findings
    assert "the other marked Claim in its place on" in findings
    assert "Most often mistaken" not in findings  # for it would be the same two labels again
    assert "The lowest article: Not alike" in findings
    links = re.findall(r'href="([^"]+)"', findings)
    assert len(links) == 2
    for link in links:
        assert "is-here" in scene.client.get(unescape(link)).content.decode()


def test_labels_stand_with_the_lowest_first(scene: Scene) -> None:
    page = scene.read("agreement")
    table = page[page.index('id="labels"') : page.index('id="confusion"')]
    names = re.findall(r'label-name label-(\w+)"', table)
    values = [float(value) for value in re.findall(r'class="number figure">([\d.]+)<', table)]
    assert sorted(names) == ["Claim", "Source", "Stance"]
    assert values == sorted(values)
    assert names[0] == "Stance"


def test_a_plain_page_folds_what_papers_want_and_a_detailed_one_shows_it(scene: Scene) -> None:
    plain, detailed = scene.read("agreement"), scene.read("agreement", view="detailed")
    assert "<details open>" not in plain
    assert "Krippendorff's alpha, nominal" not in unescape(
        plain[plain.index('id="labels"') : plain.index('id="confusion"')]
    )
    assert detailed.count("<details open>") >= 1
    assert "Krippendorff's alpha, nominal" in unescape(
        detailed[detailed.index('id="labels"') : detailed.index('id="confusion"')]
    )
    assert scene.client.get(scene.url("agreement"), {"view": "no such"}).status_code == 400


def test_every_term_has_its_meaning_on_the_page(scene: Scene) -> None:
    page = scene.read("agreement", view="detailed", metric="cohen_kappa")
    rest = "".join(scene.read(f"agreement-{name}") for name in ("gamma", "fields", "people", "periods"))
    asked = set(re.findall(r'popovertarget="([^"]+)"', page + rest))
    explained = re.findall(r'<div id="([^"]+)" class="meaning" popover>', page)
    assert asked <= set(explained)
    assert len(explained) == len(set(explained))


def test_a_figure_is_drawn_where_its_value_is(scene: Scene) -> None:
    assert Figure("x", 0.5, 0.25, 1.0, 3, "").places == {"value": 80.0, "low": 44.0, "high": 152.0}
    assert Figure("x", -0.2, None, None, 3, "").places == {"value": 8.0}
    page = scene.read("agreement")
    assert '<circle cx="104.0" cy="10" r="5" />' in page  # 2/3 of 144 from 8: Ada and Ben
    assert "style=" not in page
    assert "<img" not in page


def test_the_paragraph_for_a_paper_has_every_figure_with_what_it_rests_on(scene: Scene) -> None:
    page = scene.read("agreement")
    paragraph = re.search(r'<p id="methods"[^>]*>(.*?)</p>', page)
    assert paragraph is not None
    said = unescape(paragraph.group(1))
    assert "Agreement was measured on 2 articles with 7 spans by 3 annotators" in said
    assert "Span F1, borders and label = 0.57" in said
    assert "Krippendorff's alpha, nominal = " in said


def test_gamma_comes_by_itself_a_moment_later(scene: Scene) -> None:
    assert f'hx-get="{scene.url("agreement-gamma")}?"' in scene.read("agreement")
    rows = scene.read("agreement-gamma")
    assert "gamma&#x27;s best pairing" in rows
    assert rows.count("<tr>") == 2


def test_the_questions_about_the_whole_article_have_figures_of_their_own(scene: Scene) -> None:
    assert f'hx-get="{scene.url("agreement-fields")}?"' in scene.read("agreement")
    table = text_of(scene.read("agreement-fields"))
    assert "Genre 60 %" in table
    assert "The author" in table
    assert "Confidence" not in table  # which nobody stated here, and of which nothing is compared
    assert "Note" not in table


def test_a_scheme_without_such_questions_has_no_figures_of_them(scene: Scene) -> None:
    project = make_project(scheme=store_scheme(WITHOUT_FIELDS, by=None))
    _, people, round_ = make_team("Dora", "Emil", project=project)
    (task,) = make_tasks(round_, 1)
    for person in people:
        annotate(task, person)
    scene.project, scene.manager = project, make_member(project, Role.MANAGER)
    scene.client.force_login(scene.manager)
    assert "agreement-fields" not in scene.read("agreement")
    assert "asks nothing" in scene.read("agreement-fields")


def test_the_number_of_articles_that_precision_takes_is_said_with_the_widths_behind_it(scene: Scene) -> None:
    assert f'hx-get="{scene.url("agreement-needed")}?"' in scene.read("agreement")
    assert "2 articles that two people completed are too few to say" in text_of(
        scene.read("agreement-needed")
    )
    make_differing(scene)
    answer = scene.read("agreement-needed", metric="alpha_nominal")
    assert re.search(r"About [\d,]+ articles like these .* there are 4 now", text_of(answer))
    assert re.search(r"Articles Width of the interval \d", text_of(answer))


def test_agreement_is_shown_over_time(scene: Scene) -> None:
    assert f'hx-get="{scene.url("agreement-periods")}?"' in scene.read("agreement")
    assert "table" not in scene.read("agreement-periods")
    earlier = timezone.now() - timedelta(days=3)
    Assignment.objects.filter(task=scene.first).update(submitted_at=earlier)
    answer = scene.read("agreement-periods")
    assert re.search(rf"{earlier:%-d %b %Y} 1\.00 .* 0\.[0-9]+ ", text_of(answer))


def test_where_all_agree_there_are_articles_enough(scene: Scene) -> None:
    scene.second.status = TaskStatus.CANCELLED
    scene.second.save()
    assert "spread is unknown" in scene.read("agreement-needed")
    others = make_tasks(scene.round, 19)
    for number, task in enumerate(others, start=2):
        for person in (scene.ada, scene.ben):
            annotate(task, person, (0, 10, "Claim"))
        if number == 4:
            assert "4 articles that two people completed are too few" in text_of(
                scene.read("agreement-needed")
            )
    assert "20 articles are enough for an interval no wider than" in text_of(scene.read("agreement-needed"))


def test_the_figures_without_each_person_are_those_of_the_others(scene: Scene) -> None:
    rows = text_of(scene.read("agreement-people"))
    # Without ada: ben and cy share 1 of 3 and 1. Without cy: ada and ben share 2 of 3 and 3.
    assert "Without Ada &lt;b&gt; 0.50" in rows
    assert "Without Cy 0.67" in rows


def test_only_who_annotated_in_the_rounds_chosen_is_left_out_in_turn(scene: Scene) -> None:
    dora, emil = (make_member(scene.project, Role.ANNOTATOR, name=name) for name in ("Dora", "Emil"))
    (later,) = make_tasks(make_round(scene.project, overlap=4), 1)
    for person in (scene.ada, scene.ben, dora):
        annotate(later, person, (0, 10, "Claim"))
    make_assignment(later, emil)
    rows = text_of(scene.read("agreement-people", round=2))
    assert [name for name in ("Ada", "Ben", "Cy", "Dora", "Emil") if name in rows] == ["Ada", "Ben", "Dora"]
    assert "from three annotators on" in scene.read(
        "agreement-people", annotator=[scene.ada.pk, scene.ben.pk]
    )


def test_any_number_of_people_are_left_out_in_turn(scene: Scene) -> None:
    (crowded,) = make_tasks(make_round(scene.project, overlap=11), 1)
    for number in range(11):
        person = make_member(scene.project, Role.ANNOTATOR, name=f"Person {number}")
        annotate(crowded, person, (0, 26, "Claim" if number else "Stance"))
    rows = text_of(scene.read("agreement-people"))
    assert sum(f"Person {number} 0." in rows for number in range(11)) == 11
    assert "Cy" in rows


def test_labels_rounds_and_people_narrow_everything_down(scene: Scene) -> None:
    page = scene.read("agreement", annotator=[scene.ada.pk, scene.ben.pk], label="Source")
    assert "2 articles that both annotators completed, with 2 spans" in text_of(page)
    query = f"annotator={scene.ada.pk}&amp;annotator={scene.ben.pk}&amp;label=Source"
    assert f"{scene.url('agreement-needed')}?{query}" in page


def test_a_second_round_is_compared_with_the_first(scene: Scene) -> None:
    later = make_round(scene.project, overlap=2)
    for task in make_tasks(later, 2):
        for person in (scene.ada, scene.ben):
            annotate(task, person, (0, 10, "Claim"))
    page = text_of(scene.read("agreement"))
    assert re.search(r"Round 2 production higher, and chance alone would do so .*? 1\.00 ", page)


@pytest.mark.parametrize(
    "query",
    [
        {"round": 9},
        {"round": "x"},
        {"annotator": 10**9},
        {"label": "Mood"},
        {"metric": "gamma"},
        {"metric": "no such"},
        {"annotator": "1' OR 1=1"},
    ],
)
def test_choices_that_the_project_does_not_have_are_refused_in_a_sentence(
    scene: Scene, query: dict[str, Any]
) -> None:
    [value] = query.values()
    for name in ("agreement", "agreement-gamma", "agreement-people", "agreement-json", "agreement-csv"):
        answer = scene.client.get(scene.url(name), query)
        assert answer.status_code == 400
        assert f"{value} is not one of the available choices" in unescape(answer.content.decode())


def test_people_of_another_project_cannot_be_asked_about(scene: Scene) -> None:
    _, (outsider,), _ = make_team("Outsider")
    assert scene.client.get(scene.url("agreement"), {"annotator": outsider.pk}).status_code == 400


def test_a_passage_shows_what_both_marked_and_escapes_the_text(scene: Scene) -> None:
    page = scene.read("agreement-examples", first="Claim", second="Stance")
    assert "Claim for one, Stance in its place for the other" in page
    assert page.count('class="stack-tight passage"') == 1
    assert [page.count(f"<strong>{name}</strong>") for name in ("Ada &lt;b&gt;", "Ben", "Cy")] == [1, 1, 1]
    for label in ("Claim", "Stance"):
        drawn = rf'class="segment is-here"[^>]*><span class="track lane-0 label-{label} "[^>]*>Moscow &lt;script&gt;alert\(1\)&lt;'
        assert re.search(drawn, page)
    assert "<script>alert" not in page


def test_a_passage_may_be_about_nothing_on_the_other_side(scene: Scene) -> None:
    page = text_of(scene.read("agreement-examples", first="Source", second=""))
    assert "Source for one, nothing in its place for the other" in page
    assert "Passage 1 of 1 in 1 article." in page  # ada's and ben's, each beside cy
    assert "Ada &lt;b&gt;, Ben" in page


def test_a_manager_who_annotates_sees_no_passage_before_it_is_adjudicated(scene: Scene) -> None:
    Membership.objects.create(project=scene.project, user=scene.manager, role=Role.ANNOTATOR)
    Participant.objects.create(round=scene.round, annotator=scene.manager)
    page = text_of(scene.read("agreement-examples", first="Claim", second="Stance"))
    assert "hidden from you here while you annotate" in page
    assert "Not alike" not in page
    Task.objects.update(status=TaskStatus.ADJUDICATED)
    assert "Not alike" in scene.read("agreement-examples", first="Claim", second="Stance")


def test_all_that_differs_in_one_article_is_shown_in_order_with_alike_readings_together(scene: Scene) -> None:
    page = scene.read("agreement-examples", task=scene.second.pk)
    assert "<bdi>Not alike</bdi>" in page
    assert "that not everybody marked alike" in text_of(page)
    assert "marked the same" in scene.read("agreement-examples", task=scene.first.pk)
    annotate(scene.first, scene.cy, (5, 26, "Claim"))
    assert "<strong>Ada &lt;b&gt;, Ben</strong>" in scene.read("agreement-examples", task=scene.first.pk)


@pytest.mark.parametrize("task", ["", "x", "0", "9" * 40, "-1"])
def test_a_task_that_is_not_there_has_no_passages(scene: Scene, task: str) -> None:
    assert scene.client.get(scene.url("agreement-examples"), {"task": task}).status_code == 404


def test_a_task_of_another_project_has_no_passages_here(scene: Scene) -> None:
    _, _, round_ = make_team("Outsider")
    (task,) = make_tasks(round_, 1)
    assert scene.client.get(scene.url("agreement-examples"), {"task": task.pk}).status_code == 404


def test_every_number_of_the_confusions_has_passages_and_an_empty_cell_says_so(scene: Scene) -> None:
    annotate(scene.first, scene.cy, (5, 26, "Claim"), (8, 20, "Stance"))
    for link in re.findall(r'href="([^"]*examples/[^"]*)"', scene.read("agreement")):
        answer = scene.client.get(link.replace("&amp;", "&")).content.decode()
        assert 'class="stack-tight passage"' in answer
        assert "is-here" in answer
    assert "No two annotators" in scene.read("agreement-examples", first="Source", second="Claim")


def test_passages_come_a_page_at_a_time(scene: Scene) -> None:
    for task in make_tasks(scene.round, 14):
        annotate(task, scene.ada, (0, 10, "Source"))
        annotate(task, scene.ben)
    first = scene.read("agreement-examples", first="Source", second="")
    assert "Passages 1 to 12 of 15 in 15 articles, those with most such text first." in text_of(first)
    assert "page=2" in first
    assert 'rel="prev"' not in first
    for page in (2, 99):
        second = scene.read("agreement-examples", first="Source", second="", page=page)
        assert "Passages 13 to 15 of 15" in text_of(second)
        assert 'rel="next"' not in second


def test_the_report_comes_as_json_and_csv(scene: Scene) -> None:
    document = json.loads(scene.read("agreement-json"))
    strict = document["metrics"]["f1_strict"]
    assert strict["value"] == pytest.approx(8 / 14)
    assert set(strict["by_pair"]) == {"Ada <b>|Ben", "Ada <b>|Cy", "Ben|Cy"}
    assert set(strict["by_document"]) == {str(scene.first.pk), str(scene.second.pk)}
    rows = list(csv.DictReader(scene.read("agreement-csv").splitlines()))
    (row,) = [row for row in rows if (row["metric"], row["slice"]) == ("f1_strict", "all")]
    assert float(row["value"]) == strict["value"]
    assert document["schemes"] == [scene.project.scheme.definition.identifier]
    (row,) = [row for row in rows if (row["metric"], row["of"]) == ("percent_agreement", "genre")]
    assert (
        float(row["value"])
        == document["fields"]["genre"]["metrics"]["percent_agreement"]["value"]
        == pytest.approx(3 / 5)
    )


def test_the_files_hold_all_that_the_page_shows(scene: Scene) -> None:
    later = make_round(scene.project, overlap=2)
    for task in make_tasks(later, 2):
        for person in (scene.ada, scene.ben):
            annotate(task, person, (0, 10, "Claim"))
    document = json.loads(scene.read("agreement-json", metric="cohen_kappa"))
    assert {*SHOWN_FIRST, *LINKS, *SHOWN_LATER, "cohen_kappa"} <= document["metrics"].keys()
    assert document.keys() >= PARTS.keys()
    assert [row["round"] for row in document["rounds"]] == [1, 2]
    (without_ada, *_) = document["without"]
    # Ben and Cy: 1 of 2 and 1 spans of the first two articles; Cy has none of the others.
    assert without_ada["metrics"]["f1_strict"]["value"] == pytest.approx(1 / 2)
    assert {*document["documents_needed"]} == {"cohen_kappa", "f1_strict", "alpha_nominal"}
    rows = list(csv.DictReader(scene.read("agreement-csv", metric="cohen_kappa").splitlines()))
    assert {row["slice"] for row in rows} >= {"p_value", "period", "without", "documents_needed", "share"}
    assert {row["metric"] for row in rows} >= {"gamma", "gamma_cat", "cohen_kappa"}


def test_gamma_of_many_articles_is_in_the_files_when_it_is_asked_for(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = f'href="{scene.url("agreement-json")}?metric=f1_type&amp;gamma=on"'
    assert link not in scene.read("agreement", metric="f1_type")
    monkeypatch.setattr("annotations.reliability.counting.MAX_DOCUMENTS_FOR_GAMMA", 1)
    assert link in scene.read("agreement", metric="f1_type")
    assert "gamma" not in json.loads(scene.read("agreement-json"))["metrics"]
    assert "gamma" in json.loads(scene.read("agreement-json", gamma="on"))["metrics"]


def test_a_name_that_a_spreadsheet_takes_for_a_formula_is_defused(scene: Scene) -> None:
    User.objects.filter(pk=scene.ada.pk).update(name="=1+1")
    assert "'=1+1|Ben" in scene.read("agreement-csv")


def test_an_empty_project_says_what_to_do(client: Client) -> None:
    project: Project = make_team("Ada")[0]
    client.force_login(make_member(project, Role.MANAGER))
    page = client.get(reverse("web:agreement", args=[project.slug])).content.decode()
    assert "There is nothing to compare yet" in page


def test_the_page_costs_the_same_number_of_queries_however_many_tasks(
    scene: Scene, django_assert_max_num_queries: object
) -> None:
    for task in make_tasks(scene.round, 30):
        for person in (scene.ada, scene.ben):
            annotate(task, person, (0, 10, "Claim"))
    tasks = list(Task.objects.values_list("pk", flat=True))
    assert len(tasks) == 32
    blocks = len(
        {task // TASKS_A_BLOCK for task in tasks}
    )  # by their ids: one, or two where they cross a border
    with django_assert_max_num_queries(75 + 7 * blocks):  # type: ignore[operator]
        scene.read("agreement")


@pytest.mark.parametrize("page", ["agreement-json", "agreement-csv"])
def test_what_the_library_refuses_is_told_in_its_own_words(
    scene: Scene, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotations.agreement.evaluation.MAX_PAIRS", 2)
    client = Client()
    client.force_login(scene.manager, "django.contrib.auth.backends.ModelBackend")
    answer = client.get(reverse(f"web:{page}", args=[scene.project.slug]))
    assert answer.status_code == 400
    assert "3 pairs of annotators share a document, and at most 2" in answer.content.decode()


def test_of_labels_with_equal_figures_every_page_names_the_same_one(scene: Scene) -> None:
    for person in (scene.ada, scene.ben):
        annotate(scene.first, person, (0, 10, "Stance" if person == scene.ada else "Claim"))
        annotate(scene.second, person, (0, 10, "Claim" if person == scene.ada else "Stance"))
    annotate(scene.first, scene.cy)
    annotate(scene.second, scene.cy)
    assert "weakest label is Claim" in " ".join(text_of(scene.read("agreement-summary")).split())
    assert "The lowest label: Claim" in text_of(scene.read("agreement"))
