"""Fields that offer what is known in place of asking for it to be typed."""

from collections.abc import Sequence

from django import forms


def offer_known(form: forms.Form, name: str, known: Sequence[str], *, nothing: str) -> None:
    """Let a field for a text be chosen among known ones; what an address says besides stays one of the choices."""
    said = str(form.data.get(name) or "")
    others = [said] if said and said not in known else []
    form.fields[name].help_text = ""
    form.fields[name].widget = forms.Select(
        choices=[("", nothing), *((word, word) for word in (*known, *others))]
    )
