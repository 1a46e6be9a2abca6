"""All tables as the migrations up to 0076 leave them, made at once, which takes an empty database a fraction of the time.

A database that was made by the migrations one by one keeps what it has. What Django does not know of, the triggers above all, stands as SQL in `squashed/`.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from sqlite3 import complete_statement

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from annotations.migrations._guards import take_down

SQL = Path(__file__).parent / "squashed"


def write_guards(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the triggers that guard and count rows, and what holds the words of articles."""
    for statement in read_statements(schema_editor.connection.vendor):
        schema_editor.execute(statement, None)  # a sign of per cent is no place for a value


def read_statements(vendor: str) -> Iterator[str]:
    """The statements for a database: PostgreSQL takes all at once, SQLite one at a time."""
    text = (SQL / f"{vendor}.sql").read_text(encoding="utf-8")
    if vendor != "sqlite":
        yield text
        return
    statement = ""
    for line in text.splitlines(keepends=True):
        statement += line
        if complete_statement(statement):
            yield statement
            statement = ""


def take_guards_down(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop the triggers, without which every table can be dropped."""
    if schema_editor.connection.vendor == "sqlite":
        take_down(_apps, schema_editor)
        schema_editor.execute("DROP TABLE annotations_articlewords")
        return
    text = (SQL / "postgresql.sql").read_text(encoding="utf-8")
    for name in re.findall(r"^CREATE FUNCTION (\w+)", text, re.MULTILINE):
        schema_editor.execute(f"DROP FUNCTION {name} CASCADE")


class Migration(migrations.Migration):
    replaces = [
        ("annotations", "0001_initial"),
        ("annotations", "0002_append_only"),
        ("annotations", "0003_studio_busy_until"),
        ("annotations", "0004_agreement_statistics"),
        ("annotations", "0005_studio_editor_id"),
        ("annotations", "0006_assignment_by_lease"),
        ("annotations", "0007_agreement_report"),
        ("annotations", "0008_round_scheme"),
        ("annotations", "0009_round_guards"),
        ("annotations", "0010_assignment_saving"),
        ("annotations", "0011_agreement_blocks"),
        ("annotations", "0012_article_imports"),
        ("annotations", "0013_write_probe"),
        ("annotations", "0014_merge_rule"),
        ("annotations", "0015_agreement_files"),
        ("annotations", "0016_access_and_closed_shares"),
        ("annotations", "0017_canonical"),
        ("annotations", "0018_indexes_of_lists"),
        ("annotations", "0019_covering_indexes"),
        ("annotations", "0020_task_annotated_at"),
        ("annotations", "0021_fill_in_annotated_at"),
        ("annotations", "0022_token_made_with"),
        ("annotations", "0023_canonical_is_frozen"),
        ("annotations", "0024_jobs_finish_by_rule"),
        ("annotations", "0025_task_awaits_rule"),
        ("annotations", "0026_ask_the_rule_once"),
        ("annotations", "0027_gold_canonical"),
        ("annotations", "0028_gold_is_frozen"),
        ("annotations", "0029_model_annotators"),
        ("annotations", "0030_tallies"),
        ("annotations", "0031_tallies_by_triggers"),
        ("annotations", "0032_article_words"),
        ("annotations", "0033_lifecycle"),
        ("annotations", "0034_lifecycle_guards"),
        ("annotations", "0035_gold_unmet"),
        ("annotations", "0036_release_files"),
        ("annotations", "0037_indexes_of_what_waits"),
        ("annotations", "0038_decision_reason"),
        ("annotations", "0039_article_tallies"),
        ("annotations", "0040_article_tallies_by_triggers"),
        ("annotations", "0041_annotation_imports"),
        ("annotations", "0042_events_of_archived"),
        ("annotations", "0043_source_maps"),
        ("annotations", "0044_duplicates"),
        ("annotations", "0045_imports_as_jobs"),
        ("annotations", "0046_one_index_of_blocks"),
        ("annotations", "0047_gold_imported"),
        ("annotations", "0048_imported_models"),
        ("annotations", "0049_choosing_articles"),
        ("annotations", "0050_words_of_articles"),
        ("annotations", "0051_job_request_id"),
        ("annotations", "0052_job_log"),
        ("annotations", "0053_noted_annotations"),
        ("annotations", "0054_find_notes"),
        ("annotations", "0055_predictions"),
        ("annotations", "0056_release_splits"),
        ("annotations", "0057_statistics_of_a_selection"),
        ("annotations", "0058_scheme_drafts"),
        ("annotations", "0059_suggestions"),
        ("annotations", "0060_cards"),
        ("annotations", "0061_release_notices"),
        ("annotations", "0062_find_gold_against_rules"),
        ("annotations", "0063_release_levels"),
        ("annotations", "0064_releases_under_way"),
        ("annotations", "0065_release_signatures"),
        ("annotations", "0066_tokens_for_releases"),
        ("annotations", "0067_scheme_previews"),
        ("annotations", "0068_carried_rounds"),
        ("annotations", "0069_addresses_leave_events"),
        ("annotations", "0070_webhooks"),
        ("annotations", "0071_planned_tallies"),
        ("annotations", "0072_planned_tallies_by_triggers"),
        ("annotations", "0073_rounds_under_way"),
        ("annotations", "0074_planned_tallies_of_rounds_under_way"),
        ("annotations", "0075_rounds_are_due"),
        ("annotations", "0076_articles_in_order"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.CharField(max_length=150)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "is_staff",
                    models.BooleanField(default=False, help_text="May use the administration pages."),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "credentials_changed_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="The password was set or taken away then; links and tokens from before open nothing.",
                        null=True,
                    ),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("email"),
                        name="user_email_unique_whatever_its_case",
                        violation_error_message="Somebody has this e-mail address already.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SignInLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sign_in_links",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Scheme",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("version", models.CharField(max_length=20)),
                ("title", models.CharField(max_length=200)),
                ("source", models.TextField(help_text="The definition, as TOML.")),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Project",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("slug", models.SlugField(unique=True)),
                ("description", models.TextField(blank=True)),
                (
                    "scheme",
                    models.ForeignKey(
                        help_text="That of the rounds planned from now on.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="projects",
                        to="annotations.scheme",
                    ),
                ),
                (
                    "queue_depth",
                    models.PositiveSmallIntegerField(
                        default=5,
                        help_text="How many tasks lie ready in the Studio for each annotator.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                    ),
                ),
                (
                    "lease_hours",
                    models.PositiveIntegerField(
                        default=72,
                        help_text="An untouched task goes back to the pool after this many hours.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(8760),
                        ],
                    ),
                ),
                (
                    "review_share",
                    models.FloatField(
                        default=0.1,
                        help_text="The share of unanimous tasks that is sampled for review.",
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(1),
                        ],
                    ),
                ),
                (
                    "merge_rule",
                    models.CharField(
                        default="unanimity",
                        help_text="Settles the units that need no adjudicator; the gold of a task keeps the rule it was made with.",
                        max_length=20,
                    ),
                ),
                (
                    "uncounted_blocks",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Kinds of block left out of agreement, such as boilerplate.",
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Since then it can be read, and nothing in it changes.",
                        null=True,
                    ),
                ),
                (
                    "deleted_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Since then nothing is left of it but this row, of which the audit trail tells.",
                        null=True,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("review_share__gte", 0), ("review_share__lte", 1)),
                        name="project_review_share_is_a_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("queue_depth__gte", 1)), name="project_queue_depth_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deleted_at", None), ("archived_at__isnull", False), _connector="OR"
                        ),
                        name="project_deleted_is_archived",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("digest", models.CharField(max_length=128, primary_key=True, serialize=False)),
                ("token_key", models.CharField(db_index=True, max_length=25)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="auth_token_set",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created", models.DateTimeField(auto_now_add=True)),
                ("expiry", models.DateTimeField(blank=True, null=True)),
                ("name", models.CharField(max_length=100)),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("read", "read"),
                            ("write", "read and write"),
                            ("releases", "read the releases of one project"),
                        ],
                        default="read",
                        max_length=10,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="api_tokens",
                        to="annotations.project",
                    ),
                ),
                (
                    "made_with",
                    models.ForeignKey(
                        blank=True,
                        help_text="The token that made this one; it ends with it.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="made_tokens",
                        to=settings.KNOX_TOKEN_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("scope__in", ["read", "write", "releases"])),
                        name="api_token_scope_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("scope", "releases"), _negated=True),
                            ("project__isnull", False),
                            _connector="OR",
                        ),
                        name="api_token_for_releases_has_a_project",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GuidelineRevision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="guideline_revisions",
                        to="annotations.project",
                    ),
                ),
                (
                    "scheme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="guideline_revisions",
                        to="annotations.scheme",
                    ),
                ),
                (
                    "number",
                    models.PositiveIntegerField(
                        help_text="Counts the project's corrections of the scheme from 1."
                    ),
                ),
                ("name", models.CharField(help_text="What was corrected, in a few words.", max_length=100)),
                ("source", models.TextField(help_text="The corrected definition, as TOML.")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "scheme", "number"), name="guideline_revision_number_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="guideline_revision_has_name"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="annotations.project",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("manager", "manager"),
                            ("adjudicator", "adjudicator"),
                            ("annotator", "annotator"),
                            ("consumer", "consumer"),
                        ],
                        max_length=12,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "user", "role"), name="membership_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["manager", "adjudicator", "annotator", "consumer"])),
                        name="membership_role_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ModelAnnotator",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="model_annotators",
                        to="annotations.project",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "standing",
                    models.CharField(
                        choices=[("model", "a model"), ("voting_model", "a model with a vote")],
                        default="model",
                        max_length=12,
                    ),
                ),
                ("named_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "user"), name="model_annotator_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("standing__in", ["model", "voting_model"])),
                        name="model_annotator_is_a_model",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="annotations.project",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("roles", models.JSONField()),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ArticleImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="article_imports",
                        to="annotations.project",
                    ),
                ),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "started_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("busy_until", models.DateTimeField()),
                (
                    "is_staged",
                    models.BooleanField(
                        default=True,
                        help_text="Whether articles of it are written; before that its files come in, or wait to be read.",
                    ),
                ),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                (
                    "is_used",
                    models.BooleanField(
                        default=False, help_text="An article of it was annotated, decided about or released."
                    ),
                ),
                (
                    "asked",
                    models.PositiveIntegerField(
                        default=0, help_text="How often somebody asked to have it read."
                    ),
                ),
                (
                    "choices",
                    models.JSONField(
                        blank=True, default=dict, help_text="What was said of how its files are to be read."
                    ),
                ),
                (
                    "report",
                    models.JSONField(
                        blank=True, help_text="What its files hold, since they were last read.", null=True
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_staged", True), ("published_at", None)),
                        fields=("project",),
                        name="article_import_alone_in_project",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_staged", True),
                            models.Q(("published_at", None), ("report__isnull", True)),
                            _connector="OR",
                        ),
                        name="article_import_is_read_before_it_is_published",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "article_import",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="annotations.articleimport",
                    ),
                ),
                (
                    "name",
                    models.CharField(help_text="With the folders it lay in, and slashes.", max_length=400),
                ),
                ("size", models.PositiveBigIntegerField(help_text="Bytes that were announced.")),
                (
                    "received",
                    models.PositiveBigIntegerField(
                        default=0, help_text="Bytes that have come, from the first on."
                    ),
                ),
                (
                    "parts",
                    models.JSONField(
                        blank=True, default=list, help_text="Each part's name in the storage and its bytes."
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("article_import", "name"), name="import_file_name_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("received__lte", models.F("size"))),
                        name="import_file_is_no_longer_than_announced",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Article",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="articles",
                        to="annotations.project",
                    ),
                ),
                ("title", models.CharField(max_length=500)),
                ("external_id", models.CharField(blank=True, max_length=200)),
                (
                    "source",
                    models.CharField(
                        blank=True, help_text="The file, and the row where it has rows.", max_length=500
                    ),
                ),
                ("source_format", models.CharField(max_length=30)),
                ("original", models.BinaryField(help_text="The bytes as they came.")),
                ("encoding", models.CharField(max_length=40)),
                ("text", models.TextField(help_text="The decoded text; all offsets count its code points.")),
                ("length", models.PositiveIntegerField(help_text="Code points.")),
                ("sha256", models.CharField(help_text="Of the original bytes.", max_length=64)),
                ("text_sha256", models.CharField(help_text="Of the text in UTF-8.", max_length=64)),
                (
                    "words_sha256",
                    models.CharField(
                        help_text="Of the text without its white space, in UTF-8.", max_length=64
                    ),
                ),
                ("metadata", models.JSONField(blank=True, default=dict)),
                (
                    "canonical",
                    models.TextField(
                        blank=True,
                        help_text="What a record says of the article: members of canonical JSON, a line each.",
                    ),
                ),
                (
                    "imported_in",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="annotations.articleimport",
                    ),
                ),
                (
                    "version_of",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="The article with the same id and an earlier text, which was there before.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="later_versions",
                        to="annotations.article",
                    ),
                ),
                ("imported_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "imported_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "excluded_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Since then it counts nowhere; what was made of it stays on record.",
                        null=True,
                    ),
                ),
                (
                    "excluded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "exclusion_reason",
                    models.CharField(blank=True, help_text="Why it is excluded.", max_length=500),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "text_sha256"), name="article_text_unique_in_project"
                    ),
                    models.CheckConstraint(condition=models.Q(("length__gt", 0)), name="article_has_text"),
                    models.CheckConstraint(
                        condition=models.Q(("canonical", ""), _negated=True), name="article_has_canonical"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("excluded_at", None), ("exclusion_reason", "")),
                            models.Q(
                                ("excluded_at__isnull", False),
                                models.Q(("exclusion_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="article_exclusion_has_reason",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["project", "id"], name="article_of_project"),
                    models.Index(fields=["imported_in", "id"], name="article_of_import"),
                    models.Index(fields=["project", "words_sha256"], name="article_by_words"),
                    models.Index(fields=["project", "title", "id"], name="article_by_title"),
                    models.Index(fields=["project", "length", "id"], name="article_by_length"),
                    models.Index(fields=["project", "source", "id"], name="article_by_source"),
                    models.Index(
                        condition=models.Q(("version_of__isnull", False)),
                        fields=["version_of"],
                        name="article_of_version",
                    ),
                    models.Index(
                        condition=models.Q(("excluded_at__isnull", False)),
                        fields=["project"],
                        name="article_excluded",
                    ),
                    models.Index(
                        condition=models.Q(("external_id", ""), _negated=True),
                        fields=["project", "external_id"],
                        name="article_by_external_id",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ArticleSourceMap",
            fields=[
                (
                    "article",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="source_map",
                        serialize=False,
                        to="annotations.article",
                    ),
                ),
                (
                    "runs",
                    models.JSONField(
                        help_text="Start and end in the text, start and end in the original, by stretches."
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Block",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "article",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="blocks",
                        to="annotations.article",
                    ),
                ),
                ("ordinal", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("title", "title"),
                            ("byline", "byline"),
                            ("heading", "heading"),
                            ("paragraph", "paragraph"),
                            ("list_item", "list item"),
                            ("quote", "quote"),
                            ("caption", "caption"),
                            ("biography", "author's biography"),
                            ("boilerplate", "boilerplate"),
                        ],
                        max_length=12,
                    ),
                ),
                ("start", models.PositiveIntegerField()),
                ("end", models.PositiveIntegerField()),
            ],
            options={
                "ordering": ["article_id", "ordinal"],
                "constraints": [
                    models.UniqueConstraint(fields=("article", "ordinal"), name="block_ordinal_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("start__lt", models.F("end"))), name="block_starts_before_it_ends"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "title",
                                    "byline",
                                    "heading",
                                    "paragraph",
                                    "list_item",
                                    "quote",
                                    "caption",
                                    "biography",
                                    "boilerplate",
                                ],
                            )
                        ),
                        name="block_kind_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Round",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rounds",
                        to="annotations.project",
                    ),
                ),
                (
                    "scheme",
                    models.ForeignKey(
                        help_text="The project's scheme when the round was planned.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rounds",
                        to="annotations.scheme",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("calibration", "calibration"),
                            ("production", "production"),
                            ("retest", "retest"),
                            ("imported", "made elsewhere"),
                        ],
                        default="production",
                        max_length=12,
                    ),
                ),
                ("overlap", models.PositiveSmallIntegerField()),
                ("seed", models.PositiveBigIntegerField(help_text="Fixes every random choice of the round.")),
                (
                    "name",
                    models.CharField(
                        blank=True, help_text="What people call it, beside its number.", max_length=100
                    ),
                ),
                (
                    "due_on",
                    models.DateField(
                        blank=True,
                        help_text="The day by which its annotators should have submitted everything.",
                        null=True,
                    ),
                ),
                (
                    "closed_at",
                    models.DateTimeField(
                        blank=True, help_text="Since then none of its tasks is given to anybody.", null=True
                    ),
                ),
                (
                    "planned_for",
                    models.OneToOneField(
                        blank=True,
                        help_text="Where the round will be once all its tasks are written; its articles count as planned there already.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="round_under_way",
                        to="annotations.project",
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["project_id", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "number"), name="round_number_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("overlap__gte", 1)), name="round_overlap_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["calibration", "production", "retest", "imported"])),
                        name="round_kind_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Participant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="participants",
                        to="annotations.round",
                    ),
                ),
                (
                    "annotator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="participations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("is_active", models.BooleanField(default=True, help_text="Receives new tasks.")),
                ("studio_project_id", models.PositiveBigIntegerField(blank=True, null=True, unique=True)),
                (
                    "studio_busy_until",
                    models.DateTimeField(
                        blank=True,
                        help_text="Set while somebody works on the studio project; a time gone by tells of work left unfinished.",
                        null=True,
                    ),
                ),
                ("joined_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "seen_guidelines",
                    models.ForeignKey(
                        blank=True,
                        help_text="The latest correction of the guidelines that they said they have read.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="annotations.guidelinerevision",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("round", "annotator"), name="participant_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="annotations.round",
                    ),
                ),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="annotations.article",
                    ),
                ),
                ("wanted", models.PositiveSmallIntegerField()),
                ("claimed", models.PositiveSmallIntegerField(default=0)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "being annotated"),
                            ("annotated", "awaiting adjudication"),
                            ("adjudicated", "adjudicated"),
                            ("cancelled", "cancelled"),
                            ("excluded", "excluded with its article"),
                        ],
                        default="open",
                        max_length=12,
                    ),
                ),
                ("status_changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "annotated_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="All annotations were in for the first time then, and were shown to those with no share of the task.",
                        null=True,
                    ),
                ),
                (
                    "awaits_rule",
                    models.BooleanField(
                        default=False,
                        help_text="All annotations are in, and the merge rule has not been asked since the last one came.",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("round", "article"), name="task_article_once_in_round"),
                    models.CheckConstraint(
                        condition=models.Q(("claimed__lte", models.F("wanted"))),
                        name="task_never_overclaimed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["open", "annotated", "adjudicated", "cancelled", "excluded"])
                        ),
                        name="task_status_is_known",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["round", "status", "id"], name="task_by_status"),
                    models.Index(fields=["round", "id"], name="task_in_round"),
                    models.Index(fields=["status", "round", "status_changed_at", "id"], name="task_by_turn"),
                    models.Index(
                        condition=models.Q(("awaits_rule", True)), fields=["id"], name="task_awaiting_rule"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="annotations.task",
                    ),
                ),
                ("number", models.PositiveIntegerField(help_text="Counts the task's decisions from 1.")),
                ("unit", models.CharField(help_text="The key of the unit it is about.", max_length=200)),
                ("action", models.CharField(max_length=30)),
                ("payload", models.JSONField(blank=True, default=dict)),
                ("note", models.TextField(blank=True)),
                ("decided_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        help_text="Nobody, where a rule decided.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="annotations.decision",
                    ),
                ),
            ],
            options={
                "ordering": ["task_id", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("task", "number"), name="decision_number_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)), name="decision_number_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DecisionReason",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "decision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reason",
                        to="annotations.decision",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        help_text="That of the decision's task.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="annotations.project",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ambiguous", "ambiguous text"),
                            ("gap", "guidelines silent"),
                            ("slip", "slip"),
                            ("edge", "edge case"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "is_for_guidelines",
                    models.BooleanField(default=False, help_text="Should be dealt with in the guidelines."),
                ),
                (
                    "rule",
                    models.CharField(
                        help_text="The label, attribute, link or field that it is about.", max_length=400
                    ),
                ),
                (
                    "words",
                    models.CharField(
                        help_text="The unit in words, with a quote of the text.", max_length=400
                    ),
                ),
            ],
            options={
                "ordering": ["rule", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["", "ambiguous", "gap", "slip", "edge"])),
                        name="decision_reason_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", ""), _negated=True),
                            ("is_for_guidelines", True),
                            _connector="OR",
                        ),
                        name="decision_reason_says_something",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["project", "rule", "-is_for_guidelines", "-id"],
                        name="decision_reason_by_rule",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Gold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "task",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="gold",
                        to="annotations.task",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("agreed", "all annotators agreed"),
                            ("adjudicated", "adjudicated"),
                            ("single", "one annotator only"),
                            ("merged", "merged by the project's rule"),
                            ("imported", "imported as gold"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "markup",
                    models.JSONField(help_text="Spans, relations and fields, with the provenance of each."),
                ),
                (
                    "canonical",
                    models.TextField(
                        help_text="What a record says of it: members of canonical JSON, a line each."
                    ),
                ),
                (
                    "unmet",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="How many rules of the scheme it breaks, for a reason that stands in the ledger.",
                    ),
                ),
                (
                    "needs_review",
                    models.BooleanField(default=False, help_text="Sampled for review, and not yet reviewed."),
                ),
                ("finished_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "finished_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["agreed", "adjudicated", "single", "merged", "imported"])
                        ),
                        name="gold_status_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("canonical", ""), _negated=True), name="gold_has_canonical"
                    ),
                ],
                "indexes": [
                    models.Index(fields=["finished_at", "id"], name="gold_by_end"),
                    models.Index(
                        condition=models.Q(("needs_review", True)),
                        fields=["finished_at", "id"],
                        name="gold_to_review",
                    ),
                    models.Index(
                        condition=models.Q(("unmet__gt", 0)), fields=["id"], name="gold_against_rules"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="annotations.project",
                    ),
                ),
                ("verb", models.CharField(max_length=60)),
                ("subject_type", models.CharField(max_length=60)),
                ("subject_id", models.CharField(max_length=140)),
                ("details", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["project", "id"], name="event_of_project"),
                    models.Index(fields=["subject_type", "subject_id"], name="event_by_subject"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CarriedRound",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="carried_rounds",
                        to="annotations.project",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="carried_to",
                        to="annotations.round",
                    ),
                ),
                (
                    "scheme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="annotations.scheme"
                    ),
                ),
                ("mapping", models.TextField(help_text="What becomes of everything, as TOML.")),
                (
                    "round",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="carried_from",
                        to="annotations.round",
                    ),
                ),
                (
                    "holding",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="held_carried",
                        to="annotations.project",
                    ),
                ),
                ("seen", models.JSONField(default=dict, help_text="How the source stood when this began.")),
                (
                    "counts",
                    models.JSONField(
                        default=dict, help_text="What was kept, left out, not kept and left to adjudicators."
                    ),
                ),
                ("begun_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "begun_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("taken_back_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("taken_back_at", None)),
                        fields=("source",),
                        name="carried_round_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ArticleValue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="values_in_metadata",
                        to="annotations.article",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="annotations.project",
                    ),
                ),
                ("column", models.CharField(max_length=100)),
                ("value", models.CharField(max_length=200)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["project", "column", "value", "article"], name="article_value_found")
                ],
            },
        ),
        migrations.CreateModel(
            name="ArticleSet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="article_sets",
                        to="annotations.project",
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("choice", models.JSONField(help_text="What is asked of the articles.")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "name"), name="article_set_name_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="article_set_has_name"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SchemeDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="scheme_draft",
                        to="annotations.project",
                    ),
                ),
                (
                    "base",
                    models.ForeignKey(
                        help_text="The scheme that it began as.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="annotations.scheme",
                    ),
                ),
                ("source", models.TextField(help_text="The definition as TOML, right or wrong.")),
                (
                    "revision",
                    models.PositiveIntegerField(
                        default=0, help_text="Counts the changes, those that were undone too."
                    ),
                ),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SchemeDraftStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "draft",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="annotations.schemedraft",
                    ),
                ),
                ("revision", models.PositiveIntegerField(help_text="That of the draft before the change.")),
                ("source", models.TextField(help_text="The definition before the change.")),
                ("said", models.CharField(help_text="What the change was.", max_length=200)),
                (
                    "page",
                    models.CharField(blank=True, help_text="The open page that made it.", max_length=20),
                ),
            ],
            options={
                "ordering": ["revision"],
                "constraints": [
                    models.UniqueConstraint(fields=("draft", "revision"), name="scheme_draft_step_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="SchemePreview",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="scheme_previews",
                        to="annotations.project",
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "source",
                    models.TextField(
                        help_text="The definition that is shown: the draft's latest with which nothing is wrong."
                    ),
                ),
                (
                    "article",
                    models.ForeignKey(
                        blank=True,
                        help_text="None: a text of ours.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="annotations.article",
                    ),
                ),
                (
                    "studio_title",
                    models.CharField(
                        help_text="By which the Studio's project is found and removed.",
                        max_length=50,
                        unique=True,
                    ),
                ),
                ("studio_project_id", models.PositiveBigIntegerField(blank=True, null=True, unique=True)),
                ("studio_task_id", models.PositiveBigIntegerField(blank=True, null=True, unique=True)),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="annotations.project",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=200)),
                ("manifest", models.JSONField()),
                ("sha256", models.CharField(help_text="Of the canonical manifest.", max_length=64)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["project_id", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "number"), name="release_number_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="ReleaseItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="annotations.release",
                    ),
                ),
                ("ordinal", models.PositiveIntegerField()),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="release_items",
                        to="annotations.article",
                    ),
                ),
                ("record", models.TextField()),
                ("sha256", models.CharField(help_text="Of the record in UTF-8.", max_length=64)),
                (
                    "split",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="The part of the release that the article is in, if it is divided.",
                        max_length=20,
                    ),
                ),
            ],
            options={
                "ordering": ["release_id", "ordinal"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("release", "ordinal"), name="release_item_ordinal_unique"
                    ),
                    models.UniqueConstraint(fields=("release", "article"), name="release_item_article_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReleaseFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="annotations.release",
                    ),
                ),
                ("format", models.CharField(help_text="The name of the format.", max_length=40)),
                (
                    "split",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="The parts of the release that are in it, with commas; empty for the whole.",
                        max_length=420,
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("gold", "gold"),
                            ("votes", "gold and votes"),
                            ("annotations", "all annotations"),
                            ("ledger", "decisions"),
                        ],
                        default="gold",
                        help_text="How much of what was annotated is in it.",
                        max_length=11,
                    ),
                ),
                ("version", models.CharField(help_text="Of the workbench that wrote it.", max_length=40)),
                ("name", models.CharField(help_text="By which the storage knows it.", max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("length", models.PositiveBigIntegerField(help_text="Bytes.")),
                (
                    "losses",
                    models.JSONField(
                        blank=True, default=list, help_text="What the format could not hold, in words."
                    ),
                ),
                ("written_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("release", "format", "split", "level", "version"), name="release_file_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__in", ["gold", "votes", "annotations", "ledger"])),
                        name="release_file_level_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CardAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="card_answers",
                        to="annotations.project",
                    ),
                ),
                ("name", models.CharField(help_text="Of the question.", max_length=40)),
                ("text", models.TextField()),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "name"), name="card_answer_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="ReleaseNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="annotations.release",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("frozen", "frozen"),
                            ("published", "published"),
                            ("withdrawn", "withdrawn"),
                        ],
                        max_length=9,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("release", "state"), name="release_notice_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["published", "withdrawn"])),
                        name="release_notice_is_of_a_step",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "withdrawn"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="release_withdrawn_for_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReleaseSignature",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="annotations.release",
                    ),
                ),
                (
                    "signer",
                    models.CharField(help_text="As a file of allowed signers names them.", max_length=200),
                ),
                ("signature", models.TextField(help_text="Of the canonical manifest, by ssh-keygen -Y.")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("release", "signer"), name="release_signed_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="WriteProbe",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("written_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="write_probe_is_one_row")
                ],
            },
        ),
        migrations.CreateModel(
            name="AnnotationImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "article_import",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="annotation_import",
                        to="annotations.articleimport",
                    ),
                ),
                (
                    "round",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="annotation_import",
                        to="annotations.round",
                    ),
                ),
                (
                    "holding",
                    models.OneToOneField(
                        blank=True,
                        help_text="The project that holds the round until the import is published.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="held_import",
                        to="annotations.project",
                    ),
                ),
                (
                    "model_ids",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="The annotators that the mapping says are models, by their ids.",
                    ),
                ),
                (
                    "imported_as",
                    models.CharField(
                        choices=[
                            ("annotations", "what annotators submitted"),
                            ("gold", "gold"),
                            ("predictions", "predictions of models"),
                        ],
                        default="annotations",
                        max_length=12,
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("imported_as__in", ["annotations", "gold", "predictions"])),
                        name="annotation_import_as_is_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ForeignAnnotator",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="foreign_annotators",
                        to="annotations.project",
                    ),
                ),
                ("name", models.CharField(help_text="As the files call them.", max_length=200)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_in",
                    models.ForeignKey(
                        blank=True,
                        help_text="The import for which the account was made; empty for somebody who was there before.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="made_annotators",
                        to="annotations.annotationimport",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "name"), name="foreign_annotator_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="foreign_annotator_has_name"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(help_text="A key of the JOB_HANDLERS setting.", max_length=60)),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="jobs",
                        to="annotations.project",
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        blank=True, help_text="Only one unfinished job may have it.", max_length=200
                    ),
                ),
                ("arguments", models.JSONField(blank=True, default=dict)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "waiting"),
                            ("running", "running"),
                            ("done", "done"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="queued",
                        max_length=12,
                    ),
                ),
                ("cursor", models.JSONField(blank=True, help_text="Where the next chunk starts.", null=True)),
                ("done", models.PositiveBigIntegerField(default=0)),
                ("total", models.PositiveBigIntegerField(blank=True, null=True)),
                ("message", models.TextField(blank=True, help_text="What a person should know of it.")),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("run_after", models.DateTimeField(default=django.utils.timezone.now)),
                ("worker", models.CharField(blank=True, max_length=100)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "started_at",
                    models.DateTimeField(blank=True, help_text="When its worker took it.", null=True),
                ),
                (
                    "started_done",
                    models.PositiveBigIntegerField(default=0, help_text="How much of it was done then."),
                ),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "log",
                    models.TextField(
                        blank=True,
                        help_text="A line for each worker that took it, each failure and each hand laid on it.",
                    ),
                ),
                (
                    "request_id",
                    models.CharField(
                        blank=True,
                        help_text="The request that asked for it, as the log names it.",
                        max_length=64,
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["queued", "running", "done", "failed", "cancelled"])
                        ),
                        name="job_status_is_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("status__in", ["queued", "running"]), models.Q(("key", ""), _negated=True)
                        ),
                        fields=("key",),
                        name="job_key_unique_while_unfinished",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["status", "run_after"], name="job_by_turn"),
                    models.Index(fields=["key", "id"], name="job_by_key"),
                    models.Index(fields=["project", "id"], name="job_of_project"),
                    models.Index(fields=["project", "status"], name="job_of_project_by_status"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ArticleSketch",
            fields=[
                (
                    "article",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="sketch",
                        serialize=False,
                        to="annotations.article",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="annotations.project",
                    ),
                ),
                (
                    "keys",
                    models.BinaryField(help_text="Hashes of shingles, each in 8 bytes, the smallest first."),
                ),
                (
                    "is_compared",
                    models.BooleanField(
                        default=False,
                        help_text="Its copies among the articles that were there were looked for.",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_compared", False)),
                        fields=["project"],
                        name="sketch_to_compare",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DuplicateCluster",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="duplicate_clusters",
                        to="annotations.project",
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("open", "not decided"),
                            ("one", "one is kept"),
                            ("group", "kept as a group"),
                            ("copies", "marked as copies"),
                            ("distinct", "different articles"),
                        ],
                        default="open",
                        max_length=8,
                    ),
                ),
                (
                    "kept",
                    models.ForeignKey(
                        blank=True,
                        help_text="The article that is kept, or that the others are copies of.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="annotations.article",
                    ),
                ),
                ("found_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["open", "one", "group", "copies", "distinct"])),
                        name="duplicates_verdict_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("verdict", "open")),
                            models.Q(
                                models.Q(("verdict", "open"), _negated=True), ("decided_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="duplicates_open_until_decided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kept", None), ("verdict__in", ("one", "copies")), _connector="OR"
                        ),
                        name="duplicates_keep_one_where_one_is_chosen",
                    ),
                ],
                "indexes": [models.Index(fields=["project", "verdict", "id"], name="duplicates_by_verdict")],
            },
        ),
        migrations.CreateModel(
            name="DuplicateMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "cluster",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="annotations.duplicatecluster",
                    ),
                ),
                (
                    "article",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="duplicate",
                        to="annotations.article",
                    ),
                ),
                (
                    "nearest",
                    models.ForeignKey(
                        blank=True,
                        help_text="The other article of which it has most.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="annotations.article",
                    ),
                ),
                ("share", models.FloatField(help_text="How much of the smaller of the two is in the other.")),
                (
                    "kind",
                    models.CharField(
                        choices=[("same_words", "same_words"), ("edited", "edited"), ("part", "part")],
                        max_length=10,
                    ),
                ),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["cluster_id", "article_id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("share__gte", 0), ("share__lte", 1)),
                        name="duplicate_share_is_a_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["same_words", "edited", "part"])),
                        name="duplicate_kind_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Predictor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predictors",
                        to="annotations.project",
                    ),
                ),
                ("name", models.CharField(help_text="Managers see it; annotators never do.", max_length=150)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "name"), name="predictor_name_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="predictor_has_name"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Prediction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "predictor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predictions",
                        to="annotations.predictor",
                    ),
                ),
                (
                    "article",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predictions",
                        to="annotations.article",
                    ),
                ),
                (
                    "scheme",
                    models.ForeignKey(
                        help_text="In whose labels it is said.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="annotations.scheme",
                    ),
                ),
                (
                    "made_in",
                    models.ForeignKey(
                        blank=True,
                        help_text="The import that brought it; empty where it was made here.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predictions",
                        to="annotations.articleimport",
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("spans", models.PositiveIntegerField(help_text="How many it marks.")),
                (
                    "canonical",
                    models.TextField(
                        help_text="What a record says of the markup: members of canonical JSON, a line each."
                    ),
                ),
                ("sha256", models.CharField(help_text="Of the markup as canonical JSON.", max_length=64)),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("predictor", "article", "scheme", "sha256"), name="prediction_said_once"
                    )
                ],
                "indexes": [
                    models.Index(fields=["article", "predictor", "id"], name="prediction_of_article")
                ],
            },
        ),
        migrations.CreateModel(
            name="RoundSuggestions",
            fields=[
                (
                    "round",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="suggestions",
                        serialize=False,
                        to="annotations.round",
                    ),
                ),
                (
                    "predictor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="annotations.predictor",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AgreementStatistics",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="agreement_statistics",
                        to="annotations.project",
                    ),
                ),
                ("selection", models.CharField(help_text="The checksum of what was chosen.", max_length=64)),
                (
                    "fingerprint",
                    models.CharField(
                        help_text="Of the annotations that were counted; empty while they are being counted.",
                        max_length=200,
                    ),
                ),
                ("used_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name_plural": "agreement statistics",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "selection"), name="agreement_statistics_unique"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementBlock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "statistics",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="blocks",
                        to="annotations.agreementstatistics",
                    ),
                ),
                (
                    "number",
                    models.PositiveBigIntegerField(
                        help_text="Tasks whose numbers divide to this one are in it."
                    ),
                ),
                (
                    "fingerprint",
                    models.CharField(help_text="Of the annotations that were counted.", max_length=200),
                ),
                (
                    "content",
                    models.BinaryField(help_text="The counts, as the agreement library writes them."),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("statistics", "number"), name="agreement_block_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "statistics",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reports",
                        to="annotations.agreementstatistics",
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        help_text="The checksum of the options and of the counts.", max_length=64
                    ),
                ),
                ("content", models.JSONField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("statistics", "key"), name="agreement_report_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "statistics",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="annotations.agreementstatistics",
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        help_text="The checksum of what was asked for and of the counts.", max_length=64
                    ),
                ),
                ("content", models.BinaryField(help_text="Compressed with zlib.")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("statistics", "key"), name="agreement_file_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="TaskTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="task_tallies",
                        to="annotations.round",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "being annotated"),
                            ("annotated", "awaiting adjudication"),
                            ("adjudicated", "adjudicated"),
                            ("cancelled", "cancelled"),
                            ("excluded", "excluded with its article"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "is_claimable",
                    models.BooleanField(help_text="The tasks are open and have a claim to be taken."),
                ),
                ("number", models.IntegerField()),
                ("wanted", models.IntegerField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AssignmentTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assignment_tallies",
                        to="annotations.round",
                    ),
                ),
                (
                    "annotator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "waiting for the annotator"),
                            ("submitted", "submitted"),
                            ("skipped", "skipped"),
                            ("expired", "expired"),
                            ("withdrawn", "withdrawn"),
                            ("returned", "given back"),
                        ],
                        max_length=10,
                    ),
                ),
                ("number", models.IntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["annotator", "round"], name="assignment_tally_by_person")],
            },
        ),
        migrations.CreateModel(
            name="ArticleTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="article_tallies",
                        to="annotations.project",
                    ),
                ),
                ("is_excluded", models.BooleanField()),
                ("number", models.IntegerField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ImportTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "imported_in",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tallies",
                        to="annotations.articleimport",
                    ),
                ),
                ("is_excluded", models.BooleanField()),
                ("number", models.IntegerField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PlannedTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="planned_tallies",
                        to="annotations.project",
                    ),
                ),
                (
                    "kind",
                    models.CharField(blank=True, help_text="Empty for rounds of any kind.", max_length=12),
                ),
                ("number", models.IntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["project", "kind"], name="planned_tally_of_kind")],
            },
        ),
        migrations.CreateModel(
            name="Webhook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="webhooks",
                        to="annotations.project",
                    ),
                ),
                ("endpoint", models.CharField(help_text="A key of the WEBHOOKS setting.", max_length=150)),
                (
                    "last_event",
                    models.BigIntegerField(default=0, help_text="Events up to this one are in a message."),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "endpoint"), name="webhook_once_a_project")
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "webhook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="annotations.webhook",
                    ),
                ),
                ("first_event", models.BigIntegerField()),
                ("last_event", models.BigIntegerField()),
                ("events", models.PositiveIntegerField(help_text="How many.")),
                (
                    "status",
                    models.CharField(
                        choices=[("waiting", "waiting"), ("delivered", "delivered"), ("failed", "given up")],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "answer",
                    models.CharField(blank=True, help_text="What the last attempt came to.", max_length=300),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("delivered_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(fields=("webhook", "first_event"), name="webhook_delivery_once"),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["waiting", "delivered", "failed"])),
                        name="webhook_delivery_status_is_known",
                    ),
                ],
                "indexes": [models.Index(fields=["status", "due_at"], name="webhook_delivery_by_turn")],
            },
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to="annotations.task",
                    ),
                ),
                (
                    "annotator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "waiting for the annotator"),
                            ("submitted", "submitted"),
                            ("skipped", "skipped"),
                            ("expired", "expired"),
                            ("withdrawn", "withdrawn"),
                            ("returned", "given back"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("status_changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("leased_until", models.DateTimeField(help_text="A queued assignment expires then.")),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                ("skip_reason", models.TextField(blank=True)),
                (
                    "closed_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Since then the annotator's part in the task is over for good: their annotation never changes again.",
                        null=True,
                    ),
                ),
                ("studio_task_id", models.PositiveBigIntegerField(blank=True, null=True, unique=True)),
                ("studio_annotation_id", models.PositiveBigIntegerField(blank=True, null=True, unique=True)),
                (
                    "studio_editor_id",
                    models.UUIDField(
                        blank=True,
                        help_text="By which the editor that submitted calls its annotation; a retry has the same.",
                        null=True,
                    ),
                ),
                (
                    "saving_content",
                    models.UUIDField(
                        blank=True,
                        help_text="Of the digest of what is on its way to the Studio; nothing else may be.",
                        null=True,
                    ),
                ),
                (
                    "saving_until",
                    models.DateTimeField(
                        blank=True, help_text="A save that was cut off holds up others until then.", null=True
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("task", "annotator"), name="assignment_never_one_twice"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["queued", "submitted", "skipped", "expired", "withdrawn", "returned"],
                            )
                        ),
                        name="assignment_status_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "skipped"), _negated=True),
                            models.Q(("skip_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="assignment_skip_has_reason",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["annotator", "status", "task"], name="assignment_by_annotator"),
                    models.Index(
                        condition=models.Q(("status", "queued")),
                        fields=["leased_until"],
                        name="assignment_by_lease",
                    ),
                    models.Index(
                        fields=["annotator", "status_changed_at", "id"], name="assignment_by_change"
                    ),
                    models.Index(fields=["task", "annotator", "status"], name="assignment_of_task"),
                    models.Index(
                        condition=models.Q(
                            models.Q(("status", "queued"), _negated=True),
                            models.Q(("status", "submitted"), _negated=True),
                            ("studio_task_id__isnull", False),
                        ),
                        fields=["annotator"],
                        name="assignment_left_behind",
                    ),
                    models.Index(
                        condition=models.Q(("closed_at__isnull", False)),
                        fields=["annotator", "task"],
                        name="assignment_closed",
                    ),
                    models.Index(
                        condition=models.Q(("status", "skipped")),
                        fields=["status_changed_at"],
                        name="assignment_skipped",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Annotation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "assignment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="annotations",
                        to="annotations.assignment",
                    ),
                ),
                ("revision", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("gateway", "submitted through the gateway"),
                            ("reconcile", "found by reconciling with the Studio"),
                            ("import", "imported"),
                            ("gold", "imported as gold"),
                            ("carried", "carried over from an earlier version of the scheme"),
                        ],
                        max_length=10,
                    ),
                ),
                ("fields", models.JSONField(blank=True, default=dict, help_text="Document fields.")),
                (
                    "result",
                    models.JSONField(blank=True, default=list, help_text="The Studio's result as it came."),
                ),
                (
                    "digest",
                    models.CharField(
                        help_text="Of the result; the same digest twice running is no change.", max_length=64
                    ),
                ),
                (
                    "lead_time",
                    models.FloatField(
                        blank=True, help_text="Seconds, as the Studio measured them.", null=True
                    ),
                ),
                (
                    "canonical",
                    models.TextField(
                        blank=True,
                        help_text="What a record says of the markup: members of canonical JSON, a line each.",
                    ),
                ),
                (
                    "sha256",
                    models.CharField(blank=True, help_text="Of the markup as canonical JSON.", max_length=64),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("assignment", "revision"), name="annotation_revision_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("revision__gte", 1)), name="annotation_revision_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("canonical", ""), _negated=True),
                            models.Q(("sha256", ""), _negated=True),
                        ),
                        name="annotation_has_canonical",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("origin__in", ["gateway", "reconcile", "import", "gold", "carried"])
                        ),
                        name="annotation_origin_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Span",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "annotation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="spans",
                        to="annotations.annotation",
                    ),
                ),
                ("key", models.CharField(max_length=64)),
                ("start", models.PositiveIntegerField()),
                ("end", models.PositiveIntegerField()),
                ("label", models.CharField(max_length=100)),
                ("attributes", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "ordering": ["annotation_id", "start", "end", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("annotation", "key"), name="span_key_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("start__lt", models.F("end"))), name="span_starts_before_it_ends"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("label", ""), _negated=True), name="span_has_label"
                    ),
                ],
                "indexes": [models.Index(fields=["label"], name="span_by_label")],
            },
        ),
        migrations.CreateModel(
            name="Relation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "annotation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="relations",
                        to="annotations.annotation",
                    ),
                ),
                ("kind", models.CharField(max_length=100)),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outgoing",
                        to="annotations.span",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="incoming",
                        to="annotations.span",
                    ),
                ),
            ],
            options={
                "ordering": ["annotation_id", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("annotation", "source", "target", "kind"), name="relation_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source", models.F("target")), _negated=True),
                        name="relation_joins_two_spans",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", ""), _negated=True), name="relation_has_kind"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QuarantinedItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "annotation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="quarantine",
                        to="annotations.annotation",
                    ),
                ),
                ("code", models.CharField(max_length=60)),
                ("message", models.TextField()),
                ("payload", models.JSONField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "resolved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("resolved_at", None)), fields=["id"], name="quarantine_to_see"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NotedAnnotation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "annotation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="noted",
                        to="annotations.annotation",
                    ),
                ),
                (
                    "annotator",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        help_text="To which it belongs, or will as soon as its import is published.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="annotations.project",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["project", "-annotation"], name="noted_by_project"),
                    models.Index(fields=["annotator", "project", "-annotation"], name="noted_by_annotator"),
                ],
            },
        ),
        migrations.CreateModel(
            name="StudioDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "assignment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="studio_drafts",
                        to="annotations.assignment",
                    ),
                ),
                ("studio_draft_id", models.PositiveBigIntegerField(unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="ShownSuggestions",
            fields=[
                (
                    "assignment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="shown_suggestions",
                        serialize=False,
                        to="annotations.assignment",
                    ),
                ),
                (
                    "prediction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="annotations.prediction",
                    ),
                ),
                ("shown_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="SuggestionUse",
            fields=[
                (
                    "annotation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="suggestion_use",
                        serialize=False,
                        to="annotations.annotation",
                    ),
                ),
                (
                    "prediction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="annotations.prediction",
                    ),
                ),
                (
                    "unchanged",
                    models.PositiveIntegerField(help_text="Spans that are as they were suggested."),
                ),
                (
                    "changed",
                    models.PositiveIntegerField(help_text="Spans that were taken over and then changed."),
                ),
                ("own", models.PositiveIntegerField(help_text="Spans that nobody suggested.")),
                ("left", models.PositiveIntegerField(help_text="Suggestions that were not taken over.")),
            ],
        ),
        migrations.AddField(
            model_name="assignment",
            name="current",
            field=models.OneToOneField(
                blank=True,
                help_text="The annotator's latest revision.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="annotations.annotation",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "submitted"), _negated=True),
                    ("current__isnull", False),
                    _connector="OR",
                ),
                name="assignment_submitted_has_annotation",
            ),
        ),
        migrations.RunPython(write_guards, take_guards_down),
    ]
