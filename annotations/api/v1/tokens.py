"""A person's own tokens: made, listed and revoked by themselves. A token never makes one that reaches further or outlives it."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.access import EVERYONE, find_projects, token_of, user_of
from annotations.api.v1 import answers, writes
from annotations.api.v1.serializers.people import TokenSerializer
from annotations.api.views import PrivateView
from annotations.models import ApiToken, Project
from annotations.projects.tokens import create_api_token, revoke_api_token


class TokenViewSet(
    PrivateView, mixins.ListModelMixin, mixins.DestroyModelMixin, viewsets.GenericViewSet[ApiToken]
):
    """Your tokens, by how they begin; a token itself is shown once, when it is made."""

    queryset = ApiToken.objects.order_by("created")
    serializer_class = TokenSerializer
    pagination_class = None
    lookup_field = "token_key"
    lookup_url_kwarg = "key"
    lookup_value_regex = "[0-9A-Za-z_-]{1,25}"

    def get_queryset(self) -> QuerySet[ApiToken]:
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows.none()
        rows = rows.filter(user=user_of(self.request))
        mine = token_of(self.request)
        return rows.filter(project=mine.project) if mine and mine.project else rows

    @extend_schema(request=writes.NewTokenSerializer, responses={201: answers.ShownTokenSerializer})
    def create(self, request: Request) -> Response:
        """Make a token. With a token, one can only be made for the same project that expires no later and ends with it."""
        reader = writes.NewTokenSerializer(data=request.data)
        reader.is_valid(raise_exception=True)
        wanted = reader.validated_data
        project = self._find_project(wanted["project"])
        lifetime = timedelta(days=wanted["days"])
        self._check_reach(project, expiry=timezone.now() + lifetime)
        token, secret = create_api_token(
            user_of(request),
            name=wanted["name"],
            scope=wanted["scope"],
            project=project,
            by=user_of(request),
            lifetime=lifetime,
            made_with=token_of(request),
        )
        answer = {**TokenSerializer(token).data, "token": secret}
        return Response(answer, status=HTTPStatus.CREATED)

    def perform_destroy(self, instance: ApiToken) -> None:
        revoke_api_token(instance, by=user_of(self.request))

    def _find_project(self, project_id: int | None) -> Project | None:
        if project_id is None:
            return None
        project = find_projects(self.request, *EVERYONE).filter(pk=project_id).first()
        if project is None:
            raise ValidationError({"project": ["You have no role in a project with this id."]})
        return project

    def _check_reach(self, project: Project | None, *, expiry: datetime) -> None:
        mine: Any = token_of(self.request)
        if mine is None:
            return
        if mine.project and mine.project != project:
            raise PermissionDenied(
                f"This token is for {mine.project} alone, so it makes tokens for it alone."
            )
        if mine.expiry and expiry > mine.expiry:
            raise PermissionDenied("A token makes none that outlives it: choose fewer days, or sign in.")
