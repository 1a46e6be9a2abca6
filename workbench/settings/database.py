"""Where everything is kept: the database, and a cache that servers share."""

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from workbench.home import SETTINGS_FILE, read_settings
from workbench.settings.environment import setting
from workbench.settings.installation import HOME

POOL = {"min_size": 0, "max_size": 20, "timeout": 10}
"""More connections than a gunicorn worker has threads, so that none waits for another; and whoever waits longer than so many
seconds for one is told that the database is away, while the pool goes on trying."""
if (_SERVER := read_settings().get("DATABASE_SERVER")) and not setting("DATABASE_URL"):
    raise ImproperlyConfigured(
        f"The data of this installation are in the database {_SERVER}, and DATABASE_URL is not set: "
        f"set it in the environment or in {SETTINGS_FILE}. To begin anew with SQLite, remove the line DATABASE_SERVER there.",
    )
DATABASE_URL = setting("DATABASE_URL", f"sqlite:///{HOME / 'workbench.sqlite3'}")
DATABASES = {"default": dj_database_url.parse(DATABASE_URL)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
    }
    DATABASES["default"]["CONN_MAX_AGE"] = (
        60  # to open the file anew for every request costs more than most queries
    )
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = (
        True  # else each connection of the pool fails once after PostgreSQL was started again
    )
    DATABASES["default"]["OPTIONS"] = {
        "options": "-c random_page_cost=1.1",  # of solid-state disks; else a table is read whole for few of its rows
        **DATABASES["default"].get("OPTIONS", {}),
        "pool": POOL,
    }
REDIS_URL = setting("REDIS_URL")
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "workbench.cache.ForgivingRedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "workbench",
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
        }
    }
    SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
