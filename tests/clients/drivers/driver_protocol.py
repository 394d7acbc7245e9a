"""The protocol between a test and a driver: commands and replies, one JSON document per line."""

import json
import sys
from dataclasses import asdict, dataclass


@dataclass
class Refusal(Exception):
    """A refusal as the client reports it: the kind of report, and those parts of the response that it contains."""

    kind: str
    status: int | None = None
    message: str | None = None
    error_type: str | None = None


def serve(client):
    """Execute the command of each line by the client's method of that name, until the input ends."""
    # Some clients print to the standard output, which is reserved for replies.
    lines, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        command = json.loads(line)
        method = getattr(client, command.pop("command"))
        try:
            reply = {"result": method(**command)}
        except Refusal as refusal:
            reply = {"refusal": asdict(refusal)}
        print(json.dumps(reply), file=lines, flush=True)


def refusal_fields(response):
    """Return the fields of a refusal from a response of the library requests."""
    body = response.json()
    return {
        "status": response.status_code,
        "message": body.get("message", body.get("error")),
        "error_type": body.get("errorType"),
    }
