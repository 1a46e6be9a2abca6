"""Other programs that are asked or told something: models that annotate, and those that hear of events."""

from workbench.settings.environment import read_addresses, read_list, setting

MODEL_SERVERS = read_addresses(
    "MODEL_SERVERS",
    schemes=("https://", "http://", "spacy:"),
    how="name=https://HOST or name=spacy:PIPELINE",
)
"""Models that may be asked for predictions, or `name=spacy:PIPELINE` for one on this machine: no other is ever asked."""
MODEL_TIMEOUT = float(setting("MODEL_TIMEOUT", "60"))

WEBHOOKS = read_addresses("WEBHOOKS", schemes=("https://", "http://"), how="name=https://ADDRESS")
"""Programs that managers may have told what happens: no other address is ever asked."""
WEBHOOK_PRIVATE_HOSTS = read_list("WEBHOOK_PRIVATE_HOSTS")
"""Hosts of the above that may be in an inner network."""
WEBHOOK_TIMEOUT = 10.0
