"""How often one may ask: each rate, and whose requests are counted together."""

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

from .throttled import HEADERS, MOMENT, REFRESH, TOO_MANY, again, counted, log_in, remaining, use

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

FORM = "application/x-www-form-urlencoded"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Let every test happen at one moment."""
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


def test_reading_and_refreshing_are_counted_apart(viewer: Person, settings: Settings) -> None:
    use(settings, THROTTLE_READ="1/hour", THROTTLE_REFRESH="1/hour")
    assert [viewer.get("me").status_code for _ in range(2)] == [200, 429]
    assert [viewer.get(REFRESH).status_code for _ in range(2)] == [200, 429]
    assert Snapshot.objects.count() == 1


@pytest.mark.parametrize(
    "path", ["me", "statistics", "statistics.list", "users.getPersonalAccessTokens", "logout", "statistics?refresh=x"]
)
def test_whatever_a_token_asks_for_is_one_count(viewer: Person, settings: Settings, path: str) -> None:
    use(settings, THROTTLE_READ="2/hour")
    viewer.get("me")
    assert remaining(viewer.get(path)) == 0
    if path != "logout":
        assert viewer.get(path).status_code == 429


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("value", ["true", "True", "1"])
def test_a_refresh_is_counted_as_one_by_get_and_by_post(viewer: Person, method: str, value: str) -> None:
    assert counted(viewer.call(method, f"statistics?refresh={value}"))[:2] == (12, 11)


@pytest.mark.parametrize(
    ("method", "query"),
    [("HEAD", "refresh=true"), ("GET", "refresh=false"), ("POST", ""), ("GET", "refresh=TRUE"), ("DELETE", "refresh=true")],
)
def test_what_refreshes_nothing_is_counted_as_reading(viewer: Person, method: str, query: str) -> None:
    assert counted(viewer.call(method, f"statistics?{query}"))[:2] == (600, 599)


def test_each_token_is_counted_by_itself(member: Person, viewer: Person, settings: Settings) -> None:
    use(settings, THROTTLE_READ="1/hour")
    for bearer in (member, again(member), viewer):
        assert [bearer.get("me").status_code for _ in range(2)] == [200, 429]


def test_a_token_is_counted_wherever_it_comes_from(member: Person, settings: Settings) -> None:
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


def test_a_name_in_other_case_or_written_in_another_way_is_the_same_name() -> None:
    ways: list[dict[str, Any]] = [{"user": "Straße"}, {"user": "STRASSE"}, {"username": "straße"}, {"email": "strasse"}]
    ways += [{"user": {"username": "Strasse"}}, {"user": {"email": "STRAẞE"}}]
    left = []
    for way in ways:
        for body, content_type in ((json.dumps({**way, "password": "x"}), "application/json"), (urlencode(way), FORM)):
            if content_type == FORM and isinstance(way.get("user"), dict):
                continue
            sent = body if content_type != FORM else f"{body}&password=x"
            left.append(remaining(Client().generic("POST", "/api/v1/login", sent, content_type)))
    assert left == list(range(9, 9 - len(left), -1))


def test_a_resumed_token_is_counted_by_itself(member: Person, settings: Settings) -> None:
    use(settings, THROTTLE_LOGIN="1/hour")
    other = again(member)
    for token in (member.token, other.token, "unknown"):
        sent = [Client().post("/api/v1/login", {"resume": token}, "application/json").status_code for _ in range(2)]
        assert sent == [401 if token == "unknown" else 200, 429]


def test_one_who_is_throttled_is_not_let_in_with_the_right_password(
    member: Person, settings: Settings, clock: time_machine.Traveller
) -> None:
    use(settings, THROTTLE_LOGIN="1/minute")
    assert log_in("member").status_code == 401
    refused = log_in("member", PASSWORD)
    assert (refused.status_code, refused.content) == (429, TOO_MANY % 40)
    clock.shift(40)
    assert log_in("member", PASSWORD).status_code == 200


def test_a_throttled_refresh_takes_no_snapshot_and_reading_goes_on(viewer: Person, settings: Settings) -> None:
    use(settings, THROTTLE_REFRESH="1/hour")
    taken = viewer.get(REFRESH)
    assert viewer.get(REFRESH).status_code == 429
    assert viewer.call("POST", REFRESH).status_code == 429
    assert Snapshot.objects.count() == 1
    assert viewer.get("statistics").content == taken.content
