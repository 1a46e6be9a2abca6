"""Jobs: which function runs each kind, when, by whom, and for how long its traces are kept."""

from datetime import timedelta

from workbench.settings.environment import setting

JOB_HANDLERS = {
    "send_webhooks": "annotations.webhooks.delivering.run_send_webhooks",
    "top_up_queues": "annotations.collection.services.run_top_up",
    "remove_studio_tasks": "annotations.collection.services.run_remove_studio_tasks",
    "reconcile": "annotations.collection.services.run_reconcile",
    "expire_leases": "annotations.collection.services.run_expire_leases",
    "finish_by_rule": "annotations.adjudication.settled.run_finish_by_rule",
    "find_duplicates": "annotations.corpus.duplicates.run_find_duplicates",
    "fold_tallies": "annotations.assignment.tallies.run_fold_tallies",
    "plan_round": "annotations.assignment.planning.run_plan_round",
    "forget_plans": "annotations.assignment.planning.run_forget_plans",
    "forget_project": "annotations.assignment.archiving.run_forget_project",
    "count_agreement": "annotations.web.agreement.ahead.run_count_agreement",
    "write_agreement": "annotations.web.agreement.ahead.run_write_agreement",
    "send_reset_link": "annotations.web.accounts.messages.run_send_reset_link",
    "tell_of_wrong_passwords": "annotations.web.accounts.messages.run_tell_of_wrong_passwords",
    "send_invitation": "annotations.web.accounts.messages.run_send_invitation",
    "send_digests": "annotations.web.digests.run_send_digests",
    "freeze_release": "annotations.gold.services.run_freeze_release",
    "forget_begun_releases": "annotations.gold.services.run_forget_begun",
    "prepare_release": "annotations.gold.files.run_prepare_release",
    "prepare_folder": "annotations.gold.folders.run_prepare_folder",
    "prepare_annotations": "annotations.gold.kept.run_prepare_annotations",
    "forget_kept_files": "annotations.gold.kept.run_forget_kept",
    "make_backup": "annotations.management.backups.kept.run_make_backup",
    "forget_finished": "annotations.jobs.worker.run_forget_finished",
    "read_import": "annotations.corpus.imports.run_read_import",
    "forget_imports": "annotations.corpus.imports.run_forget_imports",
    "carry_round": "annotations.carried.writing.run_carry_round",
    "forget_carried": "annotations.carried.services.run_forget_carried",
    "clear_previews": "annotations.collection.previewing.run_clear_previews",
    "predict_by_rules": "annotations.corpus.predicted.by_rules.run_predict_by_rules",
    "predict_by_server": "annotations.labelstudio.predicting.run_predict_by_server",
}
JOBS_CANCELLABLE = {
    "make_backup",
    "find_duplicates",
    "count_agreement",
    "write_agreement",
    "freeze_release",
    "prepare_release",
    "prepare_annotations",
    "read_import",
    "predict_by_rules",
    "predict_by_server",
}
"""Jobs that somebody may cancel: who wants what they give asks again."""
JOBS_OF_ARCHIVED = {"prepare_folder", "prepare_release"}
"""Jobs that change nothing in a project, so that they are run for an archived one too."""
CELERY_BROKER_URL = setting("CELERY_BROKER_URL")
"""Where Celery delivers jobs: `redis://…` of a Redis or Valkey; without one, workers look for jobs themselves."""
JOB_DELIVERY = "workbench.celery.send_job" if CELERY_BROKER_URL else ""

JOB_QUEUES = ["interactive", "model", "bulk"]
"""Queues of the broker: for what somebody waits for, for programs that annotate, and for everything else."""
JOB_ROUTES = {
    "top_up_queues": "interactive",
    "remove_studio_tasks": "interactive",
    "send_reset_link": "interactive",
    "tell_of_wrong_passwords": "interactive",
    "send_invitation": "interactive",
    "expire_leases": "interactive",
    "finish_by_rule": "interactive",
    "read_import": "interactive",
    "freeze_release": "interactive",
    "plan_round": "interactive",
    "predict_by_rules": "model",
    "predict_by_server": "model",
}
JOB_SWEEP_AFTER = timedelta(seconds=float(setting("JOB_SWEEP_AFTER", "60" if CELERY_BROKER_URL else "0")))
"""A job that is due for so long and was not begun is taken for lost on its way, and delivered again."""
JOB_LEASE = timedelta(seconds=float(setting("JOB_LEASE", "120")))
JOB_KEPT = timedelta(days=7)  # after its end
BEGUN_RELEASE_KEPT = timedelta(days=1)
"""For so long the records wait of a release whose job was cancelled or given up, so that it can go on."""
IMPORT_KEPT = timedelta(days=7)
"""For so long the files of an import wait that nobody publishes or drops."""
JOB_SCHEDULE = {
    "send_webhooks": timedelta(seconds=30),
    "top_up_queues": timedelta(seconds=30),
    "expire_leases": timedelta(minutes=5),
    "send_digests": timedelta(hours=1),
    "reconcile": timedelta(minutes=2),
    "finish_by_rule": timedelta(minutes=1),
    "fold_tallies": timedelta(minutes=10),
    "forget_finished": timedelta(hours=1),
    "forget_imports": timedelta(hours=1),
    "clear_previews": timedelta(hours=1),
    "forget_begun_releases": timedelta(hours=1),
    "forget_kept_files": timedelta(hours=1),
    "forget_plans": timedelta(minutes=10),
}
