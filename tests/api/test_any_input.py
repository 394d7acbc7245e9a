"""Whatever comes in, the answer is one that the contract knows: never a 5xx, never a page."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings

from .any_input import KINDS
from .bare import FORM, JSON, MULTIPART, Application, Bare, Headers
from .table import require_contract

SignedIn = Callable[[], Headers]

pytestmark = [pytest.mark.django_db, pytest.mark.any_database, pytest.mark.usefixtures("no_throttles")]

# The same examples in every run, whatever the order of the tests.
few = settings(derandomize=True, database=None, deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
many = settings(few, max_examples=2000)
LONG = [pytest.mark.long, pytest.mark.timeout(3600)]
lengths = pytest.mark.parametrize("length", [few, pytest.param(many, marks=LONG)], ids=["few", "many"])


@lengths
@pytest.mark.parametrize("kind", KINDS)
def test_every_answer_is_one_that_the_contract_knows(
    application: Application, signed_in: SignedIn, kind: str, length: settings
) -> None:
    @length
    @given(KINDS[kind])
    def judge(bare: Bare) -> None:
        require_contract(application.ask(bare.with_headers(signed_in()).environ()), bare.method)

    judge()


@lengths
@pytest.mark.parametrize("kind", ["query", "header", "path", "JSON"])
def test_a_stranger_gets_no_other_answers(application: Application, kind: str, length: settings) -> None:
    @length
    @given(KINDS[kind])
    def judge(bare: Bare) -> None:
        require_contract(application.ask(bare.environ()), bare.method)

    judge()


@pytest.mark.parametrize("media_type", [JSON, FORM, MULTIPART])
@pytest.mark.parametrize("unit", [b"[", b"9", b'{"a":', b"user=a&", b"--x\r\n", b"\0", b"\xff"])
def test_ten_megabytes_are_too_large_whatever_they_hold(application: Application, media_type: bytes, unit: bytes) -> None:
    body = unit * (10_000_000 // len(unit))
    answer = application.ask(Bare("POST", b"/api/v1/login", headers=(("Content-Type", media_type),), body=body).environ())
    require_contract(answer)
    assert answer.status == 413
