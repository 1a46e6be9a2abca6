"""Projects, and what a manager does in them: articles in, rounds planned, releases frozen, people invited."""

import json
from http import HTTPStatus
from io import BytesIO
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpResponseBase
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from annotations.adjudication.rule_change import change_merge_rule
from annotations.api.access import (
    EVERYONE,
    MANAGERS,
    READERS_OF_ANNOTATIONS,
    find_named,
    find_projects,
    require_project,
    token_of,
    user_of,
)
from annotations.api.errors import make_problem
from annotations.api.filters import PROJECT_NAME, check_parameters, filter_by_project
from annotations.api.v1 import answers, filters, project_writes, writes
from annotations.api.v1.agreement import AgreementParameters
from annotations.api.v1.agreement_report import ANSWERS, answer_agreement
from annotations.api.v1.exports import (
    FILE,
    FORMAT,
    KEPT,
    PREPARE,
    STRICT,
    AnnotationsParameters,
    send_file,
    send_live,
)
from annotations.api.v1.overview import OverviewSerializer, describe_overview
from annotations.api.v1.planning import ask_for_round
from annotations.api.v1.serializers.articles import ArticleSetSerializer
from annotations.api.v1.serializers.markup import AnnotationSerializer
from annotations.api.v1.serializers.people import PersonSerializer
from annotations.api.v1.serializers.projects import (
    JobSerializer,
    PreparedFileSerializer,
    ProjectSerializer,
    ReleaseDetailSerializer,
)
from annotations.api.v1.serializers.rounds import PseudonymBook, RoundSerializer
from annotations.api.v1.serializers.schemes import GuidelineRevisionDetailSerializer, SchemeDetailSerializer
from annotations.api.v1.views import AnnotationViewSet
from annotations.api.views import ProjectRowsView, read_parameters
from annotations.assignment.archiving import archive_project, delete_project, restore_project
from annotations.assignment.planning import await_round
from annotations.assignment.sets import save_set
from annotations.blindness import keep_visible
from annotations.corpus.choice import ArticleChoice
from annotations.corpus.services import import_articles
from annotations.formats.errors import Remedy
from annotations.formats.native.jsonl import read_texts
from annotations.formats.ports import TextOptions
from annotations.gold.exports import (
    export_annotations,
    list_losses_of_annotations,
    read_state,
)
from annotations.gold.kept import ask_for_annotations, find_asked, find_kept, list_visible
from annotations.gold.services import ask_for_wanted, await_release
from annotations.markup import DEFAULT_MERGE_RULE
from annotations.models import Job, Project, Release, Role, Scheme
from annotations.models.projects import is_id
from annotations.projects.addresses import write_secret_address
from annotations.projects.members import invite_member
from annotations.projects.settings import change_settings
from annotations.projects.starting import adopt_scheme, create_project, may_start_projects, store_scheme
from annotations.projects.wording import correct_wording
from annotations.schemes.definition import SHIPPED, read_definition

WAYS = {Remedy.LONG_TEXTS: "send “long_texts”: true"}
"""How a request says what would help."""


