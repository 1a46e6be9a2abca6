"""Call the choice that statistics were counted for by its word, a selection."""

from django.db import migrations, models

from annotations.migrations._guards import unguarded

NAME, TABLE = "agreement_statistics_unique", "agreementstatistics"


class Migration(migrations.Migration):
    """Rename the column, with the constraint that names it."""

    dependencies = [("annotations", "0056_release_splits")]

    operations = [
        *unguarded(
            migrations.RemoveConstraint(model_name=TABLE, name=NAME),
            migrations.RenameField(model_name=TABLE, old_name="scope", new_name="selection"),
            migrations.AddConstraint(
                model_name=TABLE,
                constraint=models.UniqueConstraint(fields=["project", "selection"], name=NAME),
            ),
        )
    ]
