"""What a client says of its own address counts for nothing, with and without a proxy of ours, on real servers too."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from tests.api.raw_requests import RawRequest, send
from tests.conftest import PASSWORD, Person
from tests.services.programs import Programs

OWNER, ATTACKER, PROXY = "203.0.113.1", "203.0.113.66", "10.0.0.1"
FREE = 6
LIES = {
    "X-Forwarded-For": OWNER,
    "Forwarded": f"for={OWNER}",
    "X-Real-IP": OWNER,
    "X-Client-IP": OWNER,
    "True-Client-IP": OWNER,
}
UNDERSCORES = ("X_Forwarded_For", "X-Forwarded_For", "x_forwarded-for")
GRANIAN = "granian passes both spellings to WSGI under one name; see docs/install.md#reverse-proxy"


def log_in(address: str, password: str, proxies: int, lies: dict[str, str]) -> int:
    """Log in from an address, directly or through a proxy that appends it to the header, and return the status."""
    headers = dict(lies)
    if proxies:
        headers["X-Forwarded-For"] = ", ".join(filter(None, [lies.get("X-Forwarded-For"), address]))
    client: Any = Client(REMOTE_ADDR=PROXY if proxies else address)
    return client.post(
        "/api/v1/login", {"user": "viewer", "password": password}, "application/json", headers=headers
    ).status_code


@pytest.mark.django_db
@pytest.mark.parametrize("proxies", [0, 1])
def test_nobody_gets_the_attempts_of_the_owners_address_by_naming_it(viewer: Person, settings: Settings, proxies: int) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "TRUSTED_PROXIES": proxies, "THROTTLE_LOGIN": ""}
    assert log_in(OWNER, PASSWORD, proxies, {}) == 200
    assert [log_in(ATTACKER, "wrong", proxies, LIES) for _ in range(FREE + 1)] == [*[401] * FREE, 429]
    assert log_in(ATTACKER, PASSWORD, proxies, LIES) == 429
    assert log_in(OWNER, PASSWORD, proxies, {}) == 200


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "server", ["asgi", "gunicorn", pytest.param("web", marks=pytest.mark.xfail(reason=GRANIAN, raises=AssertionError))]
)
def test_a_header_with_underscores_does_not_replace_what_the_proxy_says(running: Programs, server: str) -> None:
    _, url = getattr(running, server)(STATISTICS_TRUSTED_PROXIES="1")
    honest = RawRequest(path=b"/livez", headers=(("X-Forwarded-For", ATTACKER.encode()),))
    probe = RawRequest(path=b"/livez", headers=(("X-Forwarded-For", b"127.0.0.1"),))
    if send(url, honest.wire()).status != 404 or send(url, probe.wire()).status != 200:
        pytest.fail("The header of the proxy is not read.")
    for name in UNDERSCORES:
        lie = ((name, b"127.0.0.1"),)
        for headers in ((*honest.headers, *lie), (*lie, *honest.headers)):
            assert send(url, RawRequest(path=b"/livez", headers=headers).wire()).status == 404, headers
