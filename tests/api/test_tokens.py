"""The four operations on personal access tokens: generate, list, regenerate, remove."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from statistics_app.accounts import tokens
from statistics_app.models import AccessToken
from statistics_app.models.access_token import digest_of
from statistics_app.serialization import wire_time
from tests.conftest import Person
from tests.factories import NOON

from .personal_tokens import GENERATE, LIST, NAMED, REGENERATE, REMOVE, generate, listed, post, require_refused, stored

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

DAY = timedelta(days=1)
NOT_LOGGED_IN = b'{"status":"error","message":"You must be logged in to do this."}'


def test_a_generated_token_is_accepted_with_its_users_id(member: Person) -> None:
    response = post(member, GENERATE)
    document = response.json()
    assert (response.status_code, list(document), document["success"]) == (200, ["token", "success"], True)
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    assert Person(member.user, document["token"]).get("me").json()["username"] == "member"


def test_a_token_is_shown_once(member: Person) -> None:
    token = generate(member).token
    responses = [member.get(LIST), post(member, GENERATE), post(member, REMOVE)]
    for response in responses:
        assert token not in response.content.decode()
        assert digest_of(token) not in response.content.decode()


def test_the_list_contains_name_time_and_last_part_only(member: Person) -> None:
    with time_machine.travel(NOON, tick=False):
        first = generate(member, "first").token
    second = generate(member, "second").token
    assert member.get(LIST).json() == {
        "tokens": [
            {"name": "first", "createdAt": "2026-03-02T12:00:00.000Z", "lastTokenPart": first[-6:]},
            {"name": "second", "createdAt": wire_time(stored("second").created_at), "lastTokenPart": second[-6:]},
        ],
        "success": True,
    }


def test_the_list_is_empty_before_the_first_token_and_excludes_login_tokens(member: Person) -> None:
    assert member.get(LIST).content == b'{"tokens":[],"success":true}'


def test_a_token_is_valid_until_it_is_removed(member: Person) -> None:
    bearer = generate(member)
    assert stored().expires_at is None
    with time_machine.travel(timezone.now() + 3650 * DAY):
        assert bearer.get("me").status_code == 200


def test_a_renewed_token_is_accepted_and_the_old_one_is_revoked_immediately(member: Person) -> None:
    old = generate(member)
    response = post(member, REGENERATE)
    assert list(response.json()) == ["token", "success"]
    renewed = Person(member.user, response.json()["token"])
    assert [bearer.get("me").status_code for bearer in (old, renewed)] == [401, 200]
    assert listed(member) == ["monitoring"]
    assert stored().last_part == renewed.token[-6:]


def test_a_renewed_token_has_the_lifetime_of_the_old_one(member: Person) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        tokens.issue_personal_token(member.user, "monitoring", NOON + 30 * DAY)
        clock.shift(20 * DAY)
        bearer = Person(member.user, tokens.issue_login_token(member.user))
        renewed = generate(bearer, call=REGENERATE)
        assert stored().expires_at == NOON + 50 * DAY
        clock.shift(30 * DAY - timedelta(milliseconds=1))
        assert renewed.get("me").status_code == 200
        clock.shift(timedelta(milliseconds=1))
        assert renewed.get("me").status_code == 401


def test_a_token_without_an_expiry_is_renewed_without_one(member: Person) -> None:
    generate(member)
    generate(member, call=REGENERATE)
    assert stored().expires_at is None


def test_a_removed_token_is_revoked_immediately_and_no_other(member: Person) -> None:
    removed, other = generate(member), generate(member, "other")
    response = post(member, REMOVE)
    assert (response.status_code, response.content) == (200, b'{"success":true}')
    assert [bearer.get("me").status_code for bearer in (removed, other, member)] == [401, 200, 200]
    assert listed(member) == ["other"]


def test_a_token_can_renew_and_remove_itself(member: Person) -> None:
    renewed = generate(generate(member), call=REGENERATE)
    assert post(renewed, REMOVE).status_code == 200
    assert renewed.get("me").status_code == 401


def test_users_can_list_and_change_only_their_own_tokens(member: Person, viewer: Person) -> None:
    theirs = generate(viewer)
    assert listed(member) == []
    for call in (REGENERATE, REMOVE):
        require_refused(post(member, call), "error-token-does-not-exists")
    mine = generate(member)
    assert Person(viewer.user, mine.token).get("me").status_code == 401
    post(member, REMOVE)
    assert [bearer.get("me").status_code for bearer in (mine, theirs)] == [401, 200]


def test_a_login_token_has_no_name_to_be_renewed_or_removed_by(member: Person) -> None:
    AccessToken.objects.update(name="login")
    for call in (REGENERATE, REMOVE):
        require_refused(post(member, call, "login"), "error-token-does-not-exists")
    assert member.get("me").status_code == 200


def test_an_expired_token_is_not_listed_and_its_name_is_free(member: Person) -> None:
    generate(member, "other")
    old = generate(member)
    AccessToken.objects.filter(name="monitoring").update(expires_at=timezone.now())
    assert listed(member) == ["other"]
    new = generate(member)
    assert [bearer.get("me").status_code for bearer in (old, new)] == [401, 200]
    assert listed(member) == ["other", "monitoring"]


@pytest.mark.parametrize("call", [*NAMED, LIST])
@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize(("who", "status"), [("stranger", 401), ("inactive", 401), ("member", 200), ("viewer", 200)])
def test_the_operations_require_credentials_and_no_permission(
    request: pytest.FixtureRequest, who: str, status: int, call: str, slash: str
) -> None:
    person = request.getfixturevalue(who)
    if person.user and call in (REGENERATE, REMOVE):
        tokens.issue_personal_token(person.user, "monitoring")
    response = person.get(call + slash) if call == LIST else post(person, call + slash)
    assert response.status_code == status
    if status == 401:
        assert response.content == NOT_LOGGED_IN


@pytest.mark.parametrize("call", [*NAMED, LIST])
def test_each_operation_has_one_method(member: Person, call: str) -> None:
    allowed = {"GET", "HEAD"} if call == LIST else {"POST"}
    for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - allowed:
        response = member.call(method, call, '{"tokenName":"monitoring"}')
        assert (response.status_code, set(response.headers["Allow"].split(", "))) == (405, allowed)
    assert listed(member) == []


def change_password(person: Person) -> None:
    """Change the password."""
    person.user.set_password("another password")
    person.user.save()


def deactivate(person: Person) -> None:
    """Deactivate the account."""
    person.user.is_active = False
    person.user.save()


@pytest.mark.parametrize(("operation", "status"), [(change_password, 200), (deactivate, 401)])
def test_a_password_change_keeps_personal_tokens_and_deactivation_does_not(
    member: Person, operation: Callable[[Person], None], status: int
) -> None:
    bearer = generate(member)
    operation(member)
    assert [person.get("me").status_code for person in (member, bearer)] == [401, status]


def test_a_reactivated_accounts_tokens_are_valid_again(member: Person) -> None:
    bearer = generate(member)
    deactivate(member)
    assert bearer.get(LIST).status_code == 401
    member.user.is_active = True
    member.user.save()
    assert bearer.get(LIST).status_code == 200


def test_personal_tokens_are_unlimited_and_displace_no_login_tokens(member: Person) -> None:
    for number in range(60):
        tokens.issue_personal_token(member.user, f"token {number}")
    assert len(listed(member)) == 60
