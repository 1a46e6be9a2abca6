"""An import as a job: files come in by parts, a worker reads them, somebody looks, and all of it is published or nothing."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from annotations.corpus import imports
from annotations.corpus.choices import ImportChoices
from annotations.corpus.errors import FileNotTakenError, ImportStateError, PartOutOfOrderError
from annotations.corpus.imports import (
    ask_to_read,
    drop,
    find_job,
    list_waiting,
    publish_import,
    run_forget_imports,
    start_import,
)
from annotations.corpus.services import import_articles
from annotations.corpus.uploads import add_files, keep_whole, list_folders, list_unfinished, receive_part
from annotations.formats.documents import Document
from annotations.jobs.worker import Worker
from annotations.limits import MAX_IMPORT_FILE_BYTES, MAX_IMPORT_PART_BYTES
from annotations.models import (
    Article,
    ArticleImport,
    Event,
    ImportFile,
    ImportStatus,
    Job,
    JobStatus,
    Project,
    User,
)
from tests.factories import make_project, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]
FRENCH = "Le projet était prêt après de longues négociations."


@pytest.fixture
def project() -> Project:
    return make_project()


@pytest.fixture
def boss() -> User:
    return make_user()


def keep(project: Project, by: User | None = None, /, **files: bytes) -> ArticleImport:
    """An import with these files, `a_txt` for a.txt."""
    made = start_import(project, by=by)
    named = [(name.replace("__", "/").replace("_", "."), content) for name, content in files.items()]
    keep_whole(made, [(name, io.BytesIO(content), len(content)) for name, content in named])
    return made


def read(made: ArticleImport, choices: ImportChoices | None = None) -> dict[str, Any]:
    ask_to_read(made, choices, by=None)
    Worker().run_until_idle()
    made.refresh_from_db()
    job = find_job(made)
    assert job is not None
    assert job.status == JobStatus.DONE, job.message
    assert made.report is not None
    report: dict[str, Any] = made.report
    return report


def test_files_are_read_by_a_worker_seen_by_nobody_and_published_at_once(
    project: Project, boss: User
) -> None:
    made = keep(
        project, boss, a_txt=b"Kyiv agreed.", news__b_jsonl=b'{"text": "Odesa agreed."}\n{"text": 7}\n'
    )
    assert not made.is_staged
    report = read(made)
    assert made.status == ImportStatus.READ
    assert report["counts"] == {
        "files": 2,
        "articles": 2,
        "characters": 25,
        "versions": 0,
        "already_there": 0,
        "refused": 1,
        "notices": 0,
    }
    assert report["refused"][0]["place"] == "news/b.jsonl:2"
    assert not project.articles.exists()
    with pytest.raises(ImportStateError, match="1 part of the files was refused"):
        publish_import(made, by=boss)
    assert publish_import(made, by=boss, without_refused=True) == 2
    assert made.published_at is not None
    assert [article.source for article in project.articles.order_by("pk")] == ["a.txt", "news/b.jsonl:1"]
    assert {article.imported_by for article in project.articles.all()} == {boss}
    assert Event.objects.get(verb="imported articles").details["count"] == 2


def test_files_are_gone_from_the_storage_once_they_are_published(
    project: Project, django_capture_on_commit_callbacks: Any
) -> None:
    made = keep(project, a_txt=b"Kyiv agreed.")
    read(made)
    assert list_folders() == [made.pk]
    with django_capture_on_commit_callbacks(execute=True):
        publish_import(made, by=None)
    assert list_folders() == []
    assert not ImportFile.objects.exists()


def test_the_same_files_again_are_all_there_already(project: Project) -> None:
    made = keep(project, a_txt=b"Kyiv agreed.")
    read(made)
    publish_import(made, by=None)
    again = keep(project, b_txt=b"Kyiv agreed.")
    report = read(again)
    assert report["counts"]["already_there"] == 1
    assert report["already_there"][0]["first_place"] == "a.txt"
    with pytest.raises(ImportStateError, match="nothing to publish"):
        publish_import(again, by=None)


def test_copies_are_told_in_the_report_of_a_reading_and_left_for_later_where_the_import_is_large(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = " ".join(f"word{place}" for place in range(60))
    made = keep(project, a_txt=story.encode(), b_txt=f"{story} more".encode(), c_txt=b"Something else.")
    copies = read(made)["copies"]
    assert [(copy["place"], copy["of_place"], copy["is_of_this_import"]) for copy in copies] == [
        ("b.txt", "a.txt", True)
    ]
    assert read(made)["copies"][0]["kind"] == "edited"
    monkeypatch.setattr(imports, "MAX_ARTICLES_COMPARED_UNSEEN", 2)
    assert "copies" not in read(made)


def test_a_file_comes_in_parts_and_goes_on_where_it_stopped(project: Project) -> None:
    made = start_import(project, by=None)
    content = b"Kyiv agreed. " * 1000
    [file] = add_files(made, [("large.txt", len(content))])
    receive_part(file, content[:5000], offset=0)
    with pytest.raises(ImportStateError, match="5,000 of 13,000 bytes"):
        ask_to_read(made, by=None)
    [file] = add_files(made, [("large.txt", len(content))])
    assert file.received == 5000
    receive_part(file, content[2000:5000], offset=2000)
    assert file.received == 5000
    with pytest.raises(PartOutOfOrderError) as error:
        receive_part(file, content[7000:], offset=7000)
    assert error.value.received == 5000
    receive_part(file, content[5000:], offset=5000)
    assert not list_unfinished(made)
    read(made)
    assert Article.staged.get(imported_in=made).text == content.decode()


def test_parts_that_race_are_kept_once(project: Project) -> None:
    made = start_import(project, by=None)
    [file] = add_files(made, [("a.txt", 8)])
    other = ImportFile.objects.get(pk=file.pk)
    receive_part(other, b"Kyiv", offset=0)
    assert receive_part(file, b"Kyiv", offset=0).received == 4
    assert len(default_storage.listdir(f"imports/{made.pk}")[1]) == 1


@pytest.mark.parametrize(
    ("name", "size", "said"),
    [
        ("../a.txt", 1, "leads out of the folder"),
        ("/etc/passwd", 1, "leads out"),
        ("C:\\a.txt", 1, "leads out"),
        ("a\0.txt", 1, "control character"),
        ("", 1, "leads out"),
        ("/".join("a" * 30), 1, "deeper than 20 folders"),
        ("a" * 500, 1, "more than 400 characters"),
        ("a.txt", MAX_IMPORT_FILE_BYTES + 1, "of one file"),
    ],
)
def test_a_file_that_cannot_come_in_is_refused_before_a_byte_of_it(
    project: Project, name: str, size: int, said: str
) -> None:
    with pytest.raises(FileNotTakenError, match=said):
        add_files(start_import(project, by=None), [(name, size)])
    assert not ImportFile.objects.exists()


def test_a_part_is_bounded_and_no_file_grows_beyond_what_was_announced(project: Project) -> None:
    [file] = add_files(start_import(project, by=None), [("a.txt", 4)])
    with pytest.raises(FileNotTakenError, match="announced with 4 bytes"):
        receive_part(file, b"Kyiv agreed", offset=0)
    with pytest.raises(FileNotTakenError, match="a part has"):
        receive_part(file, b"x" * (MAX_IMPORT_PART_BYTES + 1), offset=0)


def test_another_size_under_one_name_is_another_file_and_refused(project: Project) -> None:
    made = start_import(project, by=None)
    add_files(made, [("a.txt", 4)])
    with pytest.raises(FileNotTakenError, match="in this import already"):
        add_files(made, [("a.txt", 5)])


def test_what_is_chosen_is_read_again_and_nothing_stays_of_what_was_read_before(project: Project) -> None:
    made = keep(project, lettre_txt=FRENCH.encode("cp1252"), t_csv=b"nr;body\n1;Kyiv agreed.\n")
    report = read(made)
    by_place = {bad["place"]: bad for bad in report["refused"]}
    letter = by_place["lettre.txt"]
    assert letter["remedy"] == "encoding"
    assert letter["samples"][letter["choices"].index("cp1252")] == FRENCH
    assert by_place["t.csv:1"]["choices"] == ["nr", "body"]
    report = read(made, ImportChoices(encodings={"lettre.txt": "cp1252"}, text_column="body", id_column="nr"))
    assert report["counts"]["refused"] == 0
    assert publish_import(made, by=None) == 2
    assert project.articles.get(external_id="1").text == "Kyiv agreed."


def test_columns_are_found_with_an_example_or_their_few_values_and_left_out_where_somebody_says_so(
    project: Project,
) -> None:
    rows = [{"text": f"Text {number}.", "source": "Herald", "junk": number} for number in range(3)]
    made = keep(project, a_jsonl="\n".join(map(json.dumps, rows)).encode())
    assert read(made)["columns"] == [
        {"name": "source", "rows": 3, "example": "Herald", "counted": [["Herald", 3]]},
        {"name": "junk", "rows": 3, "example": "0"},
    ]
    read(made, ImportChoices(left_out=("junk",)))
    publish_import(made, by=None)
    assert {tuple(article.metadata) for article in project.articles.all()} == {("source",)}


def test_an_import_that_waits_gives_way_to_another_and_is_read_again(project: Project) -> None:
    waiting = keep(project, a_txt=b"Kyiv agreed.")
    read(waiting)
    row = Document(place="row", text="Kyiv agreed.", original=b"Kyiv agreed.", source_format="text")
    assert len(import_articles(project, [row], by=None).imported) == 1
    waiting.refresh_from_db()
    assert waiting.status == ImportStatus.RECEIVING
    with pytest.raises(ImportStateError, match="have it read first"):
        publish_import(waiting, by=None)
    assert read(waiting)["counts"]["already_there"] == 1


def test_a_reading_that_was_asked_for_again_is_not_finished(project: Project) -> None:
    made = keep(project, a_txt=b"Kyiv agreed.")
    first = ask_to_read(made, by=None)
    ask_to_read(made, ImportChoices(takes_long_texts=True), by=None)
    Worker().run_until_idle()
    first.refresh_from_db()
    made.refresh_from_db()
    assert first.status == JobStatus.DONE
    assert made.status == ImportStatus.READ
    assert Article.staged.count() == 1


def test_dropping_leaves_nothing(project: Project) -> None:
    for step in ("receiving", "reading", "read"):
        made = keep(project, a_txt=b"Kyiv agreed.")
        if step == "reading":
            ask_to_read(made, by=None)
        if step == "read":
            read(made)
        drop(made, by=None)
        Worker().run_until_idle()
        assert not ArticleImport.objects.exists()
        assert not Article.staged.exists()
        assert not list_folders()
    assert not Job.objects.filter(status=JobStatus.FAILED).exists()


def test_a_published_import_is_not_dropped_but_undone(project: Project) -> None:
    made = keep(project, a_txt=b"Kyiv agreed.")
    read(made)
    publish_import(made, by=None)
    with pytest.raises(ImportStateError, match="undo it instead"):
        drop(made, by=None)


def test_what_nobody_publishes_for_days_goes_and_so_do_files_without_an_import(
    project: Project, settings: Any
) -> None:
    old, new = keep(project, a_txt=b"Kyiv agreed."), keep(project, b_txt=b"Odesa agreed.")
    past = timezone.now() - settings.IMPORT_KEPT - timedelta(hours=1)
    ArticleImport.objects.filter(pk=old.pk).update(started_at=past, busy_until=past)
    orphan = keep(project, c_txt=b"Lviv agreed.")
    ArticleImport.objects.filter(pk=orphan.pk).delete()
    run_forget_imports(Job(), lambda **_: None)  # type: ignore[arg-type]
    assert [made.pk for made in list_waiting(project)] == [new.pk]
    assert list_folders() == [new.pk]


def test_another_text_under_the_same_id_is_a_version_beside_the_first(project: Project) -> None:
    made = keep(project, a_jsonl=b'{"id": "7", "text": "Kyiv agreed."}')
    read(made)
    publish_import(made, by=None)
    first = project.articles.get()
    later = keep(project, a_jsonl=b'{"id": "7", "text": "Kyiv agreed at last."}\n{"id": "8", "text": "New."}')
    report = read(later)
    assert report["counts"]["versions"] == 1
    assert "becomes a version beside that" in report["notices"][0]["message"]
    publish_import(later, by=None)
    second = project.articles.get(text="Kyiv agreed at last.")
    assert second.version_of == first
    assert project.articles.get(external_id="8").version_of is None
    first.refresh_from_db()
    assert first.text == "Kyiv agreed."


def test_a_zip_is_read_file_by_file(project: Project) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("1.txt", "Kyiv agreed.")
        archive.writestr("2.txt", "Odesa agreed.")
    made = keep(project, all_zip=packed.getvalue())
    read(made)
    assert publish_import(made, by=None) == 2
    assert [article.source for article in project.articles.order_by("pk")] == [
        "all.zip/1.txt",
        "all.zip/2.txt",
    ]
