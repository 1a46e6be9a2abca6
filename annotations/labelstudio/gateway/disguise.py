"""What the Studio tells about accounts, turned into what an annotator may know: nothing."""

import re
from typing import Any

PSEUDONYM = "Annotator"
HIDDEN_KEYS = frozenset({"email", "username", "created_username", "last_name", "phone", "avatar"})
PLAIN_KEYS = frozenset({"data", "result", "label_config"})
VERSION_KEYS = frozenset({"release", "version", "short_version", "latest_version_upload_time"})
DROPPED_KEYS = frozenset({"exc_info"})
_ADDRESS = re.compile(r"[^\s,<>\"]+@[^\s,<>\"]+")
PERMISSIONS = [
    "projects.view",
    "tasks.view",
    "annotations.create",
    "annotations.view",
    "annotations.change",
    "labels.view",
]
_PAGE_FIELDS = re.compile(r'\b(email|username|firstName|lastName|initials|server_id)(\s*:\s*)"[^"]*"')


def describe_annotator(account_id: int) -> dict[str, Any]:
    """The signed-in person as the editor sees them: the service account's number, and no name."""
    return {
        "id": account_id,
        "first_name": PSEUDONYM,
        "last_name": "",
        "username": "",
        "email": "",
        "initials": PSEUDONYM[0],
        "avatar": None,
        "phone": "",
        "active_organization": None,
        "custom_hotkeys": {},
        "permissions": PERMISSIONS,
    }


def tell_versions(versions: dict[str, Any]) -> dict[str, Any]:
    """Label Studio's versions as its pages need them, with their dates, without commits and messages."""
    told: dict[str, Any] = {}
    for name, value in versions.items():
        if isinstance(value, dict):
            told[name] = {key: text for key, text in value.items() if key in VERSION_KEYS}
        elif name in VERSION_KEYS:
            told[name] = value
    return told


def hide_accounts(value: Any) -> Any:
    """Remove names and addresses of accounts from JSON at any depth; what was annotated stays as it is."""
    if isinstance(value, dict):
        return {key: _hide_under(key, item) for key, item in value.items() if key not in DROPPED_KEYS}
    if isinstance(value, list):
        return [hide_accounts(item) for item in value]
    if isinstance(value, str):
        return _ADDRESS.sub("", value)
    return value


def _hide_under(key: str, item: Any) -> Any:
    if key in PLAIN_KEYS:
        return item
    if key in HIDDEN_KEYS and isinstance(item, str):
        return ""
    if key == "completed_by" and isinstance(item, dict):
        return item.get("id")  # the editor finds no annotation of an account without an address
    return hide_accounts(item)


def hide_accounts_in_page(html: str) -> str:
    """Remove from a page the account that Label Studio writes into its settings script."""
    return _PAGE_FIELDS.sub(r'\1\2""', html)
