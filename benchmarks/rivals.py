"""The programs that ours are measured beside, in an environment of their own, each run in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "benchmarks"
RIVALS = FOLDER / "rivals"
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

RIVAL_ALPHA = """
import json, sys, time
import krippendorff, numpy as np
matrix = np.load(sys.argv[1]).astype(float)
krippendorff.alpha(reliability_data=matrix[:, :1000], level_of_measurement="nominal")
begin = time.process_time()
value = krippendorff.alpha(reliability_data=matrix, level_of_measurement="nominal")
print(json.dumps({"seconds": time.process_time() - begin, "value": float(value)}))
"""

PYGAMMA = """
import json, os, sys, time
quiet = os.dup(1)
os.dup2(2, 1)  # the integer solver talks on stdout
import numpy as np
from pyannote.core import Segment
from pygamma_agreement import CombinedCategoricalDissimilarity, Continuum
def read(path):
    for document in json.load(open(path))["documents"]:
        continuum = Continuum()
        for annotator, spans in document["annotators"].items():
            continuum.add_annotator(annotator)
            for span in spans:
                continuum.add(annotator, Segment(span["start"], span["end"]), span["label"])
        yield continuum
def answer(**found):
    os.write(quiet, (json.dumps(found) + chr(10)).encode())
measure = CombinedCategoricalDissimilarity()
"""

RIVAL_GAMMA = (
    PYGAMMA
    + """
fast = sys.argv[3] == "fast"
np.random.seed(1)
next(read(sys.argv[2])).compute_gamma(measure, n_samples=3, fast=fast)
continuum = next(read(sys.argv[1]))
begin = time.process_time()
results = continuum.compute_gamma(measure, n_samples=30, fast=fast)
seconds = time.process_time() - begin
answer(seconds=seconds, value=float(results.gamma), observed=float(results.observed_disorder))
"""
)

RIVAL_ALIGNMENTS = (
    PYGAMMA
    + """
continuums = list(read(sys.argv[1]))
continuums[0].get_best_alignment(measure)
begin = time.process_time()
disorders = [float(continuum.get_best_alignment(measure).disorder) for continuum in continuums]
answer(seconds=time.process_time() - begin, disorders=disorders)
"""
)


def install_rivals() -> Path:
    python = RIVALS / "bin" / "python"
    if not python.exists():
        uv = next(
            str(path)
            for path in (ROOT / ".venv/bin/uv", ROOT / ".uv/bin/uv", Path("uv"))
            if path.exists() or path.name == "uv"
        )
        subprocess.run([uv, "venv", "-q", "--python", sys.executable, str(RIVALS)], check=True)
        subprocess.run(
            [uv, "pip", "install", "-q", "--python", str(python), "krippendorff", "pygamma-agreement"],
            check=True,
        )
    return python


def run_rival(script: str, *arguments: str, limit: float) -> dict[str, Any] | None:
    """Seconds and value of the rival, or None when it needs more CPU seconds than the limit."""
    command = [str(install_rivals()), "-W", "ignore", "-c", script, *arguments]
    environment = {**os.environ, **ONE_THREAD}
    done = subprocess.run(
        ["/bin/sh", "-c", f'ulimit -t {int(limit)}; exec "$@"', "sh", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
        env=environment,
    )
    lines = done.stdout.decode().strip().splitlines()
    return dict(json.loads(lines[-1])) if done.returncode == 0 else None
