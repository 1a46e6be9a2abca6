"""Imports from their first file to the day when somebody undoes them."""

from base64 import b64decode
from binascii import Error as NoBase64Error
from collections.abc import Mapping
from http import HTTPStatus
from io import BytesIO
from typing import IO, Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.access import MANAGERS, require_project, user_of
from annotations.api.choices import NamedChoiceField
from annotations.api.filters import NOT_BLANK
from annotations.api.pagination import LatestFirst
from annotations.api.parsers import StrictJSONParser
from annotations.api.v1.serializers.articles import ArticleImportSerializer
from annotations.api.v1.writes import StrictSerializer, id_field
from annotations.api.views import ProjectRowsView, read_parameters
from annotations.assignment.excluding import count_articles, undo_import
from annotations.corpus.choices import TEXTS, ImportChoices
from annotations.corpus.imports import ask_to_read, drop, find_job, publish_import, start_import
from annotations.corpus.uploads import add_files, keep_whole, receive_part
from annotations.formats.registry import OF_TEXTS
from annotations.limits import (
    MAX_COLUMN_NAME_LENGTH,
    MAX_COLUMNS,
    MAX_FILE_NAME_LENGTH,
    MAX_IMPORT_FILE_BYTES,
    MAX_IMPORT_PART_BYTES,
    MAX_NAME_LENGTH,
    MAX_ROUND_NAME_LENGTH,
)
from annotations.mapping.definition import InvalidMappingError, read_mapping
from annotations.models import Article, ArticleImport, Block, ImportedAs, ImportFile, ImportStatus

MAX_SMALL_FILES = 100
MAX_SAMPLES = 3
BASE64 = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
MAX_BASE64 = 4 * ((MAX_IMPORT_PART_BYTES + 2) // 3)


class PartParser(BaseParser):
    """The bytes of a part of a file, as they come."""

    media_type = "application/octet-stream"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,  # noqa: ARG002 - theirs
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002 - theirs
    ) -> Any:
        return stream.read(MAX_IMPORT_PART_BYTES + 1)


class NewImportSerializer(StrictSerializer):
    """An import to be begun."""

    project = id_field()


@extend_schema_field(
    {"type": "string", "minLength": 1, "maxLength": MAX_FILE_NAME_LENGTH, "pattern": NOT_BLANK}
)
class FileNameField(serializers.CharField):
    """The name of a file, with the folders that it lies in, and slashes."""


