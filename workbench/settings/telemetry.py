"""What is told of an installation: lines of the log, and who may read its figures."""

from django.core.exceptions import ImproperlyConfigured

from workbench.settings.environment import setting

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
