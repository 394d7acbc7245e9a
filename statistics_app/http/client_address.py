"""Where a request comes from."""

from django.http import HttpRequest

from ..conf import setting


def client_address(request: HttpRequest) -> str:
    """Return the client's address: the connection's, or the one that the outermost of our own proxies saw."""
    proxies = setting("TRUSTED_PROXIES")
    seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    # What stands further left was written by the client.
    if proxies and len(seen) >= proxies:
        return seen[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))
