"""What becomes of a frozen release: it is published, or withdrawn for a reason; it never changes and is never deleted."""

from django.db import IntegrityError, transaction

from annotations.limits import MAX_REASON_LENGTH
from annotations.models import Event, Release, ReleaseNotice, ReleaseState, User
from annotations.projects.archived import check_live


class ReleaseStateError(Exception):
    """A release cannot be published, or withdrawn, where it stands."""


class WithdrawalReasonError(ValueError):
    """A release is withdrawn for a reason, which must not be too long."""


class ReleaseWithdrawnError(Exception):
    """A release was withdrawn, so nobody is handed it any more."""


def publish_release(release: Release, *, by: User | None) -> ReleaseNotice:
    """Say that a release is meant to be used."""
    return _give_notice(release, ReleaseState.PUBLISHED, reason="", by=by)


def withdraw_release(release: Release, *, reason: str, by: User | None) -> ReleaseNotice:
    """Take a release back for a reason that everybody reads; what is frozen stays, and is handed out no more."""
    reason = reason.strip()
    if not reason:
        raise WithdrawalReasonError("say why the release is withdrawn: everybody who used it will ask")
    if len(reason) > MAX_REASON_LENGTH:
        raise WithdrawalReasonError(f"the reason has more than {MAX_REASON_LENGTH} characters: shorten it")
    return _give_notice(release, ReleaseState.WITHDRAWN, reason=reason, by=by)


def find_state(release: Release) -> ReleaseState:
    """The state of a release: that of its latest notice, and frozen where there is none."""
    latest = release.notices.order_by("-pk").values_list("state", flat=True).first()
    return ReleaseState(latest) if latest else ReleaseState.FROZEN


def find_withdrawal(release: Release) -> str:
    """Why a release was withdrawn, and on which day; empty where it was not."""
    notice = release.notices.filter(state=ReleaseState.WITHDRAWN).first()
    return f"{notice.reason} ({notice.at.date().isoformat()})" if notice else ""


def check_handed_out(*releases: Release) -> None:
    """Refuse to hand out a release that was withdrawn, or what another one shares with it, with the reason."""
    for release in releases:
        if reason := find_withdrawal(release):
            raise ReleaseWithdrawnError(f"Release {release.number} was withdrawn: {reason}")


@transaction.atomic
def _give_notice(release: Release, state: ReleaseState, *, reason: str, by: User | None) -> ReleaseNotice:
    locked = (
        Release.objects.select_for_update(no_key=True, of=("self",))
        .select_related("project")
        .get(pk=release.pk)
    )
    check_live(locked.project)
    stands = find_state(locked)
    if stands in (ReleaseState.WITHDRAWN, state):
        raise ReleaseStateError(f"release {release.number} is {stands.label} already, and stays so")
    try:
        with transaction.atomic():
            notice = ReleaseNotice.objects.create(release=locked, state=state, reason=reason, by=by)
    except IntegrityError as error:
        raise ReleaseStateError(f"release {release.number} is {state.label} already, and stays so") from error
    details = {"reason": reason} if reason else {}
    Event.objects.record(state.value, locked, actor=by, project=locked.project, **details)
    return notice
