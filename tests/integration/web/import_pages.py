"""The pages of an import, used as somebody without scripts does."""

import re
from html import unescape

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from annotations.jobs.worker import Worker
from annotations.models import Project


def add(manager: Client, project: Project, *files: tuple[str, bytes], **said: str) -> str:
    """Send files by the form that needs no script; the address of the import."""
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    answer = manager.post(f"/projects/{project.slug}/articles/add/", {"uploads": uploads, **said})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def look(manager: Client, address: str) -> str:
    """The middle of a page once all jobs are done."""
    Worker().run_until_idle()
    answer = manager.get(address)
    assert answer.status_code == 200
    page = answer.content.decode()
    return unescape(page[page.index("<main") : page.index("</main")])


def say(page: str) -> str:
    """The words of a page, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())
