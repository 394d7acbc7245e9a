"""Responses of throttles: the rate limit headers of every counted request, and the time to wait."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from pytest_django import Settings

from tests.conftest import Person

from .throttling import HEADERS, MOMENT, REFRESH, TOO_MANY_REQUESTS_BODY, log_in, rate_limit, remaining, use

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Stop the clock during every test."""
    with time_machine.travel(MOMENT, tick=False) as clock:
        yield clock


def test_a_counted_response_has_the_limit_the_rest_and_the_reset(viewer: Person) -> None:
    end = int((MOMENT + timedelta(seconds=40)).timestamp()) * 1000
    assert rate_limit(viewer.get("me")) == (600, 599, end)
    assert rate_limit(viewer.get("statistics")) == (600, 598, end)
    assert rate_limit(viewer.get(REFRESH)) == (12, 11, end)
    assert rate_limit(log_in()) == (10, 9, end)


def test_a_request_over_the_limit_gets_the_time_to_wait(member: Person, settings: Settings) -> None:
    use(settings, THROTTLE_READ="2/minute")
    assert [member.get("me").status_code for _ in range(2)] == [200, 200]
    for _ in range(3):
        response = member.get("me")
        assert (response.status_code, response.content) == (429, TOO_MANY_REQUESTS_BODY % 40)
        assert response.headers["Retry-After"] == "40"
        assert response.headers["Content-Type"] == "application/json"
        assert rate_limit(response)[:2] == (2, 0)


@pytest.mark.parametrize(("unit", "wait"), [("second", 1), ("minute", 40), ("hour", 3580)])
def test_a_window_ends_with_the_second_minute_or_hour(
    member: Person, settings: Settings, clock: time_machine.Traveller, unit: str, wait: int
) -> None:
    use(settings, THROTTLE_READ=f"1/{unit}")
    assert member.get("me").status_code == 200
    refused = member.get("me")
    assert (refused.status_code, refused.headers["Retry-After"], refused.content) == (
        429,
        str(wait),
        TOO_MANY_REQUESTS_BODY % wait,
    )
    clock.shift(timedelta(seconds=wait, milliseconds=-1))
    refused = member.get("me")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    clock.shift(timedelta(milliseconds=1))
    assert [member.get("me").status_code for _ in range(2)] == [200, 429]


def test_after_the_time_to_wait_a_request_is_accepted(
    member: Person, settings: Settings, clock: time_machine.Traveller
) -> None:
    use(settings, THROTTLE_READ="1/minute")
    clock.shift(timedelta(milliseconds=300))
    member.get("me")
    clock.shift(int(member.get("me").headers["Retry-After"]))
    assert member.get("me").status_code == 200


def test_counted_responses_of_every_status_have_the_headers(viewer: Person, settings: Settings) -> None:
    use(settings, THROTTLE_READ="5/hour", THROTTLE_LOGIN="2/hour", SOURCE="nowhere.at.All")
    responses = [viewer.call("HEAD", "statistics.list"), viewer.get("statistics.list", count="x"), viewer.call("DELETE", "me")]
    responses += [viewer.get("me"), viewer.call("POST", "logout", "[]"), viewer.get("me")]
    statuses = [(response.status_code, remaining(response)) for response in responses]
    assert statuses == [(200, 4), (400, 3), (405, 2), (500, 1), (400, 0), (429, 0)]
    logins = [log_in() for _ in range(3)]
    assert [(response.status_code, remaining(response)) for response in logins] == [(401, 1), (401, 0), (429, 0)]


def test_uncounted_responses_do_not_have_the_headers(viewer: Person, member: Person, stranger: Person) -> None:
    by_status = {
        401: [stranger.get("statistics"), stranger.call("DELETE", "me"), Person(viewer.user, "wrong").get(REFRESH)],
        403: [member.get("statistics"), member.get(REFRESH), member.call("DELETE", "statistics.list")],
        404: [viewer.get("nothing"), stranger.get("nothing")],
        200: [viewer.get("info"), stranger.get("info"), viewer.get("schema"), viewer.get("docs")],
        405: [stranger.call("GET", "login"), viewer.call("POST", "info"), viewer.call("DELETE", "schema")],
        400: [stranger.call("POST", "login", body) for body in ("", "{}", "[]", '{"user":"x"}', '{"user":1,"password":"x"}')],
        415: [stranger.call("POST", "login", "user=x", "text/plain")],
    }
    for status, responses in by_status.items():
        for response in responses:
            assert (response.status_code, HEADERS & set(response.headers)) == (status, set()), response.content


def test_a_refused_token_or_a_missing_permission_is_not_counted(viewer: Person, settings: Settings) -> None:
    use(settings, THROTTLE_READ="1/hour")
    viewer.user.user_permissions.clear()
    assert [viewer.get("statistics").status_code for _ in range(3)] == [403] * 3
    assert [Person(viewer.user, "wrong").get("me").status_code for _ in range(3)] == [401] * 3
    assert viewer.get("me").status_code == 200


def test_the_throttle_comes_after_credentials_and_permission_and_before_method_and_parameters(
    viewer: Person, member: Person, stranger: Person, settings: Settings
) -> None:
    use(settings, THROTTLE_READ="2/hour")
    bad = "statistics.list?count=x"
    member.get("me"), member.get("me")
    assert member.get("me").status_code == 429
    assert [person.call("DELETE", bad).status_code for person in (stranger, member, viewer)] == [401, 403, 405]
    assert viewer.get(bad).status_code == 400
    for method in ("DELETE", "OPTIONS", "GET"):
        assert viewer.call(method, bad).status_code == 429


def test_malformed_requests_are_refused_before_they_are_counted(viewer: Person, settings: Settings) -> None:
    use(settings, THROTTLE_READ="1/hour")
    for _ in range(3):
        assert viewer.call("GET", "me?x=%00").status_code == 400
    assert viewer.get("me").status_code == 200
