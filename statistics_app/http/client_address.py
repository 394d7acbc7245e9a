"""The client's address of a request."""

from django.http import HttpRequest

from ..conf import setting


def client_address(request: HttpRequest) -> str:
    """Return the client's address: that of the connection, or the one seen by the outermost of `TRUSTED_PROXIES`."""
    proxies = setting("TRUSTED_PROXIES")
    addresses = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    # Entries further left were sent by the client and cannot be trusted.
    if proxies and len(addresses) >= proxies:
        return addresses[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))
