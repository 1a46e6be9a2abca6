"""The agreement page: the figures, the pictures with their tables, the passages behind them, and what it refuses."""

import csv
import json
import re
from datetime import timedelta
from html import unescape
from typing import Any
from xml.etree.ElementTree import fromstring

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
from annotations.projects.services import store_scheme
from annotations.reliability.full_report import PARTS
from annotations.reliability.page_report import GAMMA_PANEL, LINKS, PANEL
from annotations.web.agreement.charts import THEMES, draw_distribution, draw_figures, draw_pairs
from annotations.web.agreement.tables import Figure, count_documents_needed
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


@pytest.fixture
def scene() -> Scene:
    return Scene()


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_page_shows_the_figures_with_what_they_mean(scene: Scene) -> None:
    page = text_of(scene.read("agreement"))
    assert "2 articles that two or more of 3 annotators completed, with 7 spans" in page
    assert "Do they mark the same spans?" in page
    # Strict F1, hand-counted: ada and ben share 2 of 3 and 3; ada and cy, ben and cy 1 of 3 and 1: 2*(2+1+1)/14.
    assert "0.57" in page
    assert "Ada &lt;b&gt; and Ben 0.67" in page
    assert page.index("Not alike") < page.index("Alike ", page.index("worst first") + 40)


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
    assert "And this" in page[: page.index("Figures")]


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
    assert "2 articles cannot show all that articles differ in" in text_of(scene.read("agreement"))


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
    labels = words[words.index("By label") : words.index("what did the other mark")]
    assert re.search(r"Claim .* 7 Stance .* 1 Source .* 5 ", labels)
    links = words[words.index("Relations and attributes") :]
    assert re.search(r"held by 0\.50 .*?100 % 2 ", links)
    assert re.search(r"Claim: Type -?0\.\d+ (.*? )?3 ", links)


def test_what_the_figures_rest_on_is_counted_anew_with_every_annotation(scene: Scene) -> None:
    assert re.search(r"Claim .* 4 Stance ", text_of(scene.read("agreement")))
    annotate(scene.second, scene.cy, (0, 26, "Claim"))
    assert re.search(r"Claim .* 5 Stance ", text_of(scene.read("agreement")))


def test_each_figure_says_what_to_read_next_on_the_same_page(scene: Scene) -> None:
    page = scene.read("agreement")
    rows = page + scene.read("agreement-gamma")
    pointers = re.findall(r'Next: <a href="#([a-z-]+)">', rows)
    assert len(pointers) == len([*PANEL, *GAMMA_PANEL])
    assert all(f'id="{pointer}"' in page for pointer in pointers)


def test_a_picture_has_a_table_and_words_in_its_place(scene: Scene) -> None:
    page = scene.read("agreement")
    charts = re.findall(r'<img class="chart"[^>]*>', page)
    assert len(charts) == 3
    assert all(re.search(r'alt="[^"]+table', chart) for chart in charts)
    assert "style=" not in page


