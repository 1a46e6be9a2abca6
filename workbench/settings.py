"""Settings: from the environment, then from the file that `quickstart` writes, then embedded defaults.

Nothing here is secret; a start without a secret key is refused.
"""

import os
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from workbench.home import HOME, IS_CHECKOUT, RESOURCES, SETTINGS_FILE, START_COMMAND, read_settings

os.environ.setdefault(
    "OPENBLAS_NUM_THREADS", "1"
)  # before numpy is imported: requests share the cores, and threads within one only wait for each other
BASE_DIR = Path(__file__).resolve().parent.parent
SEEDS = RESOURCES / "seeds"
START_COMMAND_WITH = START_COMMAND + (" ARGS='{}'" if IS_CHECKOUT else " {}")
"""How to start with options, which take the place of the braces."""
STUDIO_LOCK = RESOURCES / "requirements" / "label-studio.txt"
_FILE = read_settings()


def setting(name: str, default: str = "") -> str:
    return os.environ.get(name) or _FILE.get(name) or default


SECRET_KEY = setting("SECRET_KEY")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        f"There is no secret key. `{START_COMMAND}` generates one into {SETTINGS_FILE}; "
        "elsewhere set SECRET_KEY in the environment.",
    )
DEBUG = False

# --- where people reach us -------------------------------------------------------------------------------
PUBLIC_URL = setting("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
_PUBLIC = urlsplit(PUBLIC_URL)
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")
ALLOWED_HOSTS = [_PUBLIC.hostname or "", *LOOPBACK_HOSTS]
CSRF_TRUSTED_ORIGINS = [f"{_PUBLIC.scheme}://{_PUBLIC.netloc}"]
IS_HTTPS = _PUBLIC.scheme == "https"
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
TRUSTED_PROXY = setting("TRUSTED_PROXY", "127.0.0.1" if IS_HTTPS else "")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None

# --- the Studio ------------------------------------------------------------------------------------------
STUDIO_BACKEND = setting("STUDIO_BACKEND", "annotations.labelstudio.backend.LabelStudioBackend")
STUDIO_URL = setting("STUDIO_URL").rstrip("/")
STUDIO_TOKEN = setting("STUDIO_TOKEN")
STUDIO_DATABASE_URL = setting("STUDIO_DATABASE_URL")
"""Label Studio's own database on a server, so that backups hold it; nothing else asks it."""
STUDIO_TIMEOUT = float(setting("STUDIO_TIMEOUT", "20"))

INSTALLED_APPS = [
    "annotations",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "annotations.web.middleware.RequestMiddleware",
    "annotations.web.middleware.CanonicalHostMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "annotations.web.middleware.BodyBoundMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "annotations.web.middleware.RefusedFiguresMiddleware",
    "annotations.web.middleware.RefusedChangesMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "workbench.urls"
WSGI_APPLICATION = "workbench.wsgi.application"
WSGI_WORKER = "workbench.front.BufferingWorker"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "DIRS": [BASE_DIR / "annotations" / part / "templates" for part in ("web", "labelstudio")],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "annotations.web.navigation.show_surroundings",
            ],
            "builtins": ["annotations.web.filters"],
        },
    },
]

