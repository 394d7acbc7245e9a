"""The API described: for programs, and for people."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.generic import TemplateView
from rest_framework.request import Request

from ..http.security_headers import add_security_headers
from ..serialization import to_json
from .base import ApiView
from .openapi import JSON, document
from .operation import operation
from .reference import reference_operations


class SchemaView(ApiView):
    """The OpenAPI document; it holds no secret, so anyone may read it."""

    permission_classes = []
    throttle_classes = []

    @operation("This description", "Document")
    def get(self, request: Request) -> HttpResponse:
        """Answer anyone."""
        return HttpResponse(to_json(document()), content_type=JSON)


class DocsView(TemplateView):
    """The same as a page that needs no script."""

    template_name = "statistics_app/api_docs.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer strictly."""
        return add_security_headers(super().dispatch(request, *args, **kwargs))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Lay the document out for reading."""
        api = document()
        return super().get_context_data(api=api, operations=reference_operations(api), **kwargs)
