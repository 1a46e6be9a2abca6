"""Where the Studio is, and how it is asked."""

from workbench.settings.environment import read_more_studios, setting

STUDIO_BACKEND = setting("STUDIO_BACKEND", "annotations.labelstudio.backend.LabelStudioBackend")
STUDIO_URL = setting("STUDIO_URL").rstrip("/")
STUDIO_TOKEN = setting("STUDIO_TOKEN")
STUDIO_DATABASE_URL = setting("STUDIO_DATABASE_URL")
"""Label Studio's own database on a server, so that backups hold it; nothing else asks it."""
MORE_STUDIOS = read_more_studios()
"""The Studios beyond the first by their numbers, over which projects are spread: STUDIO_2_URL, STUDIO_2_TOKEN and so on."""
STUDIO_TIMEOUT = float(setting("STUDIO_TIMEOUT", "20"))