# --- the database ----------------------------------------------------------------------------------------
POOL = {"min_size": 0, "max_size": 20}
"""More connections than a gunicorn worker has threads, so that none waits for another."""
if "DATABASE_SERVER" in _FILE and not setting("DATABASE_URL"):
    raise ImproperlyConfigured(
        f"The data of this installation are in the database {_FILE['DATABASE_SERVER']}, and DATABASE_URL is not set: "
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
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people ----------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "annotations.User"
KNOX_TOKEN_MODEL = "annotations.ApiToken"  # noqa: S105 - the name of a model
REST_KNOX = {"TOKEN_TTL": timedelta(days=90), "TOKEN_MODEL": KNOX_TOKEN_MODEL}
MIGRATION_MODULES = {"knox": None}  # its own token table, which ours replaces, is not made
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

# --- mail: by SMTP where a server is set, else as files that the administrator reads ----------------------
EMAIL_HOST = setting("EMAIL_HOST")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = HOME / "mail"
EMAIL_PORT = int(setting("EMAIL_PORT", "587"))
EMAIL_HOST_USER = setting("EMAIL_USER")
EMAIL_HOST_PASSWORD = setting("EMAIL_PASSWORD")
EMAIL_USE_TLS = setting("EMAIL_TLS", "yes") == "yes"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = setting("EMAIL_FROM", f"workbench@{_PUBLIC.hostname}")

# --- pages -----------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
FONTS = {"sans": "fontpkg_source_sans_3", "serif": "fontpkg_source_serif_4"}
"""The packages that the two families of type come from; tokens.css names their files below static/fonts/."""
STATICFILES_DIRS: list[Path | tuple[str, Path]] = [
    *(BASE_DIR / "annotations" / part / "static" for part in ("web", "labelstudio")),
    *((f"fonts/{name}", Path(str(files(package))) / "files") for name, package in FONTS.items()),
]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": HOME / "files",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "workbench.static_files.ModuleStaticFilesStorage"},
}
WHITENOISE_MANIFEST_STRICT = False
ACCEL_PREFIX = setting("ACCEL_PREFIX")
"""Where nginx has the folder of files as an internal location, so that it sends them itself; empty where it does not."""
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
LANGUAGE_CODE = "en-gb"
TIME_ZONE = setting("TIME_ZONE", "UTC")
USE_TZ = True
USE_I18N = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# --- REST ------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "annotations.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "annotations.api.access.IsWithinTokenScope",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["annotations.api.parsers.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "annotations.api.pagination.CursorPagination",
    "DEFAULT_FILTER_BACKENDS": ["annotations.api.filters.AllowlistFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "annotations.api.errors.problem_response",
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Annotation workbench",
    "DESCRIPTION": "Blind annotation, agreement, adjudication and frozen gold releases.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "DEFAULT_GENERATOR_CLASS": "annotations.api.openapi.ProblemSchemaGenerator",
    "ENUM_NAME_OVERRIDES": {
        "RoleEnum": "annotations.models.Role",
        "RoundKindEnum": "annotations.models.RoundKind",
        "BlockKindEnum": "annotations.models.BlockKind",
        "TaskStatusEnum": "annotations.models.TaskStatus",
        "AssignmentStatusEnum": "annotations.models.AssignmentStatus",
        "GoldStatusEnum": "annotations.models.GoldStatus",
        "JobStatusEnum": "annotations.models.JobStatus",
        "TokenScopeEnum": "annotations.models.TokenScope",
    },
}

