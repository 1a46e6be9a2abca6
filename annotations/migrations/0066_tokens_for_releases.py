"""Let a token of the API be one that only reads the releases of a project."""

from django.db import migrations, models

from annotations.migrations._guards import unguarded


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0065_release_signatures"),
    ]

    operations = [
        *unguarded(
            migrations.RemoveConstraint(model_name="apitoken", name="api_token_scope_is_known"),
            migrations.AlterField(
                model_name="apitoken",
                name="scope",
                field=models.CharField(
                    choices=[
                        ("read", "read"),
                        ("write", "read and write"),
                        ("releases", "read the releases of one project"),
                    ],
                    default="read",
                    max_length=10,
                ),
            ),
            migrations.AddConstraint(
                model_name="apitoken",
                constraint=models.CheckConstraint(
                    condition=models.Q(("scope__in", ["read", "write", "releases"])),
                    name="api_token_scope_is_known",
                ),
            ),
            migrations.AddConstraint(
                model_name="apitoken",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("scope", "releases"), _negated=True),
                        ("project__isnull", False),
                        _connector="OR",
                    ),
                    name="api_token_for_releases_has_a_project",
                ),
            ),
        )
    ]
