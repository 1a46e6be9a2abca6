"""The one address below which everything of the Studio is reached, through the gateway."""

from django.urls import path

from annotations.labelstudio.gateway.view import studio

app_name = "labelstudio"
urlpatterns = [path("<path:path>", studio, name="studio")]
