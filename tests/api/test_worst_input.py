"""The dearest requests that are refused: refused as all others are, and before any work is done."""

import io

import pytest
from pytest_django import DjangoAssertNumQueries

from statistics_app.api.parsers import MAX_BODY_BYTES
from statistics_app.models import Snapshot

from .bare import FORM, JSON, MULTIPART, Application, Bare, Headers
from .table import require_contract
from .worst import worst

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_throttles")]

NAMES = worst((("X-User-Id", b""), ("X-Auth-Token", b"")))


class Counted(io.RawIOBase):
    """A body without end, which knows how much of it was read."""

    def __init__(self) -> None:
        self.read_bytes = 0

    def read(self, size: int = -1, /) -> bytes:
        """Give as much as is asked for."""
        assert size >= 0, "All of a body without end was asked for."
        self.read_bytes += size
        return b"[" * size


@pytest.mark.parametrize("name", NAMES)
def test_it_is_refused_as_the_contract_says(application: Application, credentials: Headers, name: str) -> None:
    answer = application.ask(worst(credentials)[name].environ())
    require_contract(answer)
    assert 400 <= answer.status < 500
    assert len(answer.body) < 1000
    assert not Snapshot.objects.exists()


@pytest.mark.parametrize("media_type", [JSON, FORM, MULTIPART, b"text/plain"])
@pytest.mark.parametrize("path", ["login", "logout", "users.generatePersonalAccessToken"])
def test_a_body_is_read_no_further_than_its_limit(
    application: Application, credentials: Headers, path: str, media_type: bytes
) -> None:
    body = Counted()
    bare = Bare("POST", f"/api/v1/{path}".encode(), headers=(*credentials, ("Content-Type", media_type)))
    answer = application.ask(bare.environ(body, length=10_000_000))
    require_contract(answer)
    assert answer.status == (415 if media_type == b"text/plain" else 413)
    assert body.read_bytes <= MAX_BODY_BYTES + 1


@pytest.mark.parametrize("name", [name for name in NAMES if name.split(":")[0] in {"JSON body", "multipart", "form", "path"}])
def test_the_database_hears_nothing_of_a_body_or_a_path(
    application: Application, credentials: Headers, django_assert_num_queries: DjangoAssertNumQueries, name: str
) -> None:
    with django_assert_num_queries(0):
        application.ask(worst(credentials)[name].environ())


@pytest.mark.parametrize("query", [b"x=%00", b"count=%FF", b"refresh=%ED%A0%80"])
def test_nothing_is_looked_up_for_a_query_string_that_is_no_text(
    application: Application, credentials: Headers, django_assert_num_queries: DjangoAssertNumQueries, query: bytes
) -> None:
    with django_assert_num_queries(0):
        assert application.ask(Bare(query=query, headers=credentials).environ()).status == 400