@extend_schema_field(
    {"type": "string", "contentEncoding": "base64", "maxLength": MAX_BASE64, "pattern": BASE64}
)
class BytesField(serializers.CharField):
    """Bytes, written in base64."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return b64decode(super().to_internal_value(data), validate=True)
        except (NoBase64Error, ValueError) as error:
            raise ValidationError("This is not base64.") from error


class SmallFileSerializer(StrictSerializer):
    """A small file as a whole."""

    name = FileNameField(max_length=MAX_FILE_NAME_LENGTH)
    content = BytesField(max_length=MAX_BASE64, allow_blank=True, trim_whitespace=False)


class SmallFilesSerializer(StrictSerializer):
    """Small files that come together."""

    files = serializers.ListField(child=SmallFileSerializer(), min_length=1, max_length=MAX_SMALL_FILES)


class PartParameters(serializers.Serializer[Any]):
    """The name and size of a file, and the place in it where the body of a request begins."""

    name = FileNameField(max_length=MAX_FILE_NAME_LENGTH)
    size = serializers.IntegerField(
        min_value=0, max_value=MAX_IMPORT_FILE_BYTES, help_text="Bytes of the whole file."
    )
    offset = serializers.IntegerField(
        min_value=0, max_value=MAX_IMPORT_FILE_BYTES, help_text="Bytes that come before the body."
    )


class ImportFileSerializer(serializers.ModelSerializer[ImportFile]):
    """A file of an import, and how much of it has come."""

    class Meta:
        model = ImportFile
        fields = ("name", "size", "received")
        read_only_fields = fields


def said_field(most: int, **options: Any) -> serializers.CharField:
    """Words that somebody chooses, as they are; none say nothing."""
    return serializers.CharField(max_length=most, allow_blank=True, trim_whitespace=False, **options)


class ImportChoicesSerializer(StrictSerializer):
    """How the files of an import are to be read; what is left out is found by the readers."""

    format = serializers.ChoiceField(
        [known.name for known in OF_TEXTS],
        required=False,
        help_text="Of files whose suffix does not tell it.",
    )
    encoding = said_field(MAX_NAME_LENGTH, required=False)
    encodings = serializers.DictField(
        child=said_field(MAX_NAME_LENGTH), required=False, help_text="By names of files."
    )
    text_column = said_field(MAX_COLUMN_NAME_LENGTH, required=False)
    title_column = said_field(MAX_COLUMN_NAME_LENGTH, required=False)
    id_column = said_field(MAX_COLUMN_NAME_LENGTH, required=False)
    left_out = serializers.ListField(
        child=said_field(MAX_COLUMN_NAME_LENGTH),
        max_length=MAX_COLUMNS,
        required=False,
        help_text="Columns that are not kept.",
    )
    takes_long_texts = serializers.BooleanField(required=False)
    read_as = NamedChoiceField(
        [*ImportedAs.choices, (TEXTS, "only the texts")],
        required=False,
        help_text="What annotations in the files become.",
    )
    mapping = serializers.DictField(
        required=False,
        help_text="What becomes of what is found in files of annotations, as the documentation says of its TOML; the report of "
        "the preview has one to begin with.",
    )
    round_name = serializers.CharField(
        max_length=MAX_ROUND_NAME_LENGTH,
        required=False,
        help_text="What the round of the annotations is called.",
    )

    def validate_mapping(self, value: Any) -> Any:
        try:
            read_mapping(value)
        except InvalidMappingError as error:
            raise ValidationError(str(error)) from error
        return value


class PublishSerializer(StrictSerializer):
    """What is to be published."""

    without_refused = serializers.BooleanField(
        default=False, help_text="Publish the rest where parts of the files were refused."
    )


class PublishedSerializer(serializers.Serializer[Any]):
    """How many articles an import brought."""

    articles = serializers.IntegerField()


class ImportViewSet(ProjectRowsView[ArticleImport], viewsets.ReadOnlyModelViewSet[ArticleImport]):
    """The imports of articles: begun, filled with files, read by a job, looked at, published or dropped, and undone.

    Nobody sees anything of an import before it is published. It can be undone while nobody has annotated anything of it.
    """

    queryset = count_articles(ArticleImport.objects.all())
    serializer_class = ArticleImportSerializer
    pagination_class = LatestFirst
    readers = MANAGERS

    def get_parsers(self) -> list[BaseParser]:
        """A part of a file comes as its bytes, and all else as JSON."""
        name = getattr(self, "action", None) or self.action_map.get((self.request.method or "").lower())
        return [PartParser() if name == "add_part" else StrictJSONParser()]

    @extend_schema(request=NewImportSerializer, responses={201: ArticleImportSerializer})
    def create(self, request: Request) -> Response:
        """Begin an import into a project."""
        wanted = self.read_body(NewImportSerializer)
        project = require_project(request, str(wanted["project"]), *MANAGERS)
        made = start_import(project, by=user_of(request))
        return Response(self._describe(made), status=HTTPStatus.CREATED)

    def _describe(self, made: ArticleImport) -> Any:
        return self.get_serializer(self.get_queryset().get(pk=made.pk)).data

    def _find(self) -> ArticleImport:
        """An import of a project that the caller manages, to be changed."""
        made: ArticleImport = self.get_object()
        self.require_manager(made.project_id)
        return made

    def destroy(self, request: Request, pk: str) -> Response:  # noqa: ARG002 - read by get_object
        """Drop an import that is not published; of one that is, take the articles away with the tasks that were planned of them."""
        made = self._find()
        if made.status == ImportStatus.PUBLISHED:
            undo_import(made, by=user_of(request))
        else:
            drop(made, by=user_of(request))
        return Response(status=HTTPStatus.NO_CONTENT)

    @extend_schema(responses={200: ImportFileSerializer(many=True)})
    @action(detail=True, methods=["get"], pagination_class=None)
    def files(self, request: Request, pk: str) -> Response:  # noqa: ARG002 - read by get_object
        """The files of an import that is not published, and how much of each has come."""
        return Response(ImportFileSerializer(self.get_object().files.all(), many=True).data)

    @extend_schema(request=SmallFilesSerializer, responses={200: ImportFileSerializer(many=True)})
    @files.mapping.post
    def add_small_files(self, request: Request, pk: str) -> Response:  # noqa: ARG002 - read by get_object
        """Add small files as they are; one that came already stays as it is."""
        made = self._find()
        wanted = self.read_body(SmallFilesSerializer)["files"]
        files = [(one["name"], BytesIO(one["content"]), len(one["content"])) for one in wanted]
        return Response(ImportFileSerializer(keep_whole(made, files), many=True).data)

    @extend_schema(
        parameters=[PartParameters],
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={200: ImportFileSerializer},
    )
    @files.mapping.put
    def add_part(self, request: Request, pk: str) -> Response:  # noqa: ARG002 - read by get_object
        """Add a part of a file, which begins where the last one ended; an empty body tells where that is."""
        self.other_parameters = tuple(PartParameters().fields)
        made = self._find()
        wanted = read_parameters(request, PartParameters)
        content = request.data if isinstance(request.data, bytes) else b""
        [file] = add_files(made, [(wanted["name"], wanted["size"])])
        if content:
            file = receive_part(file, content, offset=wanted["offset"])
        return Response(ImportFileSerializer(file).data)

    @extend_schema(request=ImportChoicesSerializer, responses={202: ArticleImportSerializer})
    @action(detail=True, methods=["post"])
    def read(self, request: Request, pk: str) -> Response:  # noqa: ARG002 - read by get_object
        """Have the files read by a job, by these choices."""
        made = self._find()
        said = self.read_body(ImportChoicesSerializer)
        choices = ImportChoices.from_json(
            {"source" if name == "format" else name: said[name] for name in said}
        )
        ask_to_read(made, choices, by=user_of(request))
        return Response(self._describe(made), status=HTTPStatus.ACCEPTED)

    @extend_schema(responses={200: OpenApiTypes.OBJECT})
    @action(detail=True, methods=["get"])
    def preview(self, request: Request, pk: str) -> Response:  # noqa: ARG002 - read by get_object
        """What the files hold: counts, what was refused and why, columns, look-alikes, and some articles with their blocks."""
        made = self.get_object()
        job = find_job(made) if made.asked else None
        return Response(
            {
                "status": made.status,
                "choices": made.choices,
                "progress": {
                    "done": job.done,
                    "total": job.total,
                    "status": job.status,
                    "message": job.message,
                }
                if job
                else None,
                "report": made.report,
                "sample": list(_take_sample(made)),
            }
        )

    @extend_schema(request=PublishSerializer, responses={200: PublishedSerializer})
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: str) -> Response:  # noqa: ARG002 - read by get_object
        """Show the articles of an import that was read to everybody, all at once."""
        made = self._find()
        wanted = self.read_body(PublishSerializer)
        number = publish_import(made, by=user_of(request), without_refused=wanted["without_refused"])
        return Response({"articles": number})


def _take_sample(made: ArticleImport) -> "list[dict[str, Any]]":
    """The first articles of an import that is not published, with their blocks, for somebody to look at."""
    if made.published_at is not None:
        return []
    articles: QuerySet[Article] = Article.staged.filter(imported_in=made).order_by("pk")
    found = list(articles.only("title", "external_id", "source", "text", "metadata", "length")[:MAX_SAMPLES])
    blocks: dict[int, list[dict[str, Any]]] = {article.pk: [] for article in found}
    for block in Block.objects.filter(article__in=found).order_by("article", "ordinal"):
        blocks[block.article_id].append({"kind": block.kind, "start": block.start, "end": block.end})
    return [
        {
            "title": article.title,
            "external_id": article.external_id,
            "source": article.source,
            "text": article.text,
            "metadata": article.metadata,
            "blocks": blocks[article.pk],
        }
        for article in found
    ]
