"""Where the files of imports and releases are kept: in a folder, or in a bucket that several servers reach."""

from importlib.util import find_spec
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from workbench.settings.address import ACCEL_PREFIX
from workbench.settings.environment import setting
from workbench.settings.installation import HOME

FILES_BUCKET = setting("FILES_BUCKET")
if FILES_BUCKET and not find_spec("storages"):
    raise ImproperlyConfigured(
        "FILES_BUCKET needs the extra `team`: install annotation-workbench[team], in a checkout requirements/team.txt."
    )
if FILES_BUCKET and ACCEL_PREFIX:
    raise ImproperlyConfigured(
        "ACCEL_PREFIX lets nginx send files of a folder, and FILES_BUCKET keeps them elsewhere: set only one of them."
    )
IN_A_FOLDER: dict[str, Any] = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {
        "location": HOME / "files",
        "file_permissions_mode": 0o600,
        "directory_permissions_mode": 0o700,
    },
}
IN_A_BUCKET: dict[str, Any] = {
    "BACKEND": "workbench.bucket.BucketStorage",
    "OPTIONS": {
        "bucket_name": FILES_BUCKET,
        "location": setting("FILES_PREFIX"),
        "endpoint_url": setting("FILES_ENDPOINT") or None,
        "region_name": setting("FILES_REGION") or None,
        "access_key": setting("AWS_ACCESS_KEY_ID")
        or None,  # without one, whatever boto3 finds: a role, a profile
        "secret_key": setting("AWS_SECRET_ACCESS_KEY") or None,
    },
}
STORAGES = {
    "default": IN_A_BUCKET if FILES_BUCKET else IN_A_FOLDER,
    "staticfiles": {"BACKEND": "workbench.static_files.ModuleStaticFilesStorage"},
}
