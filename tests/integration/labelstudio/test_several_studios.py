"""Projects that are spread over two Label Studios, which count their tasks alike and know nothing of each other."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from annotations.assignment.archiving import archive_project
from annotations.collection.in_memory import InMemoryStudio
from annotations.collection.ports import StudioUnavailableError
from annotations.collection.services import reconcile
from annotations.labelstudio import backend
from annotations.labelstudio.access import find_studio
from annotations.labelstudio.gateway import relay
from annotations.models import Annotation, Assignment, Project
from annotations.projects.starting import create_project
from annotations.projects.studios import find_lost_projects
from annotations.studio_numbers import studio_of, upstream_number
from tests.factories import make_project, make_scheme
from tests.factories.collection import fill_queues, mark, participant_of, plan_small_round
from tests.fakes.label_studio import FakeLabelStudio
from tests.faults.people import mark as mark_in_editor

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::pydantic.warnings.PydanticDeprecatedSince20"),  # the SDK's own
]
SECOND = {"url": "http://second.invalid", "token": "a-token", "database_url": ""}


@pytest.fixture(autouse=True)
def two_studios() -> Iterator[None]:
    with override_settings(MORE_STUDIOS={2: SECOND}):
        yield


@pytest.fixture
def pair() -> list[Assignment]:
    """One article in each Studio; both have the number 2 there, in a project of number 1."""
    studio = InMemoryStudio()
    rounds = [
        plan_small_round(annotators=1, articles=1, overlap=1, project=make_project(studio=number))
        for number in (1, 2)
    ]
    return [fill_queues(round_, studio)[0] for round_ in rounds]


@pytest.fixture
def upstreams(
    pair: list[Assignment], monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[int, FakeLabelStudio]]:
    fakes = {1: FakeLabelStudio(), 2: FakeLabelStudio()}
    for fake, assignment in zip(fakes.values(), pair, strict=True):
        fake.add_task(assignment)
    for module in (relay, backend):
        monkeypatch.setattr(module, "connect", lambda studio: fakes[studio].connection)
    yield fakes
    for fake in fakes.values():
        fake.connection.client.close()


def send(assignment: Assignment, prefix: str, *, by: Assignment | None = None) -> Any:
    """Submit what an editor would, by the numbers that its Studio knows."""
    client = Client()
    client.force_login((by or assignment).annotator, "django.contrib.auth.backends.ModelBackend")
    project = upstream_number(participant_of(assignment).studio_project_id or 0)
    task = upstream_number(assignment.studio_task_id or 0)
    return client.post(
        f"/{prefix}/api/tasks/{task}/annotations?project={project}",
        json.dumps({"result": mark_in_editor(assignment.task.article.text), "lead_time": 1.0}),
        content_type="application/json",
        headers={"Origin": "http://testserver"},
    )


def test_a_new_project_goes_to_the_studio_with_the_fewest_running_ones() -> None:
    scheme = make_scheme()
    projects = [create_project(name=f"Project {number}", scheme=scheme, by=None) for number in range(4)]
    assert [project.studio for project in projects] == [1, 2, 1, 2]
    for project in projects[1::2]:
        archive_project(project, by=None)
    assert create_project(name="One more", scheme=scheme, by=None).studio == 2


def test_what_two_studios_call_the_same_is_told_apart(pair: list[Assignment]) -> None:
    numbers = [assignment.studio_task_id or 0 for assignment in pair]
    assert upstream_number(numbers[0]) == upstream_number(numbers[1])
    assert [studio_of(number) for number in numbers] == [1, 2]


def test_each_annotator_saves_in_the_studio_of_their_project(
    pair: list[Assignment], upstreams: dict[int, FakeLabelStudio]
) -> None:
    for assignment, prefix in zip(pair, ("studio", "studio-2"), strict=True):
        answer = send(assignment, prefix)
        assert answer.status_code == 201
        assert answer.headers["X-Workbench-Task"] == str(upstream_number(assignment.studio_task_id or 0))
        assert answer.json()["id"] == 1
    assert [len(fake.saves) for fake in upstreams.values()] == [1, 1]
    kept = Assignment.objects.order_by("id").values_list("studio_annotation_id", flat=True)
    assert list(kept) == [1, 1_000_000_000_001]


@pytest.mark.usefixtures("upstreams")
def test_nobody_reaches_anothers_task_by_the_number_of_their_own_in_another_studio(
    pair: list[Assignment],
) -> None:
    first, second = pair
    assert send(first, "studio-2").status_code == 404
    assert send(second, "studio").status_code == 404
    assert send(first, "studio", by=second).status_code == 404
    assert not Annotation.objects.exists()


@pytest.mark.usefixtures("upstreams")
@pytest.mark.parametrize("prefix", ["studio-1", "studio-0", "studio-02", "studio-100", f"studio-{10**30}"])
def test_a_studio_has_one_address(pair: list[Assignment], prefix: str) -> None:
    assert send(pair[0], prefix).status_code == 404


def test_a_studio_that_is_away_holds_up_only_the_projects_that_are_in_it() -> None:
    studio = InMemoryStudio()
    rounds = [
        plan_small_round(annotators=1, articles=1, overlap=1, project=make_project(studio=number))
        for number in (1, 2)
    ]
    shares = [fill_queues(round_, studio)[0] for round_ in rounds]
    for assignment in shares:
        studio.submit(assignment.studio_task_id or 0, mark((0, 4)))
    studio.mishaps.down = {1}
    with pytest.raises(StudioUnavailableError):
        reconcile(studio=studio)
    assert [assignment.annotations.count() for assignment in shares] == [0, 1]
    studio.mishaps.down = set()
    assert reconcile(studio=studio).missed == 1


def test_health_and_figures_name_each_studio(settings: Any, client: Client) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    assert (
        client.get(reverse("web:health")).json().items()
        >= {
            "studio": "out of reach",
            "studio-2": "out of reach",
        }.items()
    )
    figures = client.get(reverse("web:metrics")).content.decode()
    assert 'workbench_studio_up{studio="2"} 0.0' in figures


def test_a_studio_that_no_setting_names_any_more_is_told_with_its_projects(settings: Any) -> None:
    project = make_project(studio=2)
    assert find_studio(2).url == SECOND["url"]
    assert find_lost_projects() == []
    settings.MORE_STUDIOS = {}
    assert find_lost_projects() == [Project.objects.get(pk=project.pk)]
    with pytest.raises(StudioUnavailableError, match="set STUDIO_2_URL and STUDIO_2_TOKEN again"):
        find_studio(2)
