"""The console script `workbench`: the same commands as `manage.py`."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError, ProgrammingError

from workbench.home import HomeError, ensure_secret_key


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workbench.settings")
    try:
        if sys.argv[1:2] == ["quickstart"]:
            ensure_secret_key()
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, HomeError) as error:
        sys.exit(f"error: {error}")
    except (OperationalError, ProgrammingError) as error:
        sys.exit(
            f"error: The database cannot be used: {str(error).strip()}. If it is new, or older than this version, "
            "run `manage.py migrate`; if it is elsewhere, set DATABASE_URL.",
        )


if __name__ == "__main__":
    main()
