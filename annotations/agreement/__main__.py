"""`python -m annotations.agreement FILE`: agreement of a file of annotations, as a table or as JSON."""

import os
import sys

from annotations.agreement.command_line.command import run


def main() -> None:
    """Run the command line and end the process with its status: 0, or 1 after an error that was printed."""
    try:
        status = run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:  # who reads it has seen enough, as in `... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    sys.exit(status)


if __name__ == "__main__":
    main()
