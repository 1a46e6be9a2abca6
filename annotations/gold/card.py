"""The card of a release: what is in it, who made it how, and how it is loaded, from its manifest and from what people say of it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from annotations.formats.native.jsonl import JSONL
from annotations.formats.native.parquet import PARQUET
from annotations.formats.training.docbin import DOCBIN
from annotations.gold.agreement_changes import METRICS_IN_WORDS
from annotations.gold.leakage import count_near
from annotations.gold.markdown import plain
from annotations.gold.names import name_file, name_folder
from annotations.gold.versions import describe_version
from annotations.markup import Origin
from annotations.plurals import count_things, write_decimal

STATUSES_IN_WORDS = {origin.value: origin.words for origin in Origin}
OBSTACLES_IN_WORDS = {
    "open": ("task not adjudicated", "tasks not adjudicated"),
    "against_rules": (
        "article with gold that breaks a rule of the scheme",
        "articles with gold that breaks a rule of the scheme",
    ),
    "unreviewed": (
        "article drawn for a review that has not been made",
        "articles drawn for a review that has not been made",
    ),
    "quarantined": ("part of an annotation in quarantine", "parts of annotations in quarantine"),
}


def describe_obstacles(obstacles: Mapping[str, Any]) -> str:
    """What speaks against freezing a release, in words.

    >>> describe_obstacles({"open": 2, "exception": "a pilot"})
    '2 tasks not adjudicated'
    """
    named = OBSTACLES_IN_WORDS.items()
    return ", ".join(count_things(obstacles[name], *words) for name, words in named if name in obstacles)


@dataclass(frozen=True, slots=True)
class CardQuestion:
    """Something about a dataset that only people know, and the section of the card in which the answer stands."""

    name: str
    title: str
    hint: str
    section: str


MAX_EXCLUDED = 20
"""How many articles that were excluded later a card names; it says how many more there are."""
OF_NUMBERS = re.compile("[+\N{MINUS SIGN}]?[\\d.,]*( %)?( to \N{MINUS SIGN}?[\\d.,]+)?")
QUESTIONS = (
    CardQuestion("summary", "What it is", "Two sentences for somebody who has never heard of it.", "What it is"),
    CardQuestion("motivation", "Why it was made", "By whom, for what, and who paid for it.", "Why it was made"),
    CardQuestion("provenance", "Where the texts come from", "Publishers, dates, how they were chosen.", "Licence and provenance"),
    CardQuestion("preprocessing", "How the texts were prepared", "What was cut, cleaned, translated or sampled before anybody annotated, and with what.", "Licence and provenance"),
    CardQuestion("licence", "Licence", "Of the texts and of the annotations; an identifier such as cc-by-4.0 if there is one.", "Licence and provenance"),
    CardQuestion("annotators", "Who annotated", "Languages, training, pay, and what they knew of each other.", "Who annotated"),
    CardQuestion("gaps", "Known gaps", "What is missing, and what it may be biased towards.", "Known gaps"),
    CardQuestion("uses", "What it is for, and what not", "Uses that were meant, and uses that would do harm.", "Uses"),
    CardQuestion("distribution", "Where it is handed out", "Where it is published, to whom, from when, and what keeps it from others.", "Distribution"),
    CardQuestion("maintenance", "Who looks after it", "Whom to write to, and whether there will be later releases.", "Maintenance"),
    CardQuestion("citation", "How to cite it", "A reference, or BibTeX.", "Citation"),
)  # fmt: skip
NAMES_OF_QUESTIONS = tuple(question.name for question in QUESTIONS)


@dataclass(frozen=True, slots=True)
class CardTable:
    """A table of a card: its head, and rows of cells."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def lines(self) -> Iterator[list[tuple[str, bool]]]:
        """The head and the rows, each cell with whether its column holds numbers alone.

        >>> list(CardTable(("label", "spans"), (("Claim", "1,204"), ("Cue", ""))).lines)[1]
        [('Claim', False), ('1,204', True)]
        """
        columns = zip(*self.rows, strict=True)
        numeric = [all(OF_NUMBERS.fullmatch(cell) for cell in column) for column in columns]
        for line in (self.head, *self.rows):
            yield list(zip(line, numeric or [False] * len(line), strict=True))


