"""Sign in, sign out, and the switch between light and dark, which needs no account."""

from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import View

from ..accounts.forms import SignInForm
from ..http.preferences import THEME_COOKIE, preferred_theme
from .base import BasePage

_A_YEAR = 365 * 86_400


class SignInView(BasePage, LoginView):
    """Sign in with name and password."""

    template_name = "statistics_app/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = False


class SignOutView(BasePage, LogoutView):  # type: ignore[misc] # the decorated dispatch of Django's view
    """Sign out, and back to the sign-in."""

    next_page = "statistics:sign-in"


class ThemeView(BasePage, View):
    """The switch between the system's colours, dark and light."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Turn it once further, and go back to the page that it was turned on."""
        back = request.POST.get("back", "")
        is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, None)
        response = HttpResponseRedirect(back if is_ours else reverse("statistics:workspace"))
        response.set_cookie(
            THEME_COOKIE, preferred_theme(request).next, max_age=_A_YEAR, samesite="Lax", secure=request.is_secure()
        )
        return response
