"""Files of annotations into a project: all of them or none, each article and each annotation once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from django.db import transaction

from annotations.corpus.annotated.destinations import GOLD, Destination, choose_annotators, open_destination
from annotations.corpus.annotated.report import AnnotatedReport
from annotations.corpus.annotated.writing import Contribution, count_parts
from annotations.corpus.preparing import PreparedArticle, prepare
from annotations.corpus.staging import drop_import, open_import, prolong, publish, stage
from annotations.formats.canonical import NotCanonicalError
from annotations.formats.documents import Document, Judgement
from annotations.formats.errors import Notice, Refusal, RefusedError
from annotations.formats.ports import ReadingOptions, TextOptions
from annotations.formats.sources import Source, read_source
from annotations.formats.texts.articles import ask_about_length, check_article
from annotations.limits import MAX_ROWS
from annotations.mapping.definition import MarkupMapping
from annotations.mapping.found import Found, name_document
from annotations.mapping.review import Undecided, find_undecided
from annotations.mapping.translation import TooMuchMarkedError, Translator
from annotations.markup import Problem
from annotations.models import Article, ArticleImport, ImportedAs, Project, User
from annotations.models.inserting import writing_much
from annotations.projects.archived import check_live
from annotations.schemes.problems import Code

MAX_TEXTS_AT_ONCE = 100
MAX_SPANS_AT_ONCE = 4_000
MAX_CHARACTERS_AT_ONCE = 2 * 1024 * 1024


class UndecidedError(ValueError):
    """The mapping does not say what becomes of everything that was found."""

    def __init__(self, undecided: Sequence[Undecided]) -> None:
        super().__init__("\n".join(map(str, undecided)))
        self.undecided = tuple(undecided)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatedOptions:
    """What a person says of files of annotations beside the mapping."""

    imported_as: ImportedAs = ImportedAs.ANNOTATIONS
    round_name: str = ""
    is_atomic: bool = True
    """Whether nothing comes in where something does not fit."""
    takes_long_texts: bool = False
    models: frozenset[str] = frozenset()
    """Models whose predictions in the files are read as what these annotators marked."""

    @property
    def reading(self) -> ReadingOptions:
        """What the readers have to know."""
        return ReadingOptions(self.models, wants_predictions=self.imported_as == ImportedAs.PREDICTIONS)


def import_annotations(
    project: Project,
    sources: Sequence[Source],
    *,
    found: Found,
    mapping: MarkupMapping,
    by: User | None,
    options: AnnotatedOptions = AnnotatedOptions(),
    advance: Callable[[int], object] = lambda _: None,
) -> AnnotatedReport:
    """Bring the texts of files and their annotations into a project; what was `found` in them is known already.

    Everything appears at once, at the end; an import that is cut off leaves nothing. What is there already stays as it is, so
    the same files again change nothing.
    """
    check_live(project)
    report = AnnotatedReport()
    under_way = open_import(project)
    try:
        work = AnnotatedWork.begin(
            under_way, found=found, mapping=mapping, options=options, report=report, by=by
        )
        work.stage(read_sourced(sources, found, options.reading), advance=advance)
        if report.has_new and not (options.is_atomic and report.problem_count):
            work.publish()
    finally:
        if under_way.published_at is None:
            drop_import(under_way)
    return report


@dataclass(frozen=True, slots=True)
class SourcedDocument:
    """A document of a file, whose annotators go by the names that they have among all files."""

    where: str
    document: Document


def read_sourced(
    sources: Sequence[Source], found: Found, options: ReadingOptions
) -> Iterator[SourcedDocument]:
    """Read the documents of files a second time, with their annotators called as the first reading found that they are."""
    called = iter(found.called)
    for source in sources:
        for part in read_source(source, options):
            names = next(called, {})
            for document in part.documents:
                judgements = document.judgements
                if names:
                    judgements = {names.get(name, name): one for name, one in judgements.items()}
                yield SourcedDocument(part.where, replace(document, judgements=judgements))


@dataclass(slots=True)
class _Item:
    """A document that can become an article, with what was said of it."""

    prepared: PreparedArticle
    said: list[tuple[str, Contribution]] = field(default_factory=list)

    @property
    def spans(self) -> int:
        return sum(len(one.translation.markup.spans) for _, one in self.said)


@dataclass(slots=True)
class AnnotatedWork:
    """An import of annotations under way: read, translated and written chunk by chunk where nobody sees it."""

    under_way: ArticleImport
    destination: Destination
    translator: Translator
    options: AnnotatedOptions
    report: AnnotatedReport
    by: User | None

    @classmethod
    def begin(
        cls,
        under_way: ArticleImport,
        *,
        found: Found,
        mapping: MarkupMapping,
        options: AnnotatedOptions,
        report: AnnotatedReport,
        by: User | None,
    ) -> "AnnotatedWork":
        """Begin to write the annotations of an import; refused until everything that was found has its place."""
        scheme = under_way.project.scheme.definition
        imported_as = options.imported_as
        mapping = choose_annotators(mapping, found, imported_as)
        undecided = [
            one
            for one in find_undecided(found, mapping, scheme)
            if imported_as == ImportedAs.ANNOTATIONS or not one.what.startswith("the annotator")
        ]
        if undecided:
            raise UndecidedError(undecided)
        if found.gold.count and not found.annotators and imported_as != ImportedAs.GOLD:
            raise RefusedError("the files hold gold, and nothing that an annotator marked: import it as gold")
        destination = open_destination(
            under_way, mapping, imported_as=imported_as, name=options.round_name, by=by
        )
        return cls(under_way, destination, Translator(mapping, scheme), options, report, by)

    def stage(
        self,
        documents: Iterable[SourcedDocument],
        *,
        advance: Callable[[int], object] = lambda _: None,
        sign_of_life: Callable[[], object] = lambda: None,
    ) -> None:
        """Write all documents and what was said of them; `sign_of_life` is called in the transaction of each chunk."""
        with writing_much():
            self._stage(documents, advance=advance, sign_of_life=sign_of_life)

    def _stage(
        self,
        documents: Iterable[SourcedDocument],
        *,
        advance: Callable[[int], object],
        sign_of_life: Callable[[], object],
    ) -> None:
        chunk: list[_Item] = []
        spans = size = 0
        for number, sourced in enumerate(documents, start=1):
            if number > MAX_ROWS:
                self.report.refuse(
                    Refusal(
                        sourced.where,
                        f"an import takes {MAX_ROWS:,} documents at most: import the rest separately",
                    )
                )
                break
            item = self._read(sourced)
            advance(len(sourced.document.text or ""))
            if item is None:
                continue
            chunk.append(item)
            spans += item.spans
            size += len(item.prepared.text)
            if (
                len(chunk) >= MAX_TEXTS_AT_ONCE
                or spans >= MAX_SPANS_AT_ONCE
                or size >= MAX_CHARACTERS_AT_ONCE
            ):
                self._write(chunk, sign_of_life)
                chunk, spans, size = [], 0, 0
        if chunk:
            self._write(chunk, sign_of_life)

    def publish(self) -> None:
        """Show everything at once."""
        publish(self.under_way, by=self.by)
        self.report.is_published = True
        self.report.article_import = self.under_way.pk
        self.report.round_number = self.destination.find_round()

    def _read(self, sourced: SourcedDocument) -> _Item | None:
        """A document as an article with what was said of it, whatever of it does not fit named in the report."""
        document, report = sourced.document, self.report
        report.documents += not document.is_part
        for reason, number in document.left_out.items():
            report.left_out[reason] += number
        place = f"{sourced.where}, {name_document(document)}"
        text = document.text
        if text is None:
            report.refuse(
                Refusal(place, "it has no text, so nothing can be shown of it: give a file with its texts")
            )
            return None
        ready = replace(
            document,
            place=place,
            id=document.external_id or document.id,
            original=document.original or text.encode(errors="surrogatepass"),
        )
        try:
            check_article(ready)
            ask_about_length(ready, TextOptions(takes_long_texts=self.options.takes_long_texts))
            item = _Item(prepare(ready))
        except RefusedError as error:
            report.refuse(Refusal.of(place, error))
            return None
        if not document.judgements and document.gold is None:
            report.without_judgement += 1
        for name, judgement in self._choose_judgements(document, place):
            if name in self.destination.by_name:
                where = judgement.place or place
                is_whole = where.startswith((sourced.where, place))
                self._translate(item, name, judgement, where if is_whole else f"{sourced.where}, {where}")
            else:
                report.left_out[f"documents annotated by {name!r}"] += 1
        return item

    def _choose_judgements(self, document: Document, place: str) -> Iterator[tuple[str, Judgement]]:
        if self.options.imported_as != ImportedAs.GOLD:
            if document.gold is not None:
                self.report.left_out["gold of documents, since annotations are imported"] += 1
            yield from document.judgements.items()
        elif document.gold is not None:
            yield GOLD, Judgement(document.gold)
        elif len(document.judgements) == 1:
            yield GOLD, next(iter(document.judgements.values()))
        elif document.judgements:
            self.report.refuse(
                Refusal(
                    place,
                    f"{len(document.judgements)} annotators marked it, and gold is one: import it as annotations",
                )
            )

    def _translate(self, item: _Item, name: str, judgement: Judgement, place: str) -> None:
        text, person = item.prepared.text, self.destination.by_name[name]
        by = "" if name == GOLD else f" by {name!r}"
        try:
            translation = self.translator.translate(text, judgement)
            said = Contribution.of(person, translation, text)
        except (TooMuchMarkedError, NotCanonicalError) as error:
            self.report.note_misfits(
                f"{place}{by}", [Problem(Code.MALFORMED, f"The whole annotation: {error}.")]
            )
            return
        self.report.note_misfits(f"{place}{by}", translation.misfits)
        self.report.note_unmet(f"{place}{by}", self.translator.find_unmet(text, translation))
        for what, number in translation.left_out.items():
            self.report.left_out[what] += number
        item.said.append((name, said))

    def _write(self, chunk: Sequence[_Item], sign_of_life: Callable[[], object]) -> None:
        """Write a chunk, unless nothing is to come in because of what does not fit."""
        if self.options.is_atomic and self.report.problem_count:
            return
        known = self._find_articles(chunk)
        new = {
            item.prepared.text_sha256: item.prepared
            for item in chunk
            if item.prepared.text_sha256 not in known
        }
        with transaction.atomic():
            sign_of_life()
            prolong(self.under_way)
            known |= zip(new, stage(self.under_way, list(new.values()), by=self.by), strict=True)
            self.report.new_articles += len(new)
            self.report.characters += sum(len(item.text) for item in new.values())
            self.report.known_articles += len(chunk) - len(new)
            said = self._choose_new(chunk, known)
            self.destination.write(said)
        for contributions in said.values():
            self.report.new_annotations += len(contributions)
            for what, number in count_parts(contributions):
                self.report.parts[what] += number

    def _find_articles(self, chunk: Sequence[_Item]) -> dict[str, int | None]:
        """The articles that the project has of these texts; those that are excluded get nothing, which is said.

        They are put in order here: asked for in order, the database would read all articles of the project in theirs.
        """
        texts = [item.prepared.text_sha256 for item in chunk]
        articles = Article.staged.filter(project=self.under_way.project_id, text_sha256__in=texts)
        rows = articles.order_by().values_list("pk", "text_sha256", "excluded_at", "title")
        known: dict[str, int | None] = {}
        for article, sha256, excluded_at, title in sorted(rows):
            known[sha256] = article if excluded_at is None else None
            if excluded_at is not None:
                self.report.notices.append(
                    Notice(f"article {article} ({title})", "it is excluded, so its annotations are left out")
                )
        return known

    def _choose_new(
        self, chunk: Sequence[_Item], articles: dict[str, int | None]
    ) -> dict[int, list[Contribution]]:
        """What nobody said before, by article."""
        ids = [article for article in articles.values() if article is not None]
        there = self.destination.find_known(ids)
        chosen: dict[int, list[Contribution]] = {}
        here = set(there.here)
        said_here = set(there.said)
        for item in chunk:
            article = articles[item.prepared.text_sha256]
            if article is None:
                continue
            for name, one in item.said:
                if (article, one.person, one.sha256) in said_here:
                    self.report.known_annotations += 1
                elif (article, one.person) in here:
                    self.report.note_misfits(
                        item.prepared.document.place,
                        [Problem(Code.REPEATED_ANSWER, f"{name!r} judged this text twice, and differently.")],
                    )
                else:
                    here.add((article, one.person))
                    said_here.add((article, one.person, one.sha256))
                    chosen.setdefault(article, []).append(one)
                    self.report.by_annotator[name] += 1
        return chosen
