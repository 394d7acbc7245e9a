"""Signing in, signing out, and choosing colours and a language, which needs no account."""

from django.conf import global_settings, settings
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import View

from ..accounts.forms import SignInForm
from ..http.preferences import THEME_COOKIE, languages, preferred_language, preferred_theme
from .base import BasePage

_YEAR_SECONDS = 365 * 86_400


class SignInView(BasePage, LoginView):
    """The sign-in page: username and password, with limited attempts."""

    template_name = "statistics_app/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = False

    def get_default_redirect_url(self) -> str:
        """Return the page that the host names, or the workspace if it names none: Django's default is a page of no project."""
        if settings.LOGIN_REDIRECT_URL == global_settings.LOGIN_REDIRECT_URL:
            return reverse("statistics:workspace")
        return super().get_default_redirect_url()


class SignOutView(BasePage, LogoutView):  # type: ignore[misc] # the decorated dispatch of Django's view
    """Sign the user out and redirect to the sign-in page."""

    http_method_names = ["post"]
    next_page = "statistics:sign-in"


class ThemeView(BasePage, View):
    """The button that switches between the system's colours, dark mode and light mode."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Store the next choice in a cookie and redirect to the page with the button."""
        return _with_preference(request, THEME_COOKIE, preferred_theme(request).next)


class LanguageView(BasePage, View):
    """The list of languages."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Store the choice in a cookie and redirect to the page with the list; what is not offered changes nothing."""
        chosen = request.POST.get("language", "")
        language = chosen if chosen in languages() else preferred_language(request)
        return _with_preference(request, settings.LANGUAGE_COOKIE_NAME, language)


def _with_preference(request: HttpRequest, cookie: str, value: str) -> HttpResponse:
    """Redirect to the page that a form was on, and store a preference."""
    back = request.POST.get("back", "")
    is_own_path = back.startswith("/") and url_has_allowed_host_and_scheme(back, None)
    response = HttpResponseRedirect(back if is_own_path else reverse("statistics:workspace"))
    response.set_cookie(cookie, value, max_age=_YEAR_SECONDS, samesite="Lax", secure=request.is_secure())
    return response