@dataclass(frozen=True, slots=True)
class CardCode:
    """Lines of Python to copy, with what they are for."""

    title: str
    lines: str


@dataclass(frozen=True, slots=True)
class CardSection:
    """A section of a card: what people say, what the data say, tables and lines to copy."""

    title: str
    said: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    tables: tuple[CardTable, ...] = ()
    codes: tuple[CardCode, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.said or self.sentences or self.tables or self.codes)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFacts:
    """All that a card is made of."""

    manifest: Mapping[str, Any]
    sha256: str
    frozen: str
    """The day, as 2026-11-26."""
    slug: str
    said: Mapping[str, str] = field(default_factory=dict)
    """Answers to the questions, by their names."""
    withdrawn: str = ""
    """Why the release was withdrawn; empty where it was not."""
    excluded: Sequence[tuple[int, str]] = ()
    """Its articles that were excluded after it was frozen, each with the reason."""


def list_sections(facts: CardFacts) -> list[CardSection]:
    """The sections of a card in order, without those that would be empty."""
    manifest = facts.manifest
    if "schemes" not in manifest:
        return []
    found = [
        CardSection("What it is", _said(facts, "What it is"), (_introduce(facts),)),
        CardSection("Since it was frozen", sentences=tuple(_say_since(facts))),
        CardSection("What is new", tuple(filter(None, [manifest.get("notes", "")]))),
        CardSection("Why it was made", _said(facts, "Why it was made")),
        CardSection("In numbers", tables=tuple(_list_numbers(manifest))),
        CardSection("Who annotated", _said(facts, "Who annotated"), tuple(_say_who(manifest))),
        CardSection("Agreement", sentences=tuple(_say_agreement(manifest)), tables=tuple(_list_agreement(manifest))),
        CardSection("Adjudication", sentences=tuple(_say_adjudication(manifest)), tables=tuple(_list_origins(manifest))),
        CardSection("Parts", sentences=tuple(_say_parts(manifest)), tables=tuple(_list_parts(manifest))),
        CardSection("Known gaps", _said(facts, "Known gaps"), tuple(_say_gaps(manifest))),
        CardSection("Licence and provenance", _said(facts, "Licence and provenance")),
        CardSection("Uses", _said(facts, "Uses")),
        CardSection("Distribution", _said(facts, "Distribution")),
        CardSection("How to load it", codes=tuple(_list_codes(facts))),
        CardSection("Maintenance", _said(facts, "Maintenance"), (f"Software: Annotation Workbench {manifest['workbench_version']}.",)),
        CardSection("Citation", _said(facts, "Citation"), (_cite(facts),)),
    ]  # fmt: skip
    return [section for section in found if not section.is_empty]


def write_card(facts: CardFacts, *, guidelines: Sequence[str] = ()) -> Iterator[str]:
    """The lines of a card in Markdown; `guidelines` are the schemes in words, whose headings go below those of the card."""
    yield f"# {plain(facts.manifest['title'])}"
    for section in list_sections(facts):
        yield ""
        yield f"## {section.title}"
        for text in section.said:
            yield ""
            yield text.strip()
        for sentence in section.sentences:
            yield ""
            yield sentence
        for table in section.tables:
            yield ""
            yield from _write_table(table)
        for code in section.codes:
            yield ""
            yield f"{code.title}:"
            yield ""
            yield "```python"
            yield code.lines
            yield "```"
    for scheme in guidelines:
        yield ""
        yield "## Guidelines"
        yield ""
        yield re.sub(r"^(#+) ", r"##\1 ", scheme, flags=re.MULTILINE)


def _write_table(table: CardTable) -> Iterator[str]:
    yield f"| {' | '.join(table.head)} |"
    yield f"|{'---|' * len(table.head)}"
    yield from (f"| {' | '.join(plain(cell) for cell in row)} |" for row in table.rows)


def _said(facts: CardFacts, section: str) -> tuple[str, ...]:
    answers = (facts.said.get(question.name, "") for question in QUESTIONS if question.section == section)
    return tuple(answer.strip() for answer in answers if answer.strip())


