"""Who calls: a program with a token of ours, or a person's browser with its session."""

from django.utils import timezone
from django.utils.translation import gettext as _
from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from knox.crypto import hash_token
from rest_framework.exceptions import AuthenticationFailed

from annotations.models import ApiToken, User


class TokenAuthentication(KnoxTokenAuthentication):
    """`Authorization: Token ...`. A call with a token writes nothing, and an expired token stays on the list.

    What a token may do is asked anew at each call: its owner's account, password, memberships and roles as they are now.
    """

    def authenticate_credentials(self, token: bytes) -> tuple[User, ApiToken]:
        found = self._find(token)
        if found is None:
            raise AuthenticationFailed(_("This token is not known here: it was revoked or mistyped."))
        if found.expiry is not None and found.expiry <= timezone.now():
            raise AuthenticationFailed(_("This token has expired: make a new one."))
        if found.is_outdated:
            raise AuthenticationFailed(_("The password of this token's owner changed since: make a new one."))
        if not found.user.is_active:
            raise AuthenticationFailed(_("The account of this token is not active any more."))
        return found.user, found

    def _find(self, token: bytes) -> ApiToken | None:
        try:
            digest = hash_token(token.decode("ascii"))
        except UnicodeDecodeError:
            return None
        tokens = ApiToken.objects.select_related("user", "project")
        return tokens.filter(digest=digest).first()
