"""Everything that a process of the product imports, imported once for all that tests fork."""

import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "workbench.settings"
django.setup()

import celery.bin.celery  # noqa: E402, F401
import redis  # noqa: E402, F401

import annotations.management.commands.worker  # noqa: E402, F401
import tests.factories.collection  # noqa: E402, F401
import workbench.urls  # noqa: E402, F401
