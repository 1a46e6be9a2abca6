"""Our agreement library beside others, in one run: CPU seconds, ratio, goal.

    .venv/bin/python -m benchmarks.agreement [--only TEXT] [--rival-limit SECONDS]

The rivals (krippendorff, pygamma-agreement) are installed once into var/benchmarks/rivals. Each measurement is a
process of its own, on one core where the system allows it; compilation is done before the clock starts. Of our gamma and
alignments the median counts of three runs, or of as many as take a second; of the rivals, which take minutes, the only
one. The speed of a machine changes while a rival runs, so our gamma is measured before and after, and the mean counts.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from benchmarks.made_up import write_document, write_odd_documents
from benchmarks.rivals import (
    FOLDER,
    ONE_THREAD,
    RIVAL_ALIGNMENTS,
    RIVAL_ALPHA,
    RIVAL_GAMMA,
    ROOT,
    run_rival,
)

GAMMA_OF_A_CROWD = (400, 1_600)
OURS_FRESH = """
import json, sys, time
begin = time.process_time()
import numpy
numpy_only = time.process_time() - begin
import annotations.agreement
imported = time.process_time() - begin
begin = time.process_time()
from annotations.agreement import evaluate, read_file
evaluate(read_file(sys.argv[1]), metrics=["gamma", "alpha_nominal", "f1_strict"], samples=200)
print(json.dumps({"seconds": time.process_time() - begin, "import": imported, "numpy": numpy_only}))
"""


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    work: str
    goal: str
    ours: float
    rival: float | None
    met: bool | None
    note: str


def run_ours(task: str, *arguments: str) -> dict[str, Any]:
    """Our seconds and value, in a fresh process."""
    environment = {**os.environ, **ONE_THREAD}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.agreement_tasks", task, *arguments],
        stdout=subprocess.PIPE,
        check=True,
        env=environment,
    )
    return dict(json.loads(done.stdout))


ODD_DOCUMENTS = 300
GAMMA_WORK = (
    ("2x500", "exact", 150),
    ("3x100", "exact", 100),
    ("3x200", "exact", 300),
    ("4x50", "exact", 500),
    ("5x20", "exact", 600),
    ("3x500", "fast", 15),
    ("5x50", "fast", 15),
)


def measure_alpha(limit: float) -> Iterator[Row]:
    ours = run_ours("alpha")
    rival = run_rival(RIVAL_ALPHA, str(FOLDER / "alpha.npy"), limit=limit)
    apart = abs(ours["value"] - rival["value"]) if rival else 0.0
    met = rival is not None and rival["seconds"] >= 80 * ours["seconds"] and apart < 1e-9
    note = f"{ours['spans']:.0f} spans; values differ by {apart:.0e}"
    seconds = rival["seconds"] if rival else None
    yield Row("alpha nominal, 5 x 1M positions, from spans", "80x", ours["seconds"], seconds, met, note)
    boot = ours["bootstrap"]
    yield Row("alpha nominal, 1,000 bootstrap resamples", "0.2 s", boot, None, boot <= 0.2, "")


def write_warm_documents() -> list[str]:
    """Documents that need all parts of the library, so that none is loaded while the clock runs."""
    return [str(write_document(FOLDER / f"warm{size}.json", size, 100, seed=1)) for size in (2, 3)]


def measure_gamma(size: str, mode: str, goal: int, limit: float) -> Iterator[Row]:
    warm = write_document(FOLDER / "warm.json", 2, 10)
    annotators, units = map(int, size.split("x"))
    path = write_document(FOLDER / f"gamma{size}.json", annotators, units)
    ours = run_ours("gamma", str(path), *write_warm_documents())
    name, note = f"gamma {size}, 30 samples, rival {mode}", f"gamma {ours['value']:.4f}"
    rival = run_rival(RIVAL_GAMMA, str(path), str(warm), mode, limit=limit)
    again = run_ours("gamma", str(path), *write_warm_documents())
    ours["seconds"] = (ours["seconds"] + again["seconds"]) / 2
    if rival is None:
        note += f"; the rival was stopped after {limit:.0f} s: more than {limit / ours['seconds']:.0f}x"
        yield Row(name, f"{goal}x", ours["seconds"], None, limit >= goal * ours["seconds"] or None, note)
        return
    met = rival["seconds"] >= goal * ours["seconds"]
    if mode == "exact":
        met = met and abs(ours["observed"] - rival["observed"]) < 1e-6 * max(1, ours["observed"])
    note += f" and {rival['value']:.4f}; observed {ours['observed']:.6f} and {rival['observed']:.6f}"
    yield Row(name, f"{goal}x", ours["seconds"], rival["seconds"], met, note)


def measure_alignments(limit: float) -> Iterator[Row]:
    """Whether ours are the rival's, on documents of every odd shape."""
    path = write_odd_documents(FOLDER / "odd.json", ODD_DOCUMENTS)
    ours, rival = run_ours("alignments", str(path)), run_rival(RIVAL_ALIGNMENTS, str(path), limit=limit)
    name, goal = f"best alignments of {ODD_DOCUMENTS} odd documents, rival exact", "equal to 1e-6"
    if rival is None:
        yield Row(name, goal, ours["seconds"], None, None, f"the rival was stopped after {limit:.0f} s")
        return
    apart = np.abs(np.array(ours["disorders"]) - rival["disorders"])
    note = f"disorders differ by {apart.max():.0e} at most"
    yield Row(name, goal, ours["seconds"], rival["seconds"], bool(apart.max() < 1e-6), note)


