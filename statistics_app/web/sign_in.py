"""Signing in, signing out, and switching between light and dark mode, which needs no account."""

from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import View

from ..accounts.forms import SignInForm
from ..http.preferences import THEME_COOKIE, preferred_theme
from .base import BasePage

_YEAR_SECONDS = 365 * 86_400


class SignInView(BasePage, LoginView):
    """The sign-in page: username and password, with limited attempts."""

    template_name = "statistics_app/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = False


class SignOutView(BasePage, LogoutView):  # type: ignore[misc] # the decorated dispatch of Django's view
    """Sign the user out and redirect to the sign-in page."""

    http_method_names = ["post"]
    next_page = "statistics:sign-in"


class ThemeView(BasePage, View):
    """The button that switches between the system's colours, dark mode and light mode."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Store the next choice in a cookie and redirect to the page with the button."""
        back = request.POST.get("back", "")
        is_own_path = back.startswith("/") and url_has_allowed_host_and_scheme(back, None)
        response = HttpResponseRedirect(back if is_own_path else reverse("statistics:workspace"))
        response.set_cookie(
            THEME_COOKIE, preferred_theme(request).next, max_age=_YEAR_SECONDS, samesite="Lax", secure=request.is_secure()
        )
        return response
