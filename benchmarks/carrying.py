"""A closed round carried over to a later version of its scheme, in which one label is called otherwise: CPU and memory of the job.

    python -m benchmarks.carrying [--articles 2000]

Seven of eight articles have three annotations of two spans each, so that 38,097 articles have 100,000 annotations. The goal
is a minute for so many, and memory that does not grow with the round.
"""

import gc
import resource
import time
from typing import Any

from benchmarks.large import set_up

GOAL_SECONDS = 60.0
GOAL_ANNOTATIONS = 100_000
ARTICLES = 38_097
"""So many have that many annotations."""


def main() -> None:
    """Make the project, carry its first round over in this process, and say what it cost."""
    with set_up(__doc__, articles=ARTICLES) as articles:
        from annotations.assignment.closing import close_round
        from annotations.carried.services import begin_carrying
        from annotations.carried.writing import run_carry_round
        from annotations.mapping.definition import write_mapping
        from annotations.mapping.versions import propose_versions
        from annotations.models import Decision, Job, Round
        from annotations.projects.starting import adopt_scheme
        from annotations.schemes.definition import read_content
        from annotations.schemes.references import rename_label
        from annotations.schemes.writing import write_definition
        from tests.factories.large import make_large_project

        large = make_large_project(articles)
        content = read_content(large.project.scheme.source)
        rename_label(content, "Claim", lambda _: "Assertion")
        content["labels"][0]["name"] = "Assertion"
        content["version"] += 1
        adopt_scheme(large.project, write_definition(content), by=None)
        close_round(large.rounds[0], by=None)
        source = Round.objects.select_related("project__scheme", "scheme").get(pk=large.rounds[0].pk)
        mapping, _ = propose_versions(source.scheme.definition, source.project.scheme.definition)
        carried = begin_carrying(source, mapping=write_mapping(mapping), by=None)
        job = Job.objects.get(kind="carry_round")
        memory: list[int] = []

        def checkpoint(**_: Any) -> None:
            memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)

        gc.freeze()  # as a worker does before its first job
        begun = time.process_time()
        run_carry_round(job, checkpoint)  # type: ignore[arg-type]
        seconds = time.process_time() - begun
        carried.refresh_from_db()
        decided = Decision.objects.filter(task__round=source).values("task").distinct().count()
        print(
            f"{carried.counts['annotations']:,} annotations with {carried.counts['spans']:,} spans: {seconds:.1f} s of CPU"
        )
        print(f"{decided:,} of the articles had decisions, whose ledgers were made anew")
        print(
            f"memory grew by {(memory[-1] - memory[len(memory) // 10]) / 1024:.0f} MB after the first tenth"
        )
        print(judge(carried.counts["annotations"], seconds))


def judge(annotations: int, seconds: float) -> str:
    """Say whether the goal was met, which is of a whole round of 100,000 annotations and says nothing of a smaller one."""
    goal = f"the goal of {GOAL_SECONDS:.0f} s for {GOAL_ANNOTATIONS:,} annotations"
    if annotations < GOAL_ANNOTATIONS:
        return f"too few to say anything of {goal}: run it with {ARTICLES:,} articles"
    return f"within {goal}" if seconds <= GOAL_SECONDS else f"beyond {goal}"


if __name__ == "__main__":
    main()
