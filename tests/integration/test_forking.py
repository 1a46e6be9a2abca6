"""Processes that are forked from one that has looked at the database: each has connections of its own, as many as it needs."""

import json
import os
from pathlib import Path

import pytest
from django.db import connection

from tests.databases import name_database
from tests.processes import run_python

pytestmark = pytest.mark.django_db(transaction=True)
PROCESSES, THREADS = 2, 3
WEB = "import workbench.wsgi"
CELERY = "import workbench.celery; workbench.celery.check_database()"
FORK = f"""
import json, os, threading
from django.db import connection
number = "pg_backend_pid()" if connection.vendor == "postgresql" else "1"
reading, writing = os.pipe()

def work(together):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {{number}}")
        answer, = cursor.fetchone()
        together.wait()
    os.write(writing, json.dumps(answer).encode() + b"\\n")

for _ in range({PROCESSES}):
    if os.fork() == 0:
        together = threading.Barrier({THREADS}, timeout=30)
        threads = [threading.Thread(target=work, args=(together,)) for _ in range({THREADS})]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        os._exit(0)
for _ in range({PROCESSES}):
    os.wait()
os.close(writing)
print(os.fdopen(reading).read())
"""


@pytest.mark.parametrize("starting", [WEB, CELERY])
def test_each_has_as_many_connections_as_it_has_threads_and_shares_none(
    tmp_path: Path, starting: str
) -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "workbench.settings",
        "SECRET_KEY": "of-processes-that-are-forked",
        "WORKBENCH_HOME": str(tmp_path),
        "DATABASE_URL": name_database(),
        "CELERY_BROKER_URL": "redis://127.0.0.1:9",
    }
    done = run_python(("manage.py", "shell", "--no-imports", "-c", f"{starting}\n{FORK}"), environment)
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.split()]
    assert len(answers) == PROCESSES * THREADS, done.stderr
    if connection.vendor == "postgresql":
        assert len(set(answers)) == len(answers)
