"""The REST API: who is let in and how, what it reads and writes, how it describes itself."""

from datetime import timedelta

KNOX_TOKEN_MODEL = "annotations.ApiToken"  # noqa: S105 - the name of a model
REST_KNOX = {"TOKEN_TTL": timedelta(days=90), "TOKEN_MODEL": KNOX_TOKEN_MODEL}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "annotations.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "annotations.api.access.IsWithinTokenScope",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["annotations.api.parsers.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "annotations.api.pagination.CursorPagination",
    "DEFAULT_FILTER_BACKENDS": ["annotations.api.filters.AllowlistFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "annotations.api.errors.problem_response",
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Annotation workbench",
    "DESCRIPTION": "Blind annotation, agreement, adjudication and frozen gold releases.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "DEFAULT_GENERATOR_CLASS": "annotations.api.openapi.ProblemSchemaGenerator",
    "ENUM_NAME_OVERRIDES": {
        "RoleEnum": "annotations.models.Role",
        "RoundKindEnum": "annotations.models.RoundKind",
        "BlockKindEnum": "annotations.models.BlockKind",
        "TaskStatusEnum": "annotations.models.TaskStatus",
        "AssignmentStatusEnum": "annotations.models.AssignmentStatus",
        "GoldStatusEnum": "annotations.models.GoldStatus",
        "JobStatusEnum": "annotations.models.JobStatus",
        "TokenScopeEnum": "annotations.models.TokenScope",
        "SpanChangeEnum": "annotations.api.v1.serializers.changes.SPAN_CHANGES",
        "RelationChangeEnum": "annotations.api.v1.serializers.changes.RELATION_CHANGES",
        "ArticleChangeEnum": "annotations.api.v1.serializers.changes.ARTICLE_CHANGES",
    },
}
