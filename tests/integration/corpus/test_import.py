"""Import: the exact text with its bytes and blocks, never twice, and all or nothing where that was asked."""

import hashlib
import json
import os
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from annotations.corpus.report import ImportReport
from annotations.corpus.services import import_articles
from annotations.corpus.staging import MAX_ARTICLES_AT_ONCE as CHUNK
from annotations.formats.documents import Block as DocumentBlock
from annotations.formats.documents import Document
from annotations.formats.errors import Remedy
from annotations.formats.ports import TextOptions
from annotations.models import Article, Block, Event, Project, Role
from tests.factories import make_member, make_project, make_user

pytestmark = pytest.mark.django_db
SEEDS = Path(__file__).resolve().parents[3] / "seeds"


@pytest.fixture
def project() -> Project:
    return make_project()


def write_jsonl(path: Path, *lines: dict[str, Any] | str) -> Path:
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    return path


def make_row(text: str, **fields: Any) -> Document:
    defaults = {
        "place": "row",
        "original": text.encode(errors="replace"),
        "encoding": "utf-8",
        "source_format": "text",
    }
    return Document(text=text, **{**defaults, **fields})


def test_the_seeds_are_imported_with_every_byte_and_block(project: Project) -> None:
    by = make_user()
    report = import_articles(project, [SEEDS], by=by)
    assert [len(report.imported), len(report.already_there), len(report.refused)] == [5, 0, 0]
    for article, path in zip(project.articles.order_by("id"), sorted(SEEDS.glob("*.txt")), strict=True):
        raw = path.read_bytes()
        assert bytes(article.original) == raw
        assert article.text.encode() == raw
        assert article.length == len(article.text)
        assert article.sha256 == article.text_sha256 == hashlib.sha256(raw).hexdigest()
        assert article.title == article.text.split("\n", 1)[0]
        assert (article.source, article.source_format, article.imported_by) == (str(path), "text", by)
        blocks = list(article.blocks.all())
        assert [block.ordinal for block in blocks] == list(range(1, len(blocks) + 1))
        assert article.text[blocks[0].start : blocks[0].end] == article.title
    event = Event.objects.get(verb="imported articles")
    assert (event.actor, event.project, event.details["count"]) == (by, project, 5)


def test_blocks_that_a_file_gives_are_kept_and_not_guessed(project: Project, tmp_path: Path) -> None:
    blocks = [{"start": 0, "end": 4, "kind": "quote"}, {"start": 6, "end": 9, "kind": "heading"}]
    path = write_jsonl(tmp_path / "a.jsonl", {"text": "One.\n\nTwo", "blocks": blocks})
    [made] = import_articles(project, [path], by=None).imported
    stored = Block.objects.filter(article=made.id).order_by("ordinal").values("start", "end", "kind")
    assert list(stored) == blocks


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ({"start": 0, "end": 4, "kind": "poem"}, "a block has the kind 'poem'; give one of title, byline"),
        ({"start": 0, "end": 99, "kind": "quote"}, r"the block \[0, 99\) is empty, lies outside"),
        ({"start": 4, "end": 4, "kind": "quote"}, "is empty"),
        ({"start": -1, "end": 4, "kind": "quote"}, "lies outside"),
    ],
)
def test_blocks_that_cannot_be_are_refused(project: Project, block: dict[str, Any], said: str) -> None:
    row = make_row("One.\n\nTwo", blocks=(DocumentBlock(**block),))
    [refused] = import_articles(project, [row], by=None).refused
    assert re.search(said, refused.message)


def test_importing_the_same_again_changes_nothing_and_says_so(project: Project) -> None:
    first = import_articles(project, [SEEDS], by=None)
    again = import_articles(project, [SEEDS], by=None)
    assert not again.imported
    assert [known.id for known in again.already_there] == [made.id for made in first.imported]
    assert Article.objects.count() == 5
    assert Event.objects.count() == 1


