"""What a manager sees of an import before it is published: sections, each with a template and whatever that shows.

A new section is a function that makes one, or None where it has nothing to show, and its line in `SECTIONS`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from annotations.corpus.choices import ImportChoices
from annotations.corpus.findings import read_refusals
from annotations.formats.errors import Refusal, Remedy
from annotations.formats.registry import OF_TEXTS
from annotations.likeness.differences import compare_texts
from annotations.likeness.resemblance import CopyKind
from annotations.limits import MAX_NAMED_COPIES
from annotations.models import Article, ArticleImport, Block
from annotations.web.articles.duplicates import KINDS
from annotations.web.articles.layout import ShownBlock, lay_out_article
from annotations.web.articles.mapping import describe_mapping

FOLDER = "annotations/articles/import"
MAX_SHOWN = 100
MAX_SAMPLES = 3
MAX_SAMPLE_LENGTH = 2_000
FROM_COLUMN = {"text": "text_column", "title": "title_column", "id": "id_column"}
"""What a column can be used as beside metadata, by the choice that says so."""
WAYS = {Remedy.FORMAT: "choose it under “How the files are read”"}


@dataclass(frozen=True, slots=True)
class ReadImport:
    """An import that was read, and what was found and chosen."""

    made: ArticleImport
    report: Mapping[str, Any]
    choices: ImportChoices
    refusals: Sequence[Refusal]

    @classmethod
    def of(cls, made: ArticleImport) -> "ReadImport":
        """An import with its report opened."""
        report: Mapping[str, Any] = made.report or {}
        return cls(made, report, ImportChoices.from_json(made.choices), read_refusals(report))

    @property
    def n_asked(self) -> int:
        """How many of the refusals are questions that the page asks."""
        return sum(is_asked(bad) for bad in self.refusals)


def is_asked(bad: Refusal) -> bool:
    """Whether the preview can ask a question whose answer makes a refused file readable, such as its encoding."""
    if bad.remedy == Remedy.ENCODING:
        return bool(bad.samples)
    return bad.remedy == Remedy.LONG_TEXTS or (bad.remedy == Remedy.TEXT_COLUMN and bool(bad.choices))


@dataclass(frozen=True, slots=True)
class PreviewSection:
    """A part of the page: its template, and what that gets as `section`."""

    template: str
    content: Mapping[str, Any]


def show_annotations(seen: ReadImport) -> PreviewSection | None:
    """What was annotated elsewhere, and what becomes of each thing that was found."""
    annotated = seen.report.get("annotated")
    if not annotated:
        return None
    return PreviewSection(
        f"{FOLDER}/_annotations.html", describe_mapping(seen.made.project, annotated, seen.choices)
    )


def show_encodings(seen: ReadImport) -> PreviewSection | None:
    """Files that can be read in several encodings, with what each says, and those that somebody decided."""
    asked = [
        {
            "name": bad.place.removesuffix(":1"),
            "readings": list(zip(bad.choices, bad.samples, strict=True)),
        }
        for bad in seen.refusals
        if bad.remedy == Remedy.ENCODING and bad.samples
    ]
    decided = sorted(seen.choices.encodings.items())
    if not asked and not decided:
        return None
    return PreviewSection(
        f"{FOLDER}/_encodings.html",
        {"asked": asked[:MAX_SHOWN], "decided": decided[:MAX_SHOWN], "more": max(0, len(asked) - MAX_SHOWN)},
    )


def show_text_column(seen: ReadImport) -> PreviewSection | None:
    """The columns that could hold the text, each with what a row has there, where a table has none that is called so."""
    found = [bad for bad in seen.refusals if bad.remedy == Remedy.TEXT_COLUMN and bad.choices]
    names: dict[str, str] = {}
    for bad in found:
        for name, example in zip_longest(bad.choices, bad.samples[: len(bad.choices)], fillvalue=""):
            names[name] = names.get(name) or example
    places = dict.fromkeys(bad.place for bad in found)
    if not names:
        return None
    return PreviewSection(
        f"{FOLDER}/_text_column.html",
        {
            "names": list(names.items())[:MAX_SHOWN],
            "places": list(places)[:3],
            "more": max(0, len(places) - 3),
        },
    )


def show_long_texts(seen: ReadImport) -> PreviewSection | None:
    """Texts so long that somebody has to say that each is one article."""
    found = [bad for bad in seen.refusals if bad.remedy == Remedy.LONG_TEXTS]
    if not found and not seen.choices.takes_long_texts:
        return None
    return PreviewSection(
        f"{FOLDER}/_long_texts.html",
        {"places": [bad.place for bad in found[:MAX_SHOWN]], "is_chosen": seen.choices.takes_long_texts},
    )


def show_problems(seen: ReadImport) -> PreviewSection | None:
    """What is refused and has to be mended in the files, or said under how they are read."""
    found = [bad for bad in seen.refusals if not is_asked(bad)]
    return _name_problems([(bad.place, bad.explain(WAYS)) for bad in found], count=len(found))


def show_refused(seen: ReadImport) -> PreviewSection | None:
    """Everything that a published import was published without because it was refused."""
    return _name_problems(
        [(bad.place, bad.message) for bad in seen.refusals], count=seen.report["counts"]["refused"]
    )


def _name_problems(found: Sequence[tuple[str, str]], *, count: int) -> PreviewSection | None:
    if not found:
        return None
    shown = found[:MAX_SHOWN]
    return PreviewSection(f"{FOLDER}/_problems.html", {"shown": shown, "more": count - len(shown)})


def show_columns(seen: ReadImport) -> PreviewSection | None:
    """What stands beside the texts, to be kept, used as title or id, or left out."""
    used = {getattr(seen.choices, choice): use for use, choice in FROM_COLUMN.items()}
    found = {column["name"]: column for column in seen.report["columns"]}
    for name in [*filter(None, used), *seen.choices.left_out]:
        found.setdefault(name, {"name": name, "rows": None, "example": ""})
    rows = [
        {**column, "use": used.get(name) or ("leave" if name in seen.choices.left_out else "keep")}
        for name, column in found.items()
    ]
    if not rows:
        return None
    return PreviewSection(
        f"{FOLDER}/_columns.html", {"rows": rows[:MAX_SHOWN], "more": max(0, len(rows) - MAX_SHOWN)}
    )


def show_sample(seen: ReadImport) -> PreviewSection | None:
    """The first articles and the last, with their blocks drawn."""
    articles = Article.staged.filter(imported_in=seen.made).only(
        "title", "text", "source", "length", "external_id"
    )
    first = list(articles.order_by("pk")[: MAX_SAMPLES - 1])
    last = [article for article in articles.order_by("-pk")[:1] if article not in first]
    chosen = [*first, *last]
    blocks: dict[int, list[Block]] = {article.pk: [] for article in chosen}
    for block in Block.objects.filter(article__in=chosen, start__lt=MAX_SAMPLE_LENGTH).order_by("ordinal"):
        blocks[block.article_id].append(block)
    if not chosen:
        return None
    shown = [(article, _draw(article, blocks[article.pk])) for article in chosen]
    count = seen.report["counts"]["articles"]
    return PreviewSection(
        f"{FOLDER}/_sample.html", {"articles": shown, "count": count, "more": count > len(shown)}
    )


def _draw(article: Article, blocks: Iterable[Block]) -> list[ShownBlock]:
    text = article.text[:MAX_SAMPLE_LENGTH]
    shown = lay_out_article(text, [block for block in blocks if block.end <= len(text)])
    return [*shown, ShownBlock("", "…")] if article.length > len(text) else shown


def show_notices(seen: ReadImport) -> PreviewSection | None:
    """The section of an import's page with its warnings and notices: what somebody should look at, though it keeps no article out; None without any."""
    counted = [*seen.report["warnings"], *seen.report["notices"]]
    if not counted:
        return None
    shown = [(notice["place"], notice["message"]) for notice in counted[:MAX_SHOWN]]
    return PreviewSection(f"{FOLDER}/_notices.html", {"shown": shown, "more": len(counted) - len(shown)})


