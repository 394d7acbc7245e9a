"""PyPI's `rocketchat_API` 3.7.1, as published, against a live server."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from requests import Session
from rocketchat_API.APIExceptions.RocketExceptions import (
    RocketApiException,
    RocketAuthenticationException,
    RocketBadStatusCodeException,
)
from rocketchat_API.rocketchat import RocketChat

from statistics_app import __version__
from tests.conftest import PASSWORD, Person
from tests.services.programs import Programs

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

Connects = Callable[..., Any]


@pytest.fixture
def connect(running: Programs) -> Iterator[Connects]:
    """Make clients of a live server, and close what they opened."""
    _, url = running.web()
    with ExitStack() as stack:
        yield lambda *account, **more: RocketChat(*account, server_url=url, session=stack.enter_context(Session()), **more)


def test_a_whole_conversation(connect: Connects, viewer: Person) -> None:
    client = connect("viewer", PASSWORD)
    first = client.statistics()
    assert first["success"] is True
    assert first["totalUsers"] == 1
    assert client.statistics() == first
    refreshed = client.statistics(refresh=True)
    assert refreshed["_id"] != first["_id"]
    assert client.statistics() == refreshed
    assert [row["_id"] for row in client.statistics_list()] == [refreshed["_id"], first["_id"]]
    assert client.me()["_id"] == client.headers["X-User-Id"] == viewer.user.pk
    assert client.info() == {"version": __version__, "success": True}
    assert client.logout()["status"] == "success"
    with pytest.raises(RocketBadStatusCodeException) as refused:
        client.statistics()
    assert refused.value.status_code == 401
    assert refused.value.response_json["message"] == "You must be logged in to do this."


def test_a_client_with_an_id_and_a_token_needs_no_password(connect: Connects, viewer: Person) -> None:
    client = connect(user_id=viewer.headers["X-User-Id"], auth_token=viewer.token)
    assert client.statistics()["success"] is True
    assert client.me()["username"] == "viewer"


def test_an_email_logs_in(connect: Connects, viewer: Person) -> None:
    viewer.user.email = "viewer@chat.com"
    viewer.user.save()
    assert connect("viewer@chat.com", PASSWORD).me()["username"] == "viewer"


def test_the_list_is_followed_page_by_page(connect: Connects, viewer: Person) -> None:
    client = connect(user_id=viewer.headers["X-User-Id"], auth_token=viewer.token)
    taken = [client.statistics(refresh=True)["_id"] for _ in range(5)][::-1]
    assert [row["_id"] for row in client.statistics_list(count=2)] == taken
    assert [row["_id"] for row in client.statistics_list(count=2, offset=1, max_count=3)] == taken[1:4]
    assert [row["_id"] for row in client.statistics_list(sort='{"createdAt":1}')] == taken[::-1]


def test_a_wrong_password_is_the_clients_own_authentication_error(connect: Connects, viewer: Person) -> None:
    with pytest.raises(RocketAuthenticationException):
        connect("viewer", "wrong")
    with pytest.raises(RocketAuthenticationException):
        connect("nobody", PASSWORD)


def test_a_missing_permission_is_the_clients_own_api_error(connect: Connects, member: Person) -> None:
    with pytest.raises(RocketApiException) as refused:
        connect("member", PASSWORD).statistics()
    assert (refused.value.status_code, refused.value.error_type) == (403, "error-not-allowed")