@pytest.mark.parametrize("chart", ["labels", "pairs", "documents", "rounds", "needed", "periods"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_chart_is_a_picture_without_script_or_style(scene: Scene, chart: str, theme: str) -> None:
    response = scene.client.get(scene.url("agreement-chart", chart), {"theme": theme})
    assert response["Content-Type"] == "image/svg+xml; charset=utf-8"
    svg = response.content.decode()
    fromstring(svg)  # noqa: S314 - our own picture
    assert "<script" not in svg
    assert "<style" not in svg
    assert " href" not in svg


def test_a_name_in_a_chart_stays_a_name() -> None:
    figure = Figure("<script>alert(1)</script>", 0.5, 0.4, 0.6, 3, "")
    svg = draw_figures([figure], theme=THEMES["light"], axis="F1")
    assert "<script" not in svg
    fromstring(svg)  # noqa: S314 - our own picture


def test_charts_of_nothing_are_empty_pictures() -> None:
    undefined = Figure("Claim", None, None, None, 0, "nothing to compare")
    pictures = [
        draw_figures([undefined], theme=THEMES["light"], axis="F1"),
        draw_pairs([], theme=THEMES["dark"]),
        draw_distribution([], theme=THEMES["dark"], axis="F1"),
    ]
    roots = [fromstring(picture) for picture in pictures]  # noqa: S314 - our own pictures
    assert all(root.tag == "{http://www.w3.org/2000/svg}svg" for root in roots)


def test_gamma_comes_by_itself_a_moment_later(scene: Scene) -> None:
    assert f'hx-get="{scene.url("agreement-gamma")}?"' in scene.read("agreement")
    rows = scene.read("agreement-gamma")
    assert "Mathet" in rows
    assert rows.count("<tr>") == 2


def test_the_questions_about_the_whole_article_have_figures_of_their_own(scene: Scene) -> None:
    assert f'hx-get="{scene.url("agreement-fields")}?"' in scene.read("agreement")
    table = text_of(scene.read("agreement-fields"))
    assert re.search(r"Genre .* 60 %", table)
    assert "The author" in table
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


def test_the_number_of_articles_that_precision_takes_is_said_and_drawn(scene: Scene) -> None:
    assert f'hx-get="{scene.url("agreement-needed")}?"' in scene.read("agreement")
    answer = scene.read("agreement-needed", metric="alpha_nominal")
    assert re.search(r"About [\d,]+ articles like these .* there are 2 now", text_of(answer))
    assert f"{scene.url('agreement-chart', 'needed')}?metric=alpha_nominal" in answer


def test_agreement_is_shown_over_time(scene: Scene) -> None:
    assert f'hx-get="{scene.url("agreement-periods")}?"' in scene.read("agreement")
    assert "img" not in scene.read("agreement-periods")
    earlier = timezone.now() - timedelta(days=3)
    Assignment.objects.filter(task=scene.first).update(submitted_at=earlier)
    answer = scene.read("agreement-periods")
    assert scene.url("agreement-chart", "periods") in answer
    assert re.search(rf"{earlier:%-d %b %Y} 1\.00 .* 0\.[0-9]+ ", text_of(answer))


def test_where_all_agree_there_are_articles_enough(scene: Scene) -> None:
    scene.second.status = TaskStatus.CANCELLED
    scene.second.save()
    assert "spread is unknown" in scene.read("agreement-needed")
    third = make_tasks(scene.round, 1)[0]
    for person in (scene.ada, scene.ben):
        annotate(third, person, (0, 10, "Claim"))
    assert "no wider than" in scene.read("agreement-needed")


def test_the_figures_without_each_person_are_those_of_the_others(scene: Scene) -> None:
    rows = text_of(scene.read("agreement-people"))
    # Without ada: ben and cy share 1 of 3 and 1. Without cy: ada and ben share 2 of 3 and 3.
    assert "Ada &lt;b&gt; 0.50" in rows
    assert "Cy 0.67" in rows


def test_only_who_annotated_in_the_rounds_chosen_is_left_out_in_turn(scene: Scene) -> None:
    dora, emil = (make_member(scene.project, Role.ANNOTATOR, name=name) for name in ("Dora", "Emil"))
    (later,) = make_tasks(make_round(scene.project, overlap=4), 1)
    for person in (scene.ada, scene.ben, dora):
        annotate(later, person, (0, 10, "Claim"))
    make_assignment(later, emil)
    rows = text_of(scene.read("agreement-people", round=2))
    assert [name for name in ("Ada", "Ben", "Cy", "Dora", "Emil") if name in rows] == ["Ada", "Ben", "Dora"]
    assert "takes three annotators" in scene.read("agreement-people", annotator=[scene.ada.pk, scene.ben.pk])


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
    assert f"{scene.url('agreement-chart', 'labels')}?{query}" in page


def test_a_second_round_is_compared_with_the_first(scene: Scene) -> None:
    later = make_round(scene.project, overlap=2)
    for task in make_tasks(later, 2):
        for person in (scene.ada, scene.ben):
            annotate(task, person, (0, 10, "Claim"))
    page = text_of(scene.read("agreement"))
    assert "Round 2 production 1.00" in page
    assert "higher, and chance alone would do so" in page


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
    assert "Claim for one, Stance for the other" in page
    assert page.count('class="stack-tight passage"') == 1
    assert '<mark class="label-Claim is-focus">Moscow &lt;script&gt;alert(1)&lt;' in page
    assert '<mark class="label-Stance is-focus">Moscow &lt;script&gt;alert(1)&lt;' in page
    assert "<script>alert" not in page


def test_a_passage_may_be_about_nothing_on_the_other_side(scene: Scene) -> None:
    page = text_of(scene.read("agreement-examples", first="Source", second=""))
    assert "Source for one, nothing for the other" in page
    assert "Passages 1 to 2 of 2 in 1 article." in page  # ada's and ben's, each beside cy


def test_a_manager_who_annotates_sees_no_passage_before_it_is_adjudicated(scene: Scene) -> None:
    Membership.objects.create(project=scene.project, user=scene.manager, role=Role.ANNOTATOR)
    Participant.objects.create(round=scene.round, annotator=scene.manager)
    page = text_of(scene.read("agreement-examples", first="Claim", second="Stance"))
    assert "hidden from you here while you annotate" in page
    assert "Not alike" not in page
    Task.objects.update(status=TaskStatus.ADJUDICATED)
    assert "Not alike" in scene.read("agreement-examples", first="Claim", second="Stance")


def test_every_number_of_the_confusions_has_passages_and_an_empty_cell_says_so(scene: Scene) -> None:
    annotate(scene.first, scene.cy, (5, 26, "Claim"), (8, 20, "Stance"))
    for link in re.findall(r'href="([^"]*examples/[^"]*)"', scene.read("agreement")):
        answer = scene.client.get(link.replace("&amp;", "&")).content.decode()
        assert 'class="stack-tight passage"' in answer
        assert "is-focus" in answer
    assert "No two annotators" in scene.read("agreement-examples", first="Source", second="Claim")


def test_passages_come_a_page_at_a_time(scene: Scene) -> None:
    for task in make_tasks(scene.round, 14):
        annotate(task, scene.ada, (0, 10, "Source"))
        annotate(task, scene.ben)
    first = scene.read("agreement-examples", first="Source", second="")
    assert "Passages 1 to 12 of 16 in 15 articles, those with most such text first." in text_of(first)
    assert "page=2" in first
    assert 'rel="prev"' not in first
    for page in (2, 99):
        second = scene.read("agreement-examples", first="Source", second="", page=page)
        assert "Passages 13 to 16 of 16" in text_of(second)
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
    assert {*PANEL, *LINKS, *GAMMA_PANEL, "cohen_kappa"} <= document["metrics"].keys()
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
    monkeypatch.setattr("annotations.reliability.page_report.MAX_ARTICLES_FOR_GAMMA", 1)
    assert "gamma" not in json.loads(scene.read("agreement-json"))["metrics"]
    assert "gamma" in json.loads(scene.read("agreement-json", gamma="on"))["metrics"]
    link = f'href="{scene.url("agreement-json")}?metric=f1_type&amp;gamma=on"'
    assert link not in scene.read("agreement", metric="f1_type")
    monkeypatch.setattr("annotations.web.agreement.views.MAX_ARTICLES_FOR_GAMMA", 1)
    assert link in scene.read("agreement", metric="f1_type")


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
    assert Task.objects.count() == 32
    with django_assert_max_num_queries(80):  # type: ignore[operator]
        scene.read("agreement")


@pytest.mark.parametrize(
    ("low", "high", "documents", "needed"),
    [(0.4, 0.6, 10, 40), (0.5, 0.55, 10, None), (None, None, 10, None)],
)
def test_half_the_width_takes_four_times_the_articles(
    low: float | None, high: float | None, documents: int, needed: int | None
) -> None:
    assert count_documents_needed(Figure("x", 0.5, low, high, documents, "")) == needed


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
