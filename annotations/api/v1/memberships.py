"""Memberships of projects: who has which role, what an annotator is to the figures, and how a role ends."""

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.access import MANAGERS, user_of
from annotations.api.v1 import filters, writes
from annotations.api.v1.serializers.people import MembershipSerializer
from annotations.api.views import ProjectRowsView
from annotations.assignment.services import change_member_roles
from annotations.assignment.standing import set_standing
from annotations.models import Membership


class MembershipViewSet(
    ProjectRowsView[Membership], mixins.DestroyModelMixin, viewsets.ReadOnlyModelViewSet[Membership]
):
    """Who has which role. Taking a role away leaves what the person did; what lies in an annotator's queues goes back."""

    queryset = Membership.objects.with_standing().select_related("user", "project")
    serializer_class = MembershipSerializer
    filterset_class = filters.MembershipFilter
    readers = MANAGERS

    @extend_schema(request=writes.ChangedMembershipSerializer, responses={200: MembershipSerializer})
    def partial_update(self, request: Request, pk: str) -> Response:  # noqa: ARG002 - read by get_object
        """Say whether an annotator is a person or a model. Figures and adjudication go by it from now on; gold stays."""
        membership = self.get_object()
        self.require_manager(membership.project_id)
        reader = writes.ChangedMembershipSerializer(data=request.data)
        reader.is_valid(raise_exception=True)
        standing = reader.validated_data.get("annotates_as", membership.annotates_as)
        if standing != membership.annotates_as:
            set_standing(membership.project, membership.user, standing=standing, by=user_of(request))
        return Response(self.get_serializer(self.get_object()).data)

    def perform_destroy(self, instance: Membership) -> None:
        self.require_manager(instance.project_id)
        roles = instance.project.roles_of(instance.user) - {instance.role}
        change_member_roles(instance.project, instance.user, roles=roles, by=user_of(self.request))
