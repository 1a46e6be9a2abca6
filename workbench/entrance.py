"""The pages of `django-allauth`, where it is installed: second factors, other services, and the names by which it knows ours."""

from allauth.account.views import account_inactive, reauthenticate
from allauth.socialaccount.views import login_cancelled, login_error
from django.urls import include, path

from annotations.web.accounts.views import sign_in, sign_out

urlpatterns = [
    path("sign-in/", sign_in, name="account_login"),
    path("sign-out/", sign_out, name="account_logout"),
    path("account/again/", reauthenticate, name="account_reauthenticate"),
    path("account/second-factor/", include("allauth.mfa.urls")),
    path("sso/closed/", account_inactive, name="account_inactive"),
    path("sso/cancelled/", login_cancelled, name="socialaccount_login_cancelled"),
    path("sso/error/", login_error, name="socialaccount_login_error"),
    path("sso/", include("allauth.socialaccount.providers.openid_connect.urls")),
]
