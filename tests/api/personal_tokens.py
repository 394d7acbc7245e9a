"""Helpers for tests of the four operations on personal tokens."""

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
    """Return the response of an operation to a token's name."""
    return person.call("POST", call, json.dumps({"tokenName": name}))


def generate(person: Person, name: str = "monitoring", call: str = GENERATE) -> Person:
    """Generate or regenerate a token, and return the person with it as credentials."""
    response = post(person, call, name)
    assert response.status_code == 200, response.content
    return Person(person.user, response.json()["token"])


def stored(name: str = "monitoring") -> AccessToken:
    """Return the stored token with a name."""
    return AccessToken.objects.get(kind=TokenKind.PERSONAL, name=name)


def listed(person: Person) -> list[str]:
    """Return the names of the tokens that the API lists for a person."""
    return [token["name"] for token in person.get(LIST).json()["tokens"]]


def require_refused(response: Any, error_type: str, error: str | None = None) -> None:
    """Assert that a response is a 400 with this error type, and with this message if one is given."""
    assert (response.status_code, response.headers["Content-Type"]) == (400, "application/json")
    document = response.json()
    assert document.keys() == {"success", "errorType", "error"}
    assert (document["success"], document["errorType"]) == (False, error_type)
    assert document["error"] == error if error else document["error"]
