"""The languages of pages: Django's middleware, without a say in what programs read."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

_FOR_PROGRAMS = ("/api", "/metrics")


class PageLocaleMiddleware(LocaleMiddleware):
    """Django's middleware for all but the API and the metrics, whose answers depend on no language, and say so in no header."""

    def process_request(self, request: HttpRequest) -> None:
        """Activate the language that the reader chose or the browser asks for."""
        if request.path_info.startswith(_FOR_PROGRAMS):
            translation.activate(settings.LANGUAGE_CODE)
        else:
            super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Name the language of a page."""
        return response if request.path_info.startswith(_FOR_PROGRAMS) else super().process_response(request, response)
