"""What answers say of throttles: the three headers on every answer that is counted, and how long one has to wait."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from pytest_django import Settings

from tests.conftest import Person

from .throttled import HEADERS, MOMENT, REFRESH, TOO_MANY, counted, log_in, remaining, use

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Let every test happen at one moment."""
    with time_machine.travel(MOMENT, tick=False) as clock:
        yield clock


def test_a_counted_answer_says_how_many_are_left_and_until_when(viewer: Person) -> None:
    end = int((MOMENT + timedelta(seconds=40)).timestamp()) * 1000
    assert counted(viewer.get("me")) == (600, 599, end)
    assert counted(viewer.get("statistics")) == (600, 598, end)
    assert counted(viewer.get(REFRESH)) == (12, 11, end)
    assert counted(log_in()) == (10, 9, end)


def test_one_more_than_the_limit_is_told_how_long_to_wait(member: Person, settings: Settings) -> None:
    use(settings, THROTTLE_READ="2/minute")
    assert [member.get("me").status_code for _ in range(2)] == [200, 200]
    for _ in range(3):
        response = member.get("me")
        assert (response.status_code, response.content) == (429, TOO_MANY % 40)
        assert response.headers["Retry-After"] == "40"
        assert response.headers["Content-Type"] == "application/json"
        assert counted(response)[:2] == (2, 0)


@pytest.mark.parametrize(("unit", "wait"), [("second", 1), ("minute", 40), ("hour", 3580)])
def test_a_window_ends_with_the_second_minute_or_hour(
    member: Person, settings: Settings, clock: time_machine.Traveller, unit: str, wait: int
) -> None:
    use(settings, THROTTLE_READ=f"1/{unit}")
    assert member.get("me").status_code == 200
    refused = member.get("me")
    assert (refused.status_code, refused.headers["Retry-After"], refused.content) == (429, str(wait), TOO_MANY % wait)
    clock.shift(timedelta(seconds=wait, milliseconds=-1))
    refused = member.get("me")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    clock.shift(timedelta(milliseconds=1))
    assert [member.get("me").status_code for _ in range(2)] == [200, 429]


def test_who_waits_as_long_as_was_said_gets_in(member: Person, settings: Settings, clock: time_machine.Traveller) -> None:
    use(settings, THROTTLE_READ="1/minute")
    clock.shift(timedelta(milliseconds=300))
    member.get("me")
    clock.shift(int(member.get("me").headers["Retry-After"]))
    assert member.get("me").status_code == 200


def test_counted_answers_of_every_status_say_so(viewer: Person, settings: Settings) -> None:
    use(settings, THROTTLE_READ="5/hour", THROTTLE_LOGIN="2/hour", SOURCE="nowhere.at.All")
    answers = [viewer.call("HEAD", "statistics.list"), viewer.get("statistics.list", count="x"), viewer.call("DELETE", "me")]
    answers += [viewer.get("me"), viewer.call("POST", "logout", "[]"), viewer.get("me")]
    statuses = [(answer.status_code, remaining(answer)) for answer in answers]
    assert statuses == [(200, 4), (400, 3), (405, 2), (500, 1), (400, 0), (429, 0)]
    logins = [log_in() for _ in range(3)]
    assert [(answer.status_code, remaining(answer)) for answer in logins] == [(401, 1), (401, 0), (429, 0)]


def test_answers_that_are_not_counted_say_nothing_of_it(viewer: Person, member: Person, stranger: Person) -> None:
    answers = {
        401: [stranger.get("statistics"), stranger.call("DELETE", "me"), Person(viewer.user, "wrong").get(REFRESH)],
        403: [member.get("statistics"), member.get(REFRESH), member.call("DELETE", "statistics.list")],
        404: [viewer.get("nothing"), stranger.get("nothing")],
        200: [viewer.get("info"), stranger.get("info"), viewer.get("schema"), viewer.get("docs")],
        405: [stranger.call("GET", "login"), viewer.call("POST", "info"), viewer.call("DELETE", "schema")],
        400: [stranger.call("POST", "login", body) for body in ("", "{}", "[]", '{"user":"x"}', '{"user":1,"password":"x"}')],
        415: [stranger.call("POST", "login", "user=x", "text/plain")],
    }
    for status, responses in answers.items():
        for response in responses:
            assert (response.status_code, HEADERS & set(response.headers)) == (status, set()), response.content


def test_a_refused_token_or_a_missing_permission_uses_nothing_up(viewer: Person, settings: Settings) -> None:
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


def test_malformed_bytes_are_refused_before_anything_is_counted(viewer: Person, settings: Settings) -> None:
    use(settings, THROTTLE_READ="1/hour")
    for _ in range(3):
        assert viewer.call("GET", "me?x=%00").status_code == 400
    assert viewer.get("me").status_code == 200
