"""The most expensive requests that are refused: they are refused like all others, and before any work is done."""

import io

import pytest
from pytest_django import DjangoAssertNumQueries

from statistics_app.api.parsers import MAX_BODY_BYTES
from statistics_app.models import Snapshot

from .error_contract import require_contract
from .expensive_requests import expensive_requests
from .raw_requests import FORM, JSON, MULTIPART, Application, Headers, RawRequest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_throttles")]

NAMES = expensive_requests((("X-User-Id", b""), ("X-Auth-Token", b"")))


class EndlessBody(io.RawIOBase):
    """An endless body that counts the bytes that are read."""

    def __init__(self) -> None:
        self.read_bytes = 0

    def read(self, size: int = -1, /) -> bytes:
        """Return `size` bytes."""
        assert size >= 0, "The whole endless body was requested."
        self.read_bytes += size
        return b"[" * size


@pytest.mark.parametrize("name", NAMES)
def test_each_is_refused_as_the_contract_requires(application: Application, credentials: Headers, name: str) -> None:
    response = application.handle(expensive_requests(credentials)[name].environ())
    require_contract(response)
    assert 400 <= response.status < 500
    assert len(response.body) < 1000
    assert not Snapshot.objects.exists()


@pytest.mark.parametrize("media_type", [JSON, FORM, MULTIPART, b"text/plain"])
@pytest.mark.parametrize("path", ["login", "logout", "users.generatePersonalAccessToken"])
def test_a_body_is_read_no_further_than_the_limit(
    application: Application, credentials: Headers, path: str, media_type: bytes
) -> None:
    body = EndlessBody()
    request = RawRequest("POST", f"/api/v1/{path}".encode(), headers=(*credentials, ("Content-Type", media_type)))
    response = application.handle(request.environ(body, length=10_000_000))
    require_contract(response)
    assert response.status == (415 if media_type == b"text/plain" else 413)
    assert body.read_bytes <= MAX_BODY_BYTES + 1


@pytest.mark.parametrize("name", [name for name in NAMES if name.split(":")[0] in {"JSON body", "multipart", "form", "path"}])
def test_a_body_or_a_path_causes_no_query(
    application: Application, credentials: Headers, django_assert_num_queries: DjangoAssertNumQueries, name: str
) -> None:
    with django_assert_num_queries(0):
        application.handle(expensive_requests(credentials)[name].environ())


@pytest.mark.parametrize("query", [b"x=%00", b"count=%FF", b"refresh=%ED%A0%80"])
def test_a_malformed_query_string_causes_no_query(
    application: Application, credentials: Headers, django_assert_num_queries: DjangoAssertNumQueries, query: bytes
) -> None:
    with django_assert_num_queries(0):
        assert application.handle(RawRequest(query=query, headers=credentials).environ()).status == 400
