"""The console script `workbench`: the same commands as `manage.py`, and `pull`, which needs no database."""

import os
import secrets
import select
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError, ProgrammingError

from annotations.management.privacy import keep_private
from workbench.home import HOME, HomeError, ensure_secret_key, remember_database_server
from workbench.pull import main as pull


def main() -> None:
    """Run a command, as `manage.py` and `workbench` do; what is wrong with the installation is said in a sentence, without a traceback."""
    if sys.argv[1:2] == ["pull"]:  # which needs no database
        pull(sys.argv[2:])
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workbench.settings")
    keep_private(HOME)
    try:
        if sys.argv[1:2] == ["quickstart"]:
            ensure_secret_key()
        if sys.argv[1:2] == ["restore"]:  # the key is in the backup
            os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(64))
        if sys.argv[1:2] in (["quickstart"], ["migrate"]):
            remember_database_server()
        execute_from_command_line(sys.argv)
        sys.stdout.flush()
    except BrokenPipeError:
        if not _has_lost_its_reader(sys.stdout.fileno()):
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except (ImproperlyConfigured, HomeError) as error:
        sys.exit(f"error: {error}")
    except (OperationalError, ProgrammingError) as error:
        sys.exit(
            f"error: The database cannot be used: {str(error).strip()}. If it is new, or older than this version, "
            "run `manage.py migrate`; if it is elsewhere, set DATABASE_URL.",
        )


def _has_lost_its_reader(output: int) -> bool:
    """Whether who reads a pipe has seen enough, as in `... --json | head`."""
    poll = select.poll()
    poll.register(output, 0)
    return bool(poll.poll(0))


if __name__ == "__main__":
    main()
