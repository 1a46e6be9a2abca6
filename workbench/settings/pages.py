"""What pages are made of: static files and type, language and time, the size of a form."""

from importlib.resources import files
from pathlib import Path

from workbench.settings.environment import setting
from workbench.settings.installation import BASE_DIR, HOME

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
FONTS = {"sans": "fontpkg_source_sans_3", "serif": "fontpkg_source_serif_4"}
"""The packages that the two families of type come from; tokens.css names their files below static/fonts/."""
STATICFILES_DIRS: list[Path | tuple[str, Path]] = [
    *(BASE_DIR / "annotations" / part / "static" for part in ("web", "labelstudio")),
    *((f"fonts/{name}", Path(str(files(package))) / "files") for name, package in FONTS.items()),
]
WHITENOISE_MANIFEST_STRICT = False
LANGUAGE_CODE = "en-gb"
TIME_ZONE = setting("TIME_ZONE", "UTC")
USE_TZ = True
USE_I18N = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
