"""The database of the benchmarks of a large project: of their own, or the one that DATABASE_URL names."""

import argparse
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def set_up(description: str | None, *, articles: int = 20_000) -> Iterator[int]:
    """Read the command line, make the tables, and give the number of articles that is asked for."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=articles)
    chosen: int = parser.parse_args().articles
    with tempfile.TemporaryDirectory(prefix="workbench-benchmark-") as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{Path(folder) / 'large.sqlite3'}")
        os.environ |= {
            "WORKBENCH_HOME": folder,
            "SECRET_KEY": "of-a-benchmark",
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        }
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        yield chosen
