"""Fuzzing in process: every response conforms to the contract, and none is a 5xx or HTML."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings

from .error_contract import require_contract
from .raw_requests import FORM, JSON, MULTIPART, Application, Headers, RawRequest
from .request_strategies import KINDS

SignedIn = Callable[[], Headers]

pytestmark = [pytest.mark.django_db, pytest.mark.any_database, pytest.mark.usefixtures("no_throttles")]

# The examples are the same in every run, in any order of the tests.
few = settings(derandomize=True, database=None, deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
many = settings(few, max_examples=2000)
LONG = [pytest.mark.long, pytest.mark.timeout(3600)]
lengths = pytest.mark.parametrize("length", [few, pytest.param(many, marks=LONG)], ids=["few", "many"])


@lengths
@pytest.mark.parametrize("kind", KINDS)
def test_every_response_conforms_to_the_contract(
    application: Application, signed_in: SignedIn, kind: str, length: settings
) -> None:
    @length
    @given(KINDS[kind])
    def check(request: RawRequest) -> None:
        require_contract(application.handle(request.with_headers(signed_in()).environ()), request.method)

    check()


@lengths
@pytest.mark.parametrize("kind", ["query", "header", "path", "JSON"])
def test_responses_without_credentials_conform_too(application: Application, kind: str, length: settings) -> None:
    @length
    @given(KINDS[kind])
    def check(request: RawRequest) -> None:
        require_contract(application.handle(request.environ()), request.method)

    check()


@pytest.mark.parametrize("media_type", [JSON, FORM, MULTIPART])
@pytest.mark.parametrize("unit", [b"[", b"9", b'{"a":', b"user=a&", b"--x\r\n", b"\0", b"\xff"])
def test_ten_megabytes_are_too_large_whatever_they_contain(application: Application, media_type: bytes, unit: bytes) -> None:
    body = unit * (10_000_000 // len(unit))
    response = application.handle(
        RawRequest("POST", b"/api/v1/login", headers=(("Content-Type", media_type),), body=body).environ()
    )
    require_contract(response)
    assert response.status == 413