def test_another_project_may_have_the_same_text(project: Project) -> None:
    import_articles(project, [SEEDS], by=None)
    assert len(import_articles(make_project(), [SEEDS], by=None).imported) == 5


def test_the_same_text_in_another_encoding_is_the_same_article(project: Project, tmp_path: Path) -> None:
    for name, codec in (("a.txt", "utf-8"), ("b.txt", "utf-8-sig"), ("c.txt", "utf-16")):
        (tmp_path / name).write_bytes("Kyiv agrees.\r\n".encode(codec))
    report = import_articles(project, [tmp_path], by=None)
    assert [made.place for made in report.imported] == [str(tmp_path / "a.txt")]
    assert [known.first_place for known in report.already_there] == [str(tmp_path / "a.txt")] * 2


def test_carriage_returns_and_emoji_come_back_from_the_database(project: Project) -> None:
    text = "Title \U0001f468\u200d\U0001f469\r\nline\rother\u2028e\u0301 \u202ex\r\n\r\n"
    (made,) = import_articles(project, [make_row(text)], by=None).imported
    assert Article.objects.get(pk=made.id).text == text


def test_one_bad_row_and_nothing_is_imported(project: Project, tmp_path: Path) -> None:
    file = write_jsonl(tmp_path / "a.jsonl", {"text": "one"}, "{broken", {"text": "two"}, {"text": ""})
    report = import_articles(project, [SEEDS, file], by=None)
    assert [bad.place for bad in report.refused] == [f"{file}:2", f"{file}:4"]
    assert not report.imported
    assert not Article.objects.exists()
    assert not Block.objects.exists()
    assert not Event.objects.exists()


def test_one_bad_row_and_the_rest_is_imported_if_asked(project: Project, tmp_path: Path) -> None:
    file = write_jsonl(
        tmp_path / "a.jsonl", {"text": "one"}, "{broken", {"text": "two", "title": "Two", "id": 2}
    )
    report = import_articles(project, [file], by=None, atomic=False)
    assert [bad.place for bad in report.refused] == [f"{file}:2"]
    assert list(project.articles.values_list("title", "external_id", "source")) == [
        ("one", "", f"{file}:1"),
        ("Two", "2", f"{file}:3"),
    ]


def test_more_rows_than_a_chunk_are_imported_and_twins_among_them_found(project: Project) -> None:
    rows = [make_row(f"Text {number}", place=f"row {number}") for number in range(2 * CHUNK + 10)]
    twins = [make_row("Text 0", place="twin of an earlier chunk"), make_row("x"), make_row("x", place="twin")]
    report = import_articles(project, [*rows, *twins], by=None)
    assert len(report.imported) == 2 * CHUNK + 11
    assert [known.first_place for known in report.already_there] == ["row 0", "row"]


def test_rows_that_a_program_hands_over_are_checked_too(project: Project) -> None:
    report = import_articles(
        project, [make_row("a\0b", place="form"), make_row("\ud800"), make_row("fine")], by=None, atomic=False
    )
    assert [bad.place for bad in report.refused] == ["form", "row"]
    assert len(report.imported) == 1


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("  Kyiv\u00a0 agrees\n\nIt does.", "Kyiv agrees"),
        ("x" * 600, "x" * 499 + "…"),
        ("# Kyiv agrees\n\nIt does.", "Kyiv agrees"),
        (
            "Advertisement\n\nIt does, and it does so with the whole world watching it.",
            "It does, and it does so",
        ),
        ("#", "#"),
    ],
)
def test_an_article_without_a_title_gets_its_first_line(project: Project, text: str, title: str) -> None:
    (made,) = import_articles(project, [make_row(text)], by=None).imported
    assert made.title.startswith(title)
    assert len(made.title) <= 500


def run(*args: str) -> tuple[str, str]:
    stdout, stderr = StringIO(), StringIO()
    call_command("import_articles", *args, stdout=stdout, stderr=stderr)
    return stdout.getvalue(), stderr.getvalue()


