"""Locking a round for whoever changes it as a whole."""

from annotations.models import Round
from annotations.projects.archived import lock_live


def lock_round(round_: Round) -> Round:
    """Lock the project first, as planning and excluding do, and then the round."""
    lock_live(round_.project_id)
    rounds = Round.objects.select_for_update(no_key=True, of=("self",)).select_related("project")
    return rounds.get(pk=round_.pk)
