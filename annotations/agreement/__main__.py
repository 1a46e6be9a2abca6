"""`python -m annotations.agreement FILE`: agreement of a file of annotations, as a table or as JSON."""

import sys

from annotations.agreement.command import run

if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
