"""Where people reach an installation, and what a proxy in front of it is trusted with."""

from urllib.parse import urlsplit

from workbench.settings.environment import setting
from workbench.settings.installation import ADDRESS_FILE

CHOSEN_URL = setting("PUBLIC_URL").rstrip("/")
"""What somebody set as the address, which the quickstart serves under; nothing where the port says it all."""
_SERVED_AT = ADDRESS_FILE.read_text(encoding="utf-8").strip() if ADDRESS_FILE.exists() else ""
PUBLIC_URL = CHOSEN_URL or _SERVED_AT or "http://127.0.0.1:8000"
_PUBLIC = urlsplit(PUBLIC_URL)
PUBLIC_HOST = _PUBLIC.hostname or ""
IS_HTTPS = _PUBLIC.scheme == "https"
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")
ALLOWED_HOSTS = [PUBLIC_HOST, *LOOPBACK_HOSTS]
CSRF_TRUSTED_ORIGINS = [f"{_PUBLIC.scheme}://{_PUBLIC.netloc}"]
TRUSTED_PROXY = setting("TRUSTED_PROXY", "127.0.0.1" if IS_HTTPS else "")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
ACCEL_PREFIX = setting("ACCEL_PREFIX")
"""Where nginx has the folder of files as an internal location, so that it sends them itself; empty where it does not."""
