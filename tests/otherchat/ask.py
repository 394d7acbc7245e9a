"""Call the stranger's own paths: a list of calls as JSON on standard input, their answers as JSON on standard output.

A call has `path` and may have `method`, `headers`, `data`, and `signed_in_as` with a username.
"""

import json
import sys

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402 - models are there only now
from django.test import Client  # noqa: E402


def ask(call: dict) -> dict:
    """Make one call."""
    client = Client(headers=call.get("headers", {}))
    if "signed_in_as" in call:
        client.force_login(User.objects.get(username=call["signed_in_as"]))
    data = json.dumps(call["data"]) if "data" in call else ""
    answer = client.generic(call.get("method", "GET"), call["path"], data, "application/json")
    return {"status": answer.status_code, "type": answer.headers.get("Content-Type"), "text": answer.content.decode()}


if __name__ == "__main__":
    json.dump([ask(call) for call in json.load(sys.stdin)], sys.stdout)
