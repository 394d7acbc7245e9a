"""The base class of all API views; it sets everything itself that a host's REST_FRAMEWORK setting could change."""

import sys
from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.decorators import method_decorator
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from ..http.preferences import ENGLISH
from ..probes.responses import responses
from . import errors
from .authentication import TokenAuthentication
from .parsers import StrictFormParser, StrictJSONParser, StrictMultiPartParser
from .permissions import IsLoggedIn
from .request_validation import reject_malformed
from .throttles import ReadThrottle


class AlwaysJson(BaseContentNegotiation):
    """Content negotiation that selects the parser by the body's media type and ignores the `Accept` header."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        """Return the parser for the body's media type, whose parameters such as the charset are ignored."""
        media_type = (request.content_type or "").split(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == media_type), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the first renderer."""
        first = next(iter(renderers))
        return first, first.media_type


class PlainJSONRenderer(JSONRenderer):
    """A renderer of compact JSON in UTF-8, without a charset in the media type."""

    charset = None
    compact = True
    ensure_ascii = False


class LazySchema:
    """The description of an operation, for the OpenAPI document; its generator is imported only when that is asked for."""

    def __get__(self, view: Any, owner: Any) -> Any:
        """Return the description for a view."""
        # `as_view(schema=None)` looks only whether the class has one, in every process that imports the URLs.
        if view is None and f"{__package__}.openapi" not in sys.modules:
            return self
        from .openapi import ApiSchema  # noqa: PLC0415 - see above

        return ApiSchema().__get__(view, owner)


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class ApiView(APIView):
    """The base class of all views of the API.

    A request is checked in this order: encoding, credentials, permission, throttles, method, parameters.
    Requests never run in one transaction, since a request that waits for another's snapshot has to see it.
    """

    authentication_classes = [TokenAuthentication]
    permission_classes = [IsLoggedIn]
    throttle_classes = [ReadThrottle]
    parser_classes = [StrictJSONParser, StrictFormParser, StrictMultiPartParser]
    renderer_classes = [PlainJSONRenderer]
    content_negotiation_class = AlwaysJson
    schema = LazySchema()
    versioning_class = None
    metadata_class = None
    http_method_names = ["get", "head", "post", "put", "patch", "delete", "trace"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer in English: what programs read does not depend on the language that the host has chosen for a reader."""
        chosen = translation.get_language()
        with translation.override(ENGLISH):
            response = super().dispatch(request, *args, **kwargs)
        if chosen and not chosen.startswith(ENGLISH):
            response.headers["Content-Language"] = ENGLISH
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Reject NUL characters and invalid UTF-8 before all other checks."""
        reject_malformed(request._request)
        super().initial(request, *args, **kwargs)

    @property
    def default_response_headers(self) -> dict[str, str]:
        """The headers that Django REST framework would add to every response: none."""
        return {}

    def get_exception_handler(self) -> Callable[..., Any]:
        """Return the app's own handler, whatever the host has set."""
        return errors.exception_handler

    def finalize_response(  # type: ignore[override] # DRF passes any answer of Django's through
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """Count the response, and add `Cache-Control` and the rate limit headers."""
        final = super().finalize_response(request, response, *args, **kwargs)
        responses.add(final.status_code)
        final.headers.setdefault("Cache-Control", "no-store")
        if usage := getattr(request, "usage", None):
            for name, value in usage.headers.items():
                final[name] = value
        return final
