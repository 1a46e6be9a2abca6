"""Where everything is mounted: the Studio through the gateway, the REST API, the pages."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from annotations.admin import forget_rows_of_library
from annotations.projects.second_factors import are_offered

if are_offered():
    forget_rows_of_library()
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("annotations.labelstudio.urls")),
    path("api/v1/", include("annotations.api.v1.urls")),
    path("admin/login/", RedirectView.as_view(pattern_name="web:sign-in", query_string=True)),
    path("admin/", admin.site.urls),
    path("", include("annotations.web.urls")),
]
if are_offered():
    urlpatterns.append(path("", include("workbench.entrance")))
handler400 = "annotations.web.refusals.show_bad_request"
handler500 = "annotations.web.refusals.show_failure"
