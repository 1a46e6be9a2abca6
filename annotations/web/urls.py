"""The addresses of the pages."""

from django.urls import path

from annotations.web import figures, health, home
from annotations.web.accounts import views as accounts
from annotations.web.activity import job_pages as jobs
from annotations.web.activity import views as activity
from annotations.web.adjudication import hard_cases
from annotations.web.adjudication import queue as adjudication_queue
from annotations.web.adjudication import views as adjudication
from annotations.web.agreement import downloads as agreement_files
from annotations.web.agreement import models as agreement_models
from annotations.web.agreement import reference as agreement_reference
from annotations.web.agreement import summary
from annotations.web.agreement import views as agreement
from annotations.web.articles import (
    choosing,
    duplicates,
    excluding,
    importing,
    many,
    originals,
    predictions,
)
from annotations.web.articles import views as articles
from annotations.web.installation import backups
from annotations.web.installation import views as installation
from annotations.web.people import person
from annotations.web.people import views as people
from annotations.web.projects import views as projects
from annotations.web.releases import cards, changes, publishing
from annotations.web.releases import views as releases
from annotations.web.rounds import asking, carrying, ending
from annotations.web.rounds import views as rounds
from annotations.web.schemes import codebook, picking, quizzes, wording
from annotations.web.schemes import editor as scheme_editor
from annotations.web.schemes import previewing as scheme_previewing
from annotations.web.schemes import starting as scheme_starting
from annotations.web.schemes import views as schemes
from annotations.web.settings import views as settings
from annotations.web.webhooks import views as webhooks
from annotations.web.work import views as work

