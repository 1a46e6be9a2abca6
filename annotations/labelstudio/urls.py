"""The addresses below which everything of a Studio is reached, through the gateway; those of the first have no number."""

from django.urls import path, register_converter

from annotations.labelstudio.gateway.view import studio


class StudioNumber:
    """The number of a Studio beyond the first, in the one way of writing it."""

    regex = "[2-9]|[1-9][0-9]"

    @staticmethod
    def to_python(value: str) -> int:
        return int(value)

    @staticmethod
    def to_url(value: int) -> str:
        return str(value)


register_converter(StudioNumber, "studio")
app_name = "labelstudio"
urlpatterns = [
    path("studio/<path:path>", studio, name="studio"),
    path("studio-<studio:studio>/<path:path>", studio, name="further-studio"),
]
