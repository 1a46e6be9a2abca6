"""A process that submits without pause, for the test that kills it: `python -m tests.faults.submitting ID...`.

It writes a line for every submission that it was told is stored: the acknowledgement that must not turn out a lie.
"""

import os
import sys
import threading
from collections.abc import Sequence

import django


def submit_all(assignment_ids: Sequence[int]) -> None:
    from django.db import connections

    from annotations.models import Assignment
    from tests.factories.collection import submit
    from tests.faults.test_killed_submissions import make_markup

    for assignment_id in assignment_ids:
        assignment = Assignment.objects.get(pk=assignment_id)
        annotation = submit(assignment, make_markup(assignment_id), studio_annotation_id=assignment_id)
        os.write(sys.stdout.fileno(), f"{assignment_id} {annotation.pk} {annotation.digest}\n".encode())
    connections.close_all()


def main() -> None:
    django.setup()
    assignment_ids = [int(argument) for argument in sys.argv[1:]]
    threads = [threading.Thread(target=submit_all, args=(assignment_ids[part::3],)) for part in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
