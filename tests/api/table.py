"""The contract's table of errors, as a judge of any answer."""

import json
from typing import Any

from .bare import Answer

INVALID = {"error-invalid-params", "error-invalid-sort", "error-invalid-fields", "error-invalid-query"}
INVALID |= {"error-token-already-exists", "error-token-does-not-exists"}
NOT_LOGGED_IN = {"status": "error", "message": "You must be logged in to do this."}
LOGIN_REFUSED = {"status": "error", "error": "Unauthorized", "message": "Unauthorized"}
NOT_ALLOWED = {"success": False, "error": "error-not-allowed", "errorType": "error-not-allowed"}
NOT_FOUND = {"success": False, "error": "Resource not found"}


def require_contract(answer: Answer, method: str = "GET") -> None:
    """See that an answer is one that the contract knows."""
    assert answer.status < 500, answer
    assert answer.headers["content-type"] == "application/json", answer
    assert answer.headers["cache-control"] == "no-store", answer
    if method == "HEAD":
        return
    body = json.loads(answer.body)
    assert _is_known(answer, body), answer


def _is_known(answer: Answer, body: dict[str, Any]) -> bool:
    """Look a body up by its status."""
    if answer.status == 200:
        return "openapi" in body or body.get("success") is True or body.get("status") == "success"
    if answer.status in {400, 413, 415}:
        return body.keys() == {"success", "errorType", "error"} and body["errorType"] in INVALID and bool(body["error"])
    if answer.status == 401:
        return body in (NOT_LOGGED_IN, LOGIN_REFUSED) and answer.headers["www-authenticate"] == 'X-Auth-Token realm="api"'
    if answer.status == 405:
        return list(body) == ["status", "message", "success", "error"] and bool(answer.headers["allow"])
    if answer.status == 429:
        return body["errorType"] == "error-too-many-requests" and int(answer.headers["retry-after"]) > 0
    return (answer.status, body) in ((403, NOT_ALLOWED), (404, NOT_FOUND))
