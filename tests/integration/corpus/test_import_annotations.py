"""`manage.py import_annotations`: what it says, what it refuses, and that the documentation's own lines work."""

import json
import re
import shlex
import subprocess
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from annotations.management.seeding import seed_project
from annotations.models import Article, Project, Role, Task, TaskStatus
from annotations.schemes.choice_kinds import ChoiceKind
from tests.factories import ROOT, make_member, make_project, make_scheme
from tests.factories.annotated import PARIS, TWO_ANNOTATORS, write_export

pytestmark = pytest.mark.django_db
PAGE = (ROOT / "docs" / "made-elsewhere.md").read_text(encoding="utf-8")
MANAGE = ".venv/bin/python manage.py "


@pytest.fixture
def project() -> Project:
    return make_project(scheme=make_scheme("argument-lite-v1"))


def run(*arguments: object) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("import_annotations", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_a_newcomer_with_a_brat_folder_sees_agreement_by_the_documentations_own_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    seed_project(sorted((ROOT / "seeds").glob("*.txt")))  # the accounts that the quickstart made
    section = PAGE[PAGE.index("## In five minutes") : PAGE.index("## Onto the labels")]
    printed = []
    for line in re.findall(r"^\$ (.+)$", section, re.MULTILINE):
        if line.startswith(MANAGE):
            call_command(*shlex.split(line.removeprefix(MANAGE)))
            printed.append(capsys.readouterr().out)
        else:
            subprocess.run(["/bin/bash", "-c", line], check=True)
    imported, agreement = printed
    assert (
        "Imported 4 annotations of 2 new articles and 0 that were there, as round 1 of News from brat."
        in imported
    )
    assert "  ann: 2 documents\n  bob: 2 documents\n" in imported
    assert "link Attacks: from Stance to Claim" in imported
    assert "of 100 spans, 67 have the same borders" in agreement  # two of the three spans of each
    call_command("agreement", "news-from-brat", "--detailed")
    assert re.search(r"Span F1, borders.+ 0\.667 ", capsys.readouterr().out)
    project = Project.objects.get(name="News from brat")
    assert project.slug == "news-from-brat"
    assert set(Task.objects.filter(round__project=project).values_list("wanted", flat=True)) == {2}


def test_it_says_what_came_in_and_where_to_look(project: Project, tmp_path: Path) -> None:
    said = run(project.slug, write_export(tmp_path, *TWO_ANNOTATORS), "--round", "Elsewhere")
    assert "Imported 4 annotations of 2 new articles and 0 that were there, as round 1 of" in said
    assert "with 5 spans" in said
    assert f"the page /projects/{project.slug}/agreement/" in said
    assert project.rounds.get().name == "Elsewhere"


def test_the_same_file_again_says_that_nothing_is_new(project: Project, tmp_path: Path) -> None:
    file = write_export(tmp_path, *TWO_ANNOTATORS)
    run(project.slug, file)
    assert run(project.slug, file) == (
        "Nothing is new: 4 annotations of 2 articles are there already, so nothing was changed.\n"
    )


def test_what_is_undecided_is_asked_and_a_proposal_answers_it(project: Project, tmp_path: Path) -> None:
    file = write_export(tmp_path, (PARIS, {"ann": [("CLAIM", "Paris will pay")]}))
    with pytest.raises(CommandError, match=r"(?s)the label 'CLAIM' \(once.+--write-mapping FILE"):
        run(project.slug, file)
    mapping = tmp_path / "mapping.toml"
    run(project.slug, file, "--write-mapping", mapping)
    assert 'becomes = "Claim"' in mapping.read_text()
    assert "Imported 1 annotation of 1 new article" in run(project.slug, file, "--mapping", mapping)
    with pytest.raises(CommandError, match="is there already: name another file"):
        run(project.slug, file, "--write-mapping", mapping)


def test_what_does_not_fit_is_listed_and_nothing_comes_in_unless_the_rest_is_wanted(
    project: Project, tmp_path: Path
) -> None:
    file = write_export(tmp_path, *TWO_ANNOTATORS)
    file.write_text(file.read_text().replace('"text": "disagrees"', '"text": "agrees"'))
    with pytest.raises(
        CommandError, match=r"document '1' by 'ann': Stance .+ says 'agrees'[^$]+Nothing was imported"
    ):
        run(project.slug, file)
    assert Article.objects.count() == 0
    said = run(project.slug, file, "--no-atomic")
    assert "Did not fit, and went to quarantine:" in said
    assert "Imported 4 annotations" in said


def test_a_made_scheme_starts_a_project_that_somebody_manages(tmp_path: Path) -> None:
    file = write_export(tmp_path, (PARIS, {"ann": [("Actor", "Paris")], "bob": [("Actor", "Berlin")]}))
    with pytest.raises(CommandError, match="say who manages it: --manager EMAIL"):
        run("Actors 2026", file, "--make-scheme")
    manager = make_member(make_project(), Role.MANAGER, email="mia@example.org")
    said = run("Actors 2026", file, "--make-scheme", "--manager", manager.email)
    assert "The scheme actors-2026-v1 was made of what was found:\n  label Actor\n" in said
    project = Project.objects.get(slug="actors-2026")
    assert project.roles_of(manager) == {Role.MANAGER}
    with pytest.raises(CommandError, match="has rounds, whose scheme stays"):
        run("actors-2026", file, "--make-scheme")


def test_a_project_without_rounds_goes_on_with_the_scheme_that_is_made(
    project: Project, tmp_path: Path
) -> None:
    file = write_export(tmp_path, (PARIS, {"ann": [("Actor", "Paris")]}))
    run(project.slug, file, "--make-scheme")
    project.refresh_from_db()
    assert (project.scheme.name, project.scheme.version) == ("argument-lite", "2")
    assert [label.name for label in project.scheme.definition.labels] == ["Actor"]


def test_json_is_one_document(project: Project, tmp_path: Path) -> None:
    report = json.loads(run(project.slug, write_export(tmp_path, *TWO_ANNOTATORS), "--json"))
    assert (report["is_published"], report["round"], report["by_annotator"]) == (
        True,
        1,
        {"ann": 2, "bob": 2},
    )
    assert report["parts"] == {"spans": 5}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is not JSON"),
        ("[{}]", "task number 1 has no list of annotations"),
        ('{"items": [{"ann": 1}]}', "holds items without texts"),
        (
            '[{"id": 1, "data": {"text": "x"}, "annotations": [{"result": [{"type": 3}]}]}]',
            "no object with a type",
        ),
    ],
)
def test_what_is_no_file_of_annotations_is_refused_in_a_sentence(
    project: Project, tmp_path: Path, content: str, message: str
) -> None:
    file = tmp_path / "odd.json"
    file.write_text(content)
    with pytest.raises(CommandError, match=message):
        run(project.slug, file)
    assert Article.staged.count() == 0


def test_kinds_of_questions_follow_from_what_was_found(tmp_path: Path) -> None:
    make_member(make_project(), Role.MANAGER, email="mia@example.org")
    folder = tmp_path / "ann"
    folder.mkdir()
    (folder / "1.txt").write_text("Kyiv agreed.")
    (folder / "1.ann").write_text("T1\tActor 0 4\tKyiv\nA1\tKind T1 state\nA2\tSure T1\n")
    said = run("Kinds", folder, "--make-scheme", "--manager", "mia@example.org")
    assert "  label Actor\n    Kind: choice of 1\n    Sure: flag\n" in said
    (label,) = Project.objects.get(slug="kinds").scheme.definition.labels
    assert isinstance(label.attributes[0].kind, ChoiceKind)
    assert Task.objects.get().status == TaskStatus.ANNOTATED
