"""What jobs are called on pages: what is being done, in words, by the kind that the program calls it."""

from collections.abc import Mapping

TITLES: Mapping[str, str] = {
    "top_up_queues": "bringing articles to annotators",
    "remove_studio_tasks": "clearing what is done out of Label Studio",
    "reconcile": "comparing our record with Label Studio",
    "expire_leases": "passing on articles that lay too long",
    "finish_by_rule": "finishing what all agree on",
    "find_duplicates": "searching for copies",
    "fold_tallies": "adding up counts",
    "count_agreement": "counting agreement",
    "write_agreement": "writing the agreement report",
    "send_reset_link": "sending a link for a new password",
    "tell_of_wrong_passwords": "telling of wrong passwords",
    "prepare_release": "writing a release’s files",
    "forget_finished": "forgetting finished jobs",
    "predict_by_rules": "marking articles by the rules of the workbench",
    "predict_by_server": "asking a model about the articles",
    "read_import": "reading the files of an import",
    "forget_imports": "forgetting imports that nobody published",
}


def name_job(kind: str) -> str:
    """What a job of a kind does, in words; a kind of somebody's own goes by its name.

    >>> name_job("read_import"), name_job("weigh_articles")
    ('reading the files of an import', 'weigh articles')
    """
    return TITLES.get(kind, kind.replace("_", " "))
