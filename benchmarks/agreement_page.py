"""The agreement page of a large project, through the database: CPU seconds of a request and what the cache weighs.

    python -m benchmarks.agreement_page                                  5,000 articles, 3 annotators, 8 spans each
    python -m benchmarks.agreement_page --articles 500 --rounds 2        a smaller one, in two rounds
    python -m benchmarks.agreement_page --profile                        and where the time goes

The database is a SQLite file of its own. A project with a single article is looked at first, so that templates and
compiled modules are loaded; then the page is asked for with nothing cached, again, and after one new annotation.
"""

import argparse
import cProfile
import json
import os
import pstats
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

LABELS: dict[str, dict[str, tuple[str, ...]]] = {
    "Claim": {
        "type": ("fact", "value", "cause", "forecast", "policy", "pledge"),
        "modality": ("asserted", "hedged", "reported"),
        "holder": ("author", "named", "unnamed"),
    },
    "Stance": {"polarity": ("positive", "negative"), "strength": ("weak", "strong")},
    "Concession": {"kind": ("granted", "conditional"), "force": ("partial", "full")},
    "Source": {"kind": ("person", "institution", "document")},
    "Cue": {},
}
RELATIONS = ("held_by", "toward", "grants", "supports", "attacks")
LENGTH = 2000
LONGEST = 120
SLIP = 3
SHARE_SEEN, SHARE_MOVED, SHARE_RELABELLED, SHARE_LINKED = 0.9, 0.5, 0.1, 0.3
ROWS_AT_ONCE = 10_000
PLAIN_FILES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=5000)
    parser.add_argument("--annotators", type=int, default=3)
    parser.add_argument("--spans", type=int, default=8, help="of each annotator in each article")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--profile", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="workbench-agreement-") as folder:
        os.environ |= {
            "DATABASE_URL": f"sqlite:///{Path(folder) / 'agreement.sqlite3'}",
            "WORKBENCH_HOME": folder,
            "SECRET_KEY": "of-a-benchmark",
            "DJANGO_SETTINGS_MODULE": "workbench.settings",
        }
        report = run(arguments)
    print(json.dumps(vars(arguments) | report, indent=2))


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    import numpy as np
    from django.test import Client
    from django.test.utils import override_settings

    from annotations.models import AgreementBlock, Role, Span
    from tests.factories import make_member, make_project

    generator = np.random.default_rng(0)
    small, large = make_project(), make_project()
    fill(small, generator, articles=1, annotators=2, spans=arguments.spans, rounds=1)
    fill(
        large,
        generator,
        articles=arguments.articles,
        annotators=arguments.annotators,
        spans=arguments.spans,
        rounds=arguments.rounds,
    )
    import_module("workbench.wsgi")  # as the server does before it answers
    client, reader = (Client(headers={"host": "127.0.0.1:8000"}) for _ in range(2))
    client.force_login(make_member(large, Role.MANAGER))
    reader.force_login(make_member(small, Role.MANAGER))

    def look() -> None:
        show(client, large)

    watch = measure_with_profile if arguments.profile else measure
    with override_settings(STORAGES=PLAIN_FILES):
        show(reader, small)
        seconds = {"cold": watch("cold", look), "warm": watch("warm", look)}
        revise_one(large, generator, arguments.spans)
        seconds["after_one_new_annotation"] = watch("after one new annotation", look)
        seconds["warm_again"] = watch("warm again", look)
    rows = AgreementBlock.objects.filter(statistics__project=large)
    return {
        "n_spans": Span.objects.filter(annotation__assignment__task__round__project=large).count(),
        "cpu_seconds": seconds,
        "cached_megabytes": round(sum(len(bytes(row.content)) for row in rows) / 1e6, 1),
        "load": round(os.getloadavg()[0], 1),
    }


def show(client: Any, project: Any) -> None:
    from django.urls import reverse

    response = client.get(reverse("web:agreement", args=[project.slug]))
    assert response.status_code == 200, response.status_code
    assert b"nothing to compare yet" not in response.content


def measure(name: str, work: Callable[[], None]) -> float:
    del name
    begin = time.process_time()
    work()
    return round(time.process_time() - begin, 3)


def measure_with_profile(name: str, work: Callable[[], None]) -> float:
    profile = cProfile.Profile()
    begin = time.process_time()
    profile.runcall(work)
    seconds = round(time.process_time() - begin, 3)
    print(f"\n{name}: {seconds} s")
    pstats.Stats(profile).sort_stats("cumulative").print_stats(60)
    pstats.Stats(profile).sort_stats("tottime").print_stats(25)
    return seconds


