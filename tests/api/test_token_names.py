"""What a personal token may be called, and what becomes of a name that is unknown, taken or no name at all."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from statistics_app.models import AccessToken
from statistics_app.models.access_token import TokenKind
from tests.conftest import Person

from .personal import GENERATE, NAMED, REGENERATE, REMOVE, listed, made, post, require_refused

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("call", [REGENERATE, REMOVE])
def test_an_unknown_name_is_refused(member: Person, call: str) -> None:
    made(member)
    for name in ("Monitoring", "monitorin", "x" * 500, member.token):
        error = "Token does not exist [error-token-does-not-exists]"
        require_refused(post(member, call, name), "error-token-does-not-exists", error)
    assert listed(member) == ["monitoring"]


def test_a_name_that_is_taken_is_refused_and_the_token_stays(member: Person) -> None:
    bearer = made(member)
    error = "A token with this name already exists [error-token-already-exists]"
    require_refused(post(member, GENERATE), "error-token-already-exists", error)
    assert bearer.get("me").status_code == 200
    assert listed(member) == ["monitoring"]


@pytest.mark.parametrize("call", NAMED)
@pytest.mark.parametrize("body", [{}, {"tokenName": ""}, {"name": "x"}, *({"tokenName": x} for x in (1, None, True, [], {}))])
def test_a_call_needs_a_name_that_is_a_text(member: Person, call: str, body: dict[str, Any]) -> None:
    require_refused(member.call("POST", call, json.dumps(body)), "error-invalid-params")
    assert not AccessToken.objects.filter(kind=TokenKind.PERSONAL).exists()


@pytest.mark.parametrize("call", NAMED)
@pytest.mark.parametrize("body", ['{"tokenName":"a\\u0000b"}', '{"tokenName":"a\0b"}', '{"tokenName":"\\ud800"}'])
def test_a_name_that_no_database_can_keep_is_refused(member: Person, call: str, body: str) -> None:
    require_refused(member.call("POST", call, body), "error-invalid-params")


@pytest.mark.parametrize("name", [" ", "\t", "x" * 101, "a\nb", "a\x7fb", "a\u202eb", "\u2028"])
def test_a_name_that_cannot_be_shown_is_refused(member: Person, name: str) -> None:
    require_refused(post(member, GENERATE, name), "error-invalid-params")
    assert listed(member) == []


@pytest.mark.parametrize("name", ["x" * 100, "日本 ☂ Jürgen's <b>", "'; --", "0"])
def test_any_name_that_can_be_shown_will_do(member: Person, name: str) -> None:
    made(member, name)
    assert listed(member) == [name]
    made(member, name, REGENERATE)
    assert post(member, REMOVE, name).status_code == 200


def test_a_name_with_spaces_around_it_means_the_same_token_in_every_call(member: Person) -> None:
    made(member, " monitoring ")
    assert post(member, REGENERATE, " monitoring ").status_code == 200
    assert post(member, REMOVE, " monitoring ").status_code == 200
    assert listed(member) == []


def test_a_form_is_read_too(member: Person) -> None:
    body = urlencode({"tokenName": "monitoring"})
    for call in NAMED:
        assert member.call("POST", call, body, FORM).status_code == 200
