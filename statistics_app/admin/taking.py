"""Take a snapshot at the request of a page of the admin."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from ..accounts.usage import require_refresh
from ..exceptions import NotNow, TooManyAttempts
from ..snapshots import generation
from .messages import add_snapshot_messages


def take_snapshot(admin_: Any, request: HttpRequest) -> HttpResponse:
    """Take a snapshot and open it, or return to the list with the reason why none was taken."""
    try:
        require_refresh(request.user.pk)
        taken = generation.refresh()
    except (NotNow, TooManyAttempts) as error:
        admin_.message_user(request, error.translated, messages.ERROR)
        return redirect(reverse("admin:statistics_app_snapshot_changelist", current_app=admin_.admin_site.name))
    add_snapshot_messages(request, taken)
    return redirect(reverse("admin:statistics_app_snapshot_change", args=[taken.pk], current_app=admin_.admin_site.name))
