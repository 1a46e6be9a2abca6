"""What a manager's browser can send to an import is kept or refused with a sentence; nothing of it breaks a page or blocks others."""

from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from annotations.corpus.imports import start_import
from annotations.jobs.worker import Worker
from annotations.limits import MAX_WAITING_IMPORTS
from annotations.models import ArticleImport, Job, JobStatus, Project, Role, User
from tests.answers import read_words
from tests.factories import make_member
from tests.factories.collection import plan_small_round

pytestmark = pytest.mark.django_db


def add(browser: Client, project: Project, *files: tuple[str, bytes]) -> "tuple[int, str, str]":
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    answer = browser.post(reverse("web:add-articles", args=[project.slug]), {"uploads": uploads})
    return answer.status_code, answer.headers.get("Location", ""), read_words(answer)


@pytest.fixture
def read_address(browser: Client, project: Project) -> str:
    _, location, _ = add(browser, project, ("a.jsonl", b'{"text": "One.", "x": "1"}\n'))
    Worker().run_until_idle()
    return f"{location}read/"


WITH_NUL: list[dict[str, str]] = [
    {"encoding": "utf-8\0"},
    {"encoding:a.jsonl": "\0"},
    {"encoding:\0": "utf-8"},
    {"column:\0": "text"},
    {"column:x": "\0"},
    {"text_column": "\0"},
    {"source": "\0"},
    {"round_name": "a\0b"},
    {"read_as": "\0"},
]


def test_a_choice_with_a_nul_is_refused(browser: Client, read_address: str) -> None:
    for said in WITH_NUL:
        answer = browser.post(read_address, said)
        assert answer.status_code == 400, said
        assert "holds a NUL" in read_words(answer), said
    assert ArticleImport.objects.get().choices == {}


@pytest.mark.parametrize(
    "encoding", ["punycode", "idna", "unicode_escape", "rot13", "zlib", "no such", "é", "utf-8 " * 9]
)
def test_what_is_no_encoding_of_files_is_said_and_nothing_fails(
    browser: Client, project: Project, encoding: str
) -> None:
    _, location, _ = add(browser, project, ("a.txt", b"a-" + b"b" * 200_000))
    browser.post(f"{location}read/", {"encoding": encoding})
    Worker().run_until_idle()
    assert set(Job.objects.values_list("status", flat=True)) == {JobStatus.DONE}
    page = read_words(browser.get(location))
    assert "there is no text encoding" in page


TOO_LONG: list[dict[str, str]] = [
    {"text_column": "x" * 100_000},
    {"round_name": "x" * 100_000},
    {"encoding": "x" * 100_000},
    {"source": "x" * 100_000},
    {"read_as": "x" * 100_000},
    {"column:" + "y" * 100_000: "leave"},
    {"column:" + "y" * 100_000: "title"},
]


def test_a_choice_past_its_limit_is_refused_in_a_sentence(browser: Client, read_address: str) -> None:
    as_form = "application/x-www-form-urlencoded"
    for said in TOO_LONG:
        answer = browser.post(read_address, urlencode(said), content_type=as_form, follow=True)
        assert answer.status_code == 200, said
        assert len(read_words(answer)) < 20_000
    assert ArticleImport.objects.get().choices == {}


def test_two_files_of_one_name_are_not_taken_for_one_and_nothing_stays_of_either(
    browser: Client, project: Project
) -> None:
    status, _, page = add(browser, project, ("a.txt", b"The first."), ("a.txt", b"The other."))
    assert (status, "2 files are called" in page) == (200, True)
    assert not ArticleImport.objects.exists()


def test_imports_that_were_only_begun_are_listed_so_that_they_can_be_dropped(
    browser: Client, project: Project, manager: User
) -> None:
    for _ in range(MAX_WAITING_IMPORTS):
        begun = start_import(project, by=manager)
    page = browser.get(reverse("web:add-articles", args=[project.slug]))
    assert page.content.decode().count("Import of") == MAX_WAITING_IMPORTS
    assert add(browser, project, ("a.txt", b"x"))[0] == 200
    assert browser.get(reverse("web:import", args=[project.slug, begun.pk])).status_code == 200
    browser.post(reverse("web:drop-import", args=[project.slug, begun.pk]))
    assert add(browser, project, ("a.txt", b"x"))[0] == 302


def test_other_forms_refuse_a_nul_too(browser: Client, project: Project, manager: User) -> None:
    round_ = plan_small_round(annotators=1, articles=1, overlap=1)
    boss = make_member(round_.project, Role.MANAGER)
    browser.force_login(boss)
    for name, said in (("rename-round", {"name": "a\0b"}), ("rename-round", {"na\0me": "a"})):
        answer = browser.post(reverse(f"web:{name}", args=[round_.project.slug, round_.number]), said)
        assert answer.status_code == 400
    assert browser.get(reverse("web:articles", args=[round_.project.slug]), {"q": "\0"}).status_code == 400
    assert browser.get(reverse("web:activity", args=[round_.project.slug]), {"\0": "x"}).status_code == 400
