"""Drop an index of blocks of which another begins with the same column, and which each block had to be written into."""

import django.db.models.deletion
from django.db import migrations, models

from annotations.migrations._guards import unguarded


class Migration(migrations.Migration):
    dependencies = [("annotations", "0045_imports_as_jobs")]

    operations = [
        *unguarded(
            migrations.AlterField(
                model_name="block",
                name="article",
                field=models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="blocks",
                    to="annotations.article",
                ),
            ),
        ),
    ]
