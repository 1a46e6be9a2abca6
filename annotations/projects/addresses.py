"""Whole addresses of pages, as they are printed, mailed and handed on."""

from django.conf import settings
from django.urls import reverse


def write_address(page: str, *secrets: str) -> str:
    """The address at which people reach a page from anywhere; a page that a secret opens has it at its end."""
    return str(settings.PUBLIC_URL + reverse(page, args=secrets))


def write_secret_address(page: str, secret: str) -> str:
    """The address of a page that a secret opens, or nothing where there is no secret."""
    return write_address(page, secret) if secret else ""
