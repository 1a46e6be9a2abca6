"""Mail: by SMTP where a server is set, else as files that the administrator reads."""

from workbench.settings.address import PUBLIC_HOST
from workbench.settings.environment import setting
from workbench.settings.installation import HOME

EMAIL_HOST = setting("EMAIL_HOST")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = HOME / "mail"
EMAIL_PORT = int(setting("EMAIL_PORT", "587"))
EMAIL_HOST_USER = setting("EMAIL_USER")
EMAIL_HOST_PASSWORD = setting("EMAIL_PASSWORD")
EMAIL_USE_TLS = setting("EMAIL_TLS", "yes") == "yes"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = setting("EMAIL_FROM", f"workbench@{PUBLIC_HOST}")
