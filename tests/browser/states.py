"""Pages in states that the project of everything does not show by itself: links that open, imports on their way, filters, sets."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Max
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from annotations.assignment.archiving import archive_project
from annotations.jobs.worker import Worker
from annotations.models import Article, ArticleImport, Role, Round
from annotations.projects.members import invite_member
from annotations.projects.signing_in import make_link
from annotations.web.accounts.views import CAME_BY_LINK
from tests.factories import make_article, make_member, make_project, make_user
from tests.factories.annotated import TWO_ANNOTATORS, write_export
from tests.factories.everything import ANONYMOUS, OUTSIDER, World

STAFF = "staff"
"""Whoever administers the installation, without a role in the project."""
FRENCH = "Le projet était prêt après de longues négociations à Genève. "
PAGE = (
    "<html><head><title>Talks in Paris</title></head><body><nav><a href='/'>Home</a></nav><article>"
    "<h1>Talks in Paris</h1>" + "<p>Kyiv must have guarantees, the minister said on Monday in Paris.</p>" * 8
) + "</article><footer>Post a comment</footer></body></html>"
MIXED = (
    ("rows.csv", b"nr;head;body\n1;Peace;Kyiv agreed.\n2;War;Moscow did not.\n"),
    ("lettre.txt", (FRENCH * 3).encode("cp1252")),
    ("lines.jsonl", b'{"text": "One.", "day": "1"}\n{"text": ""}\n{"text": "Two.", "day": "2"}\n'),
    ("long.txt", b"It rained. " * 20_000),
    ("page.html", PAGE.encode()),
    ("photo.xyz", b"x"),
)


class States:
    """What stands in the project of everything besides, and who is shown it."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        world.people[STAFF] = make_user("Staff", is_staff=True, is_superuser=True)
        self.manager = world.visit_as(Role.MANAGER)
        export = write_export(folder, *TWO_ANNOTATORS)
        tasks = json.loads(export.read_text())
        tasks[0]["annotations"][0]["result"][0]["value"]["labels"] = ["Sarcasm"]
        other = make_project("Made elsewhere")
        other.memberships.create(user=world.people[Role.MANAGER], role=Role.MANAGER)
        self.annotated = self._bring_in(("export.json", json.dumps(tasks).encode()), slug=other.slug)
        self.published = self._bring_in(*MIXED[2:3], *MIXED[4:])
        self.manager.post(f"{self.published}publish/", {"without_refused": "on"})
        self.mixed = self._bring_in(*MIXED)
        self.unread = self._bring_in(("wait.txt", b"It waits."), reads=False)
        self.new = make_project("Quite new")
        self.new.memberships.create(user=world.people[Role.MANAGER], role=Role.MANAGER)
        Round.objects.filter(pk=world.round.pk).update(due_on=timezone.localdate() - timedelta(days=2))
        self.archived = make_project("Long ago")
        make_member(self.archived, Role.MANAGER, name="Once", email="once@example.org")
        self.archived.memberships.create(user=world.people[Role.MANAGER], role=Role.MANAGER)
        make_article(self.archived)
        archive_project(self.archived, by=None)

    def _bring_in(self, *files: tuple[str, bytes], reads: bool = True, slug: str = "") -> str:
        """The address of an import of some files, read unless it is to wait."""
        uploads = [SimpleUploadedFile(name, content) for name, content in files]
        slug = slug or self.world.project.slug
        self.manager.post(reverse("web:add-articles", args=[slug]), {"uploads": uploads})
        if reads:
            Worker().run_until_idle()
        number = ArticleImport.objects.aggregate(Max("pk"))["pk__max"]
        return reverse("web:import", args=[slug, number])

    def enter(self, visitor: str, client: Client) -> None:
        """Let a visitor have come by a link, so that a password can be chosen."""
        if visitor == Role.CONSUMER:
            session = client.session
            session[CAME_BY_LINK] = self.world.people[visitor].pk
            session.save()

    def list_addresses(self, visitor: str) -> Iterator[str]:
        """The addresses at which this visitor finds a page in a state of its own."""
        slug = self.world.project.slug
        match visitor:
            case _ if visitor == ANONYMOUS:
                newcomer = make_member(self.world.project, name="Newcomer")
                yield reverse("web:sign-in-link", args=[make_link(newcomer, by=None)])
            case _ if visitor == OUTSIDER:
                yield reverse("web:invitation", args=[self._invite()])
            case _ if visitor == STAFF:
                yield reverse("web:all-jobs")
                yield reverse("web:any-job", args=[self.world.job.pk])
                yield reverse("web:installation")
                yield reverse("web:backups")
                for page in ("account-of", "erase-account"):
                    yield reverse(f"web:{page}", args=[self.world.people[Role.ANNOTATOR].pk])
            case Role.CONSUMER:
                yield reverse("web:set-password")
            case Role.MANAGER:
                yield from (self.mixed, self.annotated, self.published, self.unread)
                articles = reverse("web:articles", args=[slug])
                plan = reverse("web:plan-round", args=[slug])
                chosen = urlencode({"set": self.world.article_set.pk})
                yield from (
                    f"{articles}?{chosen}",
                    f"{plan}?{chosen}",
                    f"{articles}?q=nothing+of+the+kind",
                )
                yield f"{articles}?{urlencode({'words': 'text'})}"
                yield f"{articles}?excluded=yes"
                yield f"{articles}?sort=-length&ids={self.world.article.pk}"
                yield f"{reverse('web:exclude-articles', args=[slug])}?{urlencode({'article': self.world.article.pk})}"
                yield reverse("web:project", args=[self.new.slug])
                yield f"{reverse('web:duplicates', args=[slug])}?show=decided"
                original = Article.objects.get(project__slug=slug, title="Talks in Paris")
                yield f"{reverse('web:article-original', args=[slug, original.pk])}?start=20&end=60"
                yield f"{reverse('web:projects')}?archived=yes"
                for page in ("project", "settings", "add-articles", "delete-project"):
                    yield reverse(f"web:{page}", args=[self.archived.slug])

    def _invite(self) -> str:
        outsider = self.world.people[OUTSIDER]
        outsider.set_password("a password of their own")
        outsider.save()
        by = self.world.people[Role.MANAGER]
        return invite_member(
            self.world.project, email=outsider.email, name="", roles=[Role.ANNOTATOR], by=by
        ).invitation
