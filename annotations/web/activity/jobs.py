"""What jobs are called on pages: what is being done, in words, by the kind that the program calls it."""

from collections.abc import Mapping

TITLES: Mapping[str, str] = {
    "top_up_queues": "bringing articles to annotators",
    "remove_studio_tasks": "clearing what is done out of Label Studio",
    "reconcile": "comparing our record with Label Studio",
    "expire_leases": "passing on articles that lay too long",
    "send_digests": "telling people what waits for them",
    "finish_by_rule": "finishing what all agree on",
    "find_duplicates": "searching for copies",
    "fold_tallies": "adding up counts",
    "plan_round": "planning a round",
    "forget_plans": "clearing away rounds whose planning was broken off",
    "forget_project": "clearing away what was in a deleted project",
    "count_agreement": "counting agreement",
    "write_agreement": "writing the agreement report",
    "send_reset_link": "sending a link for a new password",
    "send_webhooks": "telling other programs",
    "send_invitation": "sending an invitation",
    "tell_of_wrong_passwords": "telling of wrong passwords",
    "freeze_release": "freezing a release",
    "forget_begun_releases": "forgetting releases that were broken off",
    "prepare_release": "writing a release’s files",
    "prepare_folder": "packing a release’s folder",
    "prepare_annotations": "writing a file of annotations",
    "forget_kept_files": "clearing away files of annotations",
    "make_backup": "making a backup",
    "forget_finished": "forgetting finished jobs",
    "predict_by_rules": "marking articles by the rules of the workbench",
    "predict_by_server": "asking a model about the articles",
    "read_import": "reading the files of an import",
    "forget_imports": "forgetting imports that nobody published",
    "carry_round": "carrying a round over to a later version",
    "forget_carried": "clearing away what was carried over",
    "clear_previews": "clearing away previews of schemes",
}


def name_job(kind: str) -> str:
    """What a job of a kind does, in words; a kind of somebody's own goes by its name.

    >>> name_job("read_import"), name_job("weigh_articles")
    ('reading the files of an import', 'weigh articles')
    """
    return TITLES.get(kind, kind.replace("_", " "))
