"""The client's address: that of the connection, or the one seen by the outermost trusted proxy."""

from typing import Any

import pytest
import time_machine
from django.test import RequestFactory
from pytest_django import Settings

from statistics_app.http.client_address import client_address
from tests.api.throttling import MOMENT, log_in, remaining

CONNECTION = "10.0.0.9"


def address(settings: Settings, proxies: int, forwarded: str | None) -> str:
    """Return the address of a request with a number of trusted proxies."""
    settings.STATISTICS = {**settings.STATISTICS, "TRUSTED_PROXIES": proxies}
    headers: dict[str, Any] = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=CONNECTION))


@pytest.mark.parametrize("forwarded", [None, "", "1.1.1.1", "1.1.1.1, 2.2.2.2", "nonsense"])
def test_without_proxies_the_header_is_ignored(settings: Settings, forwarded: str | None) -> None:
    assert address(settings, 0, forwarded) == CONNECTION


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (1, "1.1.1.1", "1.1.1.1"),
        (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (1, "6.6.6.6,1.1.1.1", "1.1.1.1"),
        (2, "1.1.1.1, 2.2.2.2", "1.1.1.1"),
        (2, "6.6.6.6, 6.6.6.7, 1.1.1.1, 2.2.2.2", "1.1.1.1"),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_the_address_is_the_one_seen_by_the_outermost_proxy(
    settings: Settings, proxies: int, forwarded: str, expected: str
) -> None:
    assert address(settings, proxies, forwarded) == expected


@pytest.mark.parametrize(("proxies", "forwarded"), [(1, None), (1, ""), (2, "1.1.1.1"), (3, "1.1.1.1, 2.2.2.2")])
def test_a_request_that_bypassed_the_proxies_has_the_connections_address(
    settings: Settings, proxies: int, forwarded: str | None
) -> None:
    assert address(settings, proxies, forwarded) == CONNECTION


@pytest.mark.django_db
@time_machine.travel(MOMENT, tick=False)
@pytest.mark.any_database
def test_a_client_cannot_evade_the_throttle_by_forging_the_header(settings: Settings) -> None:
    forged = [{"X-Forwarded-For": f"6.6.6.{number}"} for number in range(3)]
    assert [remaining(log_in(**headers)) for headers in forged] == [9, 8, 7]
    settings.STATISTICS = {**settings.STATISTICS, "TRUSTED_PROXIES": 1}
    forged = [{"X-Forwarded-For": f"6.6.6.{number}, 1.1.1.1"} for number in range(3)]
    assert [remaining(log_in(**headers)) for headers in forged] == [9, 8, 7]
