"""Every published client has the same conversation with a live server, each by its own means."""

import json
from pathlib import Path

import pytest

from statistics_app.models import AccessToken
from statistics_app.models.access_token import digest_of
from tests.conftest import PASSWORD, Person

from .driving import Driven
from .published import Published

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

NEWEST_FIRST = {"createdAt": -1}
OLDEST_FIRST = {"createdAt": 1}
DOCUMENTED = json.loads((Path(__file__).parent.parent / "golden" / "documented.json").read_text())


def log_in(chat: Driven, person: Person) -> Person:
    """Log in and return the person with the token that the client has now."""
    kept = chat.ask("login", user=person.user.username, password=PASSWORD)
    assert kept["user_id"] == person.user.pk
    return Person(person.user, kept["token"])


def test_the_client_is_of_the_version_that_it_is_named_for(chat: Driven, client: Published) -> None:
    assert chat.ask("version") == client.version


def test_a_login_makes_the_client_who_it_says(chat: Driven, viewer: Person) -> None:
    logged_in = log_in(chat, viewer)
    assert logged_in.token != viewer.token
    me = chat.ask("me")
    assert (me["_id"], me["username"], me["success"]) == (viewer.user.pk, viewer.user.username, True)


def test_an_email_address_logs_in_in_place_of_the_name(chat: Driven, viewer: Person) -> None:
    viewer.user.email = f"{viewer.user.username}@chat.com"
    viewer.user.save()
    chat.ask("login", user=viewer.user.email, password=PASSWORD)
    assert chat.ask("me")["username"] == viewer.user.username


def test_a_token_serves_in_place_of_a_password(chat: Driven, viewer: Person) -> None:
    chat.ask("use", user_id=viewer.user.pk, token=viewer.token)
    assert chat.ask("me")["username"] == viewer.user.username
    assert chat.ask("statistics")["success"] is True
    assert [token.last_part for token in viewer.user.statistics_tokens.all()] == [viewer.token[-6:]]


def test_statistics_have_every_documented_key_and_stay_until_they_are_refreshed(chat: Driven, viewer: Person) -> None:
    log_in(chat, viewer)
    first = chat.ask("statistics")
    assert first.keys() >= DOCUMENTED.keys()
    assert (first["totalUsers"], first["success"]) == (1, True)
    assert chat.ask("statistics") == first
    refreshed = chat.ask("statistics", refresh=True)
    assert refreshed["_id"] != first["_id"]
    assert chat.ask("statistics") == refreshed
    assert chat.ask("statistics", refresh=False) == refreshed


def test_the_list_is_paged_to_its_end_and_is_empty_past_it(chat: Driven, viewer: Person) -> None:
    log_in(chat, viewer)
    taken = [chat.ask("statistics", refresh=True) for _ in range(3)]

    def page(offset: int, sort: dict[str, int]) -> list[str]:
        return [row["_id"] for row in chat.ask("list", offset=offset, count=2, sort=sort)]

    ids = [each["_id"] for each in taken]
    assert [page(offset, OLDEST_FIRST) for offset in (0, 2, 4)] == [ids[:2], ids[2:], []]
    assert [page(offset, NEWEST_FIRST) for offset in (0, 2, 3)] == [ids[:0:-1], ids[:1], []]
    assert chat.ask("list", offset=1, count=1, sort=OLDEST_FIRST) == [
        {key: value for key, value in taken[1].items() if key != "success"}
    ]


def test_a_wrong_password_and_an_unknown_name_are_refused_alike(chat: Driven, client: Published, viewer: Person) -> None:
    name = viewer.user.username
    assert chat.refusal("login", user=name, password="wrong") == client.wrong_password
    assert chat.refusal("login", user=f"not-{name}", password=PASSWORD) == client.wrong_password
    log_in(chat, viewer)
    assert chat.ask("statistics")["success"] is True


def test_a_token_withdrawn_in_the_middle_is_refused_from_the_next_call_on(
    chat: Driven, client: Published, viewer: Person
) -> None:
    logged_in = log_in(chat, viewer)
    assert chat.ask("statistics")["success"] is True
    AccessToken.objects.get(pk=digest_of(logged_in.token)).delete()
    assert chat.refusal("statistics") == client.dead_token
    assert chat.refusal("list", offset=0, count=2, sort=NEWEST_FIRST) == client.dead_token
    assert chat.refusal("me") == client.dead_token


def test_one_who_may_not_see_statistics_is_refused_and_remains_logged_in(
    chat: Driven, client: Published, member: Person
) -> None:
    log_in(chat, member)
    assert chat.refusal("statistics") == client.no_permission
    assert chat.refusal("statistics", refresh=True) == client.no_permission
    assert chat.refusal("list", offset=0, count=2, sort=NEWEST_FIRST) == client.no_permission
    assert chat.ask("me")["username"] == member.user.username


def test_a_logout_ends_the_token_and_no_other(chat: Driven, client: Published, viewer: Person) -> None:
    logged_in = log_in(chat, viewer)
    assert logged_in.get("me").status_code == 200
    chat.ask("logout")
    assert logged_in.get("me").status_code == 401
    assert viewer.get("me").status_code == 200
    assert chat.refusal("statistics") == (client.after_logout or client.dead_token)