def test_the_command_names_what_it_imported_and_what_was_there(project: Project) -> None:
    assert "Imported 5 articles." in run(project.slug, str(SEEDS))[0]
    out, _ = run(str(project.pk), str(SEEDS))
    assert "Already there, so left alone: 5 articles." in out


def test_the_command_prints_one_json_document(project: Project) -> None:
    document = json.loads(run(project.slug, str(SEEDS), "--json")[0])
    assert [row["title"] for row in document["imported"]] == list(
        project.articles.order_by("id").values_list("title", flat=True)
    )


def test_the_command_names_file_and_line_of_bad_rows_and_fails(project: Project, tmp_path: Path) -> None:
    file = write_jsonl(tmp_path / "a.data", {"text": "one"}, {"text": "x\0"})
    with pytest.raises(CommandError, match=rf"{file}:2: .*NUL.*\nNothing was imported"):
        run(project.slug, str(file), "--source", "jsonl")
    with pytest.raises(CommandError, match="Refused 1; the rest is imported"):
        run(project.slug, str(file), "--source", "jsonl", "--no-atomic")
    assert project.articles.count() == 1


def test_the_command_says_which_projects_there_are(project: Project) -> None:
    with pytest.raises(CommandError, match=project.slug):
        run("elsewhere", str(SEEDS))


# --- what is said beside what is imported -------------------------------------------------------------------


def say(report: ImportReport) -> list[tuple[str, str]]:
    return [(notice.place, notice.message) for notice in report.notices]


def test_an_id_that_another_text_has_is_imported_and_pointed_out(project: Project, tmp_path: Path) -> None:
    file = write_jsonl(tmp_path / "a.jsonl", {"id": "7", "text": "one"}, {"id": "7", "text": "two"})
    report = import_articles(project, [file], by=None)
    assert len(report.imported) == 2
    assert say(report) == [
        (f"{file}:2", f"its id '7' is also that of {file}:1, whose text is another"),
    ]
    later = write_jsonl(tmp_path / "b.jsonl", {"id": "7", "text": "three"}, {"id": "8", "text": "four"})
    assert say(import_articles(project, [later], by=None)) == [
        (
            f"{later}:1",
            (
                f"its id '7' is that of {file}:2, whose text is another: it becomes a version beside that, and annotations "
                "stay with the text that they were made of"
            ),
        ),
    ]


def test_a_text_that_differs_in_white_space_only_is_imported_and_pointed_out(project: Project) -> None:
    import_articles(project, [make_row("Kyiv agreed.\n\nMoscow did not.", place="first")], by=None)
    again = [make_row("Kyiv agreed.  Moscow did not.\r\n", place="second"), make_row("Else.", place="third")]
    report = import_articles(project, again, by=None)
    assert len(report.imported) == 2
    assert say(report) == [("second", "it differs from first in white space only")]


def test_another_project_has_its_own_ids(project: Project) -> None:
    import_articles(make_project(), [make_row("one", id="7")], by=None)
    assert say(import_articles(project, [make_row("two", id="7")], by=None)) == []


def test_an_import_names_what_it_left_out_of_a_folder(project: Project, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Kyiv agreed.")
    (tmp_path / "b.odt").write_bytes(b"PK")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "c.txt").write_text("Kyiv refused.")
    (tmp_path / "README").write_text("No article.")
    report = import_articles(project, [tmp_path], by=None)
    assert [Path(made.place).name for made in report.imported] == ["a.txt", "c.txt"]
    assert [place.removeprefix(f"{tmp_path}/") for place, _ in say(report)] == ["README", "b.odt"]
    assert "save it as .docx" in say(report)[-1][1]


def test_a_file_whose_name_is_no_utf8_is_imported_under_its_escaped_name(
    project: Project, tmp_path: Path
) -> None:
    (tmp_path / "plain.txt").write_text("one")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")).write_text("two")
    report = import_articles(project, [tmp_path], by=None)
    assert [Path(made.place).name for made in report.imported] == ["caf\\xe9.txt", "plain.txt"]


