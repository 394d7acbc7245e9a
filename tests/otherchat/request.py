"""`python -m tests.otherchat.request`: send requests to the other host's URLs.

A JSON list of requests is read from standard input, and a JSON list of responses is written to standard output. A request
has `path`, and optionally `method`, `headers`, `data`, and `signed_in_as` with a username; a response has `status`, `type` and
`text`.
"""

import json
import sys

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402 - models can be imported only after setup()
from django.test import Client  # noqa: E402


def respond(request: dict) -> dict:
    """Send one request and return the response."""
    client = Client(headers=request.get("headers", {}))
    if "signed_in_as" in request:
        client.force_login(User.objects.get(username=request["signed_in_as"]))
    data = json.dumps(request["data"]) if "data" in request else ""
    response = client.generic(request.get("method", "GET"), request["path"], data, "application/json")
    return {"status": response.status_code, "type": response.headers.get("Content-Type"), "text": response.content.decode()}


if __name__ == "__main__":
    json.dump([respond(request) for request in json.load(sys.stdin)], sys.stdout)
