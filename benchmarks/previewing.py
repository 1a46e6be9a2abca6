"""From leaving a field of a scheme's form to the change in the preview, in a real Label Studio and browser: `python -m benchmarks.previewing`.

A label is renamed ten times. The time is taken from the key that leaves the field until the label stands in the editor of the other tab.
"""

import sys

import pytest

if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-s", "-n", "0", "-p", "no:randomly", "tests/browser/measure_preview.py"]))
