"""Sign-in forms that count login attempts: for the pages, and for the host's admin."""

from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError

from ..exceptions import TooManyAttempts
from ..http.client_address import client_address
from . import lockout
from .login import find_username


class SignInForm(AuthenticationForm):
    """A form for username and password that is subject to the lockout after failed attempts."""

    def clean(self) -> dict[str, Any]:
        """Count the attempt, then check the password; a locked-out attempt never reaches the password check."""
        name, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not name or not password or self.request is None:
            return super().clean()
        try:
            attempt = lockout.begin_attempt(name, client_address(self.request))
        except TooManyAttempts as error:
            raise ValidationError(error.translated, code="too_many_attempts") from error
        # Another backend may know a name that is not in the table.
        self.cleaned_data["username"] = find_username(name) or name
        cleaned = super().clean()
        attempt.record_success()
        return cleaned


class AdminSignInForm(SignInForm, AdminAuthenticationForm):
    """The same form for Django's admin: `admin.site.login_form = AdminSignInForm`."""