# --- jobs ------------------------------------------------------------------------------------------------
JOB_HANDLERS = {
    "top_up_queues": "annotations.collection.services.run_top_up",
    "remove_studio_tasks": "annotations.collection.services.run_remove_studio_tasks",
    "reconcile": "annotations.collection.services.run_reconcile",
    "expire_leases": "annotations.collection.services.run_expire_leases",
    "finish_by_rule": "annotations.adjudication.settled.run_finish_by_rule",
    "find_duplicates": "annotations.corpus.duplicates.run_find_duplicates",
    "fold_tallies": "annotations.assignment.tallies.run_fold_tallies",
    "count_agreement": "annotations.web.agreement.ahead.run_count_agreement",
    "write_agreement": "annotations.web.agreement.ahead.run_write_agreement",
    "send_reset_link": "annotations.web.accounts.messages.run_send_reset_link",
    "tell_of_wrong_passwords": "annotations.web.accounts.messages.run_tell_of_wrong_passwords",
    "prepare_release": "annotations.gold.files.run_prepare_release",
    "forget_finished": "annotations.jobs.worker.run_forget_finished",
    "read_import": "annotations.corpus.imports.run_read_import",
    "forget_imports": "annotations.corpus.imports.run_forget_imports",
    "predict_by_rules": "annotations.corpus.predicted.by_rules.run_predict_by_rules",
    "predict_by_server": "annotations.labelstudio.predicting.run_predict_by_server",
}
JOBS_CANCELLABLE = {
    "find_duplicates",
    "count_agreement",
    "write_agreement",
    "prepare_release",
    "read_import",
    "predict_by_rules",
    "predict_by_server",
}
"""Jobs that somebody may cancel: who wants what they give asks again."""
JOBS_OF_ARCHIVED = {"prepare_release"}
"""Jobs that change nothing in a project, so that they are run for an archived one too."""
CELERY_BROKER_URL = setting("CELERY_BROKER_URL")
"""Where Celery delivers jobs: `redis://…` of a Redis or Valkey; without one, workers look for jobs themselves."""
JOB_DELIVERY = "workbench.celery.send_job" if CELERY_BROKER_URL else ""
MODEL_SERVERS: dict[str, str] = {
    pair.partition("=")[0].strip(): pair.partition("=")[2].strip()
    for pair in setting("MODEL_SERVERS").split(",")
    if pair.strip()
}
"""Models that may be asked for predictions, as `name=https://…` with commas between: no other address is ever asked."""
for _name, _address in MODEL_SERVERS.items():
    if not _name or not _address.startswith(("https://", "http://")):
        raise ImproperlyConfigured(
            f"MODEL_SERVERS names {_name!r} with the address {_address!r}: write name=https://HOST, with commas between."
        )
MODEL_TIMEOUT = float(setting("MODEL_TIMEOUT", "60"))
JOB_QUEUES = ["interactive", "model", "bulk"]
"""Queues of the broker: for what somebody waits for, for programs that annotate, and for everything else."""
JOB_ROUTES = {
    "top_up_queues": "interactive",
    "remove_studio_tasks": "interactive",
    "send_reset_link": "interactive",
    "tell_of_wrong_passwords": "interactive",
    "expire_leases": "interactive",
    "finish_by_rule": "interactive",
    "read_import": "interactive",
    "predict_by_rules": "model",
    "predict_by_server": "model",
}
JOB_SWEEP_AFTER = timedelta(seconds=float(setting("JOB_SWEEP_AFTER", "60" if CELERY_BROKER_URL else "0")))
"""A job that is due for so long and was not begun is taken for lost on its way, and delivered again."""
JOB_LEASE = timedelta(seconds=float(setting("JOB_LEASE", "120")))
JOB_KEPT = timedelta(days=7)  # after its end
IMPORT_KEPT = timedelta(days=7)
"""For so long the files of an import wait that nobody publishes or drops."""
JOB_SCHEDULE = {
    "top_up_queues": timedelta(seconds=30),
    "expire_leases": timedelta(minutes=5),
    "reconcile": timedelta(minutes=2),
    "finish_by_rule": timedelta(minutes=1),
    "fold_tallies": timedelta(minutes=10),
    "forget_finished": timedelta(hours=1),
    "forget_imports": timedelta(hours=1),
}

# --- what is told of an installation ---------------------------------------------------------------------
METRICS_TOKEN = setting("METRICS_TOKEN")
"""Who shows it may read the figures at /metrics; without one, only this machine may, where no proxy is in front."""
LOG_FORMAT = setting("LOG_FORMAT", "line")
if LOG_FORMAT not in {"line", "json"}:
    raise ImproperlyConfigured(f"LOG_FORMAT is {LOG_FORMAT!r}: set it to `line` or `json`.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "annotations.management.privacy.SecretFreeFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s%(work)s",
        },
        "json": {"class": "annotations.management.privacy.SecretFreeJsonFormatter"},
    },
    "filters": {"work": {"()": "annotations.telemetry.log_lines.WorkFilter"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["work"]},
    },
    "loggers": {
        "waitress.queue": {"level": "ERROR"},  # that a request waits for a thread is no news
        "annotations.requests": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"},
    },
    "root": {"handlers": ["stderr"], "level": setting("LOG_LEVEL", "WARNING")},
}
