"""The WSGI application; it refuses to start on a database that is not up to date."""

import gc
import logging
import os
import sys

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from annotations.management.privacy import keep_private, keep_secrets_out
from annotations.management.readiness import DatabaseNotReadyError, check_migrations
from annotations.telemetry.sharing import share_figures
from workbench.forking import leave_database
from workbench.home import HOME

SERVER_LOGS = ("gunicorn.access", "gunicorn.error")
"""They are set up by the server before this application is loaded, with lines of their own."""
HALT = 3
"""The status of a worker that makes gunicorn end instead of trying again."""

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workbench.settings")
keep_private(HOME)
share_figures(HOME)
for name in SERVER_LOGS:
    keep_secrets_out(logging.getLogger(name))
application = get_wsgi_application()
_ = get_resolver().url_patterns  # every view is imported now, and not while somebody waits for the first page
try:
    check_migrations()
except DatabaseNotReadyError as error:
    sys.stderr.write(f"error: {error}\n")
    sys.exit(HALT)
finally:
    leave_database()
gc.collect()
gc.freeze()  # what is loaded by now stays: no collection looks at it again, nor copies it into a forked worker
