"""The lockout after failed login attempts under one name: the wait grows with each failure, but never becomes permanent."""

import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from statistics_app.accounts import lockout
from statistics_app.exceptions import TooManyAttempts
from tests.api.throttling import TOO_MANY_REQUESTS_BODY
from tests.conftest import PASSWORD, Person

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

NOON = datetime(2030, 3, 2, 12, 0, tzinfo=UTC)
HOME, ELSEWHERE, THIRD = "10.0.0.1", "10.66.66.66", "10.0.0.3"
SIGN_IN, ADMIN = "/statistics/sign-in/", "/admin/login/?next=/admin/"
WAITS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
FREE = 6  # five failures, and one more attempt before the first wait


@pytest.fixture(autouse=True)
def clock(settings: Settings) -> Iterator[time_machine.Traveller]:
    """Freeze the clock, and switch the login throttle off, so that only the lockout applies."""
    settings.STATISTICS = {**settings.STATISTICS, "THROTTLE_LOGIN": "", "THROTTLE_LOGIN_ADDRESS": ""}
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def log_in(name: str = "member", password: str = "wrong", address: str = ELSEWHERE) -> Any:
    """Try to log in through the API."""
    body = json.dumps({"user": name, "password": password})
    return Client().generic("POST", "/api/v1/login", body, "application/json", REMOTE_ADDR=address)


def sign_in(page: str, name: str = "member", password: str = "wrong", address: str = ELSEWHERE) -> Any:
    """Try to sign in with a form."""
    return Client(REMOTE_ADDR=address).post(page, {"username": name, "password": password})


def statuses(times: int, *arguments: Any, **named: Any) -> list[int]:
    """Return the status codes of a number of attempts in a row."""
    return [log_in(*arguments, **named).status_code for _ in range(times)]


def waits(clock: time_machine.Traveller, times: int, try_once: Callable[[], Any] = log_in) -> list[int]:
    """Make each attempt as soon as it is allowed, and return the waits before."""
    seconds = []
    for _ in range(times):
        response = try_once()
        assert response.status_code == 429
        seconds.append(int(response.headers["Retry-After"]))
        clock.shift(seconds[-1])
        assert try_once().status_code == 401
    return seconds


def test_waits_double_up_to_five_minutes(member: Person, clock: time_machine.Traveller) -> None:
    assert statuses(FREE) == [401] * FREE
    assert waits(clock, len(WAITS)) == WAITS
    assert max(WAITS) == lockout.MAX_WAIT_SECONDS


def test_an_early_attempt_gets_the_response_of_a_throttle_with_the_remaining_wait(
    member: Person, clock: time_machine.Traveller
) -> None:
    statuses(FREE)
    waits(clock, 3)
    clock.shift(timedelta(milliseconds=1500))
    response = log_in("member", PASSWORD)
    assert (response.status_code, response.headers["Retry-After"], response.content) == (429, "7", TOO_MANY_REQUESTS_BODY % 7)
    assert response.headers["Content-Type"] == "application/json"


def test_early_attempts_do_not_extend_the_wait(member: Person, clock: time_machine.Traveller) -> None:
    statuses(FREE)
    waits(clock, 4)
    assert {log_in().headers["Retry-After"] for _ in range(50)} == {"16"}
    clock.shift(15)
    assert log_in().headers["Retry-After"] == "1"
    clock.shift(1)
    assert log_in("member", PASSWORD).status_code == 200


def test_the_lockout_is_never_permanent(member: Person, clock: time_machine.Traveller) -> None:
    statuses(FREE)
    waits(clock, 40)
    clock.shift(lockout.MAX_WAIT_SECONDS)
    assert log_in("member", PASSWORD).status_code == 200


def test_failures_expire_after_a_day(member: Person, clock: time_machine.Traveller) -> None:
    statuses(FREE)
    waits(clock, 5)
    clock.move_to(NOON + timedelta(days=1))
    assert statuses(FREE + 1) == [*[401] * FREE, 429]


