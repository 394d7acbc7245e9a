"""Behaviour of single clients, and a limitation of one of them as published."""

import pytest

from statistics_app import __version__
from tests.conftest import PASSWORD, Person

from . import published_clients
from .conftest import StartClient
from .published_clients import PublishedClient, Refusal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_rocketchat_api_3_follows_the_pages_of_the_list_by_itself(start: StartClient, viewer: Person) -> None:
    chat = start(published_clients.ROCKETCHAT_API_3)
    chat.call("use_token", user_id=viewer.user.pk, token=viewer.token)
    taken = [chat.call("statistics", refresh=True)["_id"] for _ in range(5)][::-1]
    assert [row["_id"] for row in chat.call("list_all")] == taken
    assert [row["_id"] for row in chat.call("list_all", count=2)] == taken
    assert [row["_id"] for row in chat.call("list_all", count=2, offset=1, max_count=3)] == taken[1:4]


@pytest.mark.parametrize(
    "each",
    [
        published_clients.ROCKETCHAT_API_3,
        published_clients.ROCKETCHAT_API_2,
        published_clients.ROCKETCHAT_API_1_37,
        published_clients.ROCKETCHAT_API_1_0,
    ],
    ids=lambda each: each.full_name,
)
def test_rocketchat_api_reads_the_full_version_for_a_user_who_may_view_statistics(
    each: PublishedClient, start: StartClient, viewer: Person, member: Person
) -> None:
    chat = start(each)
    chat.call("use_token", user_id=viewer.user.pk, token=viewer.token)
    assert chat.call("info") == {"version": __version__, "info": {"version": __version__}, "success": True}
    chat.call("use_token", user_id=member.user.pk, token=member.token)
    short = __version__.rpartition(".")[0]
    assert chat.call("info") == {"version": short, "info": {"version": short}, "success": True}


def test_rocketchat_cannot_be_constructed_as_published(start: StartClient, viewer: Person) -> None:
    chat = start(published_clients.ROCKETCHAT)
    refusal = chat.refusal("construct", user=viewer.user.username, password=PASSWORD)
    assert refusal == Refusal("AttributeError", message="'RocketChat' object has no attribute 'api_v1_path'")


def test_rocket_python_with_a_password_logs_in_at_every_call(start: StartClient, viewer: Person) -> None:
    chat = start(published_clients.ROCKET_PYTHON)
    chat.call("use_password", user=viewer.user.username, password=PASSWORD)
    assert chat.call("statistics")["success"] is True
    assert chat.call("me")["username"] == viewer.user.username
    assert viewer.user.statistics_tokens.count() == 3
    # Even a logout logs in first, and then revokes that token.
    chat.call("logout")
    assert viewer.user.statistics_tokens.count() == 3


def test_the_alpha_sdk_finds_no_websocket_and_is_logged_in_anyway(start: StartClient, viewer: Person) -> None:
    chat = start(published_clients.SDK_ALPHA)
    refusal = chat.refusal("login_with_websocket", user=viewer.user.username, password=PASSWORD)
    assert refusal == Refusal("ErrorEvent", message="Unexpected server response: 404")
    assert chat.call("me")["username"] == viewer.user.username
