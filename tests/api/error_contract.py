"""Assertions that a response conforms to the wire contract."""

import json
from typing import Any

from .raw_requests import RawResponse

INVALID = {"error-invalid-params", "error-invalid-sort", "error-invalid-fields", "error-invalid-query"}
INVALID |= {"error-token-already-exists", "error-token-does-not-exists"}
NOT_LOGGED_IN = {"status": "error", "message": "You must be logged in to do this."}
LOGIN_REFUSED = {"status": "error", "error": "Unauthorized", "message": "Unauthorized"}
NOT_ALLOWED = {"success": False, "error": "error-not-allowed", "errorType": "error-not-allowed"}
NOT_FOUND = {"success": False, "error": "Resource not found"}


def require_contract(response: RawResponse, method: str = "GET") -> None:
    """Assert that a response has a status, headers and a body that the contract allows; a 5xx never is."""
    assert response.status < 500, response
    assert response.headers["content-type"] == "application/json", response
    assert response.headers["cache-control"] == ("private, no-cache" if "etag" in response.headers else "no-store"), response
    if method == "HEAD":
        return
    body = json.loads(response.body)
    assert _is_allowed(response, body), response


def _is_allowed(response: RawResponse, body: dict[str, Any]) -> bool:
    """Return whether the contract allows this body, and the headers that depend on the status."""
    if response.status == 200:
        return "openapi" in body or body.get("success") is True or body.get("status") == "success"
    if response.status in {400, 413, 415}:
        return body.keys() == {"success", "errorType", "error"} and body["errorType"] in INVALID and bool(body["error"])
    if response.status == 401:
        return body in (NOT_LOGGED_IN, LOGIN_REFUSED) and response.headers["www-authenticate"] == 'X-Auth-Token realm="api"'
    if response.status == 405:
        return list(body) == ["status", "message", "success", "error"] and bool(response.headers["allow"])
    if response.status == 429:
        return body["errorType"] == "error-too-many-requests" and int(response.headers["retry-after"]) > 0
    return (response.status, body) in ((403, NOT_ALLOWED), (404, NOT_FOUND))
