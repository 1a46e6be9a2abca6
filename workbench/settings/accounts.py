"""Who somebody is: accounts, passwords and what slows down who guesses them, second factors, other services."""

from datetime import timedelta
from importlib.util import find_spec

from django.core.exceptions import ImproperlyConfigured

from workbench.settings.environment import setting

AUTH_USER_MODEL = "annotations.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "web:sign-in"
LOGIN_REDIRECT_URL = "web:home"
AXES_HANDLER = "annotations.web.accounts.slowing.SlowingHandler"
AXES_FAILURE_LIMIT = 5
"""So many wrong passwords cost no waiting."""
SIGN_IN_FIRST_WAIT = timedelta(seconds=5)
SIGN_IN_LONGEST_WAIT = timedelta(minutes=5)
AXES_COOLOFF_TIME = timedelta(days=1)
"""Wrong passwords are forgotten so long after the last one."""
WRONG_PASSWORDS_PAUSE = timedelta(days=1)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "annotations.web.accounts.slowing.name_account"
AXES_CLIENT_IP_CALLABLE = "annotations.web.accounts.slowing.name_network_of"
AXES_LOCKOUT_CALLABLE = "annotations.web.accounts.slowing.show_wait"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
SIGN_IN_LINK_LIFETIME = timedelta(days=7)
RESET_LINK_LIFETIME = timedelta(hours=1)
RESET_LINK_PAUSE = timedelta(minutes=2)

ACCOUNT_ADAPTER = "annotations.web.accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ADAPTER = "annotations.web.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Annotation workbench"
MFA_TOTP_TOLERANCE = 1
"""Codes of the half minute before and after are taken too: for what is typed slowly, and for a clock that is a little off."""
SOCIALACCOUNT_ADAPTER = "annotations.web.accounts.adapters.OtherServiceAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX = ""
OIDC_ISSUER = setting("OIDC_ISSUER").rstrip("/")
"""The service by which people sign in with OpenID Connect: an address below which `.well-known/openid-configuration` lies."""
if OIDC_ISSUER and not find_spec("allauth"):
    raise ImproperlyConfigured(
        "OIDC_ISSUER is set, and django-allauth is not installed: install the extra `team`."
    )
OIDC_NAME = setting("OIDC_NAME", "single sign-on") if OIDC_ISSUER else ""
OIDC_ID = "sso"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": OIDC_ID,
                "name": OIDC_NAME,
                "client_id": setting("OIDC_CLIENT_ID"),
                "secret": setting("OIDC_CLIENT_SECRET"),
                "settings": {"server_url": OIDC_ISSUER, "oauth_pkce_enabled": True},
            }
        ]
        if OIDC_ISSUER
        else []
    }
}