class ProjectViewSet(ProjectRowsView[Project], viewsets.ReadOnlyModelViewSet[Project]):
    """The projects in which you have a role, each by its id or its slug; archived ones are listed where they are asked for."""

    queryset = Project.objects.prefetch_related("memberships")
    serializer_class = ProjectSerializer
    filterset_class = filters.ProjectFilter
    readers = EVERYONE
    project_path = "pk"
    lookup_value_regex = PROJECT_NAME

    def find_projects(self, *roles: str) -> QuerySet[Project]:
        """Archived projects are in the list where it is filtered by that."""
        is_asked = self.lookup_field in self.kwargs or "archived" in self.request.query_params
        return find_projects(self.request, *roles, with_archived=is_asked)

    def find(self, *roles: str) -> Project:
        return require_project(self.request, self.kwargs["pk"], *roles)

    def get_object(self) -> Project:
        project: Project = self.get_queryset().get(pk=find_named(self.request, self.kwargs["pk"]).pk)
        return project

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        check_parameters(request, known=())
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(request=project_writes.NewProjectSerializer, responses={201: ProjectSerializer})
    def create(self, request: Request) -> Response:
        """Start a project, which you then manage. For staff, and for who manages a project already."""
        user, token = user_of(request), token_of(request)
        if not may_start_projects(user) or (token is not None and token.project_id is not None):
            raise PermissionDenied(
                "Only managers and staff start projects, with a token for all their projects."
            )
        wanted = self.read_body(project_writes.NewProjectSerializer)
        definition = self._find_definition(wanted.pop("scheme", None), wanted.pop("definition", None))
        with transaction.atomic():
            project = create_project(
                name=wanted.pop("name").strip(),
                scheme=store_scheme(definition, by=user),
                description=wanted.pop("description", ""),
                merge_rule=wanted.pop("merge_rule", DEFAULT_MERGE_RULE),
                by=user,
            )
            change_settings(project, by=user, **wanted)
        return self._created(self.get_serializer(project), f"projects/{project.pk}")

    def _find_definition(self, scheme: str | None, definition: str | None) -> str:
        if (scheme is None) == (definition is None):
            raise ValidationError({"scheme": ["Give either a scheme or a definition of your own."]})
        if definition is not None:
            return definition
        if scheme in SHIPPED:
            return read_definition(str(scheme))
        own = Scheme.objects.of_projects(find_projects(self.request, *EVERYONE, with_archived=True))
        found = own.filter(pk=int(str(scheme))).first() if is_id(str(scheme)) else None
        if found is None:
            raise ValidationError(
                {
                    "scheme": [
                        f"There is no such scheme; there are {', '.join(SHIPPED)} and the ids of your own."
                    ]
                }
            )
        return found.source

    @extend_schema(request=project_writes.ChangedProjectSerializer, responses={200: ProjectSerializer})
    def partial_update(self, request: Request, pk: str) -> Response:  # noqa: ARG002 - read by get_object
        """Change the settings of a project, archive it, or bring it back."""
        project = find_named(request, self.kwargs["pk"])
        if Role.MANAGER not in project.roles_of(user_of(request)):
            raise PermissionDenied("Only for managers of this project.")
        wanted = self.read_body(project_writes.ChangedProjectSerializer)
        archived, rule = wanted.pop("archived", None), wanted.pop("merge_rule", None)
        with transaction.atomic():
            if archived is False:
                restore_project(project, by=user_of(request))
            if wanted:
                change_settings(project, by=user_of(request), **wanted)
            if rule is not None:
                change_merge_rule(project, rule, by=user_of(request))
            if archived:
                archive_project(project, by=user_of(request))
        return Response(self.get_serializer(self.get_object()).data)

    def destroy(self, request: Request, pk: str) -> Response:  # noqa: ARG002 - read by get_object
        """Delete a project for good, archived or not, while nobody has annotated anything in it."""
        project = find_named(request, self.kwargs["pk"])
        if Role.MANAGER not in project.roles_of(user_of(request)):
            raise PermissionDenied("Only for managers of this project.")
        delete_project(project, by=user_of(request))
        return Response(status=HTTPStatus.NO_CONTENT)

    @extend_schema(request=project_writes.NewSchemeSerializer, responses={201: SchemeDetailSerializer})
    @action(detail=True, methods=["post"])
    def schemes(self, request: Request, pk: str) -> Response:  # noqa: ARG002 - read by find
        """Go on with a later version of the project's scheme; rounds that are planned already keep theirs."""
        project, wanted = self.find(*MANAGERS), self.read_body(project_writes.NewSchemeSerializer)
        adopted = adopt_scheme(project, wanted["definition"], by=user_of(request))
        return self._created(SchemeDetailSerializer(adopted), f"schemes/{adopted.pk}")

    @extend_schema(
        operation_id="projects_annotations_list",
        parameters=[FORMAT, STRICT, PREPARE, KEPT],
        responses={200: AnnotationSerializer(many=True), 202: PreparedFileSerializer, **FILE},
    )
    @action(detail=True, filterset_class=None, other_parameters=("format", "strict", "prepare", "file"))
    def annotations(self, request: Request, pk: str) -> HttpResponseBase:  # noqa: ARG002 - read by find
        """Every current annotation before adjudication, under pseudonyms: pages of JSON, or a file in a format.

        A file is streamed as it is made. A large one is better written by a worker: `prepare` asks for that.
        """
        project = self.find(*READERS_OF_ANNOTATIONS)
        if "format" not in request.query_params:
            # Pages of JSON hold everything, so there is nothing to be strict about; nonsense is refused all the same.
            AnnotationsParameters(data=request.query_params.dict()).is_valid(raise_exception=True)
            return self._list_annotations(project)
        chosen = read_parameters(request, AnnotationsParameters)
        name, reader = chosen["format"], user_of(request)
        if "file" in chosen:
            return self._send_kept(find_asked(project, chosen["file"], by=reader))
        visible = list_visible(reader)
        export = export_annotations(project, format_name=name, strict=chosen["strict"], shares=visible)
        if chosen["prepare"]:
            return self._tell_prepared(ask_for_annotations(project, name, by=reader))
        state = read_state(project, format_name=name, shares=visible)
        if request.method == "HEAD" and state.recall_losses() is None:
            list_losses_of_annotations(project, format_name=name, shares=visible)
        return send_live(request, export, state=state)

    def _send_kept(self, job: Job) -> HttpResponseBase:
        file = find_kept(job, by=user_of(self.request))
        if file is None:
            return self._tell_prepared(job)
        return send_file(self.request, file, filename=file.filename, media_type=file.media_type)

    def _tell_prepared(self, job: Job) -> Response:
        """Where the file of a job will be, and how far it is."""
        address = reverse("api:projects-annotations", args=[job.project_id])
        location = f"{address}?format={job.arguments['format']}&file={job.pk}"
        told = PreparedFileSerializer(job).data
        return Response(told, status=HTTPStatus.ACCEPTED, headers={"Location": location})

    def _list_annotations(self, project: Project) -> Response:
        theirs = filter_by_project(AnnotationViewSet.queryset, AnnotationViewSet.project_path, [project.pk])
        visible = keep_visible(theirs, user_of(self.request), article=AnnotationViewSet.article_path)
        page = self.paginate_queryset(self.filter_queryset(visible))
        context = {**self.get_serializer_context(), "pseudonyms": PseudonymBook()}
        return self.get_paginated_response(AnnotationSerializer(page, many=True, context=context).data)

    @extend_schema(responses=OverviewSerializer)
    @action(detail=True, pagination_class=None, filterset_class=None)
    def overview(self, request: Request, pk: str) -> Response:  # noqa: ARG002 - read by find
        """How far the project is, on whom it waits and since when, and about how long annotating will still take; for managers."""
        check_parameters(request, known=())
        project, reader = self.find(*MANAGERS), user_of(request)
        told = describe_overview(project, roles=frozenset(project.roles_of(reader)), reader=reader)
        return Response(OverviewSerializer(told).data)

    @extend_schema(parameters=[AgreementParameters], responses=ANSWERS)
    @action(detail=True, pagination_class=None, filterset_class=None)
    def agreement(self, request: Request, pk: str) -> HttpResponseBase:  # noqa: ARG002 - read by find
        """How far the annotators agree, with intervals; for managers, so annotators go by their names.

        Articles that you annotate yourself are left out until your part in them is over.
        """
        return answer_agreement(request, self.find(*MANAGERS))

    @extend_schema(
        request=writes.NewArticlesSerializer,
        responses={200: answers.ImportReportSerializer, 201: answers.ImportReportSerializer},
    )
    @action(detail=True, methods=["post"])
    def articles(self, request: Request, pk: str) -> Response:  # noqa: ARG002 - read by find
        """Import articles. A text that the project has already is recognised and left as it is."""
        project, wanted = self.find(*MANAGERS), self.read_body(writes.NewArticlesSerializer)
        options = TextOptions(encoding="utf-8", takes_long_texts=wanted["long_texts"])
        lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in wanted["articles"])
        rows = read_texts(BytesIO(lines.encode()), wanted["place"], options)
        report = import_articles(project, rows, by=user_of(request), options=options, atomic=wanted["atomic"])
        if report.refused and not report.imported:
            return make_problem(
                HTTPStatus.BAD_REQUEST,
                code="article-refused",
                detail="Nothing was imported, because of the articles below.",
                errors=[
                    {"pointer": f"#/articles/{_row_of(bad.place)}", "detail": bad.explain(WAYS)}
                    for bad in report.refused
                ],
            )
        status = HTTPStatus.CREATED if report.imported else HTTPStatus.OK
        return Response(report.to_json(), status=status)

    @extend_schema(request=writes.NewRoundSerializer, responses={201: RoundSerializer, 202: JobSerializer})
    @action(detail=True, methods=["post"])
    def rounds(self, request: Request, pk: str) -> Response:  # noqa: ARG002 - read by find
        """Plan a round: each of its tasks is wanted from `overlap` of the annotators.

        A round of more than 2,000 articles is written by a job. Where it is not there within the seconds of `wait`, 202 answers with the job, whose
        address is in `Location`: when it is done, its `round` is the id of the round. 409 where another round is being planned.
        """
        project, wanted = self.find(*MANAGERS), self.read_body(writes.NewRoundSerializer)
        asked = ask_for_round(project, wanted, by=user_of(request))
        made = await_round(asked, seconds=wanted["wait"]) or asked
        if isinstance(made, Job):
            return self._created(JobSerializer(made), f"jobs/{made.pk}", status=HTTPStatus.ACCEPTED)
        return self._created(RoundSerializer(made), f"rounds/{made.pk}")

    @extend_schema(request=writes.NewSetSerializer, responses={201: ArticleSetSerializer})
    @action(detail=True, methods=["post"])
    def sets(self, request: Request, pk: str) -> Response:  # noqa: ARG002 - read by find
        """Keep what is asked of articles under a name; a set that has the name asks this from now on."""
        project, wanted = self.find(*MANAGERS), self.read_body(writes.NewSetSerializer)
        saved = save_set(
            project, wanted["name"], ArticleChoice.from_json(wanted["choice"]), by=user_of(request)
        )
        return self._created(ArticleSetSerializer(saved), f"sets/{saved.pk}")

    @extend_schema(
        request=writes.NewReleaseSerializer, responses={201: ReleaseDetailSerializer, 202: JobSerializer}
    )
    @action(detail=True, methods=["post"])
    def releases(self, request: Request, pk: str) -> Response:  # noqa: ARG002 - read by find
        """Freeze the gold that the project has so far, in a job; the manifest says what was left out, and why.

        202 answers with the job, whose address is in `Location`: when it is done, its `release` is the id of the release. With
        `wait` the answer is 201 and the release itself, if it is there within so many seconds. 409 where one is being frozen already, and while anything is open
        (tasks, broken rules, quarantine) unless `exception` says why it is frozen all the same.
        """
        project, asked = self.find(*MANAGERS), writes.NewReleaseSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        job = ask_for_wanted(project, asked.read(), by=user_of(request))
        release = await_release(job, seconds=asked.validated_data["wait"])
        if release is None:
            return self._created(JobSerializer(job), f"jobs/{job.pk}", status=HTTPStatus.ACCEPTED)
        return self._created(self._show_release(release), f"releases/{release.pk}")

    @extend_schema(request=writes.NewMembershipSerializer, responses={201: answers.InvitationSerializer})
    @action(detail=True, methods=["post"])
    def memberships(self, request: Request, pk: str) -> Response:  # noqa: ARG002 - read by find
        """Invite a person. A link is shown only here: pass it on to them.

        Who is new gets a sign-in link. Who has an account already gets an invitation and is in when they accept it.
        """
        project, wanted = self.find(*MANAGERS), self.read_body(writes.NewMembershipSerializer)
        invited = invite_member(
            project,
            email=wanted["email"],
            name=wanted["name"],
            roles=wanted["roles"],
            by=user_of(request),
        )
        answer = {
            "user": PersonSerializer(invited.user).data,
            "roles": sorted(project.roles_of(invited.user)),
            "sign_in_link": write_secret_address("web:sign-in-link", invited.sign_in),
            "invitation_link": write_secret_address("web:invitation", invited.invitation),
        }
        return Response(answer, status=HTTPStatus.CREATED)

    @extend_schema(
        request=project_writes.NewGuidelineRevisionSerializer,
        responses={201: GuidelineRevisionDetailSerializer},
    )
    @action(detail=True, methods=["post"])
    def guidelines(self, request: Request, pk: str) -> Response:  # noqa: ARG002 - read by find
        """Correct how the guidelines of a scheme are worded, also for rounds that are running; labels stay as they are."""
        project, wanted = self.find(*MANAGERS), self.read_body(project_writes.NewGuidelineRevisionSerializer)
        own = Scheme.objects.filter(Q(projects=project) | Q(rounds__project=project)).distinct()
        scheme = project.scheme if wanted["scheme"] is None else own.filter(pk=wanted["scheme"]).first()
        if scheme is None:
            raise ValidationError({"scheme": [f"The project has none with the id {wanted['scheme']}."]})
        revision = correct_wording(
            project, scheme, source=wanted["definition"], name=wanted["name"], by=user_of(request)
        )
        return self._created(GuidelineRevisionDetailSerializer(revision), f"corrections/{revision.pk}")

    def _show_release(self, release: Release) -> ReleaseDetailSerializer:
        return ReleaseDetailSerializer(release, context=self.get_serializer_context())

    def _created(
        self, serializer: BaseSerializer[Any], path: str, *, status: HTTPStatus = HTTPStatus.CREATED
    ) -> Response:
        location = f"{reverse('api:projects-list').removesuffix('projects/')}{path}/"
        return Response(serializer.data, status=status, headers={"Location": location})


def _row_of(place: str) -> int:
    return int(place.rpartition(":")[2]) - 1
