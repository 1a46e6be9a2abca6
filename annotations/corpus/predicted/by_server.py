"""Model servers that the installation names, and asking one of them about the articles of a project."""

from django.conf import settings

from annotations.corpus.predicted.by_rules import NothingToPredictError
from annotations.jobs.services import enqueue
from annotations.models import Job, Project, User
from annotations.projects.archived import check_live

KIND = "predict_by_server"


class UnknownModelServerError(NothingToPredictError):
    """The installation names no model server of this name."""


def list_servers() -> list[str]:
    """The names of the model servers that may be asked; their addresses are nobody's business."""
    return sorted(settings.MODEL_SERVERS)


def find_server(name: str) -> str:
    """The address of a model server; one that the installation does not name is refused."""
    if name not in settings.MODEL_SERVERS:
        known = ", ".join(list_servers()) or "none yet"
        raise UnknownModelServerError(
            f"There is no model server {name!r}. Servers: {known}. Whoever runs the workbench names them in MODEL_SERVERS."
        )
    address: str = settings.MODEL_SERVERS[name]
    return address


def ask_for_server(project: Project, name: str, *, by: User | None) -> Job:
    """Ask a worker to have a model server mark the articles of a project."""
    check_live(project)
    find_server(name)
    if not project.articles.exists():
        raise NothingToPredictError("The project has no articles yet: add some first.")
    return enqueue(KIND, key=_key(project, name), project=project, arguments={"server": name}, by=by)


def find_server_job(project: Project) -> Job | None:
    """The job that asks a model server about the articles of a project, while it is under way, by its key."""
    keys = [_key(project, name) for name in list_servers()]
    return Job.objects.unfinished().filter(key__in=keys).first()


def _key(project: Project, name: str) -> str:
    return f"{KIND}:{project.pk}:{name}"
