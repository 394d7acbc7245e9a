"""The one base of all views of the API: nothing here depends on the host's REST_FRAMEWORK."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from . import errors
from .authentication import TokenAuthentication
from .openapi import ApiSchema
from .parsers import StrictFormParser, StrictJSONParser, StrictMultiPartParser
from .permissions import IsLoggedIn
from .request_bodies import reject_malformed
from .throttles import ReadThrottle


class AlwaysJson(BaseContentNegotiation):
    """Take the parser that the body's type names, and answer JSON whatever the client accepts."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        """Choose by the media type alone, parameters such as a charset aside."""
        media_type = (request.content_type or "").split(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == media_type), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Choose the first."""
        first = next(iter(renderers))
        return first, first.media_type


class PlainJSONRenderer(JSONRenderer):
    """Compact JSON with Unicode as it is, and no word of a charset."""

    charset = None
    compact = True
    ensure_ascii = False


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class ApiView(APIView):
    """Checks in this order: the request's bytes, credentials, permission, throttles, method, parameters.

    Requests are never one transaction: who waits for another's snapshot has to see it.
    """

    authentication_classes = [TokenAuthentication]
    permission_classes = [IsLoggedIn]
    throttle_classes = [ReadThrottle]
    parser_classes = [StrictJSONParser, StrictFormParser, StrictMultiPartParser]
    renderer_classes = [PlainJSONRenderer]
    content_negotiation_class = AlwaysJson
    schema = ApiSchema()
    versioning_class = None
    metadata_class = None
    http_method_names = ["get", "head", "post", "put", "patch", "delete", "trace"]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse bytes that are no text before anything looks at them."""
        reject_malformed(request._request)
        super().initial(request, *args, **kwargs)

    def get_exception_handler(self) -> Callable[..., Any]:
        """Use the app's own bodies for every error."""
        return errors.exception_handler

    def finalize_response(  # type: ignore[override] # DRF passes any answer of Django's through
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """Forbid every cache on the way to keep an answer; name the methods only where one was wrong."""
        final = super().finalize_response(request, response, *args, **kwargs)
        final.headers.setdefault("Cache-Control", "no-store")
        if usage := getattr(request, "usage", None):
            for name, value in usage.headers.items():
                final[name] = value
        final.headers.pop("Vary", None)
        if final.status_code != 405:
            final.headers.pop("Allow", None)
        return final
