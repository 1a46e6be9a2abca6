"""The form of a project's settings, shown in parts."""

from annotations.web.settings.forms import SettingsForm


def test_every_setting_stands_in_one_part() -> None:
    form = SettingsForm()
    shown = [field.name for part in form.list_parts() for field in part.fields]
    assert sorted(shown) == sorted(form.fields)
