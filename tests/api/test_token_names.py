"""Names of personal tokens: valid and invalid ones, and names that are unknown or already in use."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from statistics_app.models import AccessToken
from statistics_app.models.access_token import TokenKind
from tests.conftest import Person

from .personal_tokens import GENERATE, NAMED, REGENERATE, REMOVE, generate, listed, post, require_refused

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("call", [REGENERATE, REMOVE])
def test_an_unknown_name_is_refused(member: Person, call: str) -> None:
    generate(member)
    for name in ("Monitoring", "monitorin", "x" * 500, member.token):
        error = "Token does not exist [error-token-does-not-exists]"
        require_refused(post(member, call, name), "error-token-does-not-exists", error)
    assert listed(member) == ["monitoring"]


def test_a_name_in_use_is_refused_and_its_token_stays(member: Person) -> None:
    token = generate(member)
    error = "A token with this name already exists [error-token-already-exists]"
    require_refused(post(member, GENERATE), "error-token-already-exists", error)
    assert token.get("me").status_code == 200
    assert listed(member) == ["monitoring"]


@pytest.mark.parametrize("call", NAMED)
@pytest.mark.parametrize("body", [{}, {"tokenName": ""}, {"name": "x"}, *({"tokenName": x} for x in (1, None, True, [], {}))])
def test_the_name_has_to_be_a_non_empty_string(member: Person, call: str, body: dict[str, Any]) -> None:
    require_refused(member.call("POST", call, json.dumps(body)), "error-invalid-params")
    assert not AccessToken.objects.filter(kind=TokenKind.PERSONAL).exists()


@pytest.mark.parametrize("call", NAMED)
@pytest.mark.parametrize("body", ['{"tokenName":"a\\u0000b"}', '{"tokenName":"a\0b"}', '{"tokenName":"\\ud800"}'])
def test_a_name_that_cannot_be_stored_is_refused(member: Person, call: str, body: str) -> None:
    require_refused(member.call("POST", call, body), "error-invalid-params")


@pytest.mark.parametrize("name", [" ", "\t", "x" * 101, "a\nb", "a\x7fb", "a\u202eb", "\u2028"])
def test_a_name_that_is_not_printable_is_refused(member: Person, name: str) -> None:
    require_refused(post(member, GENERATE, name), "error-invalid-params")
    assert listed(member) == []


@pytest.mark.parametrize("name", ["x" * 100, "日本 ☂ Jürgen's <b>", "'; --", "0"])
def test_any_printable_name_is_accepted(member: Person, name: str) -> None:
    generate(member, name)
    assert listed(member) == [name]
    generate(member, name, REGENERATE)
    assert post(member, REMOVE, name).status_code == 200


def test_spaces_around_a_name_are_ignored_by_every_operation(member: Person) -> None:
    generate(member, " monitoring ")
    assert post(member, REGENERATE, " monitoring ").status_code == 200
    assert post(member, REMOVE, " monitoring ").status_code == 200
    assert listed(member) == []


def test_a_form_is_accepted_too(member: Person) -> None:
    body = urlencode({"tokenName": "monitoring"})
    for call in NAMED:
        assert member.call("POST", call, body, FORM).status_code == 200
