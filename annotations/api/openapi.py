"""What the OpenAPI description says beyond what the views tell of themselves."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema

from annotations.api.authentication import TokenAuthentication
from annotations.api.errors import MEDIA_TYPE
from annotations.api.filters import NOT_BLANK

PROBLEM = {
    "type": "object",
    "description": "Why a request was refused (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, and what to do."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}


class TokenScheme(OpenApiAuthenticationExtension):
    """Tells the OpenAPI description that a token goes into the Authorization header."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:  # noqa: ARG002 - theirs
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token ` and then the token, as it was shown when it was made.",
        }


class ProblemSchemaGenerator(SchemaGenerator):
    """Says of every operation that each refusal is a problem document, and of every body what it may hold."""

    def get_schema(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        schema: dict[str, Any] = super().get_schema(*args, **kwargs)
        schema["components"]["schemas"]["Problem"] = PROBLEM
        for path in schema["paths"].values():
            for operation in path.values():
                operation["responses"]["default"] = {
                    "description": "Refused",
                    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
                _close_body(operation.get("requestBody", {}), schema["components"]["schemas"])
        return schema


def _close_body(body: dict[str, Any], components: dict[str, Any]) -> None:
    """Every body refuses fields that it does not name, and texts that are blank where one is needed."""
    for content in body.get("content", {}).values():
        if "$ref" in content["schema"]:  # what has none is the bytes of a file
            _close(content["schema"]["$ref"], components)


def _close(reference: str, components: dict[str, Any]) -> None:
    described = components[reference.rpartition("/")[2]]
    if "properties" not in described:
        return
    described["additionalProperties"] = False
    for field in described["properties"].values():
        if field.get("type") == "string" and field.get("minLength") and "format" not in field:
            field["pattern"] = NOT_BLANK
        for part in (field, field.get("items", {}), *field.get("allOf", ()), *field.get("oneOf", ())):
            if "$ref" in part:
                _close(part["$ref"], components)
