"""Pages that show how far a job is, and go on once it has ended."""

from django.http import HttpResponse

from annotations.models import Job
from annotations.models.jobs import UNFINISHED
from annotations.models.projects import is_id
from annotations.web.access import MemberRequest


def find_ended(request: MemberRequest) -> Job | None:
    """The job of the project that the page has followed, once it has ended; None before, and where it follows none."""
    number = request.GET.get("job", "")
    job = request.project.jobs.filter(pk=int(number)).first() if is_id(number) else None
    return None if job is None or job.status in UNFINISHED else job


def go_on(address: str) -> HttpResponse:
    """Let the browser that followed a job open another page."""
    return HttpResponse(headers={"HX-Redirect": address})
