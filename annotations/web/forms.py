"""Forms about people: signing in, passwords, invitations, tokens."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.forms.boundfield import BoundWidget

from annotations.adjudication.merging import RULES
from annotations.limits import MAX_PERSON_NAME_LENGTH, MAX_REVISION_NAME_LENGTH
from annotations.markup import DEFAULT_MERGE_RULE
from annotations.models import Project, Role, Scheme, Standing, TokenScope, User
from annotations.schemes.beginning import begin_definition
from annotations.schemes.definition import SHIPPED, read_definition
from annotations.schemes.lookalikes import load_new_scheme
from annotations.schemes.starter import read_starter
from annotations.schemes.table import InvalidSchemeError
from annotations.web.scheme_choices import OWN, SchemeChoice, list_schemes, pair_choices

EMPTY_SCHEME = "empty"


class SignInForm(AuthenticationForm):
    """E-mail and password. The e-mail counts in small letters, so that no spelling of it escapes the count of wrong passwords."""

    error_messages = {  # noqa: RUF012 - Django's form
        "invalid_login": "That e-mail address and password do not belong together.",
        "inactive": "This account is not active.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "E-mail address"
        self.fields["username"].widget = forms.EmailInput(
            attrs={"autocomplete": "username", "autofocus": True}
        )

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).strip().lower()


def explain_passwords(form: forms.Form) -> None:
    """Say in one sentence what a password takes, in place of a list of rules."""
    form.fields["new_password1"].help_text = (
        "At least 10 characters, none of the passwords that many people use, and not like your name "
        "or e-mail address."
    )
    form.fields["new_password2"].label = "The new password once more"
    form.fields["new_password2"].help_text = ""


class ForgottenPasswordForm(forms.Form):
    """The e-mail address of somebody who lost their password."""

    email = forms.EmailField(
        label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )


class ProjectForm(forms.Form):
    """A new project takes a scheme that comes with the workbench, one of the person's projects, or one that is pasted."""

    name = forms.CharField(label="Name", max_length=200)
    description = forms.CharField(
        label="What it is about",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="A sentence that tells the team what it annotates, and why.",
    )
    scheme = forms.ChoiceField(label="Scheme", widget=forms.RadioSelect)
    merge_rule = forms.ChoiceField(
        label="Settled without an adjudicator",
        choices=[(rule.name, rule.title[:1].upper() + rule.title[1:]) for rule in RULES],
        initial=DEFAULT_MERGE_RULE,
        widget=forms.RadioSelect,
        help_text="An adjudicator decides everything else. You can change it later under Settings.",
    )
    own = forms.CharField(
        label="Own definition",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "class": "code"}),
        help_text="TOML. What stands here is a small scheme to begin with: change it, or put your own in its place.",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.schemes = list_schemes(user)
        choices = [(value, f"{one.title} ({one.identifier})") for value, one in self.schemes.items()]
        field = self.fields["scheme"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [
                *choices,
                (EMPTY_SCHEME, "An empty one: make it by form"),
                (OWN, "Your own definition"),
            ]
        field.initial = SHIPPED[0]
        self.fields["own"].initial = read_starter()

    def list_choices(self) -> list[tuple[BoundWidget, SchemeChoice | None]]:
        """The buttons that choose a scheme, each with what it marks and asks."""
        return list(pair_choices(self["scheme"], self.schemes))

    def clean(self) -> dict[str, Any]:
        """Read the definition, so that what is wrong with it is said beside it."""
        cleaned: dict[str, Any] = super().clean() or {}
        choice = cleaned.get("scheme")
        if choice in SHIPPED:
            cleaned["definition"] = read_definition(choice)
        elif choice == EMPTY_SCHEME:
            cleaned["definition"] = begin_definition(str(cleaned.get("name", "")))
        elif choice == OWN:
            cleaned["definition"] = cleaned.get("own", "").replace("\r\n", "\n")
        elif choice:
            cleaned["definition"] = Scheme.objects.get(sha256=choice).source
        try:
            load_new_scheme(cleaned.get("definition", ""))
        except InvalidSchemeError as error:
            self.add_error("own", str(error))
        return cleaned


class WordingForm(forms.Form):
    """The guidelines of a scheme in better words."""

    name = forms.CharField(
        label="What was corrected",
        max_length=MAX_REVISION_NAME_LENGTH,
        help_text="In a few words: annotators read it with the passages that changed.",
    )
    definition = forms.CharField(
        label="Definition",
        strip=False,
        widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "false", "class": "code"}),
        help_text="TOML. Change guidelines, descriptions and rules; leave everything else.",
    )

    def clean_definition(self) -> str:
        definition = str(self.cleaned_data["definition"]).replace("\r\n", "\n")
        try:
            load_new_scheme(definition)
        except InvalidSchemeError as error:
            raise forms.ValidationError(str(error)) from error
        return definition


