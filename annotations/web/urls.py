from django.urls import path

from annotations.web.views import accounts, home, projects, schemes, work

app_name = "web"
urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", accounts.sign_in, name="sign-in"),
    path("sign-in/<str:token>/", accounts.sign_in_by_link, name="sign-in-link"),
    path("set-password/", accounts.set_password, name="set-password"),
    path("sign-out/", accounts.sign_out, name="sign-out"),
    path("account/", accounts.account, name="account"),
    path("account/tokens/", accounts.create_token, name="create-token"),
    path("account/tokens/<str:key>/revoke/", accounts.revoke_token, name="revoke-token"),
    path("schemes/<str:sha256>/labels.css", schemes.serve_label_colors, name="scheme-css"),
    path("work/", work.show_work, name="work"),
    path("projects/", projects.list_projects, name="projects"),
    path("projects/new/", projects.start_project, name="create-project"),
    path("projects/<slug:slug>/", projects.show_project, name="project"),
    path("projects/<slug:slug>/guidelines/", schemes.show_guidelines, name="guidelines"),
]
