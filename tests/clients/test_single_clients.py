"""What one client alone does, and what one cannot do as published."""

import pytest

from statistics_app import __version__
from tests.conftest import PASSWORD, Person

from . import published
from .conftest import Starts
from .published import Published, Refusal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_rocketchat_api_3_follows_the_pages_of_the_list_by_itself(start: Starts, viewer: Person) -> None:
    chat = start(published.ROCKETCHAT_API_3)
    chat.ask("use", user_id=viewer.user.pk, token=viewer.token)
    taken = [chat.ask("statistics", refresh=True)["_id"] for _ in range(5)][::-1]
    assert [row["_id"] for row in chat.ask("list_all")] == taken
    assert [row["_id"] for row in chat.ask("list_all", count=2)] == taken
    assert [row["_id"] for row in chat.ask("list_all", count=2, offset=1, max_count=3)] == taken[1:4]


@pytest.mark.parametrize(
    "each",
    [published.ROCKETCHAT_API_3, published.ROCKETCHAT_API_2, published.ROCKETCHAT_API_1_37, published.ROCKETCHAT_API_1_0],
    ids=lambda each: each.full_name,
)
def test_rocketchat_api_reads_the_whole_version_for_one_who_may_see_statistics(
    each: Published, start: Starts, viewer: Person, member: Person
) -> None:
    chat = start(each)
    chat.ask("use", user_id=viewer.user.pk, token=viewer.token)
    assert chat.ask("info") == {"version": __version__, "success": True}
    chat.ask("use", user_id=member.user.pk, token=member.token)
    assert chat.ask("info") == {"version": __version__.rpartition(".")[0], "success": True}


def test_rocketchat_cannot_be_constructed_as_published(start: Starts, viewer: Person) -> None:
    chat = start(published.ROCKETCHAT)
    refusal = chat.refusal("construct", user=viewer.user.username, password=PASSWORD)
    assert refusal == Refusal("AttributeError", message="'RocketChat' object has no attribute 'api_v1_path'")


def test_rocket_python_with_a_password_logs_in_at_every_call(start: Starts, viewer: Person) -> None:
    chat = start(published.ROCKET_PYTHON)
    chat.ask("forget", user=viewer.user.username, password=PASSWORD)
    assert chat.ask("statistics")["success"] is True
    assert chat.ask("me")["username"] == viewer.user.username
    assert viewer.user.statistics_tokens.count() == 3
    # Even a logout: what it ends is the token that it began with.
    chat.ask("logout")
    assert viewer.user.statistics_tokens.count() == 3


def test_the_alpha_sdk_finds_no_websocket_and_is_logged_in_all_the_same(start: Starts, viewer: Person) -> None:
    chat = start(published.SDK_ALPHA)
    refusal = chat.refusal("login_with_websocket", user=viewer.user.username, password=PASSWORD)
    assert refusal == Refusal("ErrorEvent", message="Unexpected server response: 404")
    assert chat.ask("me")["username"] == viewer.user.username
