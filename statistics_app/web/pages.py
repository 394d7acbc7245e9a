"""What all pages have in common: who may read them, and what a browser may load for them."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator

from ..access import may_see_statistics
from ..strictness import strict


class StrictPage:
    """A page that loads nothing but the app's own styles and is kept by no cache."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer strictly."""
        return strict(super().dispatch(request, *args, **kwargs))  # type: ignore[misc]


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class SignedInPage(StrictPage):
    """A page for those who are signed in: others sign in first."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let in, or send to the sign-in."""
        if not request.user.is_authenticated:
            # What was pressed is not pressed again by signing in.
            return redirect_to_login(request.get_full_path() if request.method == "GET" else reverse("statistics:workspace"))
        return super().dispatch(request, *args, **kwargs)


class StatisticsPage(SignedInPage):
    """A page for those who may see statistics: others are told what to ask for."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let in, or explain."""
        if request.user.is_authenticated and not may_see_statistics(request.user):
            return forbidden(request)
        return super().dispatch(request, *args, **kwargs)


def forbidden(request: HttpRequest) -> HttpResponseBase:
    """Say which permission is missing and who can give it."""
    return strict(render(request, "statistics_app/forbidden.html", status=403))
