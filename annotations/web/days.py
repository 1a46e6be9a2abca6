"""How a day is asked for in a form."""

from datetime import date
from typing import Any

from django import forms

AS_CALENDARS_SEND_IT = "%Y-%m-%d"


def is_day(said: object) -> bool:
    """Whether a field for a day can show what was said: a whole day, or nothing.

    >>> is_day("2026-03-01"), is_day(""), is_day("2026-03")
    (True, True, False)
    """
    if not said:
        return True
    try:
        return date.fromisoformat(str(said)).isoformat() == said
    except ValueError:
        return False


class DayInput(forms.DateInput):
    """A field for a day, which the browser offers as a calendar."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format=AS_CALENDARS_SEND_IT, **kwargs)


class DayField(forms.DateField):
    """A day as a calendar sends it, and in no other form, so that none is read in two ways."""

    widget = DayInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=[AS_CALENDARS_SEND_IT], **kwargs)