def _introduce(facts: CardFacts) -> str:
    counts, schemes = facts.manifest["counts"], facts.manifest["schemes"]
    named = " and ".join(f"{plain(scheme['name'])} version {scheme['version']}" for scheme in schemes)
    return (
        f"{count_things(counts['articles'], 'article')} with {count_things(counts['spans'], 'span')} and "
        f"{count_things(counts['relations'], 'relation')}, "
        f"annotated by the scheme {named}. Release {facts.manifest['number']} of {plain(facts.manifest['project'])}, "
        f"version {describe_version(facts.manifest)}, frozen on {facts.frozen}."
    )


def _say_since(facts: CardFacts) -> Iterator[str]:
    if facts.withdrawn:
        yield f"This release was withdrawn and is handed out no more: {plain(facts.withdrawn)}"
    for article, reason in facts.excluded[:MAX_EXCLUDED]:
        yield f"Article {article} was excluded later: {plain(reason)}"
    if others := facts.excluded[MAX_EXCLUDED:]:
        yield f"{count_things(len(others), 'other article was', 'other articles were')} excluded, too."


def _list_numbers(manifest: Mapping[str, Any]) -> Iterator[CardTable]:
    counts = manifest["counts"]
    names = ("articles", "spans", "relations", "annotations", "decisions")
    yield CardTable(("what", "number"), tuple((name, f"{counts[name]:,}") for name in names))
    labels = sorted(counts["spans_by_label"].items(), key=lambda entry: (-entry[1], entry[0]))
    if labels:
        yield CardTable(("label", "spans"), tuple((label, f"{number:,}") for label, number in labels))


def _say_who(manifest: Mapping[str, Any]) -> Iterator[str]:
    counts = manifest["counts"]
    people = manifest.get("people")
    whose = f" of {count_things(people['annotators'], 'annotator')}" if people else ""
    yield (
        f"{count_things(counts['annotations'], 'annotation')}{whose} went into the gold, "
        f"{counts['annotations'] / counts['articles']:.1f} an article. Annotators did not see each other's work, and go by "
        "letters that are the same in all articles."
    )


def _say_agreement(manifest: Mapping[str, Any]) -> Iterator[str]:
    if "agreement" in manifest:
        yield "As it was when the release was frozen, with intervals of 95 % that come of drawing articles again."
    else:
        yield "No two annotators did the same article, or no figure was kept when the release was frozen."


def _list_agreement(manifest: Mapping[str, Any]) -> Iterator[CardTable]:
    rows = []
    for metric, figure in sorted(manifest.get("agreement", {}).items()):
        rows.append((METRICS_IN_WORDS.get(metric, metric), "all", *_say_figure(figure)))
        rows += [("", label, *_say_figure(one)) for label, one in sorted(figure["by_label"].items())]
    if rows:
        yield CardTable(("metric", "label", "value", "interval", "articles"), tuple(rows))


def _say_figure(figure: Mapping[str, Any]) -> tuple[str, str, str]:
    interval = (
        "" if figure["low"] is None else f"{write_decimal(figure['low'])} to {write_decimal(figure['high'])}"
    )
    return write_decimal(figure["value"]), interval, f"{figure['documents']:,}"


def _say_adjudication(manifest: Mapping[str, Any]) -> Iterator[str]:
    counts = manifest["counts"]
    for status, number in sorted(counts["by_status"].items()):
        yield f"{count_things(number, 'article')}: {STATUSES_IN_WORDS.get(status, plain(status))}."
    yield f"Adjudicators made {count_things(counts['decisions'], 'decision')}; all of them stand in a ledger."
    if counts["unreviewed"]:
        waiting = count_things(counts["unreviewed"], "article was", "articles were")
        yield f"{waiting} sampled for a review that has not been made."


def _list_origins(manifest: Mapping[str, Any]) -> Iterator[CardTable]:
    """How the spans of each label and the links of each kind came about, as numbers and as the share that an adjudicator decided."""
    for name, head in (("spans", "label"), ("relations", "link")):
        by_kind = manifest["counts"].get("by_origin", {}).get(name, {})
        ways = [origin for origin in Origin if any(origin in numbers for numbers in by_kind.values())]
        rows = []
        for kind, numbers in sorted(by_kind.items()):
            decided = numbers.get(Origin.ADJUDICATED, 0) / sum(numbers.values())
            rows.append((kind, *(f"{numbers.get(way, 0):,}" for way in ways), f"{round(100 * decided)} %"))
        if rows:
            yield CardTable((head, *(way.words for way in ways), "share adjudicated"), tuple(rows))


