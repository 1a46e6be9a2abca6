from django.urls import URLPattern, URLResolver

app_name = "labelstudio"
urlpatterns: list[URLPattern | URLResolver] = []
