"""Short ways to the four calls for personal tokens."""

import json
from typing import Any

from statistics_app.models import AccessToken
from statistics_app.models.access_token import TokenKind
from tests.conftest import Person

GENERATE = "users.generatePersonalAccessToken"
REGENERATE = "users.regeneratePersonalAccessToken"
REMOVE = "users.removePersonalAccessToken"
LIST = "users.getPersonalAccessTokens"
NAMED = [GENERATE, REGENERATE, REMOVE]


def post(person: Person, call: str, name: Any = "monitoring") -> Any:
    """Send a token's name to one of the calls."""
    return person.call("POST", call, json.dumps({"tokenName": name}))


def made(person: Person, name: str = "monitoring", call: str = GENERATE) -> Person:
    """Make or renew a token; return its bearer."""
    response = post(person, call, name)
    assert response.status_code == 200, response.content
    return Person(person.user, response.json()["token"])


def stored(name: str = "monitoring") -> AccessToken:
    """Find the only token of a name."""
    return AccessToken.objects.get(kind=TokenKind.PERSONAL, name=name)


def listed(person: Person) -> list[str]:
    """Name the tokens that a person has."""
    return [token["name"] for token in person.get(LIST).json()["tokens"]]


def require_refused(response: Any, error_type: str, error: str | None = None) -> None:
    """See that a call was refused, with what it says."""
    assert (response.status_code, response.headers["Content-Type"]) == (400, "application/json")
    document = response.json()
    assert document.keys() == {"success", "errorType", "error"}
    assert (document["success"], document["errorType"]) == (False, error_type)
    assert document["error"] == error if error else document["error"]
