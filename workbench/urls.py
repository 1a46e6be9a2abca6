"""Where everything is mounted: the Studio through the gateway, the REST API, the pages."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("studio/", include("annotations.labelstudio.urls")),
    path("api/v1/", include("annotations.api.v1.urls")),
    path("admin/", admin.site.urls),
    path("", include("annotations.web.urls")),
]
handler400 = "annotations.web.refusals.show_bad_request"
