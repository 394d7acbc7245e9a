"""A user's own tokens: made here, shown once, revoked here."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.generic import FormView, View

from ..accounts import tokens
from ..exceptions import ParameterError
from ..models import AccessToken
from ..models.access_token import NAME_LENGTH
from .base import SignedInPage

LAST_DAY = date(9999, 12, 30)


class TokenForm(forms.Form):
    """A name, and a last day or none."""

    name = forms.CharField(max_length=NAME_LENGTH, label="Name", help_text="What it is for, such as: monitoring.")
    last_day = forms.DateField(
        required=False,
        label="Good through",
        help_text="The end of this day, UTC. Without one it lasts until you revoke it.",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d"],
    )

    def clean_last_day(self) -> datetime | None:
        """Turn the day into the moment at which it ends."""
        day = self.cleaned_data["last_day"]
        return day and tokens.end_of_day(min(day, LAST_DAY))


class TokensView(SignedInPage, FormView):
    """The list, and the form."""

    template_name = "statistics_app/tokens.html"
    form_class = TokenForm
    extra_context = {"here": "tokens"}

    def form_valid(self, form: TokenForm) -> HttpResponse:
        """Make the token and show it in this answer, the only one that ever has it."""
        name = form.cleaned_data["name"]
        try:
            token = tokens.issue_personal_token(self.request.user, name, form.cleaned_data["last_day"])
        except ParameterError as error:
            form.add_error(None, error.reason)
            return self.form_invalid(form)
        return self.render_to_response(self.get_context_data(form=TokenForm(), made=name, token=token))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the user's tokens, newest first."""
        mine = AccessToken.objects.personal(self.request.user).newest_first()
        return super().get_context_data(tokens=[_shown(token, timezone.now()) for token in mine], **kwargs)


class RevokeView(SignedInPage, View):
    """The button that ends a token."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """End it; one that is gone already is no error."""
        name = request.POST.get("name", "")
        try:
            tokens.remove_personal_token(request.user, name)
        except ParameterError:
            messages.info(request, "That token is gone already.")
        else:
            messages.success(request, f"The token “{name}” is revoked: it opens nothing from now on.")
        return redirect("statistics:tokens")


def _shown(token: AccessToken, now: datetime) -> tuple[AccessToken, bool, datetime | None]:
    """Give a token, whether it has expired, and the last moment at which it opens: who chose a day sees that day."""
    return token, token.has_expired(now), token.expires_at and token.expires_at - timedelta(seconds=1)
