"""The paths `/livez` and `/readyz`, which probes ask whether the server runs and whether it is ready."""

from ipaddress import ip_address, ip_network

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin

from ..conf import setting
from ..http.client_address import client_address
from ..serialization import to_json

LIVE, READY = "/livez", "/readyz"
# Names of checks to leave out, as in Kubernetes.
EXCLUDE = "exclude"


class HealthMiddleware(MiddlewareMixin):
    """Answers probes from `HEALTH_NETWORKS`, whatever the host and scheme that they ask for, and nobody else.

    It must be the first of MIDDLEWARE: those after it refuse unknown hosts and redirect to HTTPS.
    """

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        """Return the response to a probe; pass on all other requests."""
        if request.path_info not in (LIVE, READY) or request.method not in ("GET", "HEAD") or not _is_probe(request):
            return None
        return _response(200, {"status": "ok"}) if request.path_info == LIVE else _readiness(request)


def _readiness(request: HttpRequest) -> HttpResponse:
    from ..monitoring.health import readiness  # noqa: PLC0415 - what it checks is seldom needed

    checks = readiness(timezone.now(), request.GET.getlist(EXCLUDE))
    is_ready = not any(check.problem for check in checks)
    body = {
        "status": "ok" if is_ready else "unavailable",
        "checks": {check.name: check.problem or "ok" for check in checks},
    }
    return _response(200 if is_ready else 503, body)


def _response(status: int, body: object) -> HttpResponse:
    return HttpResponse(to_json(body), status=status, content_type="application/json", headers={"Cache-Control": "no-store"})


def _is_probe(request: HttpRequest) -> bool:
    """Return whether the client is in one of the networks; one behind a proxy that is not trusted is not known."""
    if not setting("TRUSTED_PROXIES") and "HTTP_X_FORWARDED_FOR" in request.META:
        return False
    try:
        address = ip_address(client_address(request))
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in ip_network(network) for network in setting("HEALTH_NETWORKS"))
