"""The names that reports call annotators by."""

from django.db.models import Exists, OuterRef

from annotations.models import Assignment, ModelAnnotator, Project, User


def name_people(project: Project) -> dict[int, str]:
    """The name of whoever has had a task, and of every model; with the address where two have the same."""
    had = Assignment.objects.filter(annotator=OuterRef("pk"), task__round__project=project)
    models = ModelAnnotator.objects.filter(user=OuterRef("pk"), project=project)
    people = {
        pk: (name or email, email)
        for pk, name, email in User.objects.filter(Exists(had) | Exists(models)).values_list(
            "pk", "name", "email"
        )
    }
    names = [name for name, _ in people.values()]
    return {
        pk: f"{name} ({email})" if names.count(name) > 1 else name for pk, (name, email) in people.items()
    }
