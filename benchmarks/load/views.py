"""The views that ours are compared with."""

import json
import os
from typing import Any

from django.http import HttpRequest, HttpResponse
from rest_framework.authentication import TokenAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView

from statistics_app.models import Snapshot

BODY = b"x" * int(os.environ.get("BENCH_BYTES", "5000"))


def static(request: HttpRequest) -> HttpResponse:
    """Answer with static bytes, of the size of a snapshot."""
    return HttpResponse(BODY, content_type="application/json")


class EmptyView(APIView):
    """An empty view of Django REST framework."""

    authentication_classes = ()
    permission_classes = ()

    def get(self, request: Request) -> HttpResponse:
        """Answer with static bytes."""
        return HttpResponse(BODY, content_type="application/json")


class HasPermission(BasePermission):
    """The permission, as Django checks it."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return whether the user has it."""
        return bool(request.user.has_perm("statistics_app.view_statistics"))


class StraightforwardView(APIView):
    """The latest snapshot, as one would write the view with what Django REST framework has."""

    authentication_classes = (TokenAuthentication,)
    permission_classes = (HasPermission,)
    throttle_classes = (UserRateThrottle,)

    def get(self, request: Request) -> Response:
        """Answer with the document."""
        snapshot = Snapshot.objects.order_by("-created_at").first()
        assert snapshot is not None
        return Response({**json.loads(snapshot.body), "success": True})