def test_a_text_that_looks_misread_is_imported_as_it_is_and_pointed_out(project: Project) -> None:
    text = "Le PrÃ©fet a dÃ©cidÃ© â€“ Â« non Â»."
    [made] = import_articles(project, [make_row(text)], by=None).imported
    assert project.articles.get().text == text
    assert "wrong encoding before it was saved (“Ã©”" in made.warning


def test_of_a_text_that_is_misread_from_end_to_end_a_few_letters_are_shown(project: Project) -> None:
    misread = "政府昨天宣布了新的计划".encode().decode("cp1252", "ignore") * 1_000
    [made] = import_articles(project, [make_row(f"Ã©{misread} Ã© {misread}")], by=None).imported
    assert len(made.warning) < 1_000


def test_a_very_long_text_is_an_article_only_if_that_is_meant(project: Project) -> None:
    row = make_row("Kyiv agreed. " * 20_000)
    [refused] = import_articles(project, [row], by=None).refused
    assert "260,000 characters" in refused.message
    assert refused.remedy == Remedy.LONG_TEXTS
    meant = TextOptions(takes_long_texts=True)
    assert len(import_articles(project, [row], by=None, options=meant).imported) == 1


# --- how each surface says what would help ------------------------------------------------------------------

FRENCH = "Le projet était prêt après de longues négociations à Genève. "


def test_the_command_says_what_would_help_as_one_types_it(project: Project, tmp_path: Path) -> None:
    french, table = tmp_path / "a.txt", tmp_path / "b.csv"
    french.write_bytes(FRENCH.encode("cp1252"))
    table.write_text("id;body\n1;Kyiv agreed.\n")
    long = tmp_path / "c.txt"
    long.write_text("Kyiv agreed. " * 20_000)
    for path, way in (
        (french, "--encoding NAME"),
        (table, "--text-column NAME"),
        (long, "--long-texts"),
        (tmp_path / "d.odt", "--source FORMAT"),
    ):
        with pytest.raises(CommandError, match=re.escape(f"({way})")):
            run(project.slug, str(path))
    run(project.slug, str(french), "--encoding", "cp1252")
    run(project.slug, str(table), "--text-column", "body")
    run(project.slug, str(long), "--long-texts")
    texts = project.articles.order_by("id").values_list("text", flat=True)
    assert [text[:12] for text in texts] == [FRENCH[:12], "Kyiv agreed.", "Kyiv agreed."]


def test_the_command_previews_without_importing_and_takes_columns_by_name(
    project: Project, tmp_path: Path
) -> None:
    table = tmp_path / "a.csv"
    table.write_text("nr;head;body;junk\n1;Peace;Kyiv agreed.;x\n")
    said = ("--text-column", "body", "--title-column", "head", "--id-column", "nr", "--leave-out", "junk")
    assert "Would import 1 article." in run(project.slug, str(table), *said, "--preview")[0]
    assert not Article.staged.exists()
    run(project.slug, str(table), *said)
    article = project.articles.get()
    assert (article.text, article.title, article.external_id) == ("Kyiv agreed.", "Peace", "1")
    assert article.metadata.keys() <= {"language"}


def test_the_api_says_what_would_help_as_a_request_says_it(client: Client, project: Project) -> None:
    client.force_login(make_member(project, Role.MANAGER))
    body = {"articles": [{"text": "Kyiv agreed. " * 20_000}]}
    url = f"/api/v1/projects/{project.pk}/articles/"
    answer = client.post(url, body, content_type="application/json")
    assert answer.status_code == 400
    assert "“long_texts”: true" in answer.json()["errors"][0]["detail"]
    answer = client.post(url, {**body, "long_texts": True}, content_type="application/json")
    assert (answer.status_code, answer.json()["notices"]) == (201, [])