def test_a_success_resets_the_failures(member: Person, clock: time_machine.Traveller) -> None:
    for _ in range(2):
        statuses(FREE)
        waits(clock, 3)
        clock.shift(8)
        assert log_in("member", PASSWORD).status_code == 200
        assert statuses(FREE + 1, address=THIRD) == [*[401] * FREE, 429]
        clock.shift(1)
        assert log_in("member", PASSWORD, THIRD).status_code == 200


def test_successful_logins_never_have_to_wait(member: Person) -> None:
    assert statuses(30, "member", PASSWORD) == [200] * 30


def test_an_attack_from_elsewhere_does_not_lock_out_the_owner(member: Person, clock: time_machine.Traveller) -> None:
    assert log_in("member", PASSWORD, HOME).status_code == 200
    statuses(FREE)
    waits(clock, 10)
    assert log_in("member", PASSWORD, ELSEWHERE).status_code == 429
    assert statuses(3, "member", PASSWORD, HOME) == [200] * 3
    assert log_in("member", PASSWORD, THIRD).status_code == 429


def test_the_owners_success_does_not_reset_the_attackers_failures(member: Person, clock: time_machine.Traveller) -> None:
    assert log_in("member", PASSWORD, HOME).status_code == 200
    statuses(FREE)
    waits(clock, 5)
    assert log_in("member", PASSWORD, HOME).status_code == 200
    assert log_in().headers["Retry-After"] == "32"


def test_failures_at_the_owners_own_address_count_too(member: Person, clock: time_machine.Traveller) -> None:
    assert log_in("member", PASSWORD, HOME).status_code == 200
    assert statuses(FREE + 1, address=HOME) == [*[401] * FREE, 429]
    assert log_in("member", PASSWORD, ELSEWHERE).status_code == 200


def test_changing_the_address_or_the_case_of_the_name_does_not_evade_the_lockout(member: Person) -> None:
    names = ["member", "MEMBER", "Member", "mEMBER", "member", "MemBer", "member"]
    statuses = [log_in(name, address=f"10.1.1.{number}").status_code for number, name in enumerate(names)]
    assert statuses == [*[401] * FREE, 429]


def test_each_name_is_counted_separately(member: Person, viewer: Person) -> None:
    assert statuses(FREE + 1) == [*[401] * FREE, 429]
    assert statuses(FREE + 1, "viewer") == [*[401] * FREE, 429]


@pytest.mark.parametrize("name", ["nobody", "inactive", "nobody@chat.example", "x" * 3000, "日本"])
def test_an_unknown_or_inactive_name_is_locked_out_like_any_other(
    member: Person, inactive: Person, clock: time_machine.Traveller, name: str
) -> None:
    def responses(name: str) -> list[Any]:
        attempts = [log_in(name) for _ in range(FREE + 1)]
        clock.shift(1)
        attempts += [log_in(name), log_in(name)]
        clock.shift(2)
        attempts.append(log_in(name))
        return [(response.status_code, response.content, {**response.headers, "X-Request-ID": ""}) for response in attempts]

    known = responses("member")
    assert [status for status, *_ in known] == [*[401] * FREE, 429, 401, 429, 401]
    clock.move_to(NOON)
    assert responses(name) == known


@pytest.mark.parametrize("page", [SIGN_IN, ADMIN])
def test_the_sign_in_forms_enforce_the_wait_and_show_it(admin_person: Person, clock: time_machine.Traveller, page: str) -> None:
    for _ in range(FREE):
        assert "Too many attempts" not in sign_in(page, "root").content.decode()
    for wait in ("1 second", "2 seconds", "4 seconds"):
        response = sign_in(page, "root", PASSWORD)
        assert (response.status_code, f"Too many attempts. Wait {wait} and" in response.content.decode()) == (200, True)
        assert "_auth_user_id" not in response.client.session
        clock.shift(int(wait.partition(" ")[0]))
        sign_in(page, "root")
    clock.shift(8)
    assert sign_in(page, "root", PASSWORD).status_code == 302
    assert sign_in(page, "root").status_code == 200


