"""The same scenarios for every published client, with a live server."""

import json
from pathlib import Path

import pytest

from statistics_app.models import AccessToken
from statistics_app.models.access_token import digest_of
from tests.conftest import PASSWORD, Person

from .client_process import ClientProcess
from .published_clients import PublishedClient

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

NEWEST_FIRST = {"createdAt": -1}
OLDEST_FIRST = {"createdAt": 1}
DOCUMENTED = json.loads((Path(__file__).parent.parent / "golden" / "documented.json").read_text())


def log_in(chat: ClientProcess, person: Person) -> Person:
    """Log in, and return the person with the token that the client uses from now on."""
    credentials = chat.call("login", user=person.user.username, password=PASSWORD)
    assert credentials["user_id"] == person.user.pk
    return Person(person.user, credentials["token"])


def test_the_client_has_the_expected_version(chat: ClientProcess, client: PublishedClient) -> None:
    assert chat.call("version") == client.version


def test_a_login_identifies_the_client_as_the_user(chat: ClientProcess, viewer: Person) -> None:
    logged_in = log_in(chat, viewer)
    assert logged_in.token != viewer.token
    me = chat.call("me")
    assert (me["_id"], me["username"], me["success"]) == (viewer.user.pk, viewer.user.username, True)


def test_an_email_address_is_accepted_instead_of_the_name(chat: ClientProcess, viewer: Person) -> None:
    viewer.user.email = f"{viewer.user.username}@chat.com"
    viewer.user.save()
    chat.call("login", user=viewer.user.email, password=PASSWORD)
    assert chat.call("me")["username"] == viewer.user.username


def test_a_token_is_accepted_instead_of_a_password(chat: ClientProcess, viewer: Person) -> None:
    chat.call("use_token", user_id=viewer.user.pk, token=viewer.token)
    assert chat.call("me")["username"] == viewer.user.username
    assert chat.call("statistics")["success"] is True
    assert [token.last_part for token in viewer.user.statistics_tokens.all()] == [viewer.token[-6:]]


def test_statistics_have_every_documented_key_and_stay_until_they_are_refreshed(chat: ClientProcess, viewer: Person) -> None:
    log_in(chat, viewer)
    first = chat.call("statistics")
    assert first.keys() >= DOCUMENTED.keys()
    assert (first["totalUsers"], first["success"]) == (1, True)
    assert chat.call("statistics") == first
    refreshed = chat.call("statistics", refresh=True)
    assert refreshed["_id"] != first["_id"]
    assert chat.call("statistics") == refreshed
    assert chat.call("statistics", refresh=False) == refreshed


def test_the_list_is_paged_to_its_end_and_is_empty_past_it(chat: ClientProcess, viewer: Person) -> None:
    log_in(chat, viewer)
    taken = [chat.call("statistics", refresh=True) for _ in range(3)]

    def page(offset: int, sort: dict[str, int]) -> list[str]:
        return [row["_id"] for row in chat.call("list", offset=offset, count=2, sort=sort)]

    ids = [each["_id"] for each in taken]
    assert [page(offset, OLDEST_FIRST) for offset in (0, 2, 4)] == [ids[:2], ids[2:], []]
    assert [page(offset, NEWEST_FIRST) for offset in (0, 2, 3)] == [ids[:0:-1], ids[:1], []]
    assert chat.call("list", offset=1, count=1, sort=OLDEST_FIRST) == [
        {key: value for key, value in taken[1].items() if key != "success"}
    ]


def test_a_wrong_password_and_an_unknown_name_are_refused_alike(
    chat: ClientProcess, client: PublishedClient, viewer: Person
) -> None:
    name = viewer.user.username
    assert chat.refusal("login", user=name, password="wrong") == client.wrong_password
    assert chat.refusal("login", user=f"not-{name}", password=PASSWORD) == client.wrong_password
    log_in(chat, viewer)
    assert chat.call("statistics")["success"] is True


def test_a_revoked_token_is_refused_from_the_next_call_on(chat: ClientProcess, client: PublishedClient, viewer: Person) -> None:
    logged_in = log_in(chat, viewer)
    assert chat.call("statistics")["success"] is True
    AccessToken.objects.get(pk=digest_of(logged_in.token)).delete()
    assert chat.refusal("statistics") == client.revoked_token
    assert chat.refusal("list", offset=0, count=2, sort=NEWEST_FIRST) == client.revoked_token
    assert chat.refusal("me") == client.revoked_token


def test_a_user_without_the_permission_is_refused_and_remains_logged_in(
    chat: ClientProcess, client: PublishedClient, member: Person
) -> None:
    log_in(chat, member)
    assert chat.refusal("statistics") == client.no_permission
    assert chat.refusal("statistics", refresh=True) == client.no_permission
    assert chat.refusal("list", offset=0, count=2, sort=NEWEST_FIRST) == client.no_permission
    assert chat.call("me")["username"] == member.user.username


def test_a_logout_revokes_the_token_and_no_other(chat: ClientProcess, client: PublishedClient, viewer: Person) -> None:
    logged_in = log_in(chat, viewer)
    assert logged_in.get("me").status_code == 200
    chat.call("logout")
    assert logged_in.get("me").status_code == 401
    assert viewer.get("me").status_code == 200
    assert chat.refusal("statistics") == (client.after_logout or client.revoked_token)
