"""The audit trail as a manager reads it."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotations.adjudication.settled import finish_by_rule
from annotations.assignment.archiving import archive_project
from annotations.assignment.excluding import delete_article, exclude_article, list_imports, undo_import
from annotations.assignment.services import plan_round
from annotations.corpus.services import import_articles
from annotations.formats.documents import Document
from annotations.jobs.services import enqueue
from annotations.models import Annotation, Event, Gold, Job, QuarantinedItem, Role
from annotations.web.activity.jobs import TITLES
from annotations.web.activity.sentences import SAYINGS, Sentence, Told, say
from tests.factories import make_article, make_assignment, make_member, make_project, make_round, make_task
from tests.factories.adjudication import claim, make_annotated_task, mark

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]
OF_ACCOUNTS = {
    "changed the name of",
    "closed the account of",
    "downloaded a backup",
    "ended all access of",
    "erased",
    "issued a sign-in link for",
    "reopened the account of",
    "signed in by link",
    "stored",
    "took away the second factors of",
}


def test_each_line_names_and_links_what_it_is_about(
    client: Client, django_assert_max_num_queries: object
) -> None:
    project = make_project()
    manager, annotator = (
        make_member(project, Role.MANAGER, name="Mara"),
        make_member(project, Role.ANNOTATOR, name="Ada"),
    )
    make_article(project, title="Talks <stall>")
    round_ = plan_round(project, annotators=[annotator], overlap=1, by=manager)
    task = round_.tasks.get()
    assignment = make_assignment(task, annotator)
    for verb, subject in (("submitted", assignment), ("closed", task), ("joined", round_.participants.get())):
        Event.objects.record(verb, subject, actor=annotator, project=project, needs_review=False)
    Event.objects.create(verb="lost", subject_type="moon", subject_id="7", project=project)
    client.force_login(manager)
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        page = client.get(reverse("web:activity", args=[project.slug])).content.decode()
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert words.count("Talks &lt;stall&gt;") == 2
    assert page.count(f'href="{reverse("web:task", args=[project.slug, task.pk])}"') == 2
    assert re.search(r"Mara planned round 1 ", words)
    assert re.search(r"Ada added Ada +to round 1", words)
    assert "needs review: no" in words
    assert "lost moon 7" in words


def test_jobs_gold_and_what_is_in_quarantine_are_named_by_what_they_are_about(client: Client) -> None:
    project = make_project()
    manager = make_member(project, Role.MANAGER, name="Mara")
    task = make_annotated_task(mark(claim()), mark(claim()), project=project)
    assert finish_by_rule([task])
    annotation = Annotation.objects.filter(assignment__task=task)[0]
    item = QuarantinedItem.objects.create(annotation=annotation, code="x", message="m")
    job = enqueue("read_import", project=project, by=manager)
    forgotten = enqueue("find_duplicates", project=project, by=manager)
    forgotten.delete()
    for verb, subject in (("saw to", item), ("began", job), ("reviewed", Gold.objects.get(task=task))):
        Event.objects.record(verb, subject, actor=manager, project=project)
    client.force_login(manager)
    page = client.get(reverse("web:activity", args=[project.slug])).content.decode()
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    title = task.article.title
    assert f"saw to what was in quarantine of {title}" in words
    assert f"looked over {title}" in words
    assert "began reading the files of an import" in words
    assert "Mara asked for reading the files of an import" in words
    assert "Mara asked for searching for copies" in words
    assert "read import" not in words
    assert "find_duplicates" not in words


def test_every_job_of_ours_has_a_name_in_words() -> None:
    assert set(settings.JOB_HANDLERS) == set(TITLES)


def test_articles_and_imports_are_named_also_when_they_are_gone(client: Client) -> None:
    project = make_project()
    manager = make_member(project, Role.MANAGER, name="Mara")
    kept, gone = make_article(project, title="The harbour"), make_article(project, title="The ferry")
    exclude_article(kept, reason="A duplicate", by=manager)
    delete_article(gone, by=manager)
    import_articles(
        project,
        [Document(place="pasted", text="A bridge.", original=b"A bridge.", source_format="text")],
        by=manager,
    )
    undo_import(list_imports(project).get(), by=manager)
    client.force_login(manager)
    page = client.get(reverse("web:activity", args=[project.slug])).content.decode()
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "Mara excluded The harbour" in words
    assert reverse("web:article", args=[project.slug, kept.pk]) in page
    assert "Mara deleted article The ferry" in words
    assert "Mara undid an import of 1 article" in words


def test_a_title_stands_once_in_a_line(client: Client) -> None:
    project = make_project()
    manager = make_member(project, Role.MANAGER, name="Mara")
    exclude_article(make_article(project, title="The harbour"), reason="A duplicate", by=manager)
    client.force_login(manager)
    page = client.get(reverse("web:activity", args=[project.slug])).content.decode()
    assert page.count("The harbour") == 1
    assert ": “A duplicate”" in page


def test_the_overview_tells_what_one_person_did_several_times_in_one_line(client: Client) -> None:
    project = make_project()
    manager = make_member(project, Role.MANAGER, name="Mara")
    for number in range(4):
        exclude_article(make_article(project, title=f"Article {number}"), reason="Old", by=manager)
    Event.objects.record("asked about", make_article(project, title="Article 4"), actor=None, project=project)
    client.force_login(manager)
    page = client.get(reverse("web:project", args=[project.slug])).content.decode()
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "The workbench asked about Article 4" in words
    assert re.search(r"Mara excluded Article 3 +and 3 more", words)
    assert "Article 2" not in words


@pytest.mark.parametrize(
    ("verb", "kind", "details", "said"),
    [
        ("submitted", "assignment", {"revision": 1, "origin": "gateway"}, "submitted …"),
        ("submitted", "assignment", {"revision": 3, "origin": "gateway"}, "submitted … again, as revision 3"),
        ("submitted", "assignment", {"origin": "import"}, "submitted … from an imported file"),
        ("skipped", "assignment", {"reason": "It is a poem", "was": "queued"}, "skipped …: “It is a poem”"),
        ("expired", "assignment", {}, "took … back from Ben, whose time for it was over"),
        ("withdrew", "assignment", {"was": "queued"}, "took … back from Ben"),
        ("reassigned", "assignment", {"instead_of": 3}, "passed … on to Ben, in place of Ada"),
        ("joined", "participant", {}, "added … to round 2"),
        ("deactivated", "participant", {}, "took … out of round 2"),
        (
            "planned",
            "round",
            {
                "kind": "retest",
                "overlap": 1,
                "tasks": 2,
                "seed": 5,
                "annotators": [3, 4],
                "due_on": "2026-12-03",
            },
            "planned … for retest: 2 articles, 1 annotator each, with Ada and no. 4, due on 3 December 2026",
        ),
        (
            "closed",
            "task",
            {"wanted": 2, "wanted_before": 3, "withdrawn": 1},
            "closed … with 2 of 3 annotations",
        ),
        ("closed", "round", {}, "closed …"),
        ("renamed", "round", {"was": "", "name": "Pilot"}, "named … “Pilot”"),
        ("renamed", "round", {"was": "Pilot", "name": ""}, "took the name from …"),
        (
            "set the deadline of",
            "round",
            {"was": None, "due_on": "2026-12-03"},
            "set the deadline of … to 3 December 2026",
        ),
        ("set the deadline of", "round", {"was": "2026-12-03", "due_on": None}, "took the deadline from …"),
        (
            "invited",
            "user",
            {"email": "a@example.org", "roles": ["annotator", "manager"]},
            "invited … as annotator and manager",
        ),
        (
            "changed roles of",
            "user",
            {"before": [], "after": ["annotator"]},
            "changed the roles of … from none to annotator",
        ),
        (
            "changed the standing of",
            "user",
            {"before": "person", "after": "model"},
            "said that … annotates as a model",
        ),
        (
            "created a token for",
            "user",
            {"name": "Nightly", "scope": "read", "key": "x"},
            "made the token “Nightly” (read) for …",
        ),
        ("imported articles", "project", {"count": 3}, "imported 3 articles"),
        (
            "excluded",
            "article",
            {"reason": "Old", "title": "T", "given_back": 1},
            "excluded …: “Old”; 1 annotator had it in the queue",
        ),
        ("deleted", "articleset", {"name": "Long ones"}, "deleted the set of articles “Long ones”"),
        (
            "decided about copies",
            "duplicatecluster",
            {"verdict": "one", "was": "open", "articles": 2, "kept": "T"},
            "decided about …, of which one is kept: “T”",
        ),
        (
            "changed settings of",
            "project",
            {"lease_hours": [72, 48], "name": ["A", "B"]},
            "changed settings of …: lease hours from 72 to 48; name from “A” to “B”",
        ),
        ("finished", "gold", {"status": "agreed", "ledger": 0}, "finished … by the merge rule"),
        ("undid", "decision", {"action": "undo"}, "undid a decision about …"),
        ("withdrawn", "release", {"reason": "A leak"}, "withdrew …: “A leak”"),
        ("asked for a job", "job", {"kind": "read_import"}, "asked for …"),
    ],
)
def test_what_happened_is_a_sentence(verb: str, kind: str, details: dict[str, object], said: str) -> None:
    sentence = say(verb, kind, Told(details, {3: "Ada"}, person="Ben", place="round 2"))
    gap = "" if sentence.after[:1] in {":", ";", ",", ""} else " "
    assert f"{sentence.before}{'' if sentence.is_whole else ' …'}{gap}{sentence.after}" == said
    assert not sentence.left


def test_what_no_sentence_says_is_listed_beside_it() -> None:
    sentence = say("skipped", "assignment", Told({"reason": "A poem", "weather": "rain"}))
    assert sentence.left == {"weather": "rain"}
    assert say("juggled", "task", Told({"balls": 3})) == Sentence("juggled", left={"balls": 3})


def test_every_event_that_a_project_keeps_has_a_sentence() -> None:
    """Those of accounts alone belong to no project, so no page of one shows them."""
    written = {
        verb
        for path in (ROOT / "annotations").rglob("*.py")
        for verb in re.findall(r'Event\.objects\.(?:record|describe)\(\s*"([^"]+)"', path.read_text("utf-8"))
    }
    known = {name for saying in SAYINGS for name in (saying, saying.rpartition(" ")[0])}
    assert written - known == OF_ACCOUNTS


def test_in_an_archived_project_nobody_is_invited(client: Client) -> None:
    project = make_project()
    manager = make_member(project, Role.MANAGER)
    client.force_login(manager)
    people = reverse("web:people", args=[project.slug])
    assert "Invite somebody" in client.get(people).content.decode()
    archive_project(project, by=manager)
    assert "Invite somebody" not in client.get(people).content.decode()


def test_what_one_person_did_alike_within_an_hour_is_one_line_that_opens(client: Client) -> None:
    project = make_project()
    manager, ada = make_member(project, Role.MANAGER), make_member(project, name="Ada")
    noon = timezone.now().replace(hour=12, minute=0)
    round_ = make_round(project, overlap=1, annotators=(ada,))
    for number, at in enumerate(
        (noon, noon.replace(minute=5), noon.replace(minute=9), noon.replace(hour=14))
    ):
        share = make_assignment(make_task(round_, make_article(project, f"Text {number}")), ada)
        Event.objects.create(
            verb="submitted",
            subject_type="assignment",
            subject_id=str(share.pk),
            actor=ada,
            project=project,
            at=at,
        )
    client.force_login(manager)
    page = client.get(reverse("web:activity", args=[project.slug])).content.decode()
    assert page.count("<summary") - page.count("<summary aria") == 1
    assert "and 2 more" in page
    assert all(f"Text {number}" in page for number in range(4))


def test_routine_that_nobody_asked_for_is_gathered_in_the_list_of_jobs(client: Client) -> None:
    project = make_project()
    manager = make_member(project, Role.MANAGER)
    for asker in (None, None, manager, None):
        Job.objects.create(
            kind="top_up_queues", project=project, created_by=asker, status="done", message="m"
        )
    client.force_login(manager)
    page = client.get(reverse("web:jobs", args=[project.slug])).content.decode()
    assert page.count('<th scope="row">') == 3
    assert "and 1 more like it" in page
