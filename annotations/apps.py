"""What Django knows the one app of the workbench by."""

from django.apps import AppConfig


class AnnotationsConfig(AppConfig):
    """The one Django app of the workbench."""

    name = "annotations"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Annotation workbench"
