"""The actions of the admin that export the selected snapshots, one for each format."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext

from ..exceptions import Busy
from ..exports.base import Format
from ..exports.formats import FORMATS
from ..exports.responses import file_response


def export_actions() -> dict[str, tuple[Callable[..., Any], str, str]]:
    """Return the actions as `ModelAdmin.get_actions` does: by name, each with the name and the description."""
    return {
        f"export_{name}": (_export_action(file_format), f"export_{name}", _action_name(file_format))
        for name, file_format in FORMATS.items()
    }


def _action_name(file_format: Format) -> str:
    return gettext("Export as %(format)s") % {"format": file_format.label}


def _export_action(file_format: Format) -> Callable[..., StreamingHttpResponse | None]:
    def export(admin_: Any, request: HttpRequest, queryset: Any) -> StreamingHttpResponse | None:
        try:
            return file_response(request, file_format, file_format.write_snapshots(queryset.streamed()), "statistics")
        except Busy as error:
            admin_.message_user(request, error.translated, messages.ERROR)
            return None

    return export
