"""The page on which users create, list and revoke their own tokens."""

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

MAX_DAY = date(9999, 12, 30)


class TokenForm(forms.Form):
    """The name of a new token, and optionally the last day on which it is valid."""

    name = forms.CharField(
        max_length=NAME_LENGTH, label="Name", help_text="The purpose of the token, for example “monitoring”."
    )
    last_day = forms.DateField(
        required=False,
        label="Expires",
        help_text="The last day on which it works, in your time zone. Leave it empty to keep the token until you revoke it.",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d"],
    )

    def clean_last_day(self) -> datetime | None:
        """Return the moment at which the day ends for the reader, or None if no day was given."""
        day = self.cleaned_data["last_day"]
        end = day and tokens.end_of_day(min(day, MAX_DAY), timezone.get_current_timezone())
        if end and end <= timezone.now():
            raise forms.ValidationError("This day is over. Choose today or a later day.")
        return end


class TokensView(SignedInPage, FormView):
    """The list of the user's tokens, and the form for a new one."""

    template_name = "statistics_app/tokens.html"
    form_class = TokenForm
    extra_context = {"here": "tokens"}

    def form_valid(self, form: TokenForm) -> HttpResponse:
        """Create the token and show it in this response; it cannot be shown again."""
        name = form.cleaned_data["name"]
        try:
            token = tokens.issue_personal_token(self.request.user, name, form.cleaned_data["last_day"])
        except ParameterError as error:
            form.add_error("name", error.reason)
            return self.form_invalid(form)
        return self.render_to_response(self.get_context_data(form=TokenForm(), token_name=name, token=token))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the context with the user's tokens, newest first."""
        own_tokens = AccessToken.objects.personal(self.request.user).newest_first()
        return super().get_context_data(tokens=[_token_row(token, timezone.now()) for token in own_tokens], **kwargs)


class RevokeView(SignedInPage, View):
    """The button that revokes a token."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Revoke the token and return to the list; a token that does not exist is not an error."""
        name = request.POST.get("name", "")
        try:
            tokens.remove_personal_token(request.user, name)
        except ParameterError:
            messages.info(request, "There is no token with this name.")
        else:
            messages.success(request, f"Token “{name}” revoked: it no longer works.")
        return redirect("statistics:tokens")


def _token_row(token: AccessToken, now: datetime) -> tuple[AccessToken, bool, datetime | None]:
    """Return a token, whether it has expired, and its last valid second, which is on the day that its owner chose."""
    return token, token.has_expired(now), token.expires_at and token.expires_at - timedelta(seconds=1)
