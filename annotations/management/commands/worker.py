"""`manage.py worker`: runs jobs until it is told to stop."""

import gc
import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotations.jobs.worker import Worker
from annotations.management.readiness import DatabaseNotReadyError, check_migrations
from annotations.plurals import count_things

STOPPING = (signal.SIGTERM, signal.SIGINT)


class Command(BaseCommand):
    """Runs jobs as they come due."""

    help = "Run jobs as they come due. SIGTERM and Ctrl-C end it after the chunk at hand; nothing is lost."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Run what is due now, then end.")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            check_migrations()
        except DatabaseNotReadyError as error:
            raise CommandError(str(error)) from error
        worker = Worker()
        before = {number: signal.signal(number, lambda *_: worker.stop()) for number in STOPPING}
        try:
            if options["once"]:
                self.stdout.write(f"Ran {count_things(worker.run_until_idle(), 'job')}.")
            else:
                self.stdout.write(f"Worker {worker.name} is waiting for jobs. Ctrl-C stops it.")
                self.stdout.flush()
                gc.freeze()  # what is loaded by now stays, so no collection looks at it again
                worker.run()
                self.stdout.write("Stopped.")
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
