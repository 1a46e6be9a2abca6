"""Where the Studio is, and how it is asked."""

from workbench.settings.environment import setting

STUDIO_BACKEND = setting("STUDIO_BACKEND", "annotations.labelstudio.backend.LabelStudioBackend")
STUDIO_URL = setting("STUDIO_URL").rstrip("/")
STUDIO_TOKEN = setting("STUDIO_TOKEN")
STUDIO_DATABASE_URL = setting("STUDIO_DATABASE_URL")
"""Label Studio's own database on a server, so that backups hold it; nothing else asks it."""
STUDIO_TIMEOUT = float(setting("STUDIO_TIMEOUT", "20"))