def test_attempts_through_api_and_forms_are_counted_together(admin_person: Person) -> None:
    for _ in range(2):
        sign_in(SIGN_IN, "root")
        sign_in(ADMIN, "root")
        log_in("root")
    assert log_in("root", PASSWORD).status_code == 429
    for page in (SIGN_IN, ADMIN):
        assert "Too many attempts" in sign_in(page, "root", PASSWORD).content.decode()


def test_signing_in_with_a_form_makes_the_address_known(member: Person, clock: time_machine.Traveller) -> None:
    assert sign_in(SIGN_IN, "member", PASSWORD, HOME).status_code == 302
    statuses(FREE)
    waits(clock, 3)
    assert log_in("member", PASSWORD, HOME).status_code == 200
    assert sign_in(SIGN_IN, "member", PASSWORD, HOME).status_code == 302


def test_an_empty_form_does_not_count_as_an_attempt(member: Person) -> None:
    for name, password in (("member", ""), ("", "wrong")):
        for _ in range(2 * FREE):
            assert sign_in(SIGN_IN, name, password).status_code == 200
    assert log_in("member", PASSWORD).status_code == 200


def test_an_admin_sign_in_by_a_user_who_is_not_staff_counts_as_a_failure(member: Person) -> None:
    for _ in range(FREE):
        assert sign_in(ADMIN, "member", PASSWORD).status_code == 200
    assert log_in("member", PASSWORD).status_code == 429


def test_resuming_a_token_does_not_count_as_an_attempt(member: Person) -> None:
    statuses(FREE + 1)
    assert Client().post("/api/v1/login", {"resume": member.token}, "application/json").status_code == 200
    assert member.get("me").status_code == 200


def test_the_log_contains_name_and_address_but_no_password(member: Person, caplog: pytest.LogCaptureFixture) -> None:
    statuses(FREE + 1, "member", "wr0ng-secret")
    [record] = [record for record in caplog.records if record.name.startswith("statistics_app")]
    assert record.levelno == logging.WARNING
    assert "'member'" in record.message
    assert ELSEWHERE in record.message
    assert "wr0ng-secret" not in caplog.text


def test_the_error_of_an_early_attempt_is_a_readable_sentence() -> None:
    assert str(TooManyAttempts(1)) == "Too many attempts. Wait 1 second and try again."
    assert str(TooManyAttempts(30)) == "Too many attempts. Wait 30 seconds and try again."


def test_an_address_with_ever_new_names_has_to_wait(settings: Settings, clock: time_machine.Traveller) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "THROTTLE_LOGIN_ADDRESS": "5/minute"}
    assert [log_in(f"name-{number}").status_code for number in range(7)] == [401] * 5 + [429] * 2
    for page in (SIGN_IN, ADMIN):
        assert b"Too many attempts. Wait 60 seconds" in sign_in(page, "another").content
    assert log_in("name-8", address=HOME).status_code == 401
    clock.shift(60)
    assert log_in("name-9").status_code == 401


def test_who_logs_in_does_not_use_up_the_attempts_of_an_address(member: Person, settings: Settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "THROTTLE_LOGIN_ADDRESS": "2/minute"}
    assert [log_in("member", PASSWORD).status_code for _ in range(4)] == [200] * 4
    assert [log_in(f"name-{number}").status_code for number in range(3)] == [401, 401, 429]


@pytest.mark.parametrize(
    ("other", "is_limited"), [("2001:db8::ffff:1", True), ("2001:db8:0:1::1", False), ("::ffff:10.0.0.1", False), ("", False)]
)
def test_a_network_of_ipv6_counts_as_one_address(settings: Settings, other: str, is_limited: bool) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "THROTTLE_LOGIN_ADDRESS": "1/minute"}
    assert log_in("one", address="2001:db8::1").status_code == 401
    assert log_in("two", address=other).status_code == (429 if is_limited else 401)
