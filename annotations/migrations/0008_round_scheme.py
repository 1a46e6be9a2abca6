"""A round keeps the scheme it was planned with, so that a project can go on with a later version."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def take_over_from_project(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    rounds = apps.get_model("annotations", "Round")
    projects = apps.get_model("annotations", "Project")
    for project_id, scheme_id in projects.objects.values_list("pk", "scheme_id"):
        rounds.objects.filter(project_id=project_id).update(scheme_id=scheme_id)


class Migration(migrations.Migration):
    dependencies = [("annotations", "0007_agreement_report")]

    operations = [
        migrations.AddField(
            model_name="round",
            name="scheme",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rounds",
                to="annotations.scheme",
            ),
        ),
        migrations.RunPython(take_over_from_project, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="round",
            name="scheme",
            field=models.ForeignKey(
                help_text="The project's scheme when the round was planned.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rounds",
                to="annotations.scheme",
            ),
        ),
        migrations.AlterField(
            model_name="project",
            name="scheme",
            field=models.ForeignKey(
                help_text="That of the rounds planned from now on.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="projects",
                to="annotations.scheme",
            ),
        ),
    ]