app_name = "web"
urlpatterns = [
    path("", home.home, name="home"),
    path("health/", health.show_health, name="health"),
    path("healthz", health.show_liveness, name="liveness"),
    path("readyz", health.show_readiness, name="readiness"),
    path("metrics", figures.show_figures, name="metrics"),
    path("sign-in/", accounts.sign_in, name="sign-in"),
    path("sign-in/<str:token>/", accounts.sign_in_by_link, name="sign-in-link"),
    path("forgot-password/", accounts.forgot_password, name="forgot-password"),
    path("invitations/<str:token>/", accounts.answer_invitation, name="invitation"),
    path("set-password/", accounts.set_password, name="set-password"),
    path("sign-out/", accounts.sign_out, name="sign-out"),
    path("account/", accounts.account, name="account"),
    path("account/name/", accounts.rename, name="rename-account"),
    path("account/digest/", accounts.choose_digest, name="choose-digest"),
    path("account/tokens/", accounts.create_token, name="create-token"),
    path("account/tokens/<str:key>/revoke/", accounts.revoke_token, name="revoke-token"),
    path("account/data/", accounts.download_own_data, name="own-data"),
    path("installation/", installation.show_installation, name="installation"),
    path("installation/backups/", backups.list_kept_backups, name="backups"),
    path("installation/backups/make/", backups.make_backup, name="make-backup"),
    path("installation/backups/<str:name>/", backups.download_backup, name="download-backup"),
    path("installation/people/<int:user_id>/", installation.show_account, name="account-of"),
    path("installation/people/<int:user_id>/change/", installation.change_account, name="change-account"),
    path("installation/people/<int:user_id>/erase/", installation.erase_account, name="erase-account"),
    path("work/", work.show_work, name="work"),
    path("work/rounds/<int:round_id>/start/", work.start, name="start"),
    path("work/guidelines/<int:revision_id>/read/", work.read_correction, name="read-correction"),
    path("work/assignments/<int:assignment_id>/skip/", work.skip, name="skip"),
    path("schemes/<str:sha256>/labels.css", schemes.serve_label_colors, name="scheme-css"),
    path("projects/", projects.list_projects, name="projects"),
    path("projects/new/", projects.start_project, name="create-project"),
    path("projects/<slug:slug>/", projects.show_project, name="project"),
    path("projects/<slug:slug>/settings/", settings.show_settings, name="settings"),
    path("projects/<slug:slug>/settings/archive/", settings.archive, name="archive-project"),
    path("projects/<slug:slug>/settings/restore/", settings.restore, name="restore-project"),
    path("projects/<slug:slug>/settings/delete/", settings.delete, name="delete-project"),
    path("projects/<slug:slug>/webhooks/", webhooks.list_webhooks, name="webhooks"),
    path("projects/<slug:slug>/webhooks/add/", webhooks.add, name="add-webhook"),
    path("projects/<slug:slug>/webhooks/<int:webhook_id>/remove/", webhooks.remove, name="remove-webhook"),
    path(
        "projects/<slug:slug>/webhooks/messages/<int:delivery_id>/again/",
        webhooks.redeliver,
        name="redeliver",
    ),
    path("projects/<slug:slug>/guidelines/", schemes.show_guidelines, name="guidelines"),
    path("projects/<slug:slug>/guidelines/codebook/", codebook.show_codebook, name="codebook"),
    path("projects/<slug:slug>/guidelines/quizzes/", quizzes.list_quizzes, name="quizzes"),
    path("projects/<slug:slug>/guidelines/quizzes/<int:number>/", quizzes.show_quiz, name="quiz"),
    path("projects/<slug:slug>/guidelines/word/", wording.word_part, name="word-part"),
    path("projects/<slug:slug>/guidelines/example/", picking.take_example, name="take-example"),
    path("projects/<slug:slug>/guidelines/correct/", schemes.correct, name="correct-wording"),
    path("projects/<slug:slug>/guidelines/edit/", scheme_editor.edit_scheme, name="edit-scheme"),
    path("projects/<slug:slug>/guidelines/edit/toml/", scheme_editor.edit_as_toml, name="edit-scheme-toml"),
    path("projects/<slug:slug>/guidelines/edit/start/", scheme_starting.start_draft, name="start-draft"),
    path(
        "projects/<slug:slug>/guidelines/edit/preview/", scheme_previewing.preview_draft, name="preview-draft"
    ),
    path("projects/<slug:slug>/guidelines/edit/adopt/", scheme_editor.adopt, name="adopt-draft"),
    path("projects/<slug:slug>/guidelines/edit/discard/", scheme_editor.discard, name="discard-draft"),
    path("projects/<slug:slug>/notes/", projects.show_notes, name="notes"),
    path("projects/<slug:slug>/quarantine/", projects.list_quarantined, name="quarantine"),
    path(
        "projects/<slug:slug>/quarantine/<int:item_id>/",
        projects.resolve_quarantined,
        name="resolve-quarantined",
    ),
    path("projects/<slug:slug>/articles/", articles.list_articles, name="articles"),
    path("projects/<slug:slug>/articles/add/", importing.add_articles, name="add-articles"),
    path("projects/<slug:slug>/articles/<int:article_id>/", articles.show_article, name="article"),
    path(
        "projects/<slug:slug>/articles/<int:article_id>/origin/",
        originals.show_original,
        name="article-original",
    ),
    path(
        "projects/<slug:slug>/articles/<int:article_id>/origin/page/",
        originals.send_page,
        name="article-original-page",
    ),
    path("projects/<slug:slug>/articles/values/", choosing.offer_values, name="article-values"),
    path("projects/<slug:slug>/articles/chosen/", many.act_on_chosen, name="chosen-articles"),
    path("projects/<slug:slug>/articles/exclude/", many.exclude_chosen, name="exclude-articles"),
    path("projects/<slug:slug>/articles/sets/", choosing.name_set, name="name-set"),
    path("projects/<slug:slug>/articles/sets/<int:set_id>/delete/", choosing.forget_set, name="delete-set"),
    path("projects/<slug:slug>/articles/duplicates/", duplicates.list_duplicates, name="duplicates"),
    path(
        "projects/<slug:slug>/articles/duplicates/<int:cluster_id>/",
        duplicates.show_duplicate,
        name="duplicate",
    ),
    path("projects/<slug:slug>/articles/predictions/", predictions.list_predictions, name="predictions"),
    path("projects/<slug:slug>/articles/predictions/rules/", predictions.predict_by_rules, name="predict"),
    path(
        "projects/<slug:slug>/articles/predictions/<int:predictor_id>/",
        predictions.show_predictor,
        name="predictor",
    ),
    path("projects/<slug:slug>/articles/imports/", excluding.show_imports, name="imports"),
    path("projects/<slug:slug>/articles/imports/<int:import_id>/", importing.show_import, name="import"),
    path("projects/<slug:slug>/articles/imports/<int:import_id>/read/", importing.read, name="read-import"),
    path(
        "projects/<slug:slug>/articles/imports/<int:import_id>/publish/",
        importing.publish,
        name="publish-import",
    ),
    path(
        "projects/<slug:slug>/articles/imports/<int:import_id>/drop/",
        importing.drop_files,
        name="drop-import",
    ),
    path("projects/<slug:slug>/articles/imports/<int:import_id>/undo/", excluding.undo, name="undo-import"),
    path(
        "projects/<slug:slug>/articles/<int:article_id>/exclude/", excluding.exclude, name="exclude-article"
    ),
    path(
        "projects/<slug:slug>/articles/<int:article_id>/include/", excluding.include, name="include-article"
    ),
    path("projects/<slug:slug>/articles/<int:article_id>/delete/", excluding.delete, name="delete-article"),
    path("projects/<slug:slug>/people/", people.show_people, name="people"),
    path("projects/<slug:slug>/my-figures/", person.show_my_figures, name="my-figures"),
    path("projects/<slug:slug>/people/<int:user_id>/", person.show_person, name="person"),
    path("projects/<slug:slug>/people/invite/", people.invite, name="invite"),
    path("projects/<slug:slug>/people/invite/several/", people.invite_at_once, name="invite-several"),
    path(
        "projects/<slug:slug>/people/invitations/<int:invitation_id>/withdraw/",
        people.take_back_invitation,
        name="withdraw-invitation",
    ),
    path("projects/<slug:slug>/people/<int:user_id>/link/", people.issue_link, name="issue-link"),
    path("projects/<slug:slug>/people/<int:user_id>/roles/", people.set_roles, name="set-roles"),
    path("projects/<slug:slug>/people/<int:user_id>/standing/", people.set_standing_of, name="set-standing"),
    path("projects/<slug:slug>/rounds/", rounds.list_rounds, name="rounds"),
    path("projects/<slug:slug>/rounds/plan/", rounds.plan, name="plan-round"),
    path("projects/<slug:slug>/rounds/plan/forecast/", rounds.forecast, name="forecast-round"),
    path("projects/<slug:slug>/rounds/<int:number>/", rounds.show_round, name="round"),
    path("projects/<slug:slug>/rounds/<int:number>/rename/", ending.rename, name="rename-round"),
    path("projects/<slug:slug>/rounds/<int:number>/quiz/", ending.set_required_quiz, name="require-quiz"),
    path("projects/<slug:slug>/rounds/<int:number>/due/", ending.set_due, name="due-round"),
    path("projects/<slug:slug>/rounds/<int:number>/close/", asking.close, name="close-round"),
    path("projects/<slug:slug>/rounds/<int:number>/reopen/", ending.reopen, name="reopen-round"),
    path("projects/<slug:slug>/rounds/<int:number>/carry/", carrying.carry, name="carry-round"),
    path("projects/<slug:slug>/rounds/<int:number>/join/", rounds.join_round, name="join-round"),
    path(
        "projects/<slug:slug>/rounds/<int:number>/leave/<int:participant_id>/",
        asking.leave_round,
        name="leave-round",
    ),
    path("projects/<slug:slug>/tasks/<int:task_id>/", rounds.show_task, name="task"),
    path("projects/<slug:slug>/tasks/<int:task_id>/close/", rounds.close, name="close-task"),
    path("projects/<slug:slug>/assignments/<int:assignment_id>/withdraw/", asking.withdraw, name="withdraw"),
    path("projects/<slug:slug>/assignments/<int:assignment_id>/pass-on/", rounds.pass_on, name="pass-on"),
    path("projects/<slug:slug>/adjudication/", adjudication_queue.show_queue, name="adjudication"),
    path("projects/<slug:slug>/adjudication/<int:task_id>/", adjudication.show_task, name="adjudicate"),
    path(
        "projects/<slug:slug>/adjudication/<int:task_id>/decide/",
        adjudication.decide,
        name="adjudicate-decide",
    ),
    path(
        "projects/<slug:slug>/adjudication/<int:task_id>/close-own/",
        adjudication.close_own,
        name="adjudicate-close-own",
    ),
    path("projects/<slug:slug>/guidelines/hard-cases/", hard_cases.list_hard_cases, name="hard-cases"),
    path(
        "projects/<slug:slug>/adjudication/<int:task_id>/borders/",
        adjudication.list_borders,
        name="adjudicate-borders",
    ),
    path("projects/<slug:slug>/adjudication/<int:task_id>/undo/", adjudication.undo, name="adjudicate-undo"),
    path(
        "projects/<slug:slug>/adjudication/<int:task_id>/finish/",
        adjudication.finish,
        name="adjudicate-finish",
    ),
    path(
        "projects/<slug:slug>/adjudication/<int:task_id>/reopen/",
        adjudication.reopen,
        name="adjudicate-reopen",
    ),
    path(
        "projects/<slug:slug>/adjudication/<int:task_id>/review/",
        adjudication.review,
        name="adjudicate-review",
    ),
    path("projects/<slug:slug>/agreement/", agreement.show_agreement, name="agreement"),
    path("projects/<slug:slug>/agreement/summary/", summary.show_summary, name="agreement-summary"),
    path("projects/<slug:slug>/agreement/gamma/", agreement.show_gamma, name="agreement-gamma"),
    path(
        "projects/<slug:slug>/agreement/reference/",
        agreement_reference.show_reference,
        name="agreement-reference",
    ),
    path("projects/<slug:slug>/agreement/models/", agreement_models.show_models, name="agreement-models"),
    path("projects/<slug:slug>/agreement/fields/", agreement.show_fields, name="agreement-fields"),
    path("projects/<slug:slug>/agreement/periods/", agreement.show_periods, name="agreement-periods"),
    path("projects/<slug:slug>/agreement/needed/", agreement.show_needed, name="agreement-needed"),
    path("projects/<slug:slug>/agreement/people/", agreement.show_without_each, name="agreement-people"),
    path("projects/<slug:slug>/agreement/examples/", agreement.show_examples, name="agreement-examples"),
    path("projects/<slug:slug>/agreement/report.json", agreement_files.download_json, name="agreement-json"),
    path("projects/<slug:slug>/agreement/report.csv", agreement_files.download_csv, name="agreement-csv"),
    path("projects/<slug:slug>/releases/", releases.list_releases, name="releases"),
    path("projects/<slug:slug>/releases/<int:number>/", releases.show_release, name="release"),
    path("projects/<slug:slug>/releases/draft/discard/", publishing.discard, name="discard-release-draft"),
    path("projects/<slug:slug>/releases/<int:number>/publish/", publishing.publish, name="publish-release"),
    path(
        "projects/<slug:slug>/releases/<int:number>/withdraw/", publishing.withdraw, name="withdraw-release"
    ),
    path("projects/<slug:slug>/releases/<int:number>/card/", cards.show_card, name="release-card"),
    path("projects/<slug:slug>/releases/<int:number>/changes/", changes.show_changes, name="release-changes"),
    path("projects/<slug:slug>/activity/", activity.list_events, name="activity"),
    path("projects/<slug:slug>/jobs/", jobs.list_jobs, name="jobs"),
    path("projects/<slug:slug>/jobs/<int:job_id>/", jobs.show_job, name="job"),
    path("projects/<slug:slug>/jobs/<int:job_id>/change/", jobs.change_job, name="change-job"),
    path("jobs/", jobs.list_all_jobs, name="all-jobs"),
    path("jobs/<int:job_id>/", jobs.show_any_job, name="any-job"),
    path("jobs/<int:job_id>/change/", jobs.change_any_job, name="change-any-job"),
]
