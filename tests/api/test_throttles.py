"""Throttles: each rate, and which requests are counted together."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from statistics_app.models import Snapshot
from tests.conftest import PASSWORD, Person

from .throttling import HEADERS, MOMENT, REFRESH, TOO_MANY_REQUESTS_BODY, log_in, rate_limit, remaining, use, with_new_token

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

FORM = "application/x-www-form-urlencoded"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Stop the clock during every test."""
    with time_machine.travel(MOMENT, tick=False) as clock:
        yield clock


@pytest.mark.parametrize("name", ["THROTTLE_LOGIN", "THROTTLE_READ", "THROTTLE_REFRESH"])
def test_an_empty_rate_switches_one_off_and_no_other(viewer: Person, settings: Settings, name: str) -> None:
    rates = dict.fromkeys(("THROTTLE_LOGIN", "THROTTLE_READ", "THROTTLE_REFRESH"), "1/hour")
    use(settings, **rates | {name: ""})
    calls = {
        "THROTTLE_LOGIN": log_in,
        "THROTTLE_READ": lambda: viewer.get("me"),
        "THROTTLE_REFRESH": lambda: viewer.get(REFRESH),
    }
    for rate, call in calls.items():
        responses = [call() for _ in range(3)]
        assert [response.status_code == 429 for response in responses] == [False, rate != name, rate != name]
        assert {set(response.headers) >= HEADERS for response in responses} == {rate != name}


def test_reads_and_refreshes_are_counted_separately(viewer: Person, settings: Settings) -> None:
    use(settings, THROTTLE_READ="1/hour", THROTTLE_REFRESH="1/hour")
    assert [viewer.get("me").status_code for _ in range(2)] == [200, 429]
    assert [viewer.get(REFRESH).status_code for _ in range(2)] == [200, 429]
    assert Snapshot.objects.count() == 1


@pytest.mark.parametrize(
    "path", ["me", "statistics", "statistics.list", "users.getPersonalAccessTokens", "logout", "statistics?refresh=x"]
)
def test_all_reads_of_a_token_are_counted_together(viewer: Person, settings: Settings, path: str) -> None:
    use(settings, THROTTLE_READ="2/hour")
    viewer.get("me")
    assert remaining(viewer.get(path)) == 0
    if path != "logout":
        assert viewer.get(path).status_code == 429


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("value", ["true", "True", "1"])
def test_a_refresh_by_get_or_post_is_counted_as_a_refresh(viewer: Person, method: str, value: str) -> None:
    assert rate_limit(viewer.call(method, f"statistics?refresh={value}"))[:2] == (12, 11)


@pytest.mark.parametrize(
    ("method", "query"),
    [("HEAD", "refresh=true"), ("GET", "refresh=false"), ("POST", ""), ("GET", "refresh=TRUE"), ("DELETE", "refresh=true")],
)
def test_a_request_that_does_not_refresh_is_counted_as_a_read(viewer: Person, method: str, query: str) -> None:
    assert rate_limit(viewer.call(method, f"statistics?{query}"))[:2] == (600, 599)


def test_each_token_is_counted_separately(member: Person, viewer: Person, settings: Settings) -> None:
    use(settings, THROTTLE_READ="1/hour")
    for bearer in (member, with_new_token(member), viewer):
        assert [bearer.get("me").status_code for _ in range(2)] == [200, 429]


def test_a_token_is_counted_from_all_addresses_together(member: Person, settings: Settings) -> None:
    use(settings, THROTTLE_READ="1/hour")
    addresses = [{"REMOTE_ADDR": "10.0.0.1"}, {"REMOTE_ADDR": "10.0.0.2"}]
    assert [Client().get("/api/v1/me", headers=member.headers, **one).status_code for one in addresses] == [200, 429]


def test_logins_are_counted_by_name_and_address(settings: Settings) -> None:
    use(settings, THROTTLE_LOGIN="1/hour")
    for name, address in (("one", "10.0.0.1"), ("two", "10.0.0.1"), ("one", "10.0.0.2"), ("one", "::1")):
        assert [log_in(name, address=address).status_code for _ in range(2)] == [401, 429]


def test_logins_that_succeed_are_counted_too(member: Person, settings: Settings) -> None:
    use(settings, THROTTLE_LOGIN="2/hour")
    assert [log_in("member", PASSWORD).status_code for _ in range(3)] == [200, 200, 429]
    member.user.refresh_from_db()
    assert member.user.statistics_tokens.count() == 3


def test_a_name_in_another_case_or_form_is_the_same_name() -> None:
    forms: list[dict[str, Any]] = [{"user": "Straße"}, {"user": "STRASSE"}, {"username": "straße"}, {"email": "strasse"}]
    forms += [{"user": {"username": "Strasse"}}, {"user": {"email": "STRAẞE"}}]
    left = []
    for form in forms:
        for body, content_type in ((json.dumps({**form, "password": "x"}), "application/json"), (urlencode(form), FORM)):
            if content_type == FORM and isinstance(form.get("user"), dict):
                continue
            data = body if content_type != FORM else f"{body}&password=x"
            left.append(remaining(Client().generic("POST", "/api/v1/login", data, content_type)))
    assert left == list(range(9, 9 - len(left), -1))


def test_each_resumed_token_is_counted_separately(member: Person, settings: Settings) -> None:
    use(settings, THROTTLE_LOGIN="1/hour")
    other = with_new_token(member)
    for token in (member.token, other.token, "unknown"):
        statuses = [Client().post("/api/v1/login", {"resume": token}, "application/json").status_code for _ in range(2)]
        assert statuses == [401 if token == "unknown" else 200, 429]


def test_a_throttled_login_is_refused_even_with_the_right_password(
    member: Person, settings: Settings, clock: time_machine.Traveller
) -> None:
    use(settings, THROTTLE_LOGIN="1/minute")
    assert log_in("member").status_code == 401
    refused = log_in("member", PASSWORD)
    assert (refused.status_code, refused.content) == (429, TOO_MANY_REQUESTS_BODY % 40)
    clock.shift(40)
    assert log_in("member", PASSWORD).status_code == 200


def test_a_throttled_refresh_takes_no_snapshot_and_reads_continue(viewer: Person, settings: Settings) -> None:
    use(settings, THROTTLE_REFRESH="1/hour")
    taken = viewer.get(REFRESH)
    assert viewer.get(REFRESH).status_code == 429
    assert viewer.call("POST", REFRESH).status_code == 429
    assert Snapshot.objects.count() == 1
    assert viewer.get("statistics").content == taken.content
