"""Import: the exact text with its bytes and blocks, never twice, and all or nothing where that was asked."""

import hashlib
import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from annotations.corpus.services import import_articles
from annotations.corpus.staging import MAX_ARTICLES_AT_ONCE as CHUNK
from annotations.formats.documents import Block as DocumentBlock
from annotations.formats.documents import Document
from annotations.models import Article, Block, Event, Project
from tests.factories import make_project, make_user

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
        ({"start": 0, "end": 4, "kind": "poem"}, "a block is one of title, byline"),
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
        ("\u200b", "\u200b"),
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
