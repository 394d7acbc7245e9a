"""The page on which users create, list and revoke their own tokens, for programs and for displays."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.generic import FormView, View

from ..accounts import displays, tokens
from ..accounts.permissions import can_view_statistics
from ..exceptions import ParameterError
from ..http.preferences import preferred_zone
from ..models import AccessToken
from ..models.access_token import TokenKind
from .base import SignedInPage, StatisticsPage
from .token_forms import DisplayForm, TokenForm


class TokensView(SignedInPage, FormView):
    """The list of the user's tokens, and the forms for new ones."""

    template_name = "statistics_app/tokens.html"
    form_class = TokenForm
    extra_context = {"here": "tokens"}

    def form_valid(self, form: TokenForm) -> HttpResponse:
        """Create the token and show it in this response; it cannot be shown again."""
        name = form.cleaned_data["name"]
        try:
            token = tokens.issue_personal_token(self.request.user, name, form.cleaned_data["last_day"])
        except ParameterError as error:
            form.add_error("name", error.translated)
            return self.form_invalid(form)
        return self.render_to_response(self.get_context_data(form=TokenForm(), token_name=name, token=token))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the context with the user's tokens, newest first, and the form for a display if these would show anything."""
        if can_view_statistics(self.request.user):
            kwargs.setdefault("display_form", DisplayForm())
        named = AccessToken.objects.named(self.request.user, TokenKind.PERSONAL, TokenKind.DISPLAY).newest_first()
        rows = [_row(token, timezone.now()) for token in named]
        lists = {"tokens": TokenKind.PERSONAL, "displays": TokenKind.DISPLAY}
        context = {name: [row for row in rows if row[0].kind == kind] for name, kind in lists.items()}
        return super().get_context_data(**context, **kwargs)


class DisplaysView(StatisticsPage, TokensView):
    """The form for a new display on the page of tokens."""

    http_method_names = ["post"]
    form_class = DisplayForm

    def form_valid(self, form: TokenForm) -> HttpResponse:
        """Create the token and show its link in this response; it cannot be shown again."""
        chosen = dict(form.cleaned_data)
        name, last_day = chosen.pop("name"), chosen.pop("last_day")
        try:
            token = displays.issue_display_token(self.request.user, name, last_day)
        except ParameterError as error:
            form.add_error("name", error.translated)
            return self.form_invalid(form)
        query = urlencode({"token": token, **chosen, "tz": preferred_zone(self.request).key}, safe="/")
        link = self.request.build_absolute_uri(f"{reverse('statistics:open-display')}?{query}")
        return self.render_to_response(self.get_context_data(form=DisplayForm(), display_name=name, display_link=link))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the context of the page, on which this form is the second."""
        return super().get_context_data(**{**kwargs, "form": TokenForm(), "display_form": kwargs["form"]})


class RevokeView(SignedInPage, View):
    """The button that revokes a token."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Revoke the token and return to the list; a token that does not exist is not an error."""
        name, is_display = request.POST.get("name", ""), request.POST.get("kind") == TokenKind.DISPLAY
        try:
            (displays.remove_display_token if is_display else tokens.remove_personal_token)(request.user, name)
        except ParameterError:
            messages.info(
                request,
                gettext("There is no display with this name.") if is_display else gettext("There is no token with this name."),
            )
        else:
            form = gettext("Token “%(name)s” revoked: it no longer works.")
            if is_display:
                form = gettext("Display “%(name)s” revoked: it ends within a minute.")
            messages.success(request, form % {"name": name})
        return redirect("statistics:tokens")


def _row(token: AccessToken, now: datetime) -> tuple[AccessToken, bool, datetime | None]:
    """Return a token, whether it has expired, and its last valid second, which is on the day that its owner chose."""
    return token, token.has_expired(now), token.expires_at and token.expires_at - timedelta(seconds=1)
