"""Annotations made elsewhere come into a project: as somebody's submitted annotations, all at once, and each once."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotations.adjudication.ledger import read_case
from annotations.adjudication.services import decide_unit
from annotations.adjudication.settled import finish_by_rule
from annotations.assignment.errors import ImportInUseError
from annotations.assignment.excluding import exclude_article, list_imports, undo_import
from annotations.corpus.annotated.report import AnnotatedReport
from annotations.corpus.annotated.services import (
    AnnotatedOptions,
    AnnotatedWork,
    UndecidedError,
    read_sourced,
)
from annotations.corpus.holding import hide_again
from annotations.corpus.staging import drop_import, open_import
from annotations.formats.errors import RefusedError
from annotations.formats.ports import Losses, ReadingOptions
from annotations.formats.registry import find_format
from annotations.formats.sources import list_sources
from annotations.gold.records import read_annotations
from annotations.gold.releases import read_release_lines, rebuild_release
from annotations.gold.services import freeze_release
from annotations.mapping.found import survey_files
from annotations.mapping.proposal import map_exactly
from annotations.models import (
    Annotation,
    AnnotationImport,
    AnnotationOrigin,
    Article,
    ArticleImport,
    Assignment,
    Event,
    ForeignAnnotator,
    Gold,
    GoldStatus,
    ImportedAs,
    Job,
    Membership,
    Participant,
    Project,
    QuarantinedItem,
    Role,
    Round,
    RoundKind,
    Span,
    Task,
    TaskStatus,
    User,
)
from annotations.models.tallies import find_wrong_tallies
from annotations.reliability.reports import report_selection
from annotations.reliability.selection import choose_selection
from tests.factories import make_article, make_member, make_project, make_scheme
from tests.factories.annotated import KYIV, PARIS, TWO_ANNOTATORS, bring, write_export

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_project(scheme=make_scheme("argument-lite-v1"))


def count_everything() -> dict[str, int]:
    tables = (
        Article,
        ArticleImport,
        Round,
        Task,
        Assignment,
        Annotation,
        Span,
        QuarantinedItem,
        AnnotationImport,
        Project,
        User,
        Participant,
        Membership,
        ForeignAnnotator,
    )
    return {table.__name__: table._default_manager.count() for table in tables}


def test_two_annotators_of_an_export_become_submitted_annotations_of_a_round(
    project: Project, tmp_path: Path
) -> None:
    report = bring(project, write_export(tmp_path, *TWO_ANNOTATORS), round_name="From elsewhere")
    round_ = project.rounds.get()
    assert (round_.number, round_.kind, round_.overlap, round_.name) == (
        1,
        RoundKind.IMPORTED,
        2,
        "From elsewhere",
    )
    assert (report.new_articles, report.new_annotations, report.parts["spans"], report.round_number) == (
        2,
        4,
        5,
        1,
    )
    assert report.by_annotator == {"ann": 2, "bob": 2}
    tasks = list(Task.objects.filter(round=round_))
    assert {(task.status, task.wanted, task.claimed, task.awaits_rule) for task in tasks} == {
        (TaskStatus.ANNOTATED, 2, 2, True)
    }
    assert set(Annotation.objects.current().values_list("origin", flat=True)) == {AnnotationOrigin.IMPORT}
    assert find_wrong_tallies() == set()


def test_each_span_has_the_words_that_the_file_says(project: Project, tmp_path: Path) -> None:
    bring(project, write_export(tmp_path, *TWO_ANNOTATORS))
    spans = Span.objects.select_related("annotation__assignment__task__article").order_by("pk")
    words = [
        (span.label, span.annotation.assignment.task.article.text[span.start : span.end]) for span in spans
    ]
    assert words == [
        ("Claim", "Kyiv must have guarantees"),
        ("Stance", "disagrees"),
        ("Claim", "Kyiv must have guarantees"),
        ("Claim", "Paris will pay"),
        ("Claim", "Paris will pay"),
    ]
    for annotation in Annotation.objects.with_markup():
        assert annotation.to_markup().to_json()["spans"]
    lines = list(read_annotations(project))
    assert len(lines) == 4
    assert sum('"quote":"Kyiv must have guarantees"' in line for line in lines) == 2


def test_what_was_made_elsewhere_is_adjudicated_and_measured_like_anything_else(
    project: Project, tmp_path: Path
) -> None:
    bring(project, write_export(tmp_path, *TWO_ANNOTATORS))
    asked = set(Job.objects.values_list("kind", flat=True))
    assert {"finish_by_rule", "count_agreement"} <= asked
    finish_by_rule(Task.objects.awaiting_rule())
    by_text = {task.article.text: task.status for task in Task.objects.select_related("article")}
    assert by_text == {KYIV: TaskStatus.ANNOTATED, PARIS: TaskStatus.ADJUDICATED}
    measured = report_selection(project, choose_selection(project), metrics=["f1_strict"])["f1_strict"]
    assert measured.n_documents == 2
    assert measured.value == pytest.approx(4 / 5)  # two of three spans agree with two of two


def test_annotators_become_members_without_a_way_to_sign_in(project: Project, tmp_path: Path) -> None:
    bring(project, write_export(tmp_path, *TWO_ANNOTATORS))
    people = User.objects.filter(memberships__project=project, memberships__role=Role.ANNOTATOR)
    assert sorted(person.name for person in people) == ["ann", "bob"]
    assert not any(person.has_usable_password() for person in people)
    assert all(person.email.endswith("@annotators.invalid") for person in people)
    assert set(Participant.objects.values_list("is_active", flat=True)) == {False}


def test_an_annotator_can_be_a_member_by_the_mapping(project: Project, tmp_path: Path) -> None:
    ann = make_member(project, name="Ann", email="ann@example.org")
    bring(
        project,
        write_export(tmp_path, *TWO_ANNOTATORS),
        mapping="""
            labels = [{ found = "Claim", becomes = "Claim" }, { found = "Stance", leave_out = true }]
            annotators = [{ found = "ann", member = "ann@example.org" }, { found = "bob", leave_out = true }]
        """,
    )
    assert set(Assignment.objects.values_list("annotator", "task__wanted")) == {(ann.pk, 1)}
    assert Span.objects.count() == 2


def test_somebody_who_is_not_in_the_project_cannot_be_named(project: Project, tmp_path: Path) -> None:
    before = count_everything()
    with pytest.raises(ValueError, match=r"'ann' is to become eve@example\.org, who is not in"):
        bring(
            project,
            write_export(tmp_path, (PARIS, {"ann": [("Claim", "Paris")]})),
            mapping="""
                labels = [{ found = "Claim", becomes = "Claim" }]
                annotators = [{ found = "ann", member = "eve@example.org" }]
            """,
        )
    assert count_everything() == before


def test_the_same_file_again_changes_nothing_and_says_so(project: Project, tmp_path: Path) -> None:
    file = write_export(tmp_path, *TWO_ANNOTATORS)
    bring(project, file)
    before = count_everything()
    again = bring(project, file)
    assert (again.is_published, again.known_articles, again.known_annotations, again.new_annotations) == (
        False,
        2,
        4,
        0,
    )
    assert count_everything() == before


def test_a_further_annotator_of_a_later_file_comes_in_alone(project: Project, tmp_path: Path) -> None:
    bring(project, write_export(tmp_path, *TWO_ANNOTATORS))
    more = write_export(
        tmp_path,
        (PARIS, {"bob": [("Claim", "Paris will pay")], "cat": [("Claim", "Berlin will not")]}),
        name="more.json",
    )
    report = bring(project, more)
    assert (report.new_articles, report.known_annotations, report.new_annotations, report.round_number) == (
        0,
        1,
        1,
        2,
    )
    assert Article.objects.count() == 2


def test_exports_of_one_annotator_each_are_joined_by_text(project: Project, tmp_path: Path) -> None:
    ann = write_export(tmp_path, (KYIV, {"1": [("Claim", "Kyiv")]}), (PARIS, {"1": []}), name="ann.json")
    bob = write_export(tmp_path, (PARIS, {"1": [("Claim", "Berlin")]}), (KYIV, {"1": []}), name="bob.json")
    report = bring(project, ann, bob)
    assert report.by_annotator == {"ann": 2, "bob": 2}
    assert set(Task.objects.values_list("wanted", "claimed")) == {(2, 2)}
    assert find_wrong_tallies() == set()


def test_annotations_come_onto_the_articles_that_the_project_has(project: Project, tmp_path: Path) -> None:
    article = make_article(project, PARIS)
    report = bring(project, write_export(tmp_path, *TWO_ANNOTATORS))
    assert (report.new_articles, report.known_articles) == (1, 1)
    assert Task.objects.filter(article=article).count() == 1


def test_an_excluded_article_gets_nothing_and_it_is_said(project: Project, tmp_path: Path) -> None:
    article = make_article(project, PARIS)
    exclude_article(article, reason="an advertisement", by=None)
    report = bring(project, write_export(tmp_path, *TWO_ANNOTATORS))
    assert not Task.objects.filter(article=article).exists()
    assert [notice.message for notice in report.notices] == [
        "it is excluded, so its annotations are left out"
    ]


def test_what_does_not_fit_keeps_everything_out_and_is_named(project: Project, tmp_path: Path) -> None:
    file = write_export(tmp_path, *TWO_ANNOTATORS)
    file.write_text(file.read_text().replace('"text": "disagrees"', '"text": "agrees"'))
    before = count_everything()
    report = bring(project, file)
    assert count_everything() == before
    (misfit,) = report.misfits
    assert misfit.place == f"{file}, document '1' by 'ann'"
    assert misfit.message == "Stance [52, 61) says 'agrees', but the text has 'disagrees' there."


def test_with_the_rest_what_does_not_fit_goes_to_quarantine(project: Project, tmp_path: Path) -> None:
    file = write_export(tmp_path, *TWO_ANNOTATORS)
    file.write_text(file.read_text().replace('"text": "disagrees"', '"text": "agr\\u0000ees"'))
    report = bring(project, file, is_atomic=False)
    assert report.is_published
    item = QuarantinedItem.objects.get()
    assert (item.code, item.payload and item.payload["label"]) == ("quote_differs", "Stance")
    assert item.annotation.assignment.annotator.name == "ann"


TEI_OF_NOBODY = f"""<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader/><text><body><p xml:id="p1">{PARIS}</p></body></text>
<standOff><spanGrp type="Claim" resp="#ann"><span target="#string-range(p1,0,14)"/>
<span target="#p2" ana="#sure"/></spanGrp></standOff></TEI>"""


def test_what_points_nowhere_keeps_everything_out_or_goes_to_quarantine(
    project: Project, tmp_path: Path
) -> None:
    file = tmp_path / "letter.xml"
    file.write_text(TEI_OF_NOBODY)
    report = bring(project, file)
    assert not report.is_published
    assert [(one.place, one.message) for one in report.misfits] == [
        (f"{file} by 'ann'", "line 3: Claim: '#p2' leads to nothing in the text")
    ]
    assert bring(project, file, is_atomic=False).is_published
    assert [PARIS[one.start : one.end] for one in Span.objects.all()] == ["Paris will pay"]
    item = QuarantinedItem.objects.get()
    assert (item.code, item.payload) == (
        "invalid_span",
        {"target": "#p2", "ana": ["sure"], "says": ["Claim"]},
    )


def test_what_has_no_place_in_the_scheme_is_asked_about_before_anything_is_read(
    project: Project, tmp_path: Path
) -> None:
    before = count_everything()
    with pytest.raises(
        UndecidedError, match=r"the label 'PER' \(once, first document '1': “Paris”\): say what it"
    ):
        bring(project, write_export(tmp_path, (PARIS, {"ann": [("PER", "Paris")]})))
    assert count_everything() == before


def test_the_same_person_cannot_judge_a_text_twice(project: Project, tmp_path: Path) -> None:
    file = write_export(
        tmp_path, (PARIS, {"ann": [("Claim", "Paris")]}), (PARIS, {"ann": [("Claim", "Berlin")]})
    )
    report = bring(project, file)
    assert [misfit.message for misfit in report.misfits] == ["'ann' judged this text twice, and differently."]
    assert Article.objects.count() == 0


MANY = tuple((f"{PARIS} {number}", {"ann": [("Claim", "Paris")], "bob": []}) for number in range(101))
"""One more than are written at once, so that most are written when the last is read."""


def test_nobody_sees_any_of_it_before_all_of_it_is_there(project: Project, tmp_path: Path) -> None:
    manager = make_member(project, Role.MANAGER)
    seen: dict[str, Any] = {}

    def look(_: int) -> None:
        seen["rounds"] = project.rounds.count()
        seen["tasks"] = Task.objects.filter(round__project__in=Project.objects.visible_to(manager)).count()
        seen["articles"] = project.articles.count()
        seen["members"] = project.memberships.count()
        seen["written"] = Annotation.objects.count()
        seen["found"] = Project.objects.find(f"-import-{ArticleImport.objects.get().pk}")

    bring(project, write_export(tmp_path, *MANY), advance=look)
    nothing = {"rounds": 0, "tasks": 0, "articles": 0, "members": 1, "written": 200, "found": None}
    assert seen == nothing
    assert Task.objects.filter(round__project__in=Project.objects.visible_to(manager)).count() == 101


def test_an_import_that_is_cut_off_leaves_nothing(project: Project, tmp_path: Path) -> None:
    before = count_everything()

    def fail(_: int) -> None:
        if Annotation.objects.exists():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring(project, write_export(tmp_path, *MANY), advance=fail)
    assert count_everything() == before
    assert find_wrong_tallies() == set()


def test_what_an_import_left_that_was_killed_is_taken_away_by_the_next(
    project: Project, tmp_path: Path
) -> None:
    """Nobody cleans up after who is killed: the row of the import is what is left, with a lease that has run out."""
    before = count_everything()
    under_way = open_import(project)
    file = write_export(tmp_path, *MANY)
    found = survey_files([file], ReadingOptions())
    mapping = map_exactly(found, project.scheme.definition)
    options = AnnotatedOptions()
    report = AnnotatedReport()
    work = AnnotatedWork.begin(
        under_way, found=found, mapping=mapping, options=options, report=report, by=None
    )
    work.stage(read_sourced(list_sources([file]), found, options.reading))
    assert Annotation.objects.count() == 202
    ArticleImport.objects.filter(pk=under_way.pk).update(busy_until=timezone.now())
    drop_import(open_import(project))
    assert count_everything() == before


def test_it_is_on_record_what_was_imported(project: Project, tmp_path: Path) -> None:
    manager = make_member(project, Role.MANAGER)
    bring(project, write_export(tmp_path, *TWO_ANNOTATORS), by=manager)
    event = Event.objects.get(verb="imported annotations")
    assert (event.actor, event.project, event.details["tasks"], event.details["annotations"]) == (
        manager,
        project,
        2,
        4,
    )


def test_an_import_takes_a_constant_number_of_queries_for_each_chunk(
    project: Project, tmp_path: Path, django_assert_max_num_queries: Any
) -> None:
    few = write_export(tmp_path, *TWO_ANNOTATORS, name="few.json")
    with CaptureQueriesContext(connection) as first:
        bring(project, few)
    with django_assert_max_num_queries(len(first)):
        bring(project, write_export(tmp_path, *MANY[:40], name="many.json"))


def test_an_import_of_annotations_is_undone_as_a_whole_while_nobody_went_on_with_it(
    project: Project, tmp_path: Path
) -> None:
    before = count_everything()
    report = bring(project, write_export(tmp_path, *TWO_ANNOTATORS))
    finish_by_rule(Task.objects.awaiting_rule())
    assert Gold.objects.count() == 1
    made = ArticleImport.objects.get(pk=report.article_import or 0)
    assert list(list_imports(project)) == [made]
    assert undo_import(made, by=None) == 2
    assert count_everything() == before
    assert Gold.objects.count() == 0
    assert find_wrong_tallies() == set()
    assert bring(project, write_export(tmp_path, *TWO_ANNOTATORS)).is_published


def test_annotations_of_articles_that_were_there_are_undone_and_the_articles_stay(
    project: Project, tmp_path: Path
) -> None:
    make_article(project, KYIV)
    make_article(project, PARIS)
    before = count_everything()
    report = bring(project, write_export(tmp_path, *TWO_ANNOTATORS))
    (made,) = list_imports(project)
    assert made.pk == report.article_import
    assert undo_import(made, by=None) == 0
    assert count_everything() == before


def test_nothing_is_undone_once_an_adjudicator_decided_or_a_release_was_frozen(
    project: Project, tmp_path: Path
) -> None:
    report = bring(project, write_export(tmp_path, *TWO_ANNOTATORS))
    made = ArticleImport.objects.get(pk=report.article_import or 0)
    finish_by_rule(Task.objects.awaiting_rule())
    release = freeze_release(project, title="First", by=None, exception="A pilot.")
    with pytest.raises(ImportInUseError, match="A release was frozen since"):
        undo_import(made, by=None)
    assert rebuild_release(release)
    adjudicator = make_member(project, Role.ADJUDICATOR)
    task = Task.objects.annotated().get()
    unit = read_case(task).outcome.open[0]
    decide_unit(task, unit=unit.key, action="reject", by=adjudicator)
    with pytest.raises(ImportInUseError, match="An adjudicator has decided"):
        undo_import(made, by=None)


def test_undoing_out_of_sight_is_one_step_and_the_next_import_sweeps_up(
    project: Project, tmp_path: Path
) -> None:
    """Killed right after the one step: the rows are still there, and nobody sees them."""
    before = count_everything()
    report = bring(project, write_export(tmp_path, *TWO_ANNOTATORS))
    made = ArticleImport.objects.get(pk=report.article_import or 0)
    hide_again(AnnotationImport.objects.get(article_import=made))
    ArticleImport.objects.filter(pk=made.pk).update(published_at=None, busy_until=timezone.now())
    assert (project.rounds.count(), project.articles.count(), project.memberships.count()) == (0, 0, 0)
    assert Annotation.objects.count() == 4
    drop_import(open_import(project))
    assert count_everything() == before


GOLD_LINES = (PARIS, {"ann": [("Claim", "Paris will pay")]})


def test_gold_comes_in_settled_and_a_release_of_it_is_rebuilt(project: Project, tmp_path: Path) -> None:
    report = bring(project, write_export(tmp_path, GOLD_LINES), imported_as=ImportedAs.GOLD)
    assert report.new_annotations == 1
    finish_by_rule(Task.objects.awaiting_rule())
    gold = Gold.objects.get()
    assert gold.status == GoldStatus.IMPORTED
    assert gold.markup["spans"][0]["provenance"]["origin"] == "imported"
    assert Annotation.objects.get().origin == AnnotationOrigin.GOLD
    release = freeze_release(project, title="Gold from elsewhere", by=None)
    assert rebuild_release(release)
    (line,) = read_release_lines(release)
    assert '"status":"imported"' in line


def test_gold_of_several_annotators_is_no_gold(project: Project, tmp_path: Path) -> None:
    report = bring(project, write_export(tmp_path, *TWO_ANNOTATORS), imported_as=ImportedAs.GOLD)
    assert not report.is_published
    assert report.refused[0].message == "2 annotators marked it, and gold is one: import it as annotations"


def test_gold_that_was_exported_here_comes_back_as_gold(project: Project, tmp_path: Path) -> None:
    bring(project, write_export(tmp_path, GOLD_LINES), imported_as=ImportedAs.GOLD)
    finish_by_rule(Task.objects.awaiting_rule())
    release = freeze_release(project, title="Gold", by=None)
    file = tmp_path / "gold.jsonl"
    file.write_text("".join(f"{line}\n" for line in read_release_lines(release)))
    other = make_project(scheme=project.scheme)
    report = bring(other, file, imported_as=ImportedAs.GOLD)
    assert (report.new_articles, report.new_annotations, report.problem_count) == (1, 1, 0)
    again = bring(other, file, imported_as=ImportedAs.GOLD)
    assert (again.known_annotations, again.is_published) == (1, False)


def test_what_came_in_and_goes_out_again_has_the_words_of_the_file(project: Project, tmp_path: Path) -> None:
    """text[start:end] is the quote in the file, in the database, in the export, and in the file of the export read again."""
    bring(project, write_export(tmp_path, *TWO_ANNOTATORS))
    file = tmp_path / "annotations.jsonl"
    file.write_text("".join(f"{line}\n" for line in read_annotations(project)))
    quotes = [
        (span["label"], span["quote"], record["text"][span["start"] : span["end"]])
        for record in map(json.loads, file.read_text().splitlines())
        for span in record["spans"]
    ]
    assert sorted({label_and_words[:2] for label_and_words in quotes}) == [
        ("Claim", "Kyiv must have guarantees"),
        ("Claim", "Paris will pay"),
        ("Stance", "disagrees"),
    ]
    assert all(quote == words for _, quote, words in quotes)
    other = make_project(scheme=project.scheme)
    report = bring(other, file)
    assert (report.new_annotations, report.parts["spans"], report.problem_count) == (4, 5, 0)


@pytest.mark.parametrize("name", ["tei", "aif"])
def test_an_export_in_a_standard_comes_in_again_as_it_went_out(
    name: str, project: Project, tmp_path: Path
) -> None:
    bring(project, write_export(tmp_path, *TWO_ANNOTATORS))
    chosen = find_format(name)
    file = tmp_path / f"all.{chosen.extension}"
    file.write_bytes(b"".join(chosen.write_lines(read_annotations(project), losses=Losses())))
    report = bring(make_project(scheme=project.scheme), file)
    assert (report.new_annotations, report.parts["spans"], report.problem_count) == (4, 5, 0)
    assert report.left_out == {}


def test_texts_that_nobody_annotated_come_in_without_a_round(project: Project, tmp_path: Path) -> None:
    report = bring(project, write_export(tmp_path, (PARIS, {}), (KYIV, {})))
    assert (report.new_articles, report.without_judgement, report.round_number) == (2, 2, None)
    assert (project.rounds.count(), Project.objects.count(), AnnotationImport.objects.count()) == (0, 1, 0)


def test_a_file_that_names_nobody_is_of_whom_it_is_called_after(project: Project, tmp_path: Path) -> None:
    file = tmp_path / "bo.jsonl"
    file.write_text(
        json.dumps({"text": PARIS, "label": [[0, 14, "Claim"]]})
        + "\n"
        + json.dumps({"text": KYIV, "label": []})
        + "\n"
    )
    assert bring(project, file).by_annotator == {"bo": 2}


def test_gold_is_not_taken_for_what_annotators_submitted(project: Project, tmp_path: Path) -> None:
    bring(project, write_export(tmp_path, GOLD_LINES), imported_as=ImportedAs.GOLD)
    finish_by_rule(Task.objects.awaiting_rule())
    release = freeze_release(project, title="Gold", by=None)
    file = tmp_path / "gold.jsonl"
    file.write_text("".join(f"{line}\n" for line in read_release_lines(release)))
    before = count_everything()
    with pytest.raises(RefusedError, match="the files hold gold, and nothing that an annotator marked"):
        bring(project, file)
    assert count_everything() == before