def show_known(seen: ReadImport) -> PreviewSection | None:
    """Texts that the project has already."""
    known = seen.report["already_there"]
    if not known:
        return None
    count = seen.report["counts"]["already_there"]
    return PreviewSection(
        f"{FOLDER}/_already_there.html",
        {"shown": known[:MAX_SHOWN], "count": count, "more": count - min(len(known), MAX_SHOWN)},
    )


def show_copies(seen: ReadImport) -> PreviewSection | None:
    """Articles that are copies of others, of this import or of the project, and what differs between the first of them."""
    copies = seen.report.get("copies", ())
    if not copies:
        return None
    ids = {number for copy in copies[:MAX_SAMPLES] for number in (copy["id"], copy["of_id"])}
    texts = dict(Article.staged.filter(project=seen.made.project_id, pk__in=ids).values_list("pk", "text"))
    shown = []
    for copy in copies[:MAX_SHOWN]:
        one, other = texts.get(copy["of_id"]), texts.get(copy["id"])
        difference = compare_texts(one, other).fold() if one and other else None
        shown.append({**copy, "way": KINDS[CopyKind(copy["kind"])], "difference": difference})
    return PreviewSection(
        f"{FOLDER}/_copies.html", {"shown": shown, "are_all": len(copies) < MAX_NAMED_COPIES}
    )


def show_files(seen: ReadImport) -> PreviewSection | None:
    """What each of the files gave, and how files are read that do not say it themselves."""
    files = seen.report["files"]
    return PreviewSection(
        f"{FOLDER}/_files.html",
        {
            "files": files[:MAX_SHOWN],
            "count": seen.report["counts"]["files"],
            "more": max(0, seen.report["counts"]["files"] - MAX_SHOWN),
            "formats": [(known.name, known.title) for known in OF_TEXTS],
            "source": seen.choices.source,
            "encoding": seen.choices.encoding,
            "text_column": seen.choices.text_column,
            "is_open": any(bad.remedy == Remedy.FORMAT for bad in seen.refusals),
        },
    )


SECTIONS: tuple[Callable[[ReadImport], PreviewSection | None], ...] = (
    show_annotations,
    show_encodings,
    show_text_column,
    show_long_texts,
    show_problems,
    show_sample,
    show_copies,
    show_columns,
    show_notices,
    show_known,
    show_files,
)
"""From top to bottom: what has to be decided, what is wrong, what would be published, and what else there is to know."""

OF_PUBLISHED: tuple[Callable[[ReadImport], PreviewSection | None], ...] = (
    show_refused,
    show_notices,
    show_known,
)
"""What there is still to know of an import once it is published: what did not come in, and why."""


def list_sections(seen: ReadImport) -> list[PreviewSection]:
    """The sections of the page of an import, without those that have nothing to show."""
    sections = OF_PUBLISHED if seen.made.published_at else SECTIONS
    return [section for show in sections if (section := show(seen))]
