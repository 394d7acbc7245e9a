"""The OpenAPI document, and the same as an HTML page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import TemplateView
from rest_framework.request import Request

from ..exceptions import MissingPackage
from ..http.preferences import ENGLISH
from ..http.security_headers import add_security_headers
from ..optional import imported
from ..serialization import to_json
from . import errors
from .base import ApiView
from .docs_page import page_operations
from .operation import operation


class SchemaView(ApiView):
    """The OpenAPI document of this API; it requires no credentials."""

    permission_classes = []
    throttle_classes = []

    @operation("Get the OpenAPI document", "Document")
    def get(self, request: Request) -> HttpResponse:
        """Return the document; credentials are optional."""
        return HttpResponse(to_json(_document()), content_type="application/json")


@method_decorator(csrf_exempt, name="dispatch")  # so that a wrong method is answered with JSON, not with a page about forms
class DocsView(TemplateView):
    """The OpenAPI document as an HTML page without scripts."""

    template_name = "statistics_app/api_docs.html"
    http_method_names = ["get", "head"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Add the security headers of the app's pages; without the generator of the document, the answer is JSON."""
        try:
            response = add_security_headers(super().dispatch(request, *args, **kwargs))
        except MissingPackage as error:
            return errors.not_installed(str(error))
        # Whatever language the host has chosen for the reader: what describes the API is as English as the API.
        response.headers["Content-Language"] = ENGLISH
        return response

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Return the 405 as JSON, as everywhere in the API."""
        return errors.method_not_allowed(f'Method "{request.method}" not allowed.', ", ".join(self.http_method_names).upper())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the context with the document as `api` and its operations as `operations`."""
        api = _document()
        return super().get_context_data(api=api, operations=page_operations(api), **kwargs)


def _document() -> dict[str, Any]:
    """Return the document; what generates it is large, seldom needed, and not always installed. Errors: MissingPackage."""
    document: dict[str, Any] = imported(f"{__package__}.openapi", "schema", "The OpenAPI document").document()
    return document
