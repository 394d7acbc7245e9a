"""The forms for new tokens: for programs that read the API, and for displays."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..accounts import tokens
from ..http.preferences import Theme
from ..models.access_token import NAME_LENGTH
from ..presentation.headlines import DEFAULT_SPAN, labels

MAX_DAY = date(9999, 12, 30)


class TokenForm(forms.Form):
    """The name of a new token, and optionally the last day on which it is valid."""

    name = forms.CharField(
        max_length=NAME_LENGTH, label=_("Name"), help_text=_("The purpose of the token, for example “monitoring”.")
    )
    last_day = forms.DateField(
        required=False,
        label=_("Expires"),
        help_text=_("The last day on which it works, in your time zone. Leave it empty to keep the token until you revoke it."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d"],
    )

    def clean_last_day(self) -> datetime | None:
        """Return the moment at which the day ends for the reader, or None if no day was given."""
        day = self.cleaned_data["last_day"]
        end = day and tokens.end_of_day(min(day, MAX_DAY), timezone.get_current_timezone())
        if end and end <= timezone.now():
            raise forms.ValidationError(gettext("This day is over. Choose today or a later day."))
        return end


class DisplayForm(TokenForm):
    """The name of a new display, optionally the last day on which its link is valid, and what the link shows."""

    page = forms.ChoiceField(label=_("Page"), choices=[("workspace", _("Workspace")), ("activity", _("Activity"))])
    range = forms.ChoiceField(label=_("Time range"), choices=lambda: [*labels().items()], initial=DEFAULT_SPAN)
    theme = forms.ChoiceField(
        label=_("Colours"),
        choices=[(Theme.DARK, _("dark")), (Theme.LIGHT, _("light")), (Theme.SYSTEM, _("as the screen's system"))],
    )
    field_order = ("name", "page", "range", "theme", "last_day")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "auto_id": "display_%s"})
        self.fields["name"].help_text = gettext("Where the screen is, for example “entrance hall”.")
        self.fields["last_day"].help_text = gettext(
            "The last day on which the link works, in your time zone. Leave it empty to keep it until you revoke it."
        )