def _say_parts(manifest: Mapping[str, Any]) -> Iterator[str]:
    splits = manifest.get("splits")
    if not splits:
        return
    plan = splits["plan"]
    kept = ["copies of an article stay together"] if plan["keeps_copies"] else []
    kept += [f"so do articles of one {plain(plan['group_by'])}"] if plan["group_by"] else []
    kept += [f"parts follow {plain(plan['time'])}"] if plan["time"] else []
    yield f"Divided with the seed {plan['seed']}{': ' if kept else ''}{', '.join(kept)}. An article keeps its part in later releases that have a part of that name."
    if moved := splits.get("moved"):
        yield f"{count_things(moved, 'article was', 'articles were')} in a part of another name in an earlier release: what was trained on it must not be scored on this one."
    near = count_near(splits["leakage"])
    sharing = count_things(near, "article shares", "articles share")
    yield f"{sharing} half or more of the text with an article of another part."


def _list_parts(manifest: Mapping[str, Any]) -> Iterator[CardTable]:
    splits = manifest.get("splits")
    if not splits:
        return
    sides = splits["sides"]
    labels = sorted({label for side in sides.values() for label in side["spans_by_label"]})
    names = [part["name"] for part in splits["plan"]["parts"] if part["name"] in sides]
    yield CardTable(
        ("part", "articles", *labels),
        tuple(
            (
                name,
                f"{sides[name]['articles']:,}",
                *(f"{sides[name]['spans_by_label'].get(label, 0):,}" for label in labels),
            )
            for name in names
        ),
    )


def _say_gaps(manifest: Mapping[str, Any]) -> Iterator[str]:
    for reason, articles in sorted(manifest["left_out"].items()):
        yield f"{count_things(len(articles), 'article of the project is', 'articles of the project are')} not in it: {reason}."
    if obstacles := manifest.get("obstacles"):
        reason = (
            f" The exception that was made: {plain(obstacles['exception']).rstrip('.')}."
            if "exception" in obstacles
            else ""
        )
        yield f"When it was frozen, this was open: {describe_obstacles(obstacles)}.{reason}"
    if tombstones := manifest.get("tombstones"):
        yield (
            f"{count_things(len(tombstones), 'article of earlier releases was', 'articles of earlier releases were')} taken out: "
            + "; ".join(f"{one['article']} ({plain(one['reason'])})" for one in tombstones)
        )
    if unmet := manifest["counts"].get("against_rules"):
        yield f"The gold of {count_things(unmet, 'article')} breaks a rule of the scheme, for a reason that stands in the ledger."


def _list_codes(facts: CardFacts) -> Iterator[CardCode]:
    names = {
        known: name_file(facts.slug, facts.manifest["number"], known) for known in (JSONL, PARQUET, DOCBIN)
    }
    folder = name_folder(facts.slug, facts.manifest["number"])
    yield CardCode(
        "Python, without any library",
        f'import json\n\nwith open("{names[JSONL]}", encoding="utf-8", newline="\\n") as file:\n'
        "    articles = [json.loads(line) for line in file]",
    )
    yield CardCode(
        "pandas",
        f'import pandas as pd\n\nspans = pd.read_parquet("{names[PARQUET]}").explode("spans")["spans"].dropna().apply(pd.Series)',
    )
    yield CardCode(
        "Hugging Face datasets, from the folder",
        f'from datasets import load_dataset\n\ndataset = load_dataset("{folder}")',
    )
    yield CardCode(
        "spaCy",
        f'import spacy\nfrom spacy.tokens import DocBin\n\ndocs = DocBin().from_disk("{names[DOCBIN]}").get_docs(spacy.blank("xx").vocab)',
    )
    yield CardCode(
        "DuckDB, in SQL",
        f"import duckdb\n\nlabels = duckdb.sql(\"FROM '{names[PARQUET]}' SELECT document, unnest(spans).label AS label\")",
    )


def _cite(facts: CardFacts) -> str:
    return (
        f"{plain(facts.manifest['title'])}, release {facts.manifest['number']}, version {describe_version(facts.manifest)}, "
        f"{facts.frozen[:4]}. SHA-256 of the manifest: {facts.sha256}."
    )
