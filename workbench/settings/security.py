"""The secret key, without which nothing starts, and what browsers are told to allow: cookies, scripts, frames."""

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from workbench.home import SETTINGS_FILE, START_COMMAND
from workbench.settings.address import IS_HTTPS
from workbench.settings.environment import setting

SECRET_KEY = setting("SECRET_KEY")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        f"There is no secret key. `{START_COMMAND}` generates one into {SETTINGS_FILE}; "
        "elsewhere set SECRET_KEY in the environment.",
    )

DEBUG = False

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME = "workbench_session"
CSRF_COOKIE_NAME = "workbench_csrf"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # whether the other hosts of a domain have HTTPS, too, is its owner's to say
    "security.W021",  # and so is whether browsers ship with that
    "security.W008",  # the proxy in front redirects; whoever probes this server does without it
]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    },
}
