"""How static files are named once they are collected: by what is in them, so that they can be kept for good."""

from typing import Any, ClassVar

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # it has no types
    """Names the modules that our own modules import by what is in them, too, so that no browser mixes those of two versions.

    Other people's files are left alone: what looks like an import in them need not be one.
    """

    _imports = CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]  # noqa: SLF001 - Django has no other name for it
    patterns: ClassVar[tuple[Any, ...]] = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("annotations/adjudication/*.js", _imports),
    )