TASKS_OF_ROLES = {
    Role.MANAGER: "adds articles and people, plans rounds, releases",
    Role.ADJUDICATOR: "decides where annotators differ",
    Role.ANNOTATOR: "marks articles, without seeing what others marked",
    Role.CONSUMER: "reads releases and annotations over the API",
}


class RolesField(forms.MultipleChoiceField):
    """Any of the roles, each with what who has it does."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        choices = [(role.value, f"{role.label.capitalize()}: {TASKS_OF_ROLES[role]}") for role in Role]
        super().__init__(choices=choices, **kwargs)


class InvitationForm(forms.Form):
    """A person to be invited into a project, with their roles."""

    email = forms.EmailField(label="E-mail address")
    name = forms.CharField(label="Name", max_length=MAX_PERSON_NAME_LENGTH, required=False)
    roles = RolesField(label="Roles", initial=[Role.ANNOTATOR.value])
    send_mail = forms.BooleanField(
        label="Send the invitation by e-mail",
        required=False,
        initial=True,
        help_text="Otherwise the next page shows a link that you hand over yourself.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not settings.EMAIL_HOST:
            del self.fields["send_mail"]


class RolesForm(forms.Form):
    """The roles that a member of a project is to have."""

    roles = RolesField(label="Roles", required=False)


class StandingForm(forms.Form):
    """What an annotator is to the project's figures and to its gold."""

    standing = forms.ChoiceField(
        label="Annotates as",
        choices=Standing.choices,
        widget=forms.RadioSelect,
        help_text="A model's figures stand apart from those of the people. Its annotations go into adjudication and gold "
        "only with a vote.",
    )


class NameForm(forms.Form):
    """What a person is called, as they say it themselves."""

    name = forms.CharField(
        label="Name",
        max_length=MAX_PERSON_NAME_LENGTH,
        help_text="As others read it, from now on and everywhere.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "own_%s", **kwargs})


class DigestForm(forms.Form):
    """Whether somebody is told by e-mail what waits for them."""

    wants_digest = forms.BooleanField(
        label="Tell me by e-mail what waits for me",
        required=False,
        help_text="Once a week, and once a day while a round of yours is due within three days or late. Nothing is sent while nothing waits.",
    )


class ApiTokenForm(forms.Form):
    """A token reaches one of the person's projects, or all of them."""

    name = forms.CharField(label="What is it for?", max_length=100)
    scope = forms.ChoiceField(label="It may", choices=TokenScope.choices, widget=forms.RadioSelect)
    project = forms.ModelChoiceField(
        label="Project", queryset=Project.objects.none(), required=False, empty_label="All my projects"
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scope"].initial = TokenScope.READ.value
        field = self.fields["project"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Project.objects.visible_to(user).order_by("name")

    def clean(self) -> dict[str, Any]:
        """A token for releases names its project."""
        cleaned = super().clean() or {}
        if cleaned.get("scope") == TokenScope.RELEASES and not cleaned.get("project"):
            self.add_error("project", "Choose the project whose releases it reads.")
        return cleaned


class SkipForm(forms.Form):
    """A reason at hand, or one of the annotator's own."""

    REASONS = (
        "It is not an article",
        "It is a duplicate",
        "I cannot read it",
        "I know the author or the case",
    )
    reason = forms.ChoiceField(
        label="Why do you skip it?",
        choices=[*((reason, reason) for reason in REASONS), ("", "Something else")],
        widget=forms.RadioSelect,
        required=False,
    )
    own = forms.CharField(
        label="In your words", help_text="Needed for “Something else”.", max_length=500, required=False
    )

    def clean(self) -> dict[str, Any]:
        """The manager reads one text: the reason, with what was added to it."""
        cleaned: dict[str, Any] = super().clean() or {}
        parts = [cleaned.get("reason", ""), cleaned.get("own", "").strip()]
        cleaned["text"] = ": ".join(part for part in parts if part)
        if not cleaned["text"] and not self.errors:
            self.add_error("own", "Say in a few words why you skip this article; the manager reads it.")
        return cleaned