def measure_large_gamma() -> Iterator[Row]:
    path = write_document(FOLDER / "gamma5x500.json", 5, 500)
    ours = run_ours("gamma", str(path), *write_warm_documents())
    yield Row(
        "gamma 5x500, 30 samples",
        "6 s",
        ours["seconds"],
        None,
        ours["seconds"] <= 6,
        f"gamma {ours['value']:.4f}",
    )


def measure_short() -> Iterator[Row]:
    ours = run_ours("short")
    yield Row(
        "8,000 short documents x 5, best alignments", "1 s", ours["seconds"], None, ours["seconds"] <= 1, ""
    )


def measure_fresh() -> Iterator[Row]:
    """In a process that has imported nothing, numpy neither."""
    path = write_document(FOLDER / "fresh.json", 3, 20)
    command = [sys.executable, "-c", OURS_FRESH, str(path)]
    environment = {**os.environ, **ONE_THREAD}
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, cwd=ROOT, env=environment)
    ours = dict(json.loads(done.stdout))
    yield Row(
        "first call in a fresh process",
        "0.5 s",
        ours["seconds"],
        None,
        ours["seconds"] <= 0.5,
        "with the modules that it loads",
    )
    whole, numpy_only = ours["import"], ours["numpy"]
    yield Row(
        "import in a fresh process", "0.4 s", whole, None, whole <= 0.4, f"of it numpy {numpy_only:.2f}"
    )


def measure_page() -> Iterator[Row]:
    ours = run_ours("page")
    note = f"with 500 resamples {ours['intervals']:.2f} more"
    name = "page of 5,000 documents x 3, all metrics but gamma"
    yield Row(f"{name}, cold", "2 s", ours["seconds"], None, ours["seconds"] <= 2, note)
    yield Row(f"{name}, warm", "0.2 s", ours["value"], None, ours["value"] <= 0.2, "from cached statistics")


def measure_memory() -> Iterator[Row]:
    ours = run_ours("memory")
    note = f"peak {ours['value']:.2f} GB, of it the arrays {ours['made']:.2f} GB; {ours['spans']:.0f} spans"
    yield Row("memory of 1M spans", "1 GB", ours["seconds"], None, ours["value"] <= 1, note)


def measure_crowd() -> Iterator[Row]:
    ours = run_ours("crowd")
    seconds, peak = ours["seconds"], ours["value"]
    note = f"peak {peak:.2f} GB; {ours['spans']:.0f} spans, with 1,000 resamples"
    name = "3,579 annotators in 16,100 documents, all metrics but gamma"
    yield Row(name, "20 s, 1 GB", seconds, None, seconds <= 20 and peak <= 1, note)


def measure_crowd_gamma() -> Iterator[Row]:
    for documents in GAMMA_OF_A_CROWD:
        ours = run_ours("crowd_gamma", str(documents))
        note = f"peak {ours['value']:.2f} GB; {ours['spans']:.0f} spans, with 1,000 resamples"
        name = f"3,579 annotators in {documents:,} documents, gamma, gamma-cat and gamma-k"
        yield Row(name, "linear in documents", ours["seconds"], None, None, note)


def measure(only: str, limit: float) -> Iterator[Row]:
    """The rows whose name holds a text."""
    works: list[tuple[str, Callable[[], Iterator[Row]]]] = [
        ("alpha nominal, 5 x 1M positions, 1,000 bootstrap resamples", partial(measure_alpha, limit)),
        *(
            (f"gamma {size}, 30 samples, rival {mode}", partial(measure_gamma, size, mode, goal, limit))
            for size, mode, goal in GAMMA_WORK
        ),
        (f"best alignments of {ODD_DOCUMENTS} odd documents", partial(measure_alignments, limit)),
        ("gamma 5x500, 30 samples", measure_large_gamma),
        ("8,000 short documents x 5, best alignments", measure_short),
        ("first call, import in a fresh process", measure_fresh),
        ("page of 5,000 documents x 3", measure_page),
        ("memory of 1M spans", measure_memory),
        ("3,579 annotators in 16,100 documents, all metrics but gamma", measure_crowd),
        ("3,579 annotators, gamma, gamma-cat and gamma-k", measure_crowd_gamma),
    ]
    for name, work in works:
        if only in name:
            yield from work()


def print_row(row: Row) -> None:
    rival = "-" if row.rival is None else f"{row.rival:.2f}"
    ratio = "-" if row.rival is None else f"{row.rival / row.ours:.0f}x"
    verdict = "" if row.met is None else ("met" if row.met else "MISSED")
    print(
        f"| {row.work} | {row.goal} | {row.ours:.3f} | {rival} | {ratio} | {verdict} | {row.note} |",
        flush=True,
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="", help="only the work whose name holds this text")
    parser.add_argument(
        "--rival-limit", type=float, default=1800, help="stop a rival after so many CPU seconds"
    )
    options = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    print("| work | goal | ours, CPU s | rival, CPU s | ratio | | note |\n|---|---|---|---|---|---|---|")
    rows = []
    for row in measure(options.only, options.rival_limit):
        print_row(row)
        rows.append(row)
    missed = [row.work for row in rows if row.met is False]
    print(
        f"\n{len(rows)} measured on {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; missed: {', '.join(missed) or 'none'}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