def fill(
    project: Any,
    generator: "np.random.Generator",
    *,
    articles: int,
    annotators: int,
    spans: int,
    rounds: int,
    words: str = "x",
) -> None:
    """Rounds of articles that every annotator has submitted; the texts are these words again and again."""
    from annotations.models import Article, Assignment, Role, Task
    from tests.factories import make_member, make_round

    people = [make_member(project, Role.ANNOTATOR) for _ in range(annotators)]
    filling = words * (LENGTH // len(words) + 1)
    texts = [f"Article {project.pk} {number} {filling}"[:LENGTH] for number in range(articles)]
    made = [
        Article(
            project=project,
            text=text,
            title=f"Article {number}",
            source_format="text",
            encoding="utf-8",
            original=b"",
            sha256=f"{project.pk:032d}{number:032d}",
            text_sha256=f"{project.pk:032d}{number:032d}",
            length=LENGTH,
        )
        for number, text in enumerate(texts)
    ]
    for article in made:
        article.write_canonical(())
    stored = Article.objects.bulk_create(made, batch_size=ROWS_AT_ONCE)
    for number in range(rounds):
        round_ = make_round(project, overlap=annotators, annotators=tuple(people))
        tasks = Task.objects.bulk_create(
            (
                Task(round=round_, article=article, wanted=annotators, claimed=annotators)
                for article in stored[number::rounds]
            ),
            batch_size=ROWS_AT_ONCE,
        )
        places = [draw_places(generator, spans) for _ in tasks]
        for person in people:
            assignments = Assignment.objects.bulk_create(
                (Assignment(task=task, annotator=person, leased_until=round_.created_at) for task in tasks),
                batch_size=ROWS_AT_ONCE,
            )
            submit_all(generator, assignments, [read_places(generator, own) for own in places], revision=1)


Place = tuple[int, int, str, dict[str, str]]


def draw_places(generator: "np.random.Generator", spans: int) -> list[Place]:
    names = list(LABELS)
    starts = sorted(generator.integers(0, LENGTH - LONGEST - SLIP, spans).tolist())
    sizes = generator.integers(2 * SLIP + 1, LONGEST, spans).tolist()
    labels = generator.integers(0, len(names), spans).tolist()
    return [
        (start, start + size, names[label], draw_attributes(generator, names[label]))
        for start, size, label in zip(starts, sizes, labels, strict=True)
    ]


def draw_attributes(generator: "np.random.Generator", label: str) -> dict[str, str]:
    return {name: values[int(generator.integers(len(values)))] for name, values in LABELS[label].items()}


def read_places(generator: "np.random.Generator", places: list[Place]) -> list[Place]:
    """One annotator's reading: some places missed, borders off, labels and attributes differing."""
    read = []
    for start, end, label, attributes in places:
        if generator.random() >= SHARE_SEEN:
            continue
        seen, chosen = label, attributes
        if generator.random() < SHARE_RELABELLED:
            seen = list(LABELS)[int(generator.integers(len(LABELS)))]
            chosen = draw_attributes(generator, seen)
        elif generator.random() < SHARE_RELABELLED:
            chosen = draw_attributes(generator, label)
        moved = (
            generator.integers(-SLIP, SLIP + 1, 2).tolist() if generator.random() < SHARE_MOVED else (0, 0)
        )
        read.append((max(0, start + moved[0]), end + moved[1], seen, chosen))
    return read


def submit_all(
    generator: "np.random.Generator",
    assignments: list[Any],
    readings: list[list[Place]],
    *,
    revision: int,
) -> None:
    from django.db.models import OuterRef, Subquery
    from django.utils import timezone

    from annotations.formats.canonical import checksum, write_members
    from annotations.formats.record import describe_markup
    from annotations.models import Annotation, AnnotationOrigin, Assignment, AssignmentStatus, Relation, Span

    markups = [draw_links(generator, places) for places in readings]
    annotations = Annotation.objects.bulk_create(
        (
            Annotation(
                assignment=one,
                revision=revision,
                origin=AnnotationOrigin.IMPORT,
                digest="",
                canonical=write_members(describe_markup(markup, one.task.article.text)),
                sha256=checksum(markup.to_json()),
            )
            for one, markup in zip(assignments, markups, strict=True)
        ),
        batch_size=ROWS_AT_ONCE,
    )
    spans = Span.objects.bulk_create(
        (
            Span(
                annotation=annotation,
                key=span.key,
                start=span.start,
                end=span.end,
                label=span.label,
                attributes=dict(span.attributes),
            )
            for annotation, markup in zip(annotations, markups, strict=True)
            for span in markup.spans
        ),
        batch_size=ROWS_AT_ONCE,
    )
    stored = {(one.annotation_id, one.key): one for one in spans}
    Relation.objects.bulk_create(
        (
            Relation(
                annotation=annotation,
                source=stored[annotation.pk, link.source],
                target=stored[annotation.pk, link.target],
                kind=link.kind,
            )
            for annotation, markup in zip(annotations, markups, strict=True)
            for link in markup.relations
        ),
        batch_size=ROWS_AT_ONCE,
    )
    own = Annotation.objects.filter(assignment=OuterRef("pk"), revision=revision)
    Assignment.objects.filter(pk__gte=assignments[0].pk, pk__lte=assignments[-1].pk).update(
        current=Subquery(own.values("pk")), status=AssignmentStatus.SUBMITTED, submitted_at=timezone.now()
    )


def draw_links(generator: "np.random.Generator", places: list[Place]) -> Any:
    """A markup of these places, in which some are linked to the next."""
    from annotations import markup, spans

    kinds = (generator.random(len(places)) / SHARE_LINKED).tolist()
    links = [
        markup.Relation(f"s{number}", f"s{number + 1}", RELATIONS[int(kind * len(RELATIONS))])
        for number, kind in enumerate(kinds[:-1])
        if kind < 1
    ]
    marked = [
        spans.Span(start, end, label, markup.sort_pairs(own), f"s{number}")
        for number, (start, end, label, own) in enumerate(places)
    ]
    return markup.Markup(tuple(marked), tuple(links))


def revise_one(project: Any, generator: "np.random.Generator", spans: int) -> None:
    from annotations.models import Assignment

    assignment = Assignment.objects.filter(task__round__project=project).order_by("id")[0]
    submit_all(generator, [assignment], [read_places(generator, draw_places(generator, spans))], revision=2)


if __name__ == "__main__":
    main()
