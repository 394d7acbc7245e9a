"""The lines between a test and a client: a command in JSON comes in, what the client says goes out."""

import json
import sys
from dataclasses import asdict, dataclass


@dataclass
class Refusal(Exception):
    """What a client tells of an answer that is none: how it tells it, and whatever of the rest it passes on."""

    kind: str
    status: int | None = None
    message: str | None = None
    error_type: str | None = None


def converse(client):
    """Do what each line says by the method of that name, until the lines end."""
    # Some clients print. The lines are for the test alone.
    lines, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        command = json.loads(line)
        do = getattr(client, command.pop("do"))
        try:
            said = {"answer": do(**command)}
        except Refusal as refusal:
            said = {"refusal": asdict(refusal)}
        print(json.dumps(said), file=lines, flush=True)


def told_by(response):
    """Read a refusal out of a response of requests that the client handed over."""
    body = response.json()
    return {
        "status": response.status_code,
        "message": body.get("message", body.get("error")),
        "error_type": body.get("errorType"),
    }
